"""The decision and what followed it, in words."""

from __future__ import annotations

from ...domain.entries import Made
from ...domain.entries.decision import (
    AdultConcluded,
    DecisionAmended,
    DecisionDrafted,
    DecisionReturned,
    DecisionSigned,
    EnquiryCaused,
    EnquiryReported,
    SubjectDecision,
)
from ...domain.entries.outcome import (
    AgenciesTold,
    EntryWithdrawn,
    EscalationRaised,
    EscalationResolved,
    FeedbackGiven,
    FirstActionRecorded,
    HandoverAcknowledged,
    HandoverMade,
    OutcomeAccepted,
    OutcomeReturned,
    OutcomeSent,
    ReferralClosed,
    SummaryMade,
)
from ...domain.partial_date import PartialDate
from ..wording import joined
from .teller import Teller, Told, phrases, says

PAPERS = {
    "full": "MASH summary, full copy",
    "receiving_team": "MASH summary, receiving team’s copy",
    "referrer": "Letter to the referrer",
    "round_table": "Round-table record",
    "codes": "Codes for devices",
    "open_reds": "List of open reds",
}


def _decided(teller: Teller, subjects: tuple[SubjectDecision, ...]) -> str:
    return " ".join(
        phrases(f"{teller.subject(one.subject)}: {teller.level(one.level)}", one.intervention, one.rationale)
        for one in subjects
    )


@says(DecisionDrafted)
def _drafted(teller: Teller, made: Made[DecisionDrafted]) -> Told:
    rests = f"Rests on {len(made.relies_on)} entries" if made.relies_on else ""
    return Told(
        "Decision drafted",
        phrases(_decided(teller, made.body.subjects), rests),
        tuple(one.subject for one in made.body.subjects),
    )


@says(DecisionReturned)
def _returned(teller: Teller, made: Made[DecisionReturned]) -> Told:
    return Told("Draft returned", made.body.reason)


@says(DecisionSigned)
def _signed(teller: Teller, made: Made[DecisionSigned]) -> Told:
    return Told("Decision signed", "Over the exact text of the draft.")


@says(DecisionAmended)
def _amended(teller: Teller, made: Made[DecisionAmended]) -> Told:
    body = made.body
    return Told(
        "Decision amended after signing",
        phrases(body.reason, _decided(teller, body.subjects)),
        tuple(one.subject for one in body.subjects),
    )


@says(EnquiryCaused)
def _enquiry(teller: Teller, made: Made[EnquiryCaused]) -> Told:
    body = made.body
    due = PartialDate.of(body.due_on).display()
    return Told(f"Enquiry caused: {body.made_by}, due {due}", body.words, (body.subject,))


@says(EnquiryReported)
def _reported(teller: Teller, made: Made[EnquiryReported]) -> Told:
    return Told("Enquiry reported", made.body.words)


@says(HandoverMade)
def _handed_over(teller: Teller, made: Made[HandoverMade]) -> Told:
    return Told("Handed over to the out-of-hours team", made.body.words)


@says(HandoverAcknowledged)
def _taken_over(teller: Teller, made: Made[HandoverAcknowledged]) -> Told:
    return Told("Hand-over acknowledged", made.body.words)


@says(AdultConcluded)
def _concluded(teller: Teller, made: Made[AdultConcluded]) -> Told:
    body = made.body
    return Told(
        f"Enquiry about {teller.subject(body.subject)} concluded: {body.risk.label.lower()}",
        body.conclusion,
        (body.subject,),
    )


@says(OutcomeSent)
def _sent(teller: Teller, made: Made[OutcomeSent]) -> Told:
    body = made.body
    said = f"{teller.subjects(body.subjects)} sent to" if body.subjects else "Sent to"
    return Told(f"{said} {teller.team(body.agency, body.team)}", body.words, body.subjects)


@says(OutcomeAccepted)
def _accepted(teller: Teller, made: Made[OutcomeAccepted]) -> Told:
    return _answer(teller, made, "accepted", made.body.words)


@says(OutcomeReturned)
def _sent_back(teller: Teller, made: Made[OutcomeReturned]) -> Told:
    return _answer(teller, made, "returned", made.body.reason)


def _answer(
    teller: Teller, made: Made[OutcomeAccepted] | Made[OutcomeReturned], said: str, words: str
) -> Told:
    sent = teller.sent(made.body.sent)
    if sent is None or not sent.subjects:
        return Told(f"{said.capitalize()} by the receiving team", words)
    by = teller.team(sent.agency, sent.team)
    return Told(f"{teller.subjects(sent.subjects)} {said} by {by}", words, sent.subjects)


@says(FirstActionRecorded)
def _first_action(teller: Teller, made: Made[FirstActionRecorded]) -> Told:
    sent, at = teller.sent(made.body.sent), teller.moment(made.body.done_at)
    about = sent.subjects if sent is not None else ()
    whom = f" for {teller.subjects(about)}" if about else ""
    return Told(f"First action{whom}, {at}", made.body.words, about)


@says(FeedbackGiven)
def _feedback(teller: Teller, made: Made[FeedbackGiven]) -> Told:
    body = made.body
    if body.how.strip():
        return Told("Referrer told the outcome", body.how)
    return Told("Referrer not told the outcome", body.not_given)


@says(AgenciesTold)
def _told(teller: Teller, made: Made[AgenciesTold]) -> Told:
    agencies = joined([teller.agency(one) for one in made.body.agencies])
    return Told(f"Told, since they work with the family: {agencies}", made.body.words)


@says(SummaryMade)
def _summary(teller: Teller, made: Made[SummaryMade]) -> Told:
    body = made.body
    digest = f"SHA-256 begins {body.digest[:12]}."
    return Told(f"{PAPERS.get(body.profile, body.profile)} made", digest)


@says(ReferralClosed)
def _closed(teller: Teller, made: Made[ReferralClosed]) -> Told:
    return Told("Closed", made.body.reason)


@says(EscalationRaised)
def _raised(teller: Teller, made: Made[EscalationRaised]) -> Told:
    body = made.body
    return Told(
        f"Escalated, {body.stage.label[0].lower()}{body.stage.label[1:]}",
        phrases(
            body.words,
            f"Between {joined([teller.agency(one) for one in body.parties])}" if body.parties else "",
            f"Kept safe meanwhile: {body.interim_safety}" if body.interim_safety else "",
        ),
    )


@says(EscalationResolved)
def _resolved(teller: Teller, made: Made[EscalationResolved]) -> Told:
    return Told("Escalation resolved", made.body.result)


@says(EntryWithdrawn)
def _withdrawn(teller: Teller, made: Made[EntryWithdrawn]) -> Told:
    return Told("A misfiled entry withdrawn from every holder", made.body.reason)
