"""A contact as it was taken, in words."""

from __future__ import annotations

from ...domain.entries import Made
from ...domain.entries.contact import (
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
    HistorySearched,
    NoteAdded,
    OwnershipTransferred,
    ReferrerRecorded,
    RelationshipRecorded,
    SettingRecorded,
    SubjectRecorded,
    TellingRecorded,
)
from ...domain.fold.people import full_name
from ..wording import joined
from .teller import Teller, Told, phrases, says

ADDRESS_SUPPRESSED = "address suppressed"
_BONDS = {
    "partner": "partner of",
    "separated": "separated from",
    "parent": "parent of",
    "sibling": "brother or sister of",
}


@says(ContactOpened)
def _opened(teller: Teller, made: Made[ContactOpened]) -> Told:
    body = made.body
    before = "It repeats an earlier referral" if body.previous else ""
    return Told(
        f"Contact opened: {body.cohort.label.lower()}, by {body.channel.label.lower()}",
        phrases(f"Received {teller.moment(body.received_at)} from {body.source.label}", before),
    )


@says(ContactCorrected)
def _corrected(teller: Teller, made: Made[ContactCorrected]) -> Told:
    body = made.body
    return Told(
        "Corrected how the contact came",
        phrases(f"{body.source.label}, by {body.channel.label.lower()}, {teller.moment(body.received_at)}"),
    )


@says(ReferrerRecorded)
def _referrer(teller: Teller, made: Made[ReferrerRecorded]) -> Told:
    body = made.body
    if body.anonymous:
        return Told("Referrer: anonymous")
    who = joined([part for part in (body.name, body.capacity, body.organisation) if part])
    return Told(
        "Referrer recorded",
        phrases(
            who.replace(" and ", ", "),
            f"Call back {body.call_back}" if body.call_back else "",
            "Confidential: the family may not know who called" if body.confidential else "",
        ),
    )


@says(ConcernRecorded)
def _concern(teller: Teller, made: Made[ConcernRecorded]) -> Told:
    body = made.body
    return Told(
        "Concern, in the words of who told it",
        phrases(
            body.words,
            f"Now: {body.where_now}" if body.where_now else "",
            f"Next access: {body.next_access}" if body.next_access else "",
            "Someone is in immediate danger" if body.immediate_danger else "",
        ),
        on=body.incident_on,
        kind="contact",
    )


@says(SubjectRecorded)
def _subject(teller: Teller, made: Made[SubjectRecorded]) -> Told:
    body = made.body
    role = "of concern" if body.of_concern else "in the household"
    return Told(
        f"{full_name(body)} recorded, {role}",
        phrases(
            body.relation if body.relation != "subject" else "",
            f"Born {body.birth.display()}" if body.birth else "",
            "Alleged to cause harm" if body.alleged_to_cause_harm else "",
            "Unsafe to contact" if body.unsafe_to_contact else "",
        ),
        (body.subject,),
    )


@says(RelationshipRecorded)
def _relationship(teller: Teller, made: Made[RelationshipRecorded]) -> Told:
    body = made.body
    since = f", since {body.since.display()}" if body.since else ""
    bond = _BONDS.get(body.relation, "related to")
    said = f"{teller.subject(body.first)} is {bond} {teller.subject(body.second)}{since}"
    return Told(said, about=(body.first, body.second))


@says(AddressRecorded)
def _address(teller: Teller, made: Made[AddressRecorded]) -> Told:
    body = made.body
    where = ADDRESS_SUPPRESSED if body.suppressed else ", ".join(filter(None, (body.line, body.postcode)))
    ended = f", until {body.lived_to.display()}" if body.lived_to else ""
    return Told(f"Address of {teller.subjects(body.subjects)}", f"{where}{ended}", body.subjects)


@says(ContactDetailRecorded)
def _detail(teller: Teller, made: Made[ContactDetailRecorded]) -> Told:
    body = made.body
    safe = {True: " (safe to use)", False: " (not safe to use)", None: ""}[body.safe]
    what = f"How to reach {teller.subject(body.subject)}"
    return Told(what, f"{body.medium} {body.value}{safe}", (body.subject,))


@says(TellingRecorded)
def _telling(teller: Teller, made: Made[TellingRecorded]) -> Told:
    body = made.body
    told = {True: "Told of the sharing", False: "Not told of the sharing", None: ""}[body.told]
    why = body.not_told_reason.label if body.told is False and body.not_told_reason else ""
    agrees = {True: "Agrees to the service", False: "Does not agree to the service", None: ""}
    consent = {True: "Data-protection consent given", False: "Data-protection consent not given", None: ""}
    return Told(
        f"What {teller.subject(body.subject)} was told",
        phrases(
            told,
            why,
            body.not_told_text if why else "",
            agrees[body.agrees_to_service],
            consent[body.data_protection_consent],
        ),
        (body.subject,),
    )


@says(AdultRecorded)
def _adult(teller: Teller, made: Made[AdultRecorded]) -> Told:
    body = made.body
    labelled = (
        ("Wishes", body.wishes),
        ("Outcomes wanted", body.desired_outcomes),
        ("Consent overridden", body.override_reason),
        ("Capacity", body.capacity),
        ("Advocate", body.advocate),
        ("Setting", body.setting),
        ("Place of abuse", body.place_of_abuse),
    )
    return Told(
        f"What {teller.subject(body.subject)} wishes, and how things stand",
        phrases(*(f"{label}: {text}" for label, text in labelled if text)),
        (body.subject,),
    )


@says(HistorySearched)
def _searched(teller: Teller, made: Made[HistorySearched]) -> Told:
    found = made.body.found
    return Told(
        f"Earlier history searched: {found} found" if found else "Earlier history searched: none found"
    )


@says(AdviceGiven)
def _advice(teller: Teller, made: Made[AdviceGiven]) -> Told:
    return Told("Advice given", made.body.words)


@says(NoteAdded)
def _note(teller: Teller, made: Made[NoteAdded]) -> Told:
    return Told("Note", made.body.words)


@says(AcknowledgementSent)
def _acknowledged(teller: Teller, made: Made[AcknowledgementSent]) -> Told:
    said = "what was decided" if made.body.decided else "that the contact was received"
    return Told(f"Referrer told {said}", made.body.how)


@says(DocumentAttached)
def _document(teller: Teller, made: Made[DocumentAttached]) -> Told:
    return Told("Document attached", made.body.title, made.body.about)


@says(AssessmentRecorded)
def _assessment(teller: Teller, made: Made[AssessmentRecorded]) -> Told:
    body = made.body
    yes = sum(answer.value == "yes" for answer in body.answers.values())
    return Told(
        f"{body.tool.split('-')[0].upper()} answered about {teller.subject(body.subject)}",
        phrases(
            f"{yes} of {len(body.answers)} answered yes",
            f"Professional judgement: {body.judgement_reason}" if body.judgement else "",
        ),
        (body.subject,),
    )


@says(SettingRecorded)
def _setting(teller: Teller, made: Made[SettingRecorded]) -> Told:
    body = made.body
    return Told(f"Setting: {body.name}", ", ".join(p for p in (body.provider, body.line, body.postcode) if p))


@says(DuplicateNamed)
def _duplicate(teller: Teller, made: Made[DuplicateNamed]) -> Told:
    return Told("Named a duplicate of another contact", made.body.reason)


@says(ContactPassed)
def _passed(teller: Teller, made: Made[ContactPassed]) -> Told:
    return Told(f"Passed to the allocated worker, {made.body.worker}", made.body.reason)


@says(OwnershipTransferred)
def _transferred(teller: Teller, made: Made[OwnershipTransferred]) -> Told:
    return Told(f"Ownership passed to {teller.agency(made.body.to)}", made.body.reason)
