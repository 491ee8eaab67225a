"""What is left to do once a decision is signed: who receives it, who is told, what may still be changed."""

from __future__ import annotations

import msgspec

from ...domain.codes import AgencyKind, AnswerResult, Cohort
from ...domain.entries.contact import ReferrerRecorded
from ...domain.entries.decision import AdultConcluded, DecisionAmended, EnquiryCaused, EnquiryReported
from ...domain.entries.outcome import (
    AgenciesTold,
    FeedbackGiven,
    OutcomeAccepted,
    OutcomeReturned,
    OutcomeSent,
    ReferralClosed,
)
from ...domain.fold import Referral
from ...domain.fold.gathering import requests
from ...domain.fold.levels import levels
from ...domain.verdict import Answer
from ..desk import Desk
from ..telling import Teller
from ..wording import initial_name


class Suggestion(msgspec.Struct, frozen=True):
    """Something that can be chosen, by id and words."""

    id: str
    label: str
    chosen: bool = False


class After(msgspec.Struct, frozen=True):
    """What has been done since the signature, in words, and what may be done now."""

    signed: str
    sent: str
    told: str
    agencies_told: str
    teams: tuple[Suggestion, ...]
    agencies: tuple[Suggestion, ...]
    subjects: tuple[Suggestion, ...]
    levels: tuple[Suggestion, ...]
    may_send: bool
    may_tell_referrer: bool
    may_tell_agencies: bool
    may_amend: bool
    may_close: bool
    why_not_close: str
    may_conclude: bool = False
    """An adult's enquiry: it may be concluded, and others may be asked to make one."""
    enquiries: tuple[str, ...] = ()
    """Enquiries and conclusions so far, in words."""
    open_enquiries: tuple[Suggestion, ...] = ()


def after(desk: Desk, referral: Referral) -> After:
    """What follows the signature of this referral's decision."""
    teller = Teller(desk, referral)
    signed = referral.signed
    verdict = desk.ask(referral.stream, [ReferralClosed(reason="Done.")])
    ladder = referral.ladder
    may_close = desk.may(ReferralClosed, referral)
    told = referral.all(FeedbackGiven)
    return After(
        signed=f"Signed {teller.moment(signed.made_at)} by {initial_name(desk.name(signed.author))}"
        if signed
        else "",
        sent=_sent(referral, teller),
        told=_line(teller, referral, FeedbackGiven),
        agencies_told=_line(teller, referral, AgenciesTold),
        teams=_teams(desk, referral),
        agencies=_working_with(desk, referral),
        subjects=tuple(Suggestion(one, teller.subject(one)) for one in referral.of_concern),
        levels=tuple(Suggestion(one.id, one.label) for one in ladder.levels) if ladder else (),
        may_send=desk.may(OutcomeSent, referral),
        may_tell_referrer=desk.may(FeedbackGiven, referral),
        may_tell_agencies=desk.may(AgenciesTold, referral),
        may_amend=desk.may(DecisionAmended, referral),
        may_close=may_close and verdict.answer is not Answer.NO and (bool(told) or not _known(referral)),
        why_not_close=_why_not_close(referral, verdict.sentence, verdict.answer) if may_close else "",
        may_conclude=referral.cohort is Cohort.ADULTS and desk.may(AdultConcluded, referral),
        enquiries=_enquiries(referral, teller),
        open_enquiries=_open_enquiries(referral),
    )


def _enquiries(referral: Referral, teller: Teller) -> tuple[str, ...]:
    kinds = (EnquiryCaused, EnquiryReported, AdultConcluded)
    return tuple(
        f"{teller.moment(made.made_at)} · {told.what}{f': {told.words}' if told.words else ''}"
        for made in referral.entries
        if isinstance(made.body, kinds)
        for told in (teller.tell(made),)
    )


def _open_enquiries(referral: Referral) -> tuple[Suggestion, ...]:
    reported = {made.body.enquiry for made in referral.all(EnquiryReported)}
    return tuple(
        Suggestion(enquiry, f"{made.body.made_by}: {made.body.words}")
        for enquiry, made in referral.latest(EnquiryCaused, "enquiry").items()
        if enquiry not in reported
    )


def _known(referral: Referral) -> bool:
    return any(not made.body.anonymous for made in referral.all(ReferrerRecorded))


def _why_not_close(referral: Referral, sentence: str, answer: Answer) -> str:
    if not referral.all(FeedbackGiven) and _known(referral):
        return "Tell the referrer the outcome, or write why not; then it can be closed."
    return sentence if answer is Answer.NO else ""


def _sent(referral: Referral, teller: Teller) -> str:
    sent = referral.last(OutcomeSent)
    if sent is None:
        return ""
    words = f"{teller.tell(sent).what}, {teller.moment(sent.made_at)}"
    back, accepted = referral.last(OutcomeReturned), referral.last(OutcomeAccepted)
    if back is not None and back.order > sent.order:
        return f"{words}. Returned {teller.moment(back.made_at)}: {back.body.reason}"
    if accepted is not None and accepted.order > sent.order:
        return f"{words}. Accepted {teller.moment(accepted.made_at)}."
    return f"{words}. Not accepted yet."


def _line(teller: Teller, referral: Referral, kind: type[FeedbackGiven] | type[AgenciesTold]) -> str:
    made = referral.all(kind)
    if not made:
        return ""
    told = teller.tell(made[-1])
    at = teller.moment(made[-1].made_at)
    return f"{told.what}, {at}. {told.words}".strip()


def _teams(desk: Desk, referral: Referral) -> tuple[Suggestion, ...]:
    """Receiving teams, the owner's first; the one that the highest final level leads to is chosen."""
    config, today = desk.config(), desk.now().date()
    wanted = suggested_team(desk, referral)
    found = []
    for agency in sorted(config.agencies_on(today), key=lambda one: one.id != referral.owner):
        for team in agency.teams:
            if team.receiving and team.holds(today):
                id_ = f"{agency.id}/{team.id}"
                found.append(Suggestion(id_, f"{team.name}, {agency.short_name}", id_ == wanted))
    return tuple(found)


def suggested_team(desk: Desk, referral: Referral) -> str:
    """``agency/team`` of the route that the highest final level leads to, else of the route of triage."""
    config, ladder, cohort = desk.config(), referral.ladder, referral.cohort
    if ladder is None or cohort is None or referral.owner is None:
        return ""
    reached = [one.final for one in levels(referral).values() if one.final and one.final in ladder]
    highest = max(reached, key=lambda level: ladder.level(level).rank, default=None)
    routes = [one for one in config.routes_for(cohort, desk.now().date()) if one.team]
    chosen = next((one for one in routes if one.id == referral.route), None)
    if chosen is None or chosen.indicative_level != highest:
        chosen = next((one for one in routes if one.indicative_level == highest), chosen)
    return f"{config.receiver(chosen, referral.owner)}/{chosen.team}" if chosen is not None else ""


def _working_with(desk: Desk, referral: Referral) -> tuple[Suggestion, ...]:
    """Member agencies that may be working with the family; those that found something are chosen."""
    config, today = desk.config(), desk.now().date()
    found = {
        request.agency
        for request in requests(referral).values()
        if any(made.body.result is AnswerResult.FINDINGS for made in request.answers.values())
    }
    return tuple(
        Suggestion(one.id, one.short_name, one.id in found)
        for one in config.agencies_on(today)
        if one.kind is not AgencyKind.HUB and one.id != referral.owner
    )
