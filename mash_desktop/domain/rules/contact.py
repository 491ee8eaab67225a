"""Rules of taking a contact."""

from __future__ import annotations

from datetime import timedelta

from ..entries import Made
from ..entries.contact import (
    AddressRecorded,
    ConcernRecorded,
    ContactDetailRecorded,
    ContactOpened,
    ContactPassed,
    DocumentAttached,
    DuplicateNamed,
    OwnershipTransferred,
    RelationshipRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from ..errors import Refusal
from ..identifiers import check_nhs_number, check_upn
from ..verdict import YES, Verdict, no
from .situation import Situation, filled, rule

LARGEST_DOCUMENT = 50 * 1024 * 1024
MEDIA_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg"})


@rule(ContactOpened)
def opened(situation: Situation, entry: Made[ContactOpened]) -> Verdict:
    body = entry.body
    if body.received_at > situation.now + timedelta(minutes=5):
        return no("from-the-future", "A contact cannot have been received in the future.", "received_at")
    try:
        owner = situation.config.owner_for(body.cohort, body.local_authority, body.received_at.date())
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, refusal.field)
    if body.owner != owner:
        return no(
            "owner-wrong", "The owning agency is not the one for this cohort and local authority.", "owner"
        )
    return YES


@rule(ConcernRecorded)
def concern(situation: Situation, entry: Made[ConcernRecorded]) -> Verdict:
    return filled(entry.body.words, "words", "what happened, in the caller's words")


@rule(SubjectRecorded)
def subject(situation: Situation, entry: Made[SubjectRecorded]) -> Verdict:
    body = entry.body
    if not (body.forenames.strip() or body.surname.strip() or body.aliases or body.relation.strip()):
        return no("field-empty", "Write a name, or how this person is related.", "name")
    for value, check in ((body.nhs_number, check_nhs_number), (body.upn, check_upn)):
        if value is not None:
            try:
                check(value)
            except Refusal as refusal:
                return no(refusal.code, refusal.sentence, refusal.field)
    return YES


@rule(RelationshipRecorded)
def relationship(situation: Situation, entry: Made[RelationshipRecorded]) -> Verdict:
    return situation.subjects_known((entry.body.first, entry.body.second), "subjects")


@rule(AddressRecorded)
def address(situation: Situation, entry: Made[AddressRecorded]) -> Verdict:
    return situation.first_no(
        filled(entry.body.line, "line", "the address"),
        situation.subjects_known(entry.body.subjects, "subjects"),
    )


@rule(ContactDetailRecorded)
def contact_detail(situation: Situation, entry: Made[ContactDetailRecorded]) -> Verdict:
    return situation.first_no(
        filled(entry.body.value, "value", "the number or address to reach this person"),
        situation.subjects_known((entry.body.subject,), "subject"),
    )


@rule(TellingRecorded)
def telling(situation: Situation, entry: Made[TellingRecorded]) -> Verdict:
    """Not telling needs a coded reason and text."""
    body = entry.body
    if body.told is False and (body.not_told_reason is None or not body.not_told_text.strip()):
        return no(
            "not-told-why",
            "Say why this person was not told: a reason, and what it rests on.",
            "not_told_reason",
        )
    return situation.subjects_known((body.subject,), "subject")


@rule(DocumentAttached)
def document(situation: Situation, entry: Made[DocumentAttached]) -> Verdict:
    body = entry.body
    if body.media_type not in MEDIA_TYPES:
        return no("document-type", "Attach a PDF, a PNG or a JPEG.", "media_type")
    if not 0 < body.size <= LARGEST_DOCUMENT:
        return no("document-size", "A document has between 1 byte and 50 MB.", "size")
    return YES


@rule(DuplicateNamed)
def duplicate(situation: Situation, entry: Made[DuplicateNamed]) -> Verdict:
    if entry.body.of == entry.stream:
        return no("duplicate-of-itself", "A contact cannot be a duplicate of itself.", "of")
    return filled(entry.body.reason, "reason", "why this is the same contact")


@rule(ContactPassed)
def passed(situation: Situation, entry: Made[ContactPassed]) -> Verdict:
    return situation.first_no(
        filled(entry.body.worker, "worker", "who the allocated worker is"),
        filled(entry.body.reason, "reason", "why it goes to the allocated worker"),
    )


@rule(OwnershipTransferred)
def transferred(situation: Situation, entry: Made[OwnershipTransferred]) -> Verdict:
    try:
        agency = situation.config.agency(entry.body.to)
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, "to")
    if not agency.holds(situation.now.date()):
        return no("agency-not-member", f"{agency.name} is not a member of this hub now.", "to")
    return filled(entry.body.reason, "reason", "why ownership moves")
