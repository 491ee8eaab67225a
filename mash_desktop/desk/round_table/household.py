"""The household as recorded, for the drawing: people, couples, children. Nobody is related by guessing."""

from __future__ import annotations

from datetime import date

import msgspec

from ...domain.entries.contact import SubjectRecorded
from ...domain.fold import Referral
from ...domain.fold.people import relationships
from .names import called


class Seen(msgspec.Struct, frozen=True):
    """One person of the drawing."""

    id: str
    label: str
    sex: str
    of_concern: bool
    identified: bool


class Bond(msgspec.Struct, frozen=True):
    one: str
    other: str
    ended: bool
    note: str


class Descent(msgspec.Struct, frozen=True):
    child: str
    parents: tuple[str, ...]


class HouseholdSeen(msgspec.Struct, frozen=True):
    people: tuple[Seen, ...] = ()
    bonds: tuple[Bond, ...] = ()
    descents: tuple[Descent, ...] = ()


def household(referral: Referral, today: date) -> HouseholdSeen:
    """Everybody in the referral; of two records of one pair the later stands."""
    people = {subject: made.body for subject, made in referral.subjects.items()}
    pairs = relationships(referral)
    parents: dict[str, list[str]] = {}
    for body in pairs:
        if body.relation == "parent":
            parents.setdefault(body.second, []).append(body.first)
    return HouseholdSeen(
        people=tuple(_seen(subject, body, today) for subject, body in people.items()),
        bonds=tuple(
            Bond(
                body.first,
                body.second,
                body.relation == "separated",
                f"since {body.since.display()}" if body.since else "",
            )
            for body in pairs
            if body.relation in {"partner", "separated"}
        ),
        descents=tuple(Descent(child, tuple(of[:2])) for child, of in parents.items()),
    )


def _seen(subject: str, body: SubjectRecorded, today: date) -> Seen:
    age = body.birth.say_age(today) if body.birth else "?"
    return Seen(
        id=subject,
        label=f"{called(body)}, {age or '?'}",
        sex=body.sex.value if body.sex else "U",
        of_concern=body.of_concern,
        identified=bool(body.forenames.strip() and body.surname.strip()),
    )
