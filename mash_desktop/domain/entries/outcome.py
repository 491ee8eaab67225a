"""Entries after the signature: summary, acceptance, first action, feedback, closing; and what may come at any
time: a hand-over out of hours, an escalation, a withdrawal.

Until version 2 a referral went to one team at a time, whole: a sending named nobody, and what its team did
named no sending. Those entries mean what they meant: everybody, and the sending that was last then.
"""

from __future__ import annotations

from ..codes import EscalationStage
from .body import UPCASTS, Body, Moment, kind


@kind("outcome.sent", guard="stage", version=2)
class OutcomeSent(Body, frozen=True):
    """The summary went to a receiving team (``agency``, and ``team`` within it)."""

    agency: str
    team: str
    words: str = ""
    subjects: tuple[str, ...] = ()
    """Whom it takes on; nobody named is everybody."""


@kind("outcome.accepted", guard="stage", version=2)
class OutcomeAccepted(Body, frozen=True):
    """``sent`` is the entry that sent it, here and below; without it, the last one before."""

    words: str = ""
    sent: str = ""


@kind("outcome.returned", guard="stage", version=2)
class OutcomeReturned(Body, frozen=True):
    reason: str
    sent: str = ""


@kind("first_action.recorded", version=2)
class FirstActionRecorded(Body, frozen=True):
    words: str
    done_at: Moment
    sent: str = ""


for _kind in (OutcomeSent, OutcomeAccepted, OutcomeReturned, FirstActionRecorded):
    UPCASTS[_kind.KIND, 1] = dict


@kind("feedback.given")
class FeedbackGiven(Body, frozen=True):
    """The referrer was told the outcome, or ``not_given`` says why not."""

    how: str = ""
    not_given: str = ""


@kind("agencies.told")
class AgenciesTold(Body, frozen=True):
    agencies: tuple[str, ...]
    words: str = ""


@kind("summary.made")
class SummaryMade(Body, frozen=True):
    """A document was made from the record; the document itself is not kept."""

    profile: str
    digest: str


@kind("handover.made")
class HandoverMade(Body, frozen=True):
    """Left to the owning agency's out-of-hours team at close."""

    handover: str
    team: str
    words: str
    """What is still to be done tonight."""


@kind("handover.acknowledged")
class HandoverAcknowledged(Body, frozen=True):
    handover: str
    words: str = ""


@kind("referral.closed", guard="stage")
class ReferralClosed(Body, frozen=True):
    reason: str


@kind("escalation.raised")
class EscalationRaised(Body, frozen=True):
    escalation: str
    stage: EscalationStage
    parties: tuple[str, ...]
    words: str
    interim_safety: str


@kind("escalation.resolved")
class EscalationResolved(Body, frozen=True):
    escalation: str
    result: str


@kind("entry.withdrawn")
class EntryWithdrawn(Body, frozen=True):
    """A misfiled entry is withdrawn from every holder; ``refiled`` names where it went."""

    entry: str
    reason: str
    refiled: str | None = None
