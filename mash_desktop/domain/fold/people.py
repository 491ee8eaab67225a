"""People of a referral in words: how a person and a household are named in lists and headings."""

from __future__ import annotations

from ..entries.contact import SubjectRecorded
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


def household_name(referral: Referral) -> str:
    """*Carter, Mia + 1*: the first person of concern and how many more; *no one named yet* without any."""
    named = [referral.subjects[subject].body for subject in referral.of_concern] or [
        made.body for made in referral.subjects.values()
    ]
    if not named:
        return "no one named yet"
    return list_name(named[0]) + (f" + {len(named) - 1}" if len(named) > 1 else "")
