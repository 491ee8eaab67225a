"""What must never be found in a log, looked for in the log itself: no fold and no rule is asked here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from mash_desktop.domain.codes import AnswerResult, Cohort, IntelligenceHandling, ToolAnswer
from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.entries.contact import (
    AdultRecorded,
    AssessmentRecorded,
    ConcernRecorded,
    ContactOpened,
    HistorySearched,
    OwnershipTransferred,
    ReferrerRecorded,
    SubjectRecorded,
)
from mash_desktop.domain.entries.decision import (
    DecisionAmended,
    DecisionDrafted,
    DecisionSigned,
    SubjectDecision,
)
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ProceededWithout,
    RequestAnswered,
    RequestMade,
    RequestWithdrawn,
)
from mash_desktop.domain.entries.outcome import (
    EntryWithdrawn,
    EscalationRaised,
    EscalationResolved,
    FirstActionRecorded,
    OutcomeAccepted,
    OutcomeReturned,
    OutcomeSent,
)
from mash_desktop.domain.entries.triage import ContactTriaged, ReferralAdmitted, TriageOverseen
from mash_desktop.domain.roles import Role

DECIDES = {
    Cohort.CHILDREN: Role.CONSULTANT_SOCIAL_WORKER,
    Cohort.ADULTS: Role.SAFEGUARDING_MANAGER,
    Cohort.DOMESTIC_ABUSE: Role.POLICE_SUPERVISOR,
}
THRESHOLDS = {"child_in_need", "child_protection", "s42_enquiry", "high"}
IMMEDIATE = {"direct-line"}
AFTER_SIGNING = {
    "decision.amended", "outcome.sent", "outcome.accepted", "outcome.returned", "first_action.recorded",
    "feedback.given", "agencies.told", "summary.made", "referral.closed", "enquiry.caused",
    "enquiry.reported", "adult.concluded", "action.recorded", "action.completed", "note.added",
    "document.attached", "escalation.raised", "escalation.resolved", "handover.made",
    "handover.acknowledged", "advice.given", "history.searched", "acknowledgement.sent",
    "telling.recorded", "strategy.held", "ownership.transferred", "request.acknowledged",
    "request.answered", "contribution.recorded", "contribution.released", "release.withdrawn",
    "entry.withdrawn",
}  # fmt: skip
ADDED_ONLY = {
    "action.recorded": ("action",),
    "request.answered": ("request", "subject"),
    "contribution.recorded": ("contribution",),
}
"""Kinds that may be added after the signature and never say anew what was said before it."""

B = TypeVar("B", bound=Body)


class Log:
    """What stands of the entries before one, in position order."""

    def __init__(self, before: Sequence[Made[Body]]) -> None:
        gone = {one.body.entry for one in before if isinstance(one.body, EntryWithdrawn)}
        self.standing = [one for one in before if one.id not in gone]
        self.ids = {one.id: one for one in self.standing}
        self.kinds = {one.kind for one in self.standing}
        self.chains = {one.guard: one for one in before if one.guard is not None}

    def bodies(self, kind: type[B]) -> list[B]:
        """In the order of making, so that the last word is the one made last."""
        made = sorted(self.standing, key=lambda one: (one.made_at, one.id))
        return [one.body for one in made if isinstance(one.body, kind)]

    @property
    def cohort(self) -> Cohort:
        return self.bodies(ContactOpened)[0].cohort

    @property
    def owner(self) -> str:
        moved = self.bodies(OwnershipTransferred)
        return moved[-1].to if moved else self.bodies(ContactOpened)[0].owner

    @property
    def people(self) -> dict[str, SubjectRecorded]:
        return {one.subject: one for one in self.bodies(SubjectRecorded)}

    @property
    def concerned(self) -> set[str]:
        return {subject for subject, one in self.people.items() if one.of_concern}

    @property
    def scope(self) -> set[str]:
        admitted = self.bodies(ReferralAdmitted)
        return {one.subject for one in admitted[-1].scope} if admitted else set()

    @property
    def overseen(self) -> TriageOverseen | None:
        """The oversight of the last triage."""
        moves = [one.body for one in self.standing if isinstance(one.body, (ContactTriaged, TriageOverseen))]
        return moves[-1] if moves and isinstance(moves[-1], TriageOverseen) else None

    def stands(self, evidence: str) -> bool:
        found = self.ids.get(evidence)
        return found is not None and not (
            isinstance(found.body, ConcernRecorded)
            and any(
                isinstance(one.body, ConcernRecorded)
                and one.body.account == found.body.account
                and (one.made_at, one.id) > (found.made_at, found.id)
                for one in self.standing
            )
        )

    @property
    def draft(self) -> Made[Body] | None:
        """The draft that nothing has answered."""
        last = self.chains.get("decision")
        return last if last is not None and isinstance(last.body, DecisionDrafted) else None


def forbidden(entry: Made[Body], before: Sequence[Made[Body]]) -> Iterator[str]:
    """Every forbidden thing that this entry does, coming after those."""
    log = Log(before)
    if entry.guard is not None and entry.base != getattr(log.chains.get(entry.guard), "id", None):
        yield f"{entry.kind} forks the chain {entry.guard}"
    if (entry.kind == "contact.opened") is bool(before):
        yield "opened twice or never"
    if log.kinds & {"referral.closed", "duplicate.named", "contact.passed"} and entry.kind not in {
        "summary.made",
        "entry.withdrawn",
    }:
        yield f"{entry.kind} after closing"
    if entry.role is Role.ADMINISTRATOR:
        yield "an administrator in a case"
    if entry.role is Role.INFORMATION_GOVERNANCE and entry.kind != "entry.withdrawn":
        yield "governance in a case"
    if before:
        yield from _of_triage(entry, log)
        yield from _of_leaving(entry, log)
        yield from _of_asking(entry, log)
        yield from _of_the_decision(entry, log)
        yield from _of_signing(entry, log)
        yield from _of_the_outcome(entry, log)
        yield from _of_withdrawing(entry, log)


def _of_triage(entry: Made[Body], log: Log) -> Iterator[str]:
    body = entry.body
    if isinstance(body, ContactTriaged):
        if not body.history_searched or "concern.recorded" not in log.kinds:
            yield "triaged without the concern or its history"
        if {one.subject for one in body.levels} != log.concerned or not log.concerned:
            yield "triaged without a level for each person of concern"
    if isinstance(body, TriageOverseen):
        last = log.chains["stage"]
        if isinstance(last.body, ContactTriaged) and last.author == entry.author:
            yield "overseen by who triaged"
    if isinstance(body, ReferralAdmitted):
        seen = log.overseen
        if seen is None or seen.decision != "admit":
            yield "admission without oversight"
        elif body.threshold not in THRESHOLDS & {one.level for one in seen.levels}:
            yield "admission below the threshold"
        if not body.scope or not {one.subject for one in body.scope} <= log.people.keys():
            yield "admission of nobody, or of somebody who is not here"
        for one in body.scope:
            act = one.basis.gateway.label
            if act.startswith("Children") and log.cohort is not Cohort.CHILDREN:
                yield f"an adult's sharing on the {act}"
            if act.startswith("Care") and log.cohort is not Cohort.ADULTS:
                yield f"sharing on the {act} about somebody else than an adult with care needs"
        told = {one.subject: one for one in log.bodies(AdultRecorded)}
        if any(
            told[one].consent is False and not told[one].override_reason for one in log.concerned & set(told)
        ):
            yield "consent overridden without a reason"
    if entry.kind == "rag.rated" and (
        "referral.admitted" not in log.kinds or entry.role not in {Role.HUB_MANAGER, Role.DEPUTY_HUB_MANAGER}
    ):
        yield "rated before admission, or by somebody else than the hub's managers"
    if entry.kind in {"triage.overseen", "referral.admitted"} and not _decides(entry, log):
        yield f"{entry.kind} by {entry.role} of {entry.agency}"


def _decides(entry: Made[Body], log: Log) -> bool:
    return entry.role is DECIDES[log.cohort] and entry.agency == log.owner


def _of_leaving(entry: Made[Body], log: Log) -> Iterator[str]:
    """No way out of triage before a qualified decision that is needed, nor against one."""
    moves = [one.kind for one in log.standing]
    left = moves.count("outcome.sent") > moves.count("outcome.returned")
    grave = any(
        level.level in THRESHOLDS for triage in log.bodies(ContactTriaged) for level in triage.levels
    ) or any(search.found for search in log.bodies(HistorySearched))
    seen = log.overseen
    if (
        entry.kind in {"outcome.sent", "referral.closed"}
        and not left
        and "decision.signed" not in log.kinds
        and (grave or "triage.overseen" in log.kinds)
        and (seen is None or seen.decision == "admit")
    ):
        yield f"{entry.kind} without a qualified decision"


def _of_asking(entry: Made[Body], log: Log) -> Iterator[str]:
    """An agency answers what it is asked, about whom it is asked, and speaks for nobody else."""
    body = entry.body
    if isinstance(body, RequestMade) and not set(body.subjects) <= log.scope:
        yield "somebody out of scope asked about"
    asked = {one.request: one for one in log.bodies(RequestMade)}
    request = asked.get(getattr(body, "request", ""))
    if isinstance(body, (RequestAnswered, ContributionRecorded, ContributionReleased)):
        if request is None or request.agency != entry.agency:
            yield f"{entry.kind} by an agency that is not asked"
        elif not {getattr(body, "subject", ""), *getattr(body, "subjects", ())} - {""} <= set(
            request.subjects
        ):
            yield f"{entry.kind} about somebody not asked about"
    if isinstance(body, RequestAnswered):
        if body.result is AnswerResult.REFUSED:
            if body.refusal_reason is None or not body.refusal_text.strip() or body.review_on is None:
                yield "refused without a reason, or for ever"
        elif not body.systems_searched:
            yield "answered without a search"
    items = {one.body.contribution: one for one in log.standing if isinstance(one.body, ContributionRecorded)}
    item = items.get(getattr(body, "contribution", ""))
    if item is not None and item.agency != entry.agency:
        yield f"{entry.kind} of another agency's item"
    if isinstance(body, ContributionReleased):
        last = [one for one in log.bodies(ContributionRecorded) if one.contribution == body.contribution]
        if not last or not set(body.subjects) <= set(last[-1].subjects):
            yield "something released that nobody brought, or about more people"
        elif last[-1].handling is IntelligenceHandling.WITH_CONDITIONS and body.words == last[-1].words:
            yield "intelligence released word for word"


def _of_the_decision(entry: Made[Body], log: Log) -> Iterator[str]:
    body = entry.body
    if entry.kind.startswith("decision.") and entry.role in {Role.TRIAGE_OPERATOR, Role.RESEARCHER}:
        yield f"{entry.kind} by {entry.role}"
    if isinstance(body, (DecisionDrafted, DecisionSigned)) and _waiting(log):
        yield f"{entry.kind} while somebody is waited for"
    if isinstance(body, DecisionDrafted):
        if log.draft is not None:
            yield "a draft over a draft"
        if not {one.subject for one in body.subjects} >= log.concerned:
            yield "somebody of concern left undecided"
        if not entry.relies_on:
            yield "drafted on no evidence"
    if isinstance(body, (DecisionDrafted, DecisionAmended)):
        for decided in body.subjects:
            yield from _of_one(decided, log)


def _of_one(decided: SubjectDecision, log: Log) -> Iterator[str]:
    if decided.subject not in log.concerned | log.scope:
        yield "decided about somebody else"
    if log.cohort is not Cohort.DOMESTIC_ABUSE:
        return
    if (decided.level == "high") is (decided.marac is None):
        yield "high risk without a ground of MARAC, or a ground without high risk"
    last = {
        (one.subject, one.tool): one
        for one in log.bodies(AssessmentRecorded)
        if one.subject == decided.subject
    }
    raised = any(
        one.judgement or list(one.answers.values()).count(ToolAnswer.YES) >= 14 for one in last.values()
    )
    if raised and decided.level != "high":
        yield "high risk lowered"


def _of_signing(entry: Made[Body], log: Log) -> Iterator[str]:
    body = entry.body
    if entry.kind in {"decision.signed", "decision.returned", "decision.amended"} and not _decides(
        entry, log
    ):
        yield f"{entry.kind} by {entry.role} of {entry.agency}"
    if isinstance(body, DecisionSigned):
        draft = log.draft
        if draft is None or (body.draft, body.commitment) != (draft.id, draft.commitment):
            yield "something else signed than the draft that waits"
        elif draft.author == entry.author:
            yield "signed by the drafter"
        elif not all(log.stands(one) for one in draft.relies_on):
            yield "signed on evidence that is gone, or was told anew since"
    if isinstance(body, DecisionAmended):
        signed = log.bodies(DecisionSigned)
        if not signed or log.ids[signed[-1].draft].author == entry.author:
            yield "amended before the signature, or by the drafter"
    if "decision.signed" in log.kinds:
        if entry.kind not in AFTER_SIGNING:
            yield f"{entry.kind} after the signature"
        key = ADDED_ONLY.get(entry.kind, ())
        said = [getattr(body, field) for field in key]
        if key and any(
            one.kind == entry.kind and said == [getattr(one.body, field) for field in key]
            for one in log.standing
        ):
            yield f"{entry.kind} said anew after the signature"


def _waiting(log: Log) -> bool:
    route = None
    for one in log.standing:
        if isinstance(one.body, ContactTriaged):
            route = one.body.route
        if isinstance(one.body, TriageOverseen) and one.body.route is not None:
            route = one.body.route
    gone = {one.request for one in log.bodies(RequestWithdrawn)}
    gone |= {one.request for one in log.bodies(ProceededWithout)}
    said = {(one.request, one.subject) for one in log.bodies(RequestAnswered)}
    asked = {
        (one.request, subject)
        for one in log.bodies(RequestMade)
        if one.request not in gone
        for subject in one.subjects
    }
    return route not in IMMEDIATE and bool(asked - said)


def _of_the_outcome(entry: Made[Body], log: Log) -> Iterator[str]:
    body, sendings = entry.body, _sendings(log)
    away = [sending for sending, state in sendings.values() if state != "outcome.returned"]
    answered = getattr(body, "sent", "") or next(reversed(sendings), "")
    if isinstance(body, (OutcomeAccepted, OutcomeReturned)):
        sending, state = sendings.get(answered, (None, ""))
        if sending is None or sending.agency != entry.agency:
            yield f"{entry.kind} by an agency that it was not sent to"
        elif state != "outcome.sent":
            yield f"{entry.kind} of what was {state}"
    if isinstance(body, FirstActionRecorded) and not any(
        sending.agency == entry.agency and state == "outcome.accepted" and body.sent in {"", sent}
        for sent, (sending, state) in sendings.items()
    ):
        yield "a first action on what its agency has not accepted"
    if isinstance(body, OutcomeSent):
        named = set(body.subjects)
        if any(not one.subjects or not named or named & set(one.subjects) for one in away):
            yield "somebody sent to a second team"
        if not named <= _final(log).keys():
            yield "somebody sent about whom nothing was decided"
    if entry.kind == "referral.closed":
        raised = {one.escalation for one in log.bodies(EscalationRaised)}
        if raised - {one.escalation for one in log.bodies(EscalationResolved)}:
            yield "closed over an open disagreement"
        if (
            any(not one.anonymous for one in log.bodies(ReferrerRecorded))
            and "feedback.given" not in log.kinds
        ):
            yield "closed and the referrer not told"
        if any(state == "outcome.sent" for _, state in sendings.values()):
            yield "closed before every team has accepted"
        met = {subject for subject, level in _final(log).items() if level in THRESHOLDS}
        if not all(any(subject in (one.subjects or met) for one in away) for subject in met):
            yield "closed, and nobody has taken somebody on"


def _sendings(log: Log) -> dict[str, tuple[OutcomeSent, str]]:
    """What was sent, and the kind of the last thing said of it; who names no sending means the last."""
    found: dict[str, tuple[OutcomeSent, str]] = {}
    for one in log.standing:
        if isinstance(one.body, OutcomeSent):
            found[one.id] = (one.body, one.kind)
        if isinstance(one.body, (OutcomeAccepted, OutcomeReturned)):
            sent = one.body.sent or next(reversed(found))
            found[sent] = (found[sent][0], one.kind)
    return found


def _final(log: Log) -> dict[str, str]:
    """The signed level of each person."""
    signed = log.bodies(DecisionSigned)
    if not signed:
        return {}
    drafted = log.ids[signed[-1].draft].body
    assert isinstance(drafted, DecisionDrafted)
    final = {one.subject: one.level for one in drafted.subjects}
    for amended in log.bodies(DecisionAmended):
        final.update({one.subject: one.level for one in amended.subjects})
    return final


def _of_withdrawing(entry: Made[Body], log: Log) -> Iterator[str]:
    if isinstance(entry.body, EntryWithdrawn):
        found = log.ids.get(entry.body.entry)
        if found is None or found.guard is not None:
            yield "a link of a chain, or nothing, is withdrawn"
        elif found.kind in {"entry.withdrawn", "history.searched"}:
            yield f"{found.kind} withdrawn"
        elif entry.role is not Role.INFORMATION_GOVERNANCE and not (
            found.author == entry.author or (entry.role in DECIDES.values() and entry.agency == log.owner)
        ):
            yield "somebody else's words withdrawn"
