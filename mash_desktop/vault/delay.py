"""A growing wait between wrong passphrases, remembered across restarts.

It slows a person at the keyboard. It does not stop somebody who has the disk and can remove this file: that
one is slowed by Argon2id, and stopped by the keyring's half.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault.files import remove_file, replace_file

FILE = "attempts.json"
FREE_ATTEMPTS = 3
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
_ATTEMPTS_TO_LONGEST = FREE_ATTEMPTS + math.ceil(math.log2(LONGEST_WAIT / FIRST_WAIT))


class _Attempts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    wrong: int
    not_before: datetime

    def __post_init__(self) -> None:
        if self.wrong < 0 or self.not_before.utcoffset() is None:
            raise ValueError("a count of wrong attempts and a time with its zone are expected")


def wait_after(wrong: int) -> timedelta:
    """How long to wait once ``wrong`` attempts have failed in a row."""
    if wrong < FREE_ATTEMPTS:
        return timedelta(0)
    # The count is bounded before the power is taken, so that none overflows.
    doublings: int = min(wrong, _ATTEMPTS_TO_LONGEST) - FREE_ATTEMPTS
    return min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)


def count_attempt(profile: Path, now: datetime) -> timedelta:
    """Count an attempt as wrong before it is made, so that ending the program in the middle gains nothing.
    Returns the wait that follows should it be wrong. ``Refusal`` too-soon while the last wait runs."""
    attempts = _read(profile, now)
    longest = wait_after(attempts.wrong)
    if attempts.not_before - now > longest:
        # The clock was set back since: nobody waits longer than the wait that was given.
        attempts = _write(profile, attempts.wrong, now + longest)
    if attempts.not_before > now:
        raise Refusal(
            "too-soon",
            f"Too many wrong passphrases were entered: try again in {in_words(attempts.not_before - now)}.",
            field="passphrase",
        )
    following = wait_after(attempts.wrong + 1)
    _write(profile, attempts.wrong + 1, now + following)
    return following


def forget_attempts(profile: Path) -> None:
    """The passphrase was right."""
    remove_file(profile / FILE)


def in_words(wait: timedelta) -> str:
    """*1 second*, *40 seconds*, *15 minutes*: rounded up, since a wait told too short annoys."""
    seconds = math.ceil(wait.total_seconds())
    number, unit = (seconds, "second") if seconds < 120 else (math.ceil(seconds / 60), "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _read(profile: Path, now: datetime) -> _Attempts:
    try:
        return msgspec.json.decode((profile / FILE).read_bytes(), type=_Attempts)
    except FileNotFoundError:
        return _Attempts(0, now)
    except (OSError, ValueError):
        # The file is only ever replaced whole, so somebody changed it: that must not be the way round it.
        return _write(profile, _ATTEMPTS_TO_LONGEST, now + LONGEST_WAIT)


def _write(profile: Path, wrong: int, not_before: datetime) -> _Attempts:
    attempts = _Attempts(wrong, not_before)
    replace_file(profile / FILE, msgspec.json.encode(attempts))
    return attempts
