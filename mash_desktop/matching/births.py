"""Birth dates compared as they go wrong: day and month swapped, a digit slipped, an age guessed.

Not for reading dates: that is ``domain.partial_date``.
"""

from __future__ import annotations

from mash_desktop.domain.partial_date import PartialDate

GENERATION = 15
"""Years apart from which two people are a generation apart, and a slip no longer explains it."""


def compare_births(a: PartialDate, b: PartialDate) -> tuple[str, str]:
    """Which table of ``weights`` applies, by what is known of the less certain date, and the level."""
    apart = years_apart(a, b)
    if a.expected != b.expected:
        return "birth_expected", "fits" if a.could_be(b) else "different"
    if a.estimated or b.estimated or a.month is None or b.month is None:
        if a.year == b.year:
            return "birth_year", "same"
        return "birth_year", "fits" if a.could_be(b) else _different(apart)
    if a.day is None or b.day is None:
        return "birth_month", "same" if (a.year, a.month) == (b.year, b.month) else _different(apart)
    if (a.year, a.month, a.day) == (b.year, b.month, b.day):
        return "birth_day", "same"
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return "birth_day", "swapped"
    if _one_slip(f"{a.day:02}{a.month:02}{a.year}", f"{b.day:02}{b.month:02}{b.year}"):
        return "birth_day", "slip"
    if (a.month, a.day) == (b.month, b.day) and apart < GENERATION:
        return "birth_day", "other_year"
    return "birth_day", _different(apart)


def years_apart(a: PartialDate, b: PartialDate) -> int:
    return abs(a.year - b.year)


def _different(apart: int) -> str:
    return "different" if apart < GENERATION else "generation"


def _one_slip(a: str, b: str) -> bool:
    """One digit wrong, or two neighbours swapped."""
    wrong = [place for place in range(8) if a[place] != b[place]]
    if len(wrong) == 1:
        return True
    if len(wrong) != 2 or wrong[1] != wrong[0] + 1:
        return False
    first, second = wrong
    return a[first] == b[second] and a[second] == b[first]
