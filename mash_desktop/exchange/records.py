"""What a bulk file turns into: neutral, immutable records, and rejects that say where and why.

A record says what the other system said and no more: nothing here is an entry, and nothing is matched or
merged. Its id is made from its content, so that the same file read twice names the same records.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from mash_desktop.domain.codes import (
    Code,
    Cohort,
    ContactChannel,
    Ethnicity,
    PrimaryNeed,
    Sex,
    SourceOfContact,
)
from mash_desktop.domain.partial_date import PartialDate

from .census_codes import AbuseCategory, AssessmentFactor, ClosureReason, Disability


def record_id(kind: str, *content: str | Sequence[str]) -> str:
    """UUIDv8 (RFC 9562) from SHA-256 of the kind and the content as the file gave it.

    The content is what was read, not what this version makes of it: a later version that understands more
    still knows the record.
    """
    digest = hashlib.sha256(msgspec.json.encode([kind, content])).digest()
    number = int.from_bytes(digest[:16], "big")
    number = number & ~(0xF << 76) | 8 << 76
    return str(UUID(int=number & ~(0b11 << 62) | 0b10 << 62))


class Reject(msgspec.Struct, frozen=True):
    """Something in a file that was not taken. It never carries the value itself, only what sort it is."""

    source: str
    """Name of the file."""
    line: int
    field: str
    """Column of a table, or path of an element below ``Child``."""
    value: str
    code: str
    reason: str
    left_out: str
    """How much was left out for it: the ``row``, ``child``, ``episode``, ``group`` or ``value``."""
    character: int = 0
    """Where in its line it begins, counted from one, since a whole return may stand in one; 0 is the row."""


def value_class(text: str) -> str:
    """What sort of value a reject is about, without repeating it."""
    if not text.strip():
        return "empty"
    if re.fullmatch(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", text.strip()):
        return "date-like"
    sort = "digits" if text.strip().isdigit() else "text"
    return f"{sort}, length {len(text)}"


# --- history: what children's social care already knew ---


class Assessment(msgspec.Struct, frozen=True):
    started_on: date
    review_due_on: date | None
    authorised_on: date | None
    factors: tuple[AssessmentFactor, ...]


class InNeedPlan(msgspec.Struct, frozen=True):
    started_on: date
    ended_on: date | None


class Enquiry(msgspec.Struct, frozen=True):
    """A section 47 enquiry."""

    started_on: date
    conference_target_on: date | None
    conference_on: date | None
    conference_not_required: bool | None


class ProtectionPlan(msgspec.Struct, frozen=True):
    started_on: date
    ended_on: date | None
    initial_category: AbuseCategory | None
    latest_category: AbuseCategory | None
    previous_plans: int | None
    reviewed_on: tuple[date, ...]


class Episode(msgspec.Struct, frozen=True):
    """One ``CINdetails``: from a referral to its closure, or still open."""

    record_id: str
    line: int
    referred_on: date
    source: SourceOfContact | None
    primary_need: PrimaryNeed | None
    closed_on: date | None
    reason_closed: ClosureReason | None
    conference_on: date | None
    no_further_action: bool | None
    assessments: tuple[Assessment, ...]
    in_need_plans: tuple[InNeedPlan, ...]
    enquiries: tuple[Enquiry, ...]
    protection_plans: tuple[ProtectionPlan, ...]


class KnownRelation(msgspec.Struct, frozen=True):
    forenames: str
    surname: str
    relation: str
    birth: PartialDate | None


class KeyedChild(msgspec.Struct, frozen=True):
    """A row of an authority's key file: who an ``LAchildID`` is. The census itself holds no names."""

    record_id: str
    line: int
    la_child_id: str
    forenames: str
    surname: str
    also_known_as: tuple[str, ...]
    sex: Sex | None
    address: str
    postcode: str
    relations: tuple[KnownRelation, ...]


class HistoryChild(msgspec.Struct, frozen=True):
    """One child of a return. ``authority`` is the three-digit code of the authority that made it."""

    record_id: str
    """Changes with anything said of the child: the same child said differently is another record."""
    identity_id: str
    """The same for this ``la_child_id`` of this authority in every return."""
    line: int
    authority: str
    la_child_id: str
    upn: str | None
    former_upn: str | None
    upn_unknown: str | None
    birth_on: date | None
    expected_birth_on: date | None
    died_on: date | None
    sex: Sex | None
    ethnicity: Ethnicity | None
    disabilities: tuple[Disability, ...]
    episodes: tuple[Episode, ...]
    key: KeyedChild | None


class HistoryFile(msgspec.Struct, frozen=True):
    """What a sound return says of itself."""

    authority: str
    year: int | None
    reference_on: date | None
    children: int


# --- intake: new contacts ---


class PersonRole(Code):
    """Why a person is named in a contact."""

    SUBJECT = "subject", "Subject of concern"
    HOUSEHOLD = "household", "Household"
    ALLEGED = "alleged", "Alleged to cause harm"
    OTHER = "other", "Other"


class IntakeReferrer(msgspec.Struct, frozen=True):
    name: str
    role: str
    organisation: str
    phone: str
    confidential: bool


class IntakePerson(msgspec.Struct, frozen=True):
    forenames: str
    surname: str
    birth: PartialDate | None
    sex: Sex | None
    relationship: str
    role: PersonRole
    address: str
    postcode: str


class IntakeContact(msgspec.Struct, frozen=True):
    """One row: a contact as a contact centre or a police overnight list sends it."""

    record_id: str
    line: int
    received_at: datetime
    """Aware UTC."""
    channel: ContactChannel
    source: SourceOfContact
    cohort: Cohort
    referrer: IntakeReferrer
    concern: str
    area: str | None
    address: str
    postcode: str
    people: tuple[IntakePerson, ...]


class IntakeFile(msgspec.Struct, frozen=True):
    """What a sound list says of itself."""

    columns: tuple[str, ...]
    rows: int
