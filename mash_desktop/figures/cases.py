"""What figures take from one referral: times, limits, levels; no name and no words.

Total over any subset of a referral's entries: what is not held is absent, never guessed. Whatever depends on
the time of counting is left to ``measures``.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from ..domain.clocks import decision_due, due, returns_due
from ..domain.codes import Cohort
from ..domain.configuration import Clock
from ..domain.entries.outcome import EscalationRaised, EscalationResolved, FeedbackGiven
from ..domain.entries.triage import RagRated
from ..domain.fold import Referral, Stage
from ..domain.fold.gathering import Request, requests
from ..domain.fold.levels import levels
from ..domain.ladders import Movement
from ..working_time import HubHours


class Return(msgspec.Struct, frozen=True):
    """One agency's answer to one request. ``due`` is by the rating in force when it was asked (or the last
    since, where the request does not say), ``first_due`` by the first rating; ``None`` is untimed."""

    agency: str
    answered_at: datetime | None
    without: bool
    """The hub went on without it."""
    due: datetime | None
    first_due: datetime | None


class Case(msgspec.Struct, frozen=True):
    """The measured facts of one referral. Local authority and cohort are those at entry; ``None`` unknown."""

    stream: str
    authority: str | None
    cohort: Cohort | None
    hours: HubHours
    received_at: datetime | None
    triaged_at: datetime | None
    is_referral: bool
    """The recorded act that makes a referral of a contact stands (``makes_referral`` of its route, or the
    hub makes every concern one)."""
    threshold_met: bool
    """A person's level, oversight's or else the operator's, permits admission."""
    admitted_at: datetime | None
    decided_at: datetime | None
    """Signed off."""
    closed: bool
    due: datetime | None
    first_due: datetime | None
    returns: tuple[Return, ...]
    movements: tuple[Movement | None, ...]
    """Of each person decided on; ``None`` where the two levels do not compare."""
    admitted_people: int
    changed_by_oversight: int
    people: tuple[str, ...]
    """Subjects of concern."""
    previous: str | None
    """The stream of the earlier referral that the operator named."""
    escalations: int
    escalations_open: int
    told: bool | None
    """Whether the referrer was told the outcome; ``None`` while there is none."""


def case_of(referral: Referral) -> Case:
    """The measured facts of a referral as this subset of its entries tells them."""
    config = referral.config(referral.opened)
    found = levels(referral)
    decided = [one for one in found.values() if one.final is not None]
    raised = referral.latest(EscalationRaised, "escalation")
    resolved = {made.body.escalation for made in referral.all(EscalationResolved)}
    route = next((one for one in config.routes if one.id == referral.route), None)
    admitted = referral.admitted is not None
    is_referral = bool(
        referral.opened is not None
        and (config.everything_is_referral or admitted or (route is not None and route.makes_referral))
    )
    return Case(
        stream=referral.stream,
        authority=referral.local_authority or None,
        cohort=referral.cohort,
        hours=config.hours,
        received_at=referral.received_at,
        triaged_at=referral.triaged.made_at if referral.triaged else None,
        is_referral=is_referral,
        threshold_met=admitted or (is_referral and _threshold_met(referral)),
        admitted_at=referral.admitted.made_at if referral.admitted else None,
        decided_at=referral.signed.made_at if referral.signed and admitted else None,
        closed=referral.closed is not None,
        due=decision_due(referral),
        first_due=decision_due(referral, first=True),
        returns=tuple(_return(referral, one) for one in requests(referral).values() if not one.withdrawn)
        if admitted
        else (),
        movements=tuple(one.movement for one in decided),
        admitted_people=sum(one.admission is not None for one in found.values()),
        changed_by_oversight=sum(one.changed_by_oversight for one in found.values()),
        people=referral.of_concern,
        previous=referral.opened.body.previous if referral.opened else None,
        escalations=len(raised),
        escalations_open=len(raised.keys() - resolved),
        told=_told(referral),
    )


def _threshold_met(referral: Referral) -> bool:
    given = referral.overseen or referral.triaged
    if given is None or referral.ladder is None:
        return False
    return any(one.level in referral.ladder.thresholds for one in given.body.levels)


def _return(referral: Referral, request: Request) -> Return:
    asked_at, ratings = request.made.made_at, referral.all(RagRated)
    first = None
    if ratings and referral.cohort is not None:
        config = referral.config(ratings[0])
        limit = config.limit(Clock.RETURN, referral.cohort, asked_at.date(), ratings[0].body.rag)
        first = due(config, asked_at, limit)
    return Return(
        request.agency,
        request.answered_at,
        request.without is not None and not request.answered,
        request.made.body.due_at or returns_due(referral, asked_at),
        first,
    )


def _told(referral: Referral) -> bool | None:
    """Of a contact with an outcome: signed off, or closed without the hub."""
    if referral.stage is Stage.NONE or (referral.signed is None and referral.closed is None):
        return None
    return any(made.body.how.strip() for made in referral.all(FeedbackGiven))
