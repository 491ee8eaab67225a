"""Rules of taking a contact."""

from __future__ import annotations

from ..assessments import assess, question_set
from ..codes import Cohort
from ..entries import Made
from ..entries.contact import (
    AcknowledgementSent,
    AddressRecorded,
    AdultRecorded,
    AdviceGiven,
    AssessmentRecorded,
    ConcernRecorded,
    ContactCorrected,
    ContactDetailRecorded,
    ContactOpened,
    ContactPassed,
    DocumentAttached,
    DuplicateNamed,
    NoteAdded,
    OwnershipTransferred,
    RelationshipRecorded,
    SettingRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from ..errors import Refusal
from ..identifiers import check_nhs_number, check_upn
from ..roles import SOCIAL_WORKERS
from ..verdict import YES, Verdict, no
from .oversight import free_to_leave
from .situation import Situation, filled, refused, rule

LARGEST_DOCUMENT = 50 * 1024 * 1024
MEDIA_TYPES = frozenset({"application/pdf", "image/png", "image/jpeg"})
OLDEST_CONTACT_YEARS = 10
"""A contact received longer ago is a slip of the keyboard; what is older is history."""


def _arrival(situation: Situation, body: ContactOpened | ContactCorrected) -> Verdict:
    area = body.area
    if body.received_at.year < situation.now.year - OLDEST_CONTACT_YEARS:
        return no("too-long-ago", "Look at the year in which the contact was received.", "received_at")
    return situation.first_no(
        situation.not_future(body.received_at, "received_at"),
        refused(lambda: situation.config.area(area)) if area is not None else YES,
    )


@rule(ContactOpened)
def opened(situation: Situation, entry: Made[ContactOpened]) -> Verdict:
    body, config = entry.body, situation.config
    arrival = _arrival(situation, body)
    if not arrival:
        return arrival
    if body.previous == entry.stream:
        return no("repeats-itself", "A referral cannot repeat itself.", "previous")
    try:
        owner = config.owner_for(body.cohort, body.local_authority, config.day(body.received_at))
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, refusal.field)
    if body.owner != owner:
        return no(
            "owner-wrong", "The owning agency is not the one for this cohort and local authority.", "owner"
        )
    return YES


@rule(ContactCorrected)
def corrected(situation: Situation, entry: Made[ContactCorrected]) -> Verdict:
    return _arrival(situation, entry.body)


@rule(ConcernRecorded)
def concern(situation: Situation, entry: Made[ConcernRecorded]) -> Verdict:
    on = entry.body.incident_on
    if on is not None and on.earliest() > situation.today:
        return no("from-the-future", "An incident has happened. Look at its date.", "incident_on")
    return filled(entry.body.words, "words", "what happened, in the caller's words")


@rule(SubjectRecorded)
def subject(situation: Situation, entry: Made[SubjectRecorded]) -> Verdict:
    body = entry.body
    if not (body.forenames.strip() or body.surname.strip() or body.aliases or body.relation.strip()):
        return no("field-empty", "Write a name, or how this person is related.", "name")
    if body.birth is not None and not body.birth.expected and body.birth.earliest() > situation.today:
        return no(
            "birth-in-the-future", "This birth is to come. Write it as expected: due 14 Feb 2027.", "birth"
        )
    nhs_number, upn = body.nhs_number, body.upn
    return situation.first_no(
        refused(lambda: check_nhs_number(nhs_number)) if nhs_number is not None else YES,
        refused(lambda: check_upn(upn)) if upn is not None else YES,
    )


@rule(RelationshipRecorded)
def relationship(situation: Situation, entry: Made[RelationshipRecorded]) -> Verdict:
    if entry.body.first == entry.body.second:
        return no("related-to-self", "Nobody is related to themselves. Choose two people.", "second")
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


@rule(AdultRecorded)
def adult(situation: Situation, entry: Made[AdultRecorded]) -> Verdict:
    return situation.subjects_known((entry.body.subject,), "subject")


@rule(AssessmentRecorded)
def assessment(situation: Situation, entry: Made[AssessmentRecorded]) -> Verdict:
    """Answers to a tool in use; judgement says what it rests on."""
    body = entry.body
    if body.tool not in situation.config.question_sets_on(situation.today):
        return no("tool-not-in-use", "This hub does not use that tool now. Choose one that it uses.", "tool")
    if body.judgement and not body.judgement_reason.strip():
        return no("judgement-why", "Write what the judgement rests on.", "judgement_reason")
    if body.last_marac_on is not None and body.last_marac_on > situation.today:
        return no("from-the-future", "The last referral to MARAC is past. Look at its date.", "last_marac_on")
    return situation.first_no(
        refused(lambda: assess(question_set(body.tool), body.answers)),
        situation.subjects_known((body.subject,), "subject"),
    )


@rule(SettingRecorded)
def setting(situation: Situation, entry: Made[SettingRecorded]) -> Verdict:
    return filled(entry.body.name, "name", "what the setting is called")


@rule(AdviceGiven)
def advice(situation: Situation, entry: Made[AdviceGiven]) -> Verdict:
    return filled(entry.body.words, "words", "what you advise")


@rule(NoteAdded)
def note(situation: Situation, entry: Made[NoteAdded]) -> Verdict:
    return filled(entry.body.words, "words", "the note")


@rule(AcknowledgementSent)
def acknowledged(situation: Situation, entry: Made[AcknowledgementSent]) -> Verdict:
    """A *social worker* decides what follows a child's referral (Working Together, chapter 3)."""
    if (
        entry.body.decided
        and situation.author.role not in SOCIAL_WORKERS
        and situation.referral.cohort is Cohort.CHILDREN
        and situation.referral.overseen is None
    ):
        return situation.absent(
            "not-decided", "A social worker decides before the referrer is told what follows.", "decided"
        )
    return filled(entry.body.how, "how", "how the referrer was told")


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
    return situation.first_no(
        filled(entry.body.reason, "reason", "why this is the same contact"),
        YES if situation.decision_maker else free_to_leave(situation),
    )


@rule(ContactPassed)
def passed(situation: Situation, entry: Made[ContactPassed]) -> Verdict:
    return situation.first_no(
        filled(entry.body.worker, "worker", "who the allocated worker is"),
        filled(entry.body.reason, "reason", "why it goes to the allocated worker"),
        YES if situation.decision_maker else free_to_leave(situation),
    )


@rule(OwnershipTransferred)
def transferred(situation: Situation, entry: Made[OwnershipTransferred]) -> Verdict:
    """To another agency that owns referrals of this cohort, so that somebody there may decide."""
    referral, config = situation.referral, situation.config
    if entry.body.to == referral.owner:
        return no("owner-same", "That agency owns it already.", "to")
    owners = {one.agency for one in config.owning if one.cohort is referral.cohort}
    if referral.cohort is not None and entry.body.to not in owners:
        return no("owner-wrong", "That agency owns no referrals of this cohort in this hub.", "to")
    return situation.first_no(
        situation.member(entry.body.to, "to"), filled(entry.body.reason, "reason", "why ownership moves")
    )
