"""The clocks of a referral: when what is due, under the configuration in force where it began to run.

Due times only; how much is left is reckoned where it is shown. Limits are configuration.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from ..working_time import Calendar, HubHours, Limit
from .codes import Rag
from .configuration import Clock, HubConfig
from .entries import Body, Made
from .entries.triage import RagRated, StrategyHeld
from .fold.handover import Handover
from .fold.referral import Referral


@lru_cache(maxsize=8)
def calendar(hours: HubHours) -> Calendar:
    """The calendar of a hub's hours; kept, since it works out whole years."""
    return Calendar(hours)


def due(config: HubConfig, start: datetime, limit: Limit | None) -> datetime | None:
    """When ``limit`` from ``start`` is reached, in UTC; ``None`` where the hub leaves it untimed."""
    return None if limit is None else calendar(config.hours).deadline(start, limit)


def decision_due(referral: Referral, first: bool = False) -> datetime | None:
    """When the decision is due: from admission, by the rating in force (or the ``first`` rating)."""
    ratings = referral.all(RagRated)
    if referral.admitted is None or not ratings:
        return None
    rated = ratings[0] if first else ratings[-1]
    return _due(referral, rated, Clock.DECISION, referral.admitted.made_at, rated.body.rag)


def returns_due(referral: Referral, asked_at: datetime) -> datetime | None:
    """When an answer asked for at ``asked_at`` is due, by the rating in force."""
    if referral.rag is None:
        return None
    return _due(referral, referral.rated, Clock.RETURN, asked_at, referral.rag)


def acknowledgement_due(referral: Referral) -> datetime | None:
    """When a social worker must have decided and told the referrer."""
    if referral.opened is None or referral.received_at is None:
        return None
    return _due(referral, referral.opened, Clock.ACKNOWLEDGE, referral.received_at)


def assessment_due(referral: Referral) -> datetime | None:
    """When the assessment must be done, from the day of referral."""
    if referral.admitted is None:
        return None
    return _due(referral, referral.admitted, Clock.ASSESSMENT, referral.admitted.made_at)


def conference_due(referral: Referral) -> datetime | None:
    """When the initial conference is due, from the strategy discussion that started the s47 enquiry."""
    started = min(
        (one for one in referral.all(StrategyHeld) if one.body.decision != "no_s47"),
        key=lambda made: made.made_order,
        default=None,
    )
    return None if started is None else _due(referral, started, Clock.CONFERENCE, started.made_at)


def handover_due(referral: Referral, handover: Handover) -> datetime | None:
    """When a hand-over that nobody has acknowledged begins to ring; ``None`` once somebody has."""
    if handover.acknowledged is not None:
        return None
    return _due(referral, handover.made, Clock.HANDOVER, handover.made.made_at)


def _due(
    referral: Referral, at: Made[Body] | None, clock: Clock, start: datetime, rag: Rag | None = None
) -> datetime | None:
    """By the configuration in force at the entry ``at``; ``None`` where that or the cohort is not known."""
    if referral.cohort is None or not referral.timeline.versions:
        return None
    config = referral.config(at)
    return due(config, start, config.limit(clock, referral.cohort, config.day(start), rag))
