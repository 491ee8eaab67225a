"""The number of the act that was saved last, noted beside the cache.

A log of writes that was cut short is read up to there, and nothing in it tells that more had stood behind.
This does: eight bytes, written over once an act is durable and never waited for. A power cut may leave them
behind the cache, which says nothing; ahead of it they cannot be unless something of it is gone.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ..domain.errors import Refusal
from ..vault.files import overwrite_file

SUFFIX = ".saved"
_LENGTH = 8


def beside(cache: Path) -> Path:
    """The file that it is noted in."""
    return cache.with_name(cache.name + SUFFIX)


def note(file: Path, number: int) -> None:
    """Where it cannot be written the last number stays, which raises no alarm."""
    with suppress(Refusal):
        overwrite_file(file, number.to_bytes(_LENGTH, "big"))


def noted(file: Path) -> int:
    """0 where nothing has been noted."""
    try:
        return int.from_bytes(file.read_bytes()[:_LENGTH], "big")
    except OSError:
        return 0


def cut_short(missing: int) -> Refusal:
    """What is told once of acts that were saved and are gone."""
    acts = "1 thing that was saved last is" if missing == 1 else f"{missing} things that were saved last are"
    return Refusal(
        "cache-cut-short",
        f"{acts} no longer on this computer’s disk. What had been sent of it comes back from the hub: look "
        "through what you did last then, and type again what is missing. Enter your passphrase once more to "
        "go on.",
    )
