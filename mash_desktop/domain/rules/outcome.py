"""Rules of what follows the signature: who receives it, feedback, escalation, closing, withdrawal."""

from __future__ import annotations

from datetime import timedelta

from ..entries import Made
from ..entries.contact import ReferrerRecorded
from ..entries.outcome import (
    EntryWithdrawn,
    EscalationRaised,
    EscalationResolved,
    FeedbackGiven,
    FirstActionRecorded,
    OutcomeReturned,
    OutcomeSent,
    ReferralClosed,
)
from ..errors import Refusal
from ..fold.stage import Stage
from ..verdict import YES, Verdict, no
from .situation import Situation, filled, rule


@rule(OutcomeSent)
def sent(situation: Situation, entry: Made[OutcomeSent]) -> Verdict:
    referral = situation.referral
    try:
        team = situation.config.agency(entry.body.agency).team(entry.body.team)
    except Refusal as refusal:
        return no(refusal.code, refusal.sentence, refusal.field)
    if not team.receiving or not team.holds(situation.now.date()):
        return no("team-not-receiving", f"{team.name} does not receive referrals now.", "team")
    if (
        referral.stage is Stage.OVERSEEN
        and referral.overseen is not None
        and referral.overseen.body.decision == "admit"
    ):
        return no("not-decided", "It is to be admitted to the hub; its outcome follows the decision.")
    return YES


@rule(OutcomeReturned)
def returned(situation: Situation, entry: Made[OutcomeReturned]) -> Verdict:
    return filled(entry.body.reason, "reason", "why it goes back")


@rule(FirstActionRecorded)
def first_action(situation: Situation, entry: Made[FirstActionRecorded]) -> Verdict:
    if entry.body.done_at > situation.now + timedelta(minutes=5):
        return no("from-the-future", "An action cannot have been done in the future.", "done_at")
    return filled(entry.body.words, "words", "what was done")


@rule(FeedbackGiven)
def feedback(situation: Situation, entry: Made[FeedbackGiven]) -> Verdict:
    if entry.body.how.strip() or entry.body.not_given.strip():
        return YES
    return no("field-empty", "Write how the referrer was told, or why not.", "how")


@rule(ReferralClosed)
def closed(situation: Situation, entry: Made[ReferralClosed]) -> Verdict:
    """Closing needs the referrer told, or the reason why not, wherever a referrer is known."""
    referral = situation.referral
    if referral.stage in {Stage.SIGNED, Stage.OUTCOME} and referral.last(OutcomeSent) is not None:
        return no("not-accepted", "The receiving team has not accepted it.")
    if (
        referral.stage is Stage.OVERSEEN
        and referral.overseen is not None
        and referral.overseen.body.decision == "admit"
    ):
        return no("not-decided", "It is to be admitted to the hub.")
    known = [one for one in referral.all(ReferrerRecorded) if not one.body.anonymous]
    if known and not referral.all(FeedbackGiven):
        return situation.absent(
            "referrer-not-told", "Tell the referrer the outcome, or write why not.", "feedback"
        )
    return filled(entry.body.reason, "reason", "why it closes")


@rule(EscalationRaised)
def escalated(situation: Situation, entry: Made[EscalationRaised]) -> Verdict:
    return situation.first_no(
        filled(entry.body.words, "words", "what is disagreed about"),
        filled(entry.body.interim_safety, "interim_safety", "how people are kept safe meanwhile"),
    )


@rule(EscalationResolved)
def resolved(situation: Situation, entry: Made[EscalationResolved]) -> Verdict:
    if entry.body.escalation not in situation.referral.latest(EscalationRaised, "escalation"):
        return situation.absent("escalation-unknown", "There is no such escalation.", "escalation")
    return filled(entry.body.result, "result", "how it was resolved")


@rule(EntryWithdrawn)
def withdrawn(situation: Situation, entry: Made[EntryWithdrawn]) -> Verdict:
    """Only what no chain rests on can be withdrawn: a link of a chain is undone by the next link."""
    found = situation.referral.get(entry.body.entry)
    if found is None:
        return situation.absent("entry-unknown", "There is no such entry here.", "entry")
    if found.guard is not None:
        return no("chain-entry", "This entry moved the referral on; it is undone by a new one.", "entry")
    return filled(entry.body.reason, "reason", "why it was misfiled")
