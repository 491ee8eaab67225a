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
from ..fold.levels import to_send
from ..fold.sending import Sending, acted_on, answered
from ..roles import DECISION_MAKERS, Role
from ..verdict import YES, Verdict, no
from .oversight import free_to_leave
from .situation import Situation, filled, rule


@rule(OutcomeSent)
def sent(situation: Situation, entry: Made[OutcomeSent]) -> Verdict:
    """To a team that receives: from triage the route's own and whole, after the decision any, person by
    person."""
    referral, config, body = situation.referral, situation.config, entry.body
    try:
        team = config.agency(body.agency).team(body.team)
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, refusal.field)
    if not team.receiving or not team.holds(situation.today):
        return no("team-not-receiving", f"{team.name} does not receive referrals now.", "team")
    if referral.signed is not None or referral.owner is None:
        return _one_team_each(situation, body.subjects)
    route = next((one for one in config.routes if one.id == referral.route), None)
    if route is None or (config.receiver(route, referral.owner), route.team) != (body.agency, body.team):
        return no("team-not-of-route", "That is not the team that this route leads to.", "team")
    if body.subjects:
        return no("route-whole", "A contact goes on its route whole: name nobody.", "subjects")
    return situation.first_no(free_to_leave(situation), _one_team_each(situation, ()))


def _one_team_each(situation: Situation, named: tuple[str, ...]) -> Verdict:
    """Whoever is sent was decided about, and is at no other receiving team."""
    referral = situation.referral
    if len(set(named)) != len(named):
        return no("subject-twice", "A person is named twice.", "subjects")
    if referral.with_team.keys() & set(named) if named else referral.sent:
        return no("with-a-team", "Somebody named here is with a receiving team already.", "subjects")
    if not referral.decided.keys() >= set(named):
        return situation.absent(
            "subject-undecided", "Nothing has been decided about somebody named here.", "subjects"
        )
    return YES


def _own(situation: Situation, sent: str) -> tuple[Sending | None, Verdict]:
    """A sending, if it went to the author's team: who sits in a team answers for what was sent to it."""
    found, author = situation.referral.sendings.get(sent), situation.author
    if found is None:
        return None, situation.absent("not-sent", "Nothing has been sent to a receiving team.", "sent")
    if found.agency != author.agency or author.team not in {None, found.team}:
        return None, no("team-of-another", "This was sent to another team than yours.")
    return found, YES


def _waits(situation: Situation, entry: Made[Body]) -> Verdict:
    """The sending that this answers is the author's team's, and has not been answered."""
    found, verdict = _own(situation, answered(situation.referral, entry))
    if found is not None and not found.waits:
        return no("answered-already", "This was accepted or returned already.")
    return verdict


@rule(OutcomeAccepted)
def accepted(situation: Situation, entry: Made[OutcomeAccepted]) -> Verdict:
    return _waits(situation, entry)


@rule(OutcomeReturned)
def returned(situation: Situation, entry: Made[OutcomeReturned]) -> Verdict:
    return situation.first_no(
        _waits(situation, entry), filled(entry.body.reason, "reason", "why it goes back")
    )


@rule(FirstActionRecorded)
def first_action(situation: Situation, entry: Made[FirstActionRecorded]) -> Verdict:
    found, verdict = _own(situation, acted_on(situation.referral.sendings, entry))
    if found is not None and found.accepted is None:
        return no("not-accepted", "Accept it first; then say what was done.")
    return situation.first_no(
        verdict,
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
    """Closing needs everybody who meets a threshold accepted by a team, and the referrer told, or the reason
    why not, wherever a referrer is known."""
    referral = situation.referral
    leaves = free_to_leave(situation)
    if not leaves:
        return leaves
    if any(one.waits for one in referral.sent):
        return no("not-accepted", "A receiving team has not accepted what it was sent.")
    if left := to_send(referral):
        if set(left) & set(referral.came_back):
            return no("not-accepted", "A receiving team returned somebody: send them on, to be accepted.")
        return no("not-sent", "A threshold is met: send everybody who meets it to a receiving team first.")
    resolved = referral.latest(EscalationResolved, "escalation")
    if referral.latest(EscalationRaised, "escalation").keys() - resolved.keys():
        return no("escalation-open", "A disagreement is open. Record how it was resolved.", "escalation")
    known = [one for one in referral.all(ReferrerRecorded) if not one.body.anonymous]
    if known and not referral.all(FeedbackGiven):
        return situation.absent(
            "referrer-not-told", "Tell the referrer the outcome, or write why not.", "feedback"
        )
    return filled(entry.body.reason, "reason", "why it closes")


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
