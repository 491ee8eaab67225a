"""Addresses and schools compared, however they are written.

Not a gazetteer: a UPRN settles it where both have one, else the postcode with the number, else the line.
"""

from __future__ import annotations

import re

import msgspec
from rapidfuzz.distance import JaroWinkler

from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.matching.facts import Residence
from mash_desktop.matching.names import fold

_SHORT = {
    "rd": "road", "st": "street", "ln": "lane", "ave": "avenue", "av": "avenue", "cl": "close", "dr": "drive",
    "ct": "court", "cres": "crescent", "gdns": "gardens", "pl": "place", "sq": "square", "ter": "terrace",
    "terr": "terrace", "apt": "flat", "apartment": "flat",
}  # fmt: skip
_NUMBER = re.compile(r"\d+[a-z]?")
_KINDS_OF_SCHOOL = """
the school primary infant infants junior juniors high secondary academy college first middle community
church of england ce c e rc catholic voluntary aided controlled cofe nursery and
"""
_SCHOOL_WORDS = frozenset(_KINDS_OF_SCHOOL.split())
_SAME_LINE = 0.92


class Place(msgspec.Struct, frozen=True):
    """A residence folded: numbers apart from words."""

    numbers: tuple[str, ...]
    words: str
    postcode: str
    residence: Residence


def place_of(residence: Residence) -> Place:
    words = [_SHORT.get(word, word) for word in fold(residence.line).split()]
    return Place(
        tuple(word for word in words if _NUMBER.fullmatch(word)),
        " ".join(word for word in words if not _NUMBER.fullmatch(word)),
        re.sub(r"\s", "", residence.postcode).upper(),
        residence,
    )


def compare_places(a: Place, b: Place) -> str:
    """Level of agreement as in ``weights.ADDRESS``."""
    mine, theirs = a.residence.uprn, b.residence.uprn
    if mine and theirs:
        if mine == theirs:
            return "same"
    elif a.postcode and b.postcode:
        if a.postcode == b.postcode and a.numbers == b.numbers and (a.numbers or _alike(a, b)):
            return "same"
    elif a.numbers == b.numbers and a.words and b.words and _alike(a, b):
        return "same"
    return "postcode" if a.postcode and a.postcode == b.postcode else "different"


def _alike(a: Place, b: Place) -> bool:
    shorter = min(len(a.words), len(b.words))
    return JaroWinkler.similarity(a.words, b.words) >= _SAME_LINE or (
        shorter > 5 and a.words[:shorter] == b.words[:shorter]
    )


def say_residence(residence: Residence) -> str:
    """``lived at 14 Mill Lane in 2025``, ``same address`` when it has not ended."""
    if residence.lived_to is None:
        return "same address"
    line = residence.line.split(",")[0].strip()
    return f"lived at {line} {_when(residence.lived_from, residence.lived_to)}"


def _when(start: PartialDate | None, end: PartialDate) -> str:
    if start is None:
        return f"until {end.year}"
    return f"in {end.year}" if start.year == end.year else f"from {start.year} to {end.year}"


def school_words(school: str) -> frozenset[str]:
    """What tells a school apart from others: *St Chad's C of E Primary* is ``{st, chads}``."""
    words = frozenset(fold(school).split())
    return words - _SCHOOL_WORDS or words


def compare_schools(a: frozenset[str], b: frozenset[str]) -> str | None:
    """Level as in ``weights.SCHOOL``; None when one is not known."""
    if not a or not b:
        return None
    return "same" if a <= b or b <= a else "different"
