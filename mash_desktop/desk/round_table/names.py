"""How people and agencies are called at the table: first names and short names."""

from __future__ import annotations

from collections.abc import Iterable

from ...domain.configuration import HubConfig
from ...domain.entries.contact import SubjectRecorded
from ...domain.fold import Referral
from ...domain.fold.people import full_name
from ..wording import joined


def called(subject: SubjectRecorded) -> str:
    """*Mia*, *“Dean”*; the surname, or the relation, where nothing else is known."""
    return subject.forenames.split()[0] if subject.forenames.strip() else full_name(subject)


def named(referral: Referral, subjects: Iterable[str]) -> str:
    """*Joanne and Dean*, as far as they are held here."""
    held = referral.subjects
    return joined([called(held[one].body) for one in subjects if one in held])


def agency_called(config: HubConfig, agency: str) -> str:
    return next((one.short_name for one in config.agencies if one.id == agency), agency)
