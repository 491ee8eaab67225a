"""People of a referral: how a person and a household are named in lists, and who is related to whom."""

from __future__ import annotations

from ..entries.contact import RelationshipRecorded, SettingRecorded, SubjectRecorded
from .referral import Referral


def full_name(subject: SubjectRecorded) -> str:
    """*Mia Carter*; an alias in quotation marks, or the relation, where there is no name."""
    name = " ".join(part for part in (subject.forenames.strip(), subject.surname.strip()) if part)
    if name:
        return name
    if subject.aliases:
        return f"“{subject.aliases[0]}”"
    return subject.relation or "name not known"


def list_name(subject: SubjectRecorded) -> str:
    """*Carter, Mia*, as lists sort it."""
    if subject.surname.strip() and subject.forenames.strip():
        return f"{subject.surname.strip()}, {subject.forenames.strip()}"
    return full_name(subject)


def household_name(referral: Referral, among: tuple[str, ...] = ()) -> str:
    """*Carter, Mia + 1*: the first person of concern and how many more; *no one named yet* without any.

    ``among`` are those to be named, where it is about some only. An organisational concern is named after its
    setting, which is no household.
    """
    settings = referral.latest(SettingRecorded, "setting")
    if settings and referral.opened is not None and referral.opened.body.organisational:
        return next(iter(settings.values())).body.name
    held = [subject for subject in among or referral.of_concern if subject in referral.subjects]
    named = [referral.subjects[subject].body for subject in held or referral.subjects]
    if not named:
        return "no one named yet"
    return list_name(named[0]) + (f" + {len(named) - 1}" if len(named) > 1 else "")


def relationships(referral: Referral) -> tuple[RelationshipRecorded, ...]:
    """Who is related to whom, once for each pair of people told here: of two tellings the later stands."""
    pairs: dict[frozenset[str], RelationshipRecorded] = {}
    for made in sorted(referral.all(RelationshipRecorded), key=lambda one: one.made_order):
        body = made.body
        if body.first in referral.subjects and body.second in referral.subjects and body.first != body.second:
            pairs[frozenset((body.first, body.second))] = body
    return tuple(pairs.values())
