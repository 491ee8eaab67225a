"""Entries of an identity: what was known before, who is the same person, which markers hold."""

from __future__ import annotations

from datetime import date

import msgspec

from ..codes import Ethnicity, Marker, Sex
from ..partial_date import PartialDate
from .body import Body, kind


class PastEpisode(msgspec.Struct, frozen=True, omit_defaults=True):
    """One earlier involvement, as the system it came from held it."""

    referred_on: PartialDate
    closed_on: PartialDate | None = None
    source: str = ""
    primary_need: str = ""
    level: str = ""
    reason_closed: str = ""
    summary: str = ""


@kind("history.recorded", family="identity")
class HistoryRecorded(Body, frozen=True):
    """What an agency's own system knew of a person before the hub. Never replayed stages."""

    agency: str
    source_system: str
    record: str
    """The person's id in that system."""
    cohort: str
    forenames: str = ""
    surname: str = ""
    aliases: tuple[str, ...] = ()
    birth: PartialDate | None = None
    died_on: date | None = None
    sex: Sex | None = None
    ethnicity: Ethnicity | None = None
    upn: str | None = None
    nhs_number: str | None = None
    address: str = ""
    postcode: str = ""
    relations: tuple[str, ...] = ()
    episodes: tuple[PastEpisode, ...] = ()


@kind("identity.linked", family="identity")
class IdentityLinked(Body, frozen=True):
    """A subject of a referral is this identity."""

    referral: str
    subject: str
    reason: str = ""


@kind("identity.unlinked", family="identity")
class IdentityUnlinked(Body, frozen=True):
    referral: str
    subject: str
    reason: str


@kind("identity.not_same", family="identity")
class IdentityNotSame(Body, frozen=True):
    """Looked at, and not the same person."""

    referral: str
    subject: str
    reason: str = ""


@kind("marker.set", family="identity")
class MarkerSet(Body, frozen=True):
    marker: Marker
    reason: str
    readers: tuple[str, ...] = ()
    """Named readers of a restricted record."""


@kind("marker.cleared", family="identity")
class MarkerCleared(Body, frozen=True):
    marker: Marker
    reason: str
