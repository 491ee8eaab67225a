"""A hash chain over the rows of one audience's feed, so that a row cannot be dropped, changed or reordered
between two pulls without its reader noticing.

The rows' meaning and their bytes are the protocol's.
"""

from __future__ import annotations

import hashlib

LINK_BYTES = 32
START = bytes(LINK_BYTES)
_LABEL = b"mash-feed-v1\x00"


def link(previous: bytes, row: bytes) -> bytes:
    """The chain's value after ``row`` (32 bytes); ``previous`` is the value before it, ``START`` at first."""
    if len(previous) != LINK_BYTES:
        raise ValueError(f"a link has {LINK_BYTES} bytes, not {len(previous)}")
    return hashlib.sha256(_LABEL + previous + row).digest()
