"""What is told once of a profile, kept beside it until its person has been shown it.

The answer to a passphrase may come to a door that somebody else has taken, or to a window that was closed.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from ..domain.errors import Refusal
from ..vault.files import remove_file, replace_file

FILE = "owed.json"
_ONCE = frozenset({"cache-cut-short", "cache-lost", "cache-mended"})


class _Owed(msgspec.Struct, frozen=True):
    code: str
    sentence: str


def keep(folder: Path, refusal: Refusal) -> None:
    """Where the disk is full it is told this once."""
    if refusal.code in _ONCE:
        with suppress(Refusal):
            replace_file(folder / FILE, msgspec.json.encode(_Owed(refusal.code, refusal.sentence)))


def owed(folder: Path) -> Refusal | None:
    """What has not been shown yet."""
    try:
        kept = msgspec.json.decode((folder / FILE).read_bytes(), type=_Owed)
    except (OSError, msgspec.DecodeError):
        return None
    return Refusal(kept.code, kept.sentence)


def told(folder: Path) -> None:
    """It has been shown."""
    remove_file(folder / FILE)
