"""What is left to do once a decision is signed: who receives it, who is told, what may still be changed."""

from __future__ import annotations

import msgspec

from ...domain.codes import AgencyKind, AnswerResult, Cohort, MaracRoute
from ...domain.entries.contact import ReferrerRecorded
from ...domain.entries.decision import AdultConcluded, DecisionAmended, EnquiryCaused, EnquiryReported
from ...domain.entries.outcome import (
    AgenciesTold,
    FeedbackGiven,
    OutcomeSent,
    ReferralClosed,
)
from ...domain.fold import Referral
from ...domain.fold.gathering import requests
from ...domain.fold.levels import to_send
from ...domain.verdict import Answer
from ..desk import Desk
from ..telling import Teller
from ..wording import initial_name


class Suggestion(msgspec.Struct, frozen=True):
    """Something that can be chosen, by id and words."""

    id: str
    label: str
    chosen: bool = False


class Placing(msgspec.Struct, frozen=True):
    """Somebody who is with no receiving team: their level in words, and the team that it leads to."""

    subject: str
    who: str
    level: str
    team: str
    """``agency/team``; empty where the level leads to no team, or the one it leads to returned them."""


class After(msgspec.Struct, frozen=True):
    """What has been done since the signature, in words, and what may be done now."""

    signed: str
    sent: tuple[str, ...]
    """Each sending and what its team said to it, and who is left."""
    to_send: tuple[Placing, ...]
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
    decidable: tuple[Suggestion, ...] = ()
    """Whose decision may be amended: people of concern and whoever else is in scope."""
    grounds: tuple[Suggestion, ...] = ()
    """The grounds of a referral to MARAC, where this cohort has it."""
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
    left = _placings(desk, referral, teller) if desk.may(OutcomeSent, referral) else ()
    told = referral.all(FeedbackGiven)
    return After(
        signed=f"Signed {teller.moment(signed.made_at)} by {initial_name(desk.name(signed.author))}"
        if signed
        else "",
        sent=_sent(referral, teller),
        to_send=left,
        told=_line(teller, referral, FeedbackGiven),
        agencies_told=_line(teller, referral, AgenciesTold),
        teams=_teams(desk, referral),
        agencies=_working_with(desk, referral),
        subjects=tuple(Suggestion(one, teller.subject(one)) for one in referral.of_concern),
        levels=tuple(Suggestion(one.id, one.label) for one in ladder.levels) if ladder else (),
        may_send=bool(left),
        may_tell_referrer=desk.may(FeedbackGiven, referral),
        may_tell_agencies=desk.may(AgenciesTold, referral),
        may_amend=desk.may(DecisionAmended, referral),
        may_close=may_close and verdict.answer is not Answer.NO and (bool(told) or not _known(referral)),
        why_not_close=_why_not_close(referral, verdict.sentence, verdict.answer) if may_close else "",
        decidable=tuple(
            Suggestion(one, teller.subject(one))
            for one in dict.fromkeys((*referral.for_outcome, *(one.subject for one in referral.scope)))
        ),
        grounds=tuple(Suggestion(one.value, one.label) for one in MaracRoute)
        if referral.cohort is Cohort.DOMESTIC_ABUSE
        else (),
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


def _sent(referral: Referral, teller: Teller) -> tuple[str, ...]:
    found = []
    for one in referral.sendings.values():
        said = "Not accepted yet."
        if one.returned is not None:
            said = f"Returned {teller.moment(one.returned.made_at)}: {one.returned.body.reason}"
        elif one.accepted is not None:
            said = f"Accepted {teller.moment(one.accepted.made_at)}."
        found.append(f"{teller.tell(one.made).what}, {teller.moment(one.made.made_at)}. {said}")
    left = to_send(referral) or referral.came_back
    if found and left:
        found.append(f"{teller.subjects(left)}: with no team yet.")
    return tuple(found)


def _line(teller: Teller, referral: Referral, kind: type[FeedbackGiven] | type[AgenciesTold]) -> str:
    made = referral.all(kind)
    if not made:
        return ""
    told = teller.tell(made[-1])
    at = teller.moment(made[-1].made_at)
    return f"{told.what}, {at}. {told.words}".strip()


def _teams(desk: Desk, referral: Referral) -> tuple[Suggestion, ...]:
    """Receiving teams, the owner's first."""
    config, today = desk.config(), desk.today()
    return tuple(
        Suggestion(f"{agency.id}/{team.id}", f"{team.name}, {agency.short_name}")
        for agency in sorted(config.agencies_on(today), key=lambda one: one.id != referral.owner)
        for team in agency.teams
        if team.receiving and team.holds(today)
    )


def _placings(desk: Desk, referral: Referral, teller: Teller) -> tuple[Placing, ...]:
    """Those decided about who are with no team, with the team that each one's level leads to."""
    back = {
        (subject, f"{one.agency}/{one.team}")
        for one in referral.sendings.values()
        if not one.open
        for subject in one.subjects
    }
    found = []
    for subject, decided in referral.decided.items():
        if subject not in referral.with_team:
            team = _led_to(desk, referral, decided.level)
            suggested = team if (subject, team) not in back else ""
            found.append(Placing(subject, teller.subject(subject), teller.level(decided.level), suggested))
    return tuple(found)


def _led_to(desk: Desk, referral: Referral, level: str) -> str:
    """``agency/team`` of the route that a level leads to; at a threshold without one, of triage's route."""
    config, ladder, cohort = desk.config(), referral.ladder, referral.cohort
    if ladder is None or cohort is None or referral.owner is None:
        return ""
    routes = [one for one in config.routes_for(cohort, desk.today()) if one.team]
    triaged = next((one for one in routes if one.id == referral.route), None)
    led = [one for one in routes if one.indicative_level == level]
    chosen = triaged if triaged in led else next(iter(led), None)
    if chosen is None and level in ladder.thresholds:
        chosen = triaged
    return f"{config.receiver(chosen, referral.owner)}/{chosen.team}" if chosen is not None else ""


def _working_with(desk: Desk, referral: Referral) -> tuple[Suggestion, ...]:
    """Member agencies that may be working with the family; those that found something are chosen."""
    config, today = desk.config(), desk.today()
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
