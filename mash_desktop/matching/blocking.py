"""Keys under which two accounts of one person meet, so that only a few are compared.

The keys hold personal data in clear: the store keeps them as keyed hashes only. Two accounts that share no
key are never compared, so each mishap (a swapped date, a changed surname, a guessed age, no birth date)
has a key that it leaves alone.
"""

from __future__ import annotations

from mash_desktop.domain.identifiers import is_temporary_upn
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.matching.facts import PersonFacts
from mash_desktop.matching.names import joined, names_of, sound
from mash_desktop.matching.nicknames import families

_FORENAMES_KEYED = 2


def blocking_keys(facts: PersonFacts) -> frozenset[str]:
    """Each key names its kind before a colon:

    ``nhs``, ``upn``; ``sy`` surname + birth year; ``sf`` surname and forename, either way about; ``fd``
    forename + birth date; ``pf``, ``ps`` and ``pd`` postcode + forename, surname and birth date. Names are
    keyed by their sound, forenames also by the full names they may stand for, dates also with day and month
    swapped, years within an estimate.
    """
    surnames: set[str] = set()
    forenames: set[str] = set()
    for name in names_of(facts.forenames, facts.surname, facts.aliases):
        surnames.update(sound(word) for word in {*name.surnames, *joined(name.surnames)})
        for forename in name.forenames[:_FORENAMES_KEYED]:
            forenames.update(sound(form) for form in (forename, *families(forename)))
    days, years = _days(facts.birth), _years(facts.birth)
    postcodes = {place.postcode.replace(" ", "").upper() for place in facts.addresses if place.postcode}

    keys = {f"sy:{surname}:{year}" for surname in surnames for year in years}
    keys |= {f"sf:{':'.join(sorted((surname, forename)))}" for surname in surnames for forename in forenames}
    keys |= {f"fd:{forename}:{day}" for forename in forenames for day in days}
    keys |= {f"pf:{postcode}:{forename}" for postcode in postcodes for forename in forenames}
    keys |= {f"ps:{postcode}:{surname}" for postcode in postcodes for surname in surnames}
    keys |= {f"pd:{postcode}:{day}" for postcode in postcodes for day in days}
    if facts.nhs_number:
        keys.add(f"nhs:{facts.nhs_number}")
    if facts.upn and not is_temporary_upn(facts.upn):
        keys.add(f"upn:{facts.upn}")
    return frozenset(keys)


def _days(birth: PartialDate | None) -> tuple[str, ...]:
    """The day, and the day that swapping day and month would make of it."""
    if birth is None or birth.day is None or birth.month is None:
        return ()
    day = f"{birth.year}-{birth.month:02}-{birth.day:02}"
    return (day, f"{birth.year}-{birth.day:02}-{birth.month:02}") if birth.day <= 12 else (day,)


def _years(birth: PartialDate | None) -> range:
    if birth is None:
        return range(0)
    slack = 2 if birth.estimated and birth.month is None else int(birth.estimated or birth.expected)
    return range(birth.year - slack, birth.year + slack + 1)
