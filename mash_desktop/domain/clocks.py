"""The clocks of a referral: when what is due, under the configuration in force where it began to run.

Due times only; how much is left is reckoned where it is shown. Limits are configuration.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from ..working_time import Calendar, HubHours, Limit
from .configuration import Clock, HubConfig
from .entries.triage import RagRated, StrategyHeld
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
    if referral.admitted is None or referral.cohort is None or not ratings:
        return None
    rated = ratings[0] if first else ratings[-1]
    config = referral.config(rated)
    started = referral.admitted.made_at
    limit = config.limit(Clock.DECISION, referral.cohort, started.date(), rated.body.rag)
    return due(config, started, limit)


def returns_due(referral: Referral, asked_at: datetime) -> datetime | None:
    """When an answer asked for at ``asked_at`` is due, by the rating in force."""
    if referral.rag is None or referral.cohort is None:
        return None
    config = referral.config(referral.rated)
    return due(config, asked_at, config.limit(Clock.RETURN, referral.cohort, asked_at.date(), referral.rag))


def acknowledgement_due(referral: Referral) -> datetime | None:
    """When a social worker must have decided and told the referrer."""
    if referral.opened is None or referral.cohort is None:
        return None
    config = referral.config(referral.opened)
    received = referral.opened.body.received_at
    return due(config, received, config.limit(Clock.ACKNOWLEDGE, referral.cohort, received.date()))


def assessment_due(referral: Referral) -> datetime | None:
    """When the assessment must be done, from the day of referral."""
    if referral.admitted is None or referral.cohort is None:
        return None
    config = referral.config(referral.admitted)
    started = referral.admitted.made_at
    return due(config, started, config.limit(Clock.ASSESSMENT, referral.cohort, started.date()))


def conference_due(referral: Referral) -> datetime | None:
    """When the initial conference is due, from the strategy discussion that started the s47 enquiry."""
    started = next((one for one in referral.all(StrategyHeld) if one.body.decision != "no_s47"), None)
    if started is None or referral.cohort is None:
        return None
    config = referral.config(started)
    limit = config.limit(Clock.CONFERENCE, referral.cohort, started.made_at.date())
    return due(config, started.made_at, limit)
