"""Entries of a contact as it is taken: what the caller said, about whom, and where they live.

One entry per person, address, contact detail, referrer and account, so that need to know can be judged
entry by entry. Recording a section again under the same id replaces it; nothing is overwritten.
"""

from __future__ import annotations

from datetime import date

import msgspec

from ..codes import (
    AbuseType,
    Cohort,
    ContactChannel,
    Ethnicity,
    NotToldReason,
    PrimaryNeed,
    Sex,
    SourceOfContact,
    ToolAnswer,
    Voice,
)
from ..partial_date import PartialDate
from .body import Body, Moment, kind


@kind("contact.opened", guard="stage")
class ContactOpened(Body, frozen=True):
    """The first line of a contact, and the first link of its stage chain."""

    cohort: Cohort
    source: SourceOfContact
    channel: ContactChannel
    received_at: Moment
    local_authority: str
    owner: str
    area: str | None = None
    previous: str | None = None
    """The stream of the earlier referral that this one repeats."""
    organisational: bool = False


@kind("contact.corrected")
class ContactCorrected(Body, frozen=True):
    """A later word on how the contact came; cohort and authority at entry stay as they were."""

    source: SourceOfContact
    channel: ContactChannel
    received_at: Moment
    area: str | None = None


@kind("referrer.recorded")
class ReferrerRecorded(Body, frozen=True):
    name: str = ""
    capacity: str = ""
    organisation: str = ""
    call_back: str = ""
    confidential: bool = False
    """The family may not know who called."""
    anonymous: bool = False


class Statement(msgspec.Struct, frozen=True):
    """A stretch of the account and what kind of statement it is."""

    text: str
    voice: Voice


@kind("concern.recorded", key=("account",))
class ConcernRecorded(Body, frozen=True):
    """One account of concern, in the words of the person giving it."""

    account: str
    words: str
    statements: tuple[Statement, ...] = ()
    incident_on: PartialDate | None = None
    incident_place: str = ""
    where_now: str = ""
    next_access: str = ""
    """When the person alleged to cause harm next has access."""
    primary_need: PrimaryNeed | None = None
    abuse_types: tuple[AbuseType, ...] = ()
    immediate_danger: bool | None = None


@kind("subject.recorded", key=("subject",))
class SubjectRecorded(Body, frozen=True):
    """A person as told in this referral. ``of_concern`` subjects have levels; others are household."""

    subject: str
    forenames: str = ""
    surname: str = ""
    aliases: tuple[str, ...] = ()
    birth: PartialDate | None = None
    sex: Sex | None = None
    ethnicity: Ethnicity | None = None
    nhs_number: str | None = None
    upn: str | None = None
    relation: str = ""
    """Relation to the first subject of concern, in words: *mother*, *mother's partner*."""
    of_concern: bool = False
    parental_responsibility: bool | None = None
    alleged_to_cause_harm: bool = False
    ground: str = ""
    """Why this person is in scope, on their own stated ground."""
    school: str = ""
    unsafe_to_contact: bool = False


@kind("relationship.recorded", key=("first", "second"))
class RelationshipRecorded(Body, frozen=True):
    """A relation between two subjects, for the genogram."""

    first: str
    second: str
    relation: str
    """``partner``, ``separated``, ``parent`` (first is the parent of second), ``sibling`` or ``other``."""
    since: PartialDate | None = None


@kind("address.recorded", key=("address",))
class AddressRecorded(Body, frozen=True):
    address: str
    """Id of the address in this referral."""
    subjects: tuple[str, ...]
    line: str
    postcode: str = ""
    uprn: str | None = None
    lived_from: PartialDate | None = None
    lived_to: PartialDate | None = None
    suppressed: bool = False


@kind("contact_detail.recorded", key=("detail",))
class ContactDetailRecorded(Body, frozen=True):
    detail: str
    subject: str
    medium: str
    value: str
    safe: bool | None = None


@kind("telling.recorded")
class TellingRecorded(Body, frozen=True):
    """Three separate things: told of the sharing, agrees to the service, data-protection consent."""

    subject: str
    told: bool | None = None
    not_told_reason: NotToldReason | None = None
    not_told_text: str = ""
    agrees_to_service: bool | None = None
    data_protection_consent: bool | None = None


@kind("adult.recorded", key=("subject",))
class AdultRecorded(Body, frozen=True):
    """What an adult safeguarding concern holds beside a child's."""

    subject: str
    wishes: str = ""
    desired_outcomes: str = ""
    consent: bool | None = None
    override_reason: str = ""
    capacity: str = ""
    """Mental capacity for this decision, with the decision named."""
    advocate: str = ""
    setting: str = ""
    provider: str = ""
    place_of_abuse: str = ""


@kind("setting.recorded", key=("setting",))
class SettingRecorded(Body, frozen=True):
    """A care home, school or club that an organisational concern is about. It is no household: who lives or
    works there is recorded as far as somebody is concerned for, and is not checked by default."""

    setting: str
    """Id of the setting in this referral."""
    name: str
    provider: str = ""
    line: str = ""
    postcode: str = ""


@kind("history.searched")
class HistorySearched(Body, frozen=True):
    """That earlier history was looked for, and how much was found. The terms are in the access log."""

    found: int
    where: str = "store"


@kind("advice.given")
class AdviceGiven(Body, frozen=True):
    words: str


@kind("note.added")
class NoteAdded(Body, frozen=True):
    words: str


@kind("acknowledgement.sent")
class AcknowledgementSent(Body, frozen=True):
    """The referrer was told that the contact was received, or what a social worker decided to do."""

    how: str
    decided: bool = False


@kind("document.attached")
class DocumentAttached(Body, frozen=True):
    """A file: a commitment to sealed chunks which are fetched by id under the same audience."""

    document: str
    title: str
    media_type: str
    size: int
    digest: str
    """SHA-256 of the whole, hex."""
    chunks: tuple[str, ...]
    """SHA-256 of each chunk in order, hex; also the id it is fetched by."""
    about: tuple[str, ...] = ()


@kind("assessment.recorded", key=("subject", "tool"))
class AssessmentRecorded(Body, frozen=True):
    """Answers to a versioned question set (DASH, DARA)."""

    subject: str
    tool: str
    answers: dict[str, ToolAnswer]
    comments: dict[str, str] = msgspec.field(default_factory=dict)
    judgement: bool = False
    """Professional judgement raises the result."""
    judgement_reason: str = ""
    events_in_12_months: int | None = None
    last_marac_on: date | None = None
    """When the same victim and perpetrator were last referred to MARAC."""


@kind("duplicate.named", guard="stage")
class DuplicateNamed(Body, frozen=True):
    """This contact is a duplicate of another stream."""

    of: str
    reason: str


@kind("contact.passed", guard="stage")
class ContactPassed(Body, frozen=True):
    """Passed to the allocated worker of an open case."""

    worker: str
    reason: str


@kind("ownership.transferred", guard="stage")
class OwnershipTransferred(Body, frozen=True):
    to: str
    reason: str
