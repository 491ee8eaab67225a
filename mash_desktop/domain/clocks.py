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
from .entries.contact import ContactOpened
from .entries.triage import ContactTriaged, RagRated, ReferralAdmitted, StrategyHeld, TriageOverseen
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


def became_referral(referral: Referral) -> tuple[datetime, Made[Body]] | None:
    """The act by which the contact became a referral and has been one since, and from when on: its opening,
    from receipt, where the hub makes every concern one; else triage or oversight that took a route which
    makes one, or its admission."""
    act: Made[Body] | None = None
    for step in referral.entries if referral.timeline.versions else ():
        makes = _makes_referral(referral, step)
        if makes is not None:
            act = (act or step) if makes else None
    if act is None:
        return None
    received = referral.received_at if isinstance(act.body, ContactOpened) else None
    return received or act.made_at, act


def _makes_referral(referral: Referral, step: Made[Body]) -> bool | None:
    """Whether it is a referral from this step on; ``None`` where the step leaves that as it was."""
    body = step.body
    if isinstance(body, ReferralAdmitted):
        return True
    if isinstance(body, ContactOpened):
        return referral.config(step).everything_is_referral or None
    if not isinstance(body, (ContactTriaged, TriageOverseen)) or body.route is None:
        return None
    config = referral.config(step)
    making = {route.id for route in config.routes if route.makes_referral}
    return config.everything_is_referral or body.route in making


def assessment_due(referral: Referral) -> datetime | None:
    """When the assessment must be done, from the day of referral."""
    began = became_referral(referral)
    return None if began is None else _due(referral, began[1], Clock.ASSESSMENT, began[0])


def enquiry_started(referral: Referral) -> tuple[datetime, Made[StrategyHeld]] | None:
    """The strategy discussion that started the s47 enquiry, the first that did, and when it was held."""
    held = ((one.body.held_at or one.made_at, one) for one in referral.all(StrategyHeld))
    started = ((at, one) for at, one in held if one.body.decision != "no_s47")
    return min(started, key=lambda each: (each[0], each[1].made_order), default=None)


def conference_due(referral: Referral) -> datetime | None:
    """When the initial conference is due, from the strategy discussion that started the s47 enquiry."""
    started = enquiry_started(referral)
    return None if started is None else _due(referral, started[1], Clock.CONFERENCE, started[0])


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
