"""Names found although they are misspelled, told by their sound, or by another form.

A word meets those near it under a key that both have, as people meet under blocking keys; what meets is then
compared. Words are folded ones.
"""

from __future__ import annotations

import msgspec
from rapidfuzz.distance import OSA, JaroWinkler

from mash_desktop.matching.names import heard, sound
from mash_desktop.matching.nicknames import families

SHORTEST = 4
"""Letters from which a word may be misspelled and still be known."""
LONG = 8
"""Letters from which two slips are one word."""
ALIKE = 0.75
"""Jaro–Winkler similarity under which words of one sound are too far apart: *Wright* and *Rowett*."""


class Near(msgspec.Struct, frozen=True, order=True):
    """How near a word is, the nearest least, and in which way."""

    slips: int
    how: str


def near_keys(word: str) -> frozenset[str]:
    """The word with each letter left out, its sound, and the full names that it may stand for."""
    keys = {f"~{sound(word)}", *(f"={form}" for form in families(word))}
    if len(word) >= SHORTEST:
        keys |= {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}
    return frozenset(keys)


def how_near(typed: str, word: str) -> Near | None:
    """How near a word that shares a key is to the one typed; ``None`` where it is not."""
    slips = OSA.distance(typed, word)
    if slips <= (2 if min(len(typed), len(word)) >= LONG else 1) and min(len(typed), len(word)) >= SHORTEST:
        return Near(slips, "name spelled nearly so")
    if not families(typed).isdisjoint(families(word)):
        return Near(1, "other form of the name")
    if sound(typed) == sound(word) and JaroWinkler.similarity(heard(typed), heard(word)) >= ALIKE:
        return Near(slips, "name that sounds so")
    return None
