"""Two accounts compared: how likely they are of one person, and why, in words.

Members of one household share surname, address and school, which the sums of independent evidence would
take for likeness. So a score is *held* under a band where what tells two people of a household apart
disagrees or is not known: another forename (brothers, sisters, twins), another birth date (father and son).
"""

from __future__ import annotations

from mash_desktop.domain.codes import Sex
from mash_desktop.domain.identifiers import is_temporary_upn
from mash_desktop.matching.births import compare_births, years_apart
from mash_desktop.matching.facts import Band, Match, PersonFacts
from mash_desktop.matching.names import Name, are_swapped, compare_forenames, compare_surnames, names_of
from mash_desktop.matching.places import (
    Place,
    compare_places,
    compare_schools,
    place_of,
    say_residence,
    school_words,
)
from mash_desktop.matching.weights import BITS, JUST_UNDER, LIKELY, POSSIBLE, VERY_LIKELY

_BIRTH_WORDS = {
    ("birth_day", "swapped"): "birth day and month swapped",
    ("birth_day", "slip"): "birth date one slip apart",
    ("birth_day", "other_year"): "same birthday in another year",
    ("birth_month", "same"): "same birth month",
    ("birth_year", "same"): "same birth year",
    ("birth_year", "fits"): "birth year fits",
    ("birth_expected", "fits"): "born when expected",
}
_SURNAME_WORDS = {
    "part": "one of two surnames the same",
    "close": "surname nearly the same",
    "begins": "surname begins the same",
    "different": "other surname",
}
_FORENAME_WORDS = {
    "first": "other middle name",
    "close": "forename nearly the same",
    "order": "known by a middle name",
    "initial": "initial fits",
    "swapped": "forename and surname swapped",
    "different": "other forename",
}


def compare(a: PersonFacts, b: PersonFacts) -> Match:
    """How likely ``a``, as being told, is ``b``, as recorded. The score is the same either way about.

    Reasons speak of ``b``: *middle name added* is one that ``b`` has more.
    """
    bits = 0.0
    same: list[str] = []
    reasons: list[str] = []

    numbers = {
        "nhs_number": _numbers(a.nhs_number, b.nhs_number),
        "upn": _numbers(_lasting(a.upn), _lasting(b.upn)),
    }
    for table, said in (("nhs_number", "NHS number"), ("upn", "UPN")):
        level = numbers[table]
        if level is not None:
            bits += BITS[table][level]
            if level == "same":
                same.append(said)

    birth = None
    if a.birth is not None and b.birth is not None:
        birth = compare_births(a.birth, b.birth)
        bits += BITS[birth[0]][birth[1]]
        if birth == ("birth_day", "same"):
            same.append("birth date")
        else:
            reasons.append(
                _BIRTH_WORDS.get(birth) or _say_other_birth(birth[1], years_apart(a.birth, b.birth))
            )

    mine, theirs, forename, surname = _closest_names(a, b)
    bits += _name_bits(forename, surname)
    same += _same_names(forename, surname)
    reasons += _say_names(mine, theirs, forename, surname)

    if Sex.UNKNOWN not in (a.sex, b.sex) and a.sex is not None and b.sex is not None:
        bits += BITS["sex"]["same" if a.sex == b.sex else "different"]
        if a.sex != b.sex:
            reasons.append("other sex recorded")

    if a.addresses and b.addresses:
        address, shared = _closest_places(a, b)
        bits += BITS["address"][address]
        if address == "same":
            reasons.append(say_residence(shared.residence))
        elif address == "postcode":
            reasons.append("same postcode")

    school = compare_schools(school_words(a.school), school_words(b.school))
    if school is not None:
        bits += BITS["school"][school]
        reasons.append(f"{school if school == 'same' else 'other'} school")

    if numbers["nhs_number"] == "different":
        reasons.append("other NHS number")
    if numbers["upn"] == "different":
        reasons.append("other UPN")
    if same:
        reasons.insert(0, f"same {_listed(same)}")

    score = min(bits, _held_under(numbers, birth, forename))
    return Match(round(score, 3), _band(score), tuple(reasons))


def _held_under(numbers: dict[str, str | None], birth: tuple[str, str] | None, forename: str | None) -> float:
    """The score that the disagreements allow at most."""
    if "same" in numbers.values():
        return float("inf")
    born = BITS[birth[0]][birth[1]] if birth else 0.0
    if forename == "different":
        return (LIKELY if born > 0 else POSSIBLE) - JUST_UNDER
    if born < 0:
        return (POSSIBLE if forename is None else LIKELY) - JUST_UNDER
    if forename is None:
        return (VERY_LIKELY if born > 0 else LIKELY) - JUST_UNDER
    if birth is None or "different" in numbers.values():
        return VERY_LIKELY - JUST_UNDER
    return float("inf")


def _band(score: float) -> Band:
    if score >= VERY_LIKELY:
        return Band.VERY_LIKELY
    if score >= LIKELY:
        return Band.LIKELY
    return Band.POSSIBLE if score >= POSSIBLE else Band.UNLIKELY


def _numbers(a: str | None, b: str | None) -> str | None:
    if not a or not b:
        return None
    return "same" if a == b else "different"


def _lasting(upn: str | None) -> str | None:
    return None if upn is None or is_temporary_upn(upn) else upn


def _closest_names(a: PersonFacts, b: PersonFacts) -> tuple[Name, Name, str | None, str | None]:
    """The pair of names, aliases included, that agrees best; the names themselves where equally well."""
    best: tuple[Name, Name, str | None, str | None] | None = None
    best_bits = 0.0
    for mine in names_of(a.forenames, a.surname, a.aliases):
        for theirs in names_of(b.forenames, b.surname, b.aliases):
            if are_swapped(mine, theirs):
                forename: str | None = "swapped"
                surname: str | None = "swapped"
            else:
                forename = compare_forenames(mine.forenames, theirs.forenames)
                surname = compare_surnames(mine.surnames, theirs.surnames)
            bits = _name_bits(forename, surname)
            if best is None or bits > best_bits:
                best, best_bits = (mine, theirs, forename, surname), bits
    assert best is not None
    return best


def _name_bits(forename: str | None, surname: str | None) -> float:
    return (BITS["forename"][forename] if forename else 0.0) + (BITS["surname"][surname] if surname else 0.0)


def _closest_places(a: PersonFacts, b: PersonFacts) -> tuple[str, Place]:
    """The best level between any two addresses, and which is to be spoken of: one that has ended, if any."""
    found = ("different", place_of(b.addresses[0]))
    theirs = [place_of(residence) for residence in b.addresses]
    for mine in (place_of(residence) for residence in a.addresses):
        for other in theirs:
            level = compare_places(mine, other)
            if BITS["address"][level] > BITS["address"][found[0]]:
                found = (level, other if other.residence.lived_to or not mine.residence.lived_to else mine)
    return found


def _same_names(forename: str | None, surname: str | None) -> list[str]:
    if surname == "same":
        return ["name"] if forename == "same" else ["surname"]
    # Beside a surname that is like it, a forename is read at a glance and not told.
    return ["forename"] if forename == "same" and surname in (None, "different") else []


def _say_names(mine: Name, theirs: Name, forename: str | None, surname: str | None) -> list[str]:
    said = []
    if forename == "middle":
        more = len(theirs.forenames) > len(mine.forenames)
        said.append("middle name added" if more else "middle name missing")
    elif forename == "short":
        said.append(f"{theirs.forenames[0].title()} for {mine.forenames[0].title()}")
    elif forename in _FORENAME_WORDS:
        said.append(_FORENAME_WORDS[forename])
    if surname in _SURNAME_WORDS:
        said.append(_SURNAME_WORDS[surname])
    said += [f"known as {name.told}" for name in (theirs, mine) if name.told]
    return said


def _say_other_birth(level: str, apart: int) -> str:
    return f"born {apart} years apart" if level == "generation" else "other birth date"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
