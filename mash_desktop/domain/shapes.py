"""Working every shape out before threads meet over it.

msgspec works out how a struct is read at its first use, and the process may end with a fault of memory if a
second thread reads the same shape meanwhile. Whoever starts threads that read calls this first.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import msgspec

_OURS = ("mash_desktop.", "sync.")


def settle() -> tuple[type[msgspec.Struct], ...]:
    """Work out each shape of the program that has been imported; gives which those are."""
    found = tuple(dict.fromkeys(_below(msgspec.Struct)))
    for shape in found:
        # What is never read from bytes need not be readable.
        with suppress(TypeError):
            msgspec.json.Decoder(shape)
    return found


def _below(shape: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    for one in shape.__subclasses__():
        if one.__module__.startswith(_OURS):
            yield one
        yield from _below(one)
