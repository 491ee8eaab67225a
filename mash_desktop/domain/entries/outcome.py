"""Entries after the signature: summary, acceptance, first action, feedback, escalation, closing."""

from __future__ import annotations

from datetime import datetime

from ..codes import EscalationStage
from .body import Body, kind


@kind("outcome.sent", guard="stage")
class OutcomeSent(Body):
    """The summary went to a receiving team (``agency``, and ``team`` within it)."""

    agency: str
    team: str
    words: str = ""


@kind("outcome.accepted", guard="stage")
class OutcomeAccepted(Body):
    words: str = ""


@kind("outcome.returned", guard="stage")
class OutcomeReturned(Body):
    reason: str


@kind("first_action.recorded")
class FirstActionRecorded(Body):
    words: str
    done_at: datetime


@kind("feedback.given")
class FeedbackGiven(Body):
    """The referrer was told the outcome, or ``not_given`` says why not."""

    how: str = ""
    not_given: str = ""


@kind("agencies.told")
class AgenciesTold(Body):
    agencies: tuple[str, ...]
    words: str = ""


@kind("summary.made")
class SummaryMade(Body):
    """A document was made from the record; the document itself is not kept."""

    profile: str
    digest: str


@kind("referral.closed", guard="stage")
class ReferralClosed(Body):
    reason: str


@kind("escalation.raised")
class EscalationRaised(Body):
    escalation: str
    stage: EscalationStage
    parties: tuple[str, ...]
    words: str
    interim_safety: str


@kind("escalation.resolved")
class EscalationResolved(Body):
    escalation: str
    result: str


@kind("entry.withdrawn")
class EntryWithdrawn(Body):
    """A misfiled entry is withdrawn from every holder; ``refiled`` names where it went."""

    entry: str
    reason: str
    refiled: str | None = None
