"""Rules of what follows the signature: who receives it, feedback, escalation, closing, withdrawal."""

from __future__ import annotations

from ..entries import Body, Made
from ..entries.contact import HistorySearched, ReferrerRecorded
from ..entries.outcome import (
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
)
from ..errors import Refusal
from ..fold.levels import levels
from ..fold.referral import Referral
from ..fold.stage import Stage
from ..roles import DECISION_MAKERS, Role
from ..verdict import YES, Verdict, no
from .oversight import free_to_leave
from .situation import Situation, filled, rule


@rule(OutcomeSent)
def sent(situation: Situation, entry: Made[OutcomeSent]) -> Verdict:
    """To a team that receives: from triage the route's own, after the decision any."""
    referral, config, body = situation.referral, situation.config, entry.body
    try:
        team = config.agency(body.agency).team(body.team)
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, refusal.field)
    if not team.receiving or not team.holds(situation.today):
        return no("team-not-receiving", f"{team.name} does not receive referrals now.", "team")
    if referral.signed is not None or referral.owner is None:
        return YES
    route = next((one for one in config.routes if one.id == referral.route), None)
    if route is None or (config.receiver(route, referral.owner), route.team) != (body.agency, body.team):
        return no("team-not-of-route", "That is not the team that this route leads to.", "team")
    return free_to_leave(situation)


def _team(situation: Situation) -> Verdict:
    """Who sits in a team answers for what was sent to that team."""
    outcome, team = situation.referral.outcome, situation.author.team
    if outcome is None:
        return situation.absent("not-sent", "Nothing has been sent to a receiving team.")
    if team not in {None, outcome.body.team}:
        return no("team-of-another", "This was sent to another team of your agency.", "team")
    return YES


@rule(OutcomeAccepted)
def accepted(situation: Situation, entry: Made[OutcomeAccepted]) -> Verdict:
    return _team(situation)


@rule(OutcomeReturned)
def returned(situation: Situation, entry: Made[OutcomeReturned]) -> Verdict:
    return situation.first_no(_team(situation), filled(entry.body.reason, "reason", "why it goes back"))


@rule(FirstActionRecorded)
def first_action(situation: Situation, entry: Made[FirstActionRecorded]) -> Verdict:
    return situation.first_no(
        _team(situation),
        situation.not_future(entry.body.done_at, "done_at"),
        filled(entry.body.words, "words", "what was done"),
    )


@rule(AgenciesTold)
def told(situation: Situation, entry: Made[AgenciesTold]) -> Verdict:
    if not entry.body.agencies:
        return no("nobody-named", "Name the agencies that were told.", "agencies")
    return situation.agencies_known(entry.body.agencies, "agencies")


@rule(FeedbackGiven)
def feedback(situation: Situation, entry: Made[FeedbackGiven]) -> Verdict:
    if entry.body.how.strip() or entry.body.not_given.strip():
        return YES
    return no("field-empty", "Write how the referrer was told, or why not.", "how")


@rule(ReferralClosed)
def closed(situation: Situation, entry: Made[ReferralClosed]) -> Verdict:
    """Closing needs the referrer told, or the reason why not, wherever a referrer is known."""
    referral = situation.referral
    leaves = free_to_leave(situation)
    if not leaves:
        return leaves
    if referral.stage in {Stage.SIGNED, Stage.OUTCOME} and referral.last(OutcomeSent) is not None:
        return no("not-accepted", "The receiving team has not accepted it.")
    if referral.stage is Stage.SIGNED and _met(referral):
        return no("not-sent", "A threshold is met: send it to a receiving team first.")
    resolved = referral.latest(EscalationResolved, "escalation")
    if referral.latest(EscalationRaised, "escalation").keys() - resolved.keys():
        return no("escalation-open", "A disagreement is open. Record how it was resolved.", "escalation")
    known = [one for one in referral.all(ReferrerRecorded) if not one.body.anonymous]
    if known and not referral.all(FeedbackGiven):
        return situation.absent(
            "referrer-not-told", "Tell the referrer the outcome, or write why not.", "feedback"
        )
    return filled(entry.body.reason, "reason", "why it closes")


def _met(referral: Referral) -> bool:
    """Whether somebody's final level meets a threshold of admission."""
    thresholds = referral.ladder.thresholds if referral.ladder is not None else ()
    return any(one.final in thresholds for one in levels(referral).values())


@rule(HandoverMade)
def handed_over(situation: Situation, entry: Made[HandoverMade]) -> Verdict:
    owner = next((one for one in situation.config.agencies if one.id == situation.referral.owner), None)
    if owner is None:
        return situation.absent("not-opened", "The owning agency is not known.")
    if not any(
        one.id == entry.body.team and one.out_of_hours and one.holds(situation.today) for one in owner.teams
    ):
        return no("team-not-out-of-hours", "That is no out-of-hours team of the owning agency.", "team")
    return filled(entry.body.words, "words", "what is still to be done tonight")


@rule(HandoverAcknowledged)
def taken_over(situation: Situation, entry: Made[HandoverAcknowledged]) -> Verdict:
    if entry.body.handover in situation.referral.latest(HandoverMade, "handover"):
        return YES
    return situation.absent("handover-unknown", "There is no such hand-over.", "handover")


@rule(EscalationRaised)
def escalated(situation: Situation, entry: Made[EscalationRaised]) -> Verdict:
    if not entry.body.parties:
        return no("nobody-named", "Name the agencies that disagree.", "parties")
    return situation.first_no(
        situation.agencies_known(entry.body.parties, "parties"),
        filled(entry.body.words, "words", "what is disagreed about"),
        filled(entry.body.interim_safety, "interim_safety", "how people are kept safe meanwhile"),
    )


@rule(EscalationResolved)
def resolved(situation: Situation, entry: Made[EscalationResolved]) -> Verdict:
    if entry.body.escalation not in situation.referral.latest(EscalationRaised, "escalation"):
        return situation.absent("escalation-unknown", "There is no such escalation.", "escalation")
    return filled(entry.body.result, "result", "how it was resolved")


def _own_or_answered_for(situation: Situation, found: Made[Body]) -> bool:
    """Their own, or what the owning agency's decision maker or governance answers for, whoever wrote it."""
    author = situation.author
    return (
        found.author == author.person
        or author.role is Role.INFORMATION_GOVERNANCE
        or (author.role in DECISION_MAKERS and author.agency == situation.referral.owner)
    )


@rule(EntryWithdrawn)
def withdrawn(situation: Situation, entry: Made[EntryWithdrawn]) -> Verdict:
    """Only what no chain rests on can be withdrawn: a link of a chain is undone by the next link."""
    found = situation.referral.get(entry.body.entry)
    if found is None:
        return situation.absent("entry-unknown", "There is no such entry here.", "entry")
    if isinstance(found.body, (EntryWithdrawn, HistorySearched)):
        # A search that found something calls for a qualified decision, and is no slip of the keyboard.
        return no("withdrawal-stands", "This stands. Record what is right beside it.", "entry")
    if not _own_or_answered_for(situation, found):
        return no("entry-of-another", "Somebody else wrote this. Who decides here can withdraw it.", "entry")
    if found.guard is not None:
        return no("chain-entry", "This entry moved the referral on; it is undone by a new one.", "entry")
    return filled(entry.body.reason, "reason", "why it was misfiled")
