"""What is known of the people held here, as indexed: compared facts, what is shown, words that are searched.

Markers hold: an address that is suppressed is neither compared nor shown nor searched, nor is what was told
where it may stand. ``indexing.py`` writes it, ``searching.py`` finds it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from ..domain.codes import Marker
from ..domain.entries.contact import ConcernRecorded
from ..domain.fold.identity import Identity
from ..domain.fold.levels import Levels, levels
from ..domain.fold.people import full_name
from ..domain.fold.referral import Referral
from ..domain.partial_date import PartialDate
from ..matching import PersonFacts, Residence, fold, search_words

STREETS = frozenset(
    {
        "ave",
        "avenue",
        "close",
        "court",
        "cres",
        "crescent",
        "drive",
        "gardens",
        "grove",
        "hill",
        "lane",
        "place",
    }
    | {"rd", "road", "square", "st", "street", "terrace", "view", "walk", "way"}
)
"""Words of an address that are in so many that they find nobody: they are not indexed."""


class Shown(msgspec.Struct, frozen=True):
    """What a search result says of a person before it is opened. ``past`` are earlier involvements."""

    name: str
    birth: PartialDate | None
    agency: str
    referral: str | None = None
    subject: str | None = None
    reference: str | None = None
    address: str = ""
    past: tuple[tuple[PartialDate, str, PartialDate | None], ...] = ()
    suppressed: bool = False
    """There is an address that must not be told."""


class Mark(msgspec.Struct, frozen=True):
    """What markers do to one person: hide their addresses, show them to ``readers`` alone."""

    hides: bool = False
    readers: frozenset[str] | None = None

    def __or__(self, other: Mark) -> Mark:
        mine, theirs = self.readers, other.readers
        both = (
            mine & theirs if mine is not None and theirs is not None else (mine if theirs is None else theirs)
        )
        return Mark(self.hides or other.hides, both)

    @property
    def barred(self) -> str | None:
        """The readers as they are kept: each between bars."""
        return None if self.readers is None else f"|{'|'.join(sorted(self.readers))}|"

    @classmethod
    def kept(cls, hides: bool, barred: str | None) -> Mark:
        return cls(hides, None if barred is None else frozenset(barred.strip("|").split("|")))


NO_MARK = Mark()


def mark_of(identity: Identity) -> Mark:
    """What an identity's markers do to the person, wherever it is linked."""
    return Mark(Marker.ADDRESS_SUPPRESSED in identity.markers, identity.restricted_to)


class Person(msgspec.Struct, frozen=True):
    """One person as indexed: found by ``facts``, told by ``shown``."""

    key: str
    facts: PersonFacts
    shown: Shown
    readers: str | None = None

    @property
    def columns(self) -> dict[str, str]:
        """The folded words of this person, by the column of the index that they are searched in."""
        facts = self.facts
        birth = facts.birth.compact() if facts.birth else ""
        numbers = [*fold(self.shown.reference or "").split(), facts.nhs_number or "", facts.upn or ""]
        return {
            "name": _words(search_words(facts.forenames) | search_words(facts.surname)),
            "alias": _words(frozenset[str]().union(*map(search_words, facts.aliases))),
            "number": " ".join(number.lower() for number in numbers if number),
            "address": _words(
                word
                for at in facts.addresses
                for word in (
                    *(word for word in fold(at.line).split() if word not in STREETS),
                    *fold(at.postcode).split(),
                    fold(at.postcode).replace(" ", ""),
                )
            ),
            "born": "".join(digit for digit in birth if digit.isdigit()),
        }


def _words(words: Iterable[str]) -> str:
    return " ".join(sorted({*words} - {""}))


class Indexed(msgspec.Struct, frozen=True):
    """All that the indexes say of one stream."""

    people: tuple[Person, ...] = ()
    text: str = ""
    """As it was told: it is folded where it is indexed, which few changes come to."""


def facts_of_subject(referral: Referral, subject: str, hidden: frozenset[str] = frozenset()) -> PersonFacts:
    """The compared facts of one subject of a referral, without an address of any subject of ``hidden``."""
    body = referral.subjects[subject].body
    return PersonFacts(
        forenames=body.forenames,
        surname=body.surname,
        aliases=body.aliases,
        birth=body.birth,
        sex=body.sex,
        nhs_number=body.nhs_number,
        upn=body.upn,
        addresses=tuple(
            Residence(a.body.line, a.body.postcode, a.body.lived_from, a.body.lived_to)
            for a in referral.addresses
            if subject in a.body.subjects and not a.body.suppressed and hidden.isdisjoint(a.body.subjects)
        ),
        school=body.school,
    )


def people_of(referral: Referral, marks: Mapping[str, Mark]) -> Indexed:
    """The subjects of a referral and its words; ``marks`` by subject."""
    received = referral.received_at
    closed = PartialDate.of(referral.closed.made_at.date()) if referral.closed else None
    found = levels(referral)
    hidden = frozenset(subject for subject, mark in marks.items() if mark.hides)
    secret = {subject for a in referral.addresses if a.body.suppressed for subject in a.body.subjects}
    people = []
    words: list[str] = [referral.reference or ""]
    for subject, made in referral.subjects.items():
        facts = facts_of_subject(referral, subject, hidden)
        what = _level_label(referral, found.get(subject)) or referral.stage.label
        past = ((PartialDate.of(received.date()), what, closed),) if received else ()
        shown = Shown(
            name=full_name(made.body),
            birth=made.body.birth,
            agency=referral.owner or "",
            referral=referral.stream,
            subject=subject,
            reference=referral.reference,
            address=facts.addresses[0].line if facts.addresses else "",
            past=past,
            suppressed=subject in hidden or subject in secret,
        )
        mark = marks.get(subject, NO_MARK)
        people.append(Person(f"{referral.stream}#{subject}", facts, shown, mark.barred))
        words += [shown.name, *made.body.aliases, *(f"{a.line} {a.postcode}" for a in facts.addresses)]
    if hidden or secret or any(mark.readers is not None for mark in marks.values()):
        # What was told may say what the markers hide, and one found by it would betray it.
        return Indexed(tuple(people))
    words += [made.body.words for made in referral.all(ConcernRecorded)]
    return Indexed(tuple(people), " ".join(words))


def _level_label(referral: Referral, given: Levels | None) -> str:
    """The last level given to a subject, in words."""
    level = (given.final or given.admission or given.indicative) if given else None
    ladder = referral.ladder
    return ladder.level(level).label if level and ladder is not None and level in ladder else ""


def person_of(identity: Identity) -> Indexed:
    """What was known of a person before."""
    if not identity.history:
        return Indexed()
    body = identity.history[-1].body
    mark = mark_of(identity)
    address = "" if mark.hides else body.address
    facts = PersonFacts(
        forenames=body.forenames,
        surname=body.surname,
        aliases=body.aliases,
        birth=body.birth,
        sex=body.sex,
        nhs_number=body.nhs_number,
        upn=body.upn,
        addresses=(Residence(address, body.postcode),) if address else (),
    )
    shown = Shown(
        name=f"{body.forenames} {body.surname}".strip(),
        birth=body.birth,
        agency=body.agency,
        address=address,
        past=tuple((e.referred_on, e.summary or e.level, e.closed_on) for e in body.episodes),
        suppressed=mark.hides,
    )
    return Indexed((Person(identity.stream, facts, shown, mark.barred),))
