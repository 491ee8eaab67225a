"""Triage, admission, asking and answering, and the round table, in words."""

from __future__ import annotations

from ...domain.codes import AnswerResult
from ...domain.entries import Made
from ...domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ProceededWithout,
    ReleaseExpired,
    ReleaseWithdrawn,
    RequestAcknowledged,
    RequestAnswered,
    RequestChased,
    RequestMade,
    RequestWithdrawn,
)
from ...domain.entries.table import (
    ActionCompleted,
    ActionRecorded,
    AnalysisRecorded,
    AttendanceRecorded,
    TableOpened,
    ViewRecorded,
)
from ...domain.entries.triage import (
    ContactTriaged,
    RagRated,
    ReferralAdmitted,
    StrategyHeld,
    SubjectLevel,
    TriageOverseen,
)
from ...domain.lawfulness import say
from ..wording import joined, say_day
from .teller import Teller, Told, phrases, says

ANALYSIS = {
    "harm": "Harm",
    "likelihood": "Likelihood",
    "impact": "Impact",
    "protective": "Protective factors",
    "unknown": "What is not known",
    "voice": "Voice of the child or adult",
    "discussion": "Discussion",
    "options": "Options considered",
}
_STRATEGY = {
    "s47_single": "section 47 enquiry, single agency",
    "s47_joint": "section 47 enquiry, joint",
    "no_s47": "no section 47 enquiry",
}


def _levels(teller: Teller, levels: tuple[SubjectLevel, ...]) -> str:
    return "; ".join(f"{teller.subject(one.subject)} {teller.level(one.level)}" for one in levels)


@says(ContactTriaged)
def _triaged(teller: Teller, made: Made[ContactTriaged]) -> Told:
    body = made.body
    return Told(
        f"Routed to {teller.route(body.route)}",
        phrases(
            body.rationale,
            f"Indicative level: {_levels(teller, body.levels)}",
            "Immediate danger" if body.immediate_danger else "",
            f"Advised by {body.advised_by}" if body.advised_by else "",
        ),
        tuple(one.subject for one in body.levels),
    )


@says(TriageOverseen)
def _overseen(teller: Teller, made: Made[TriageOverseen]) -> Told:
    body = made.body
    what = "Oversight: to be admitted to the hub" if body.decision == "admit" else "Oversight: another route"
    if body.route is not None:
        what = f"Oversight: {teller.route(body.route)}"
    return Told(what, phrases(body.reason, f"Level: {_levels(teller, body.levels)}"))


@says(StrategyHeld)
def _strategy(teller: Teller, made: Made[StrategyHeld]) -> Told:
    body = made.body
    return Told(
        f"Strategy discussion: {_STRATEGY.get(body.decision, body.decision)}",
        phrases(
            body.reason,
            f"Held {teller.moment(body.held_at)}" if body.held_at else "",
            f"Present: {joined([teller.agency(one) for one in body.present])}",
            f"Interim safety: {body.interim_safety}" if body.interim_safety else "",
            f"To be seen by {body.seen_by}" if body.seen_by else "",
        ),
        body.subjects,
    )


@says(ReferralAdmitted)
def _admitted(teller: Teller, made: Made[ReferralAdmitted]) -> Told:
    body = made.body
    bases = dict.fromkeys(say(one.basis) for one in body.scope)
    scope = "; ".join(f"{teller.subject(one.subject)}: {one.ground}" for one in body.scope)
    return Told(
        f"Admitted to the hub: {teller.level(body.threshold)}",
        phrases(body.purpose, f"Basis: {'; '.join(bases)}", f"In scope: {scope}"),
        tuple(one.subject for one in body.scope),
    )


@says(RagRated)
def _rated(teller: Teller, made: Made[RagRated]) -> Told:
    return Told(f"Rated {teller.rag(made.body.rag)}", made.body.reason)


@says(RequestMade)
def _asked(teller: Teller, made: Made[RequestMade]) -> Told:
    body = made.body
    what = f"{teller.agency(body.agency)} asked about {teller.subjects(body.subjects)}"
    return Told(what, body.minimum_concern, body.subjects)


@says(RequestWithdrawn)
def _withdrawn(teller: Teller, made: Made[RequestWithdrawn]) -> Told:
    return Told(f"Request to {teller.asked(made.body.request)} withdrawn", made.body.reason)


@says(RequestAcknowledged)
def _acknowledged(teller: Teller, made: Made[RequestAcknowledged]) -> Told:
    return Told(f"{teller.asked(made.body.request)} acknowledged the request")


@says(RequestChased)
def _chased(teller: Teller, made: Made[RequestChased]) -> Told:
    return Told(f"{teller.asked(made.body.request)} chased", made.body.how)


@says(RequestAnswered)
def _answered(teller: Teller, made: Made[RequestAnswered]) -> Told:
    body = made.body
    who, agency = teller.subject(body.subject), teller.asked(body.request)
    searched = f"Searched {joined(body.systems_searched)}" if body.systems_searched else ""
    if body.result is AnswerResult.REFUSED:
        reason = body.refusal_reason.label if body.refusal_reason else ""
        review = f"Review on {say_day(body.review_on)}" if body.review_on else ""
        words = phrases(reason, body.refusal_text, review)
        return Told(f"{agency} refused to share about {who}", words, (body.subject,))
    return Told(f"{agency} answered about {who}: {body.result.label.lower()}", searched, (body.subject,))


@says(ContributionRecorded)
def _contribution(teller: Teller, made: Made[ContributionRecorded]) -> Told:
    body = made.body
    return Told(
        f"{teller.agency(made.agency)} holds about {teller.subjects(body.subjects)}",
        body.words,
        body.subjects,
        body.on,
        body.voice.value,
    )


@says(ContributionReleased)
def _released(teller: Teller, made: Made[ContributionReleased]) -> Told:
    body = made.body
    return Told(
        f"{teller.agency(made.agency)} released about {teller.subjects(body.subjects)}",
        body.words,
        body.subjects,
        body.on,
        body.voice.value,
    )


@says(ReleaseExpired)
def _over(teller: Teller, made: Made[ReleaseExpired]) -> Told:
    return Told(f"What {teller.agency(made.body.agency)} released left the table", "Its last day was over.")


@says(ReleaseWithdrawn)
def _taken_back(teller: Teller, made: Made[ReleaseWithdrawn]) -> Told:
    return Told(f"{teller.agency(made.agency)} took an item back from the table", made.body.reason)


@says(ProceededWithout)
def _without(teller: Teller, made: Made[ProceededWithout]) -> Told:
    return Told(f"Gone on without {teller.asked(made.body.request)}", made.body.reason)


@says(TableOpened)
def _opened(teller: Teller, made: Made[TableOpened]) -> Told:
    where = f", {made.body.place}" if made.body.place else ""
    return Told(f"Brought to the round table{where}")


@says(AttendanceRecorded)
def _attended(teller: Teller, made: Made[AttendanceRecorded]) -> Told:
    body = made.body
    what = f"{teller.agency(body.agency)}: {body.attendance.label.lower()}"
    return Told(what, body.name)


@says(ViewRecorded)
def _view(teller: Teller, made: Made[ViewRecorded]) -> Told:
    body = made.body
    stands = {True: ", agrees", False: ", dissents", None: ""}[body.agrees]
    what = (
        f"{teller.agency(body.agency)}’s view on {teller.subject(body.subject)}: "
        f"{teller.level(body.level)}{stands}"
    )
    return Told(what, body.words, (body.subject,), kind="opinion")


@says(AnalysisRecorded)
def _analysis(teller: Teller, made: Made[AnalysisRecorded]) -> Told:
    return Told(f"Analysis: {ANALYSIS.get(made.body.part, made.body.part).lower()}", made.body.words)


@says(ActionRecorded)
def _action(teller: Teller, made: Made[ActionRecorded]) -> Told:
    body = made.body
    due = f", by {teller.moment(body.due_at)}" if body.due_at else ""
    return Told(f"Action for {body.owner}{due}", body.words)


@says(ActionCompleted)
def _completed(teller: Teller, made: Made[ActionCompleted]) -> Told:
    return Told("Action completed", made.body.words)
