"""The queue row of a referral: all that a list shows of it, worked out when it changes and not when it is
looked at. Due times are kept as times; what is left of them is reckoned on the glass."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ..domain.clocks import acknowledgement_due, decision_due, handover_due, returns_due
from ..domain.codes import Cohort, Rag
from ..domain.entries.contact import AcknowledgementSent, ConcernRecorded, HistorySearched
from ..domain.entries.outcome import FeedbackGiven
from ..domain.entries.table import TableOpened
from ..domain.fold.gathering import requests
from ..domain.fold.handover import handovers
from ..domain.fold.levels import to_send
from ..domain.fold.people import household_name
from ..domain.fold.referral import Referral
from ..domain.fold.stage import Stage
from ..domain.rules.oversight import needs_decision

RANKS = {Rag.RED: 0, Rag.AMBER: 1, Rag.GREEN: 2, Rag.BLUE: 3, None: 4}


class AgencyState(msgspec.Struct, frozen=True):
    """How one agency's answer stands: the word, when, and when it is due."""

    request: str
    agency: str
    short_name: str
    state: str
    at: datetime | None = None
    due_at: datetime | None = None
    without: bool = False
    asked_at: datetime | None = None
    people: int = 0
    """How many people it is asked about."""
    answered: int = 0
    """About how many of them it has answered."""


class SentTo(msgspec.Struct, frozen=True):
    """A receiving team that somebody was sent to, and whether it has yet to answer."""

    agency: str
    team: str
    waits: bool


class LeftTo(msgspec.Struct, frozen=True):
    """A hand-over that its out-of-hours team has not acknowledged, and when it begins to ring."""

    handover: str
    team: str
    due_at: datetime | None


class QueueRow(msgspec.Struct, frozen=True):
    """One referral in a list. ``who`` is a household's short name; times are UTC."""

    stream: str
    reference: str | None
    who: str
    cohort: Cohort | None
    local_authority: str | None
    area: str | None
    owner: str | None
    stage: Stage
    rag: Rag | None
    received_at: datetime | None
    admitted_at: datetime | None
    due_at: datetime | None
    agencies: tuple[AgencyState, ...]
    waits_for: str
    route: str | None
    immediate: bool
    levels: tuple[tuple[str, str], ...]
    """Level ids by subject id: the last that is known of each."""
    facilitator: str | None
    drafted_by: str | None
    returned: bool
    referrer_told: bool
    pending: bool
    """Something about it has not been sent yet."""
    read_only: bool
    danger: bool = False
    """Somebody said that a person is in immediate danger."""
    history: bool = False
    """A search for earlier history found some."""
    decision_needed: bool = False
    """A qualified decision comes before it goes anywhere."""
    acknowledge_by: datetime | None = None
    """When the referrer must have been told what was decided; ``None`` once they were."""
    sent: tuple[SentTo, ...] = ()
    """The receiving teams that somebody of it is with."""
    to_send: tuple[str, ...] = ()
    """Subjects who are with no team and meet a threshold, or were returned by a team."""
    handed_over: tuple[LeftTo, ...] = ()


def queue_row(referral: Referral) -> QueueRow:
    """The row of a referral as it stands; total over any subset."""
    config = referral.config()
    asked = []
    for request in requests(referral).values():
        if request.withdrawn:
            continue
        short = next((a.short_name for a in config.agencies if a.id == request.agency), request.agency)
        asked.append(
            AgencyState(
                request.id,
                request.agency,
                short,
                request.state,
                request.answered_at,
                request.made.body.due_at or returns_due(referral, request.made.made_at),
                request.without is not None,
                request.made.made_at,
                len(request.subjects),
                len(request.subjects) - len(request.unanswered),
            )
        )
    levels: dict[str, str] = {}
    for given in (referral.triaged, referral.overseen):
        if given is not None:
            levels.update({one.subject: one.level for one in given.body.levels})
    if referral.draft is not None:
        levels.update({one.subject: one.level for one in referral.draft.body.subjects})
    table = referral.last(TableOpened)
    route = next((one for one in config.routes if one.id == referral.route), None)
    return QueueRow(
        stream=referral.stream,
        reference=referral.reference,
        who=household_name(referral),
        cohort=referral.cohort,
        local_authority=referral.local_authority,
        area=referral.area,
        owner=referral.owner,
        stage=referral.stage,
        rag=referral.rag,
        received_at=referral.received_at,
        admitted_at=referral.admitted.made_at if referral.admitted else None,
        due_at=decision_due(referral),
        agencies=tuple(asked),
        waits_for=_waits_for(referral, tuple(asked)),
        route=referral.route,
        immediate=route.immediate if route else False,
        levels=tuple(levels.items()),
        facilitator=table.author if table else None,
        drafted_by=referral.draft.author if referral.draft else None,
        returned=referral.returned is not None,
        referrer_told=bool(referral.all(FeedbackGiven)),
        pending=any(entry.position is None for entry in referral.entries),
        read_only=referral.read_only,
        danger=any(one.body.immediate_danger for one in referral.all(ConcernRecorded))
        or (referral.triaged is not None and referral.triaged.body.immediate_danger),
        history=any(one.body.found for one in referral.all(HistorySearched)),
        decision_needed=needs_decision(referral, config),
        acknowledge_by=None
        if any(one.body.decided for one in referral.all(AcknowledgementSent))
        else acknowledgement_due(referral),
        sent=tuple(SentTo(one.agency, one.team, one.waits) for one in referral.sent),
        to_send=_to_send(referral),
        handed_over=tuple(
            LeftTo(handover, left.made.body.team, handover_due(referral, left))
            for handover, left in handovers(referral).items()
            if left.acknowledged is None
        ),
    )


def _to_send(referral: Referral) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*to_send(referral), *referral.came_back)))


def _waits_for(referral: Referral, asked: tuple[AgencyState, ...]) -> str:
    """What has to happen next, in words."""
    if referral.returned is not None and referral.draft is None:
        return "a new draft"
    waiting = [one.short_name for one in asked if one.state in {"asked", "acknowledged"} and not one.without]
    if referral.stage in {Stage.GATHERING, Stage.TABLE} and waiting:
        return f"{' and '.join(waiting[:2])} answer" if len(waiting) < 3 else f"{len(waiting)} answers"
    if referral.stage in {Stage.OUTCOME, Stage.ACCEPTED} and _to_send(referral):
        return "receiving team"
    accepting = sum(one.waits for one in referral.sent)
    if accepting > 1:
        return f"{accepting} acceptances"
    return {
        Stage.CONTACT: "routing",
        Stage.TRIAGED: "oversight",
        Stage.OVERSEEN: "admission",
        Stage.ADMITTED: "rating",
        Stage.RATED: "requests",
        Stage.GATHERING: "round table",
        Stage.TABLE: "draft decision",
        Stage.DRAFTED: "sign-off",
        Stage.SIGNED: "receiving team",
        Stage.OUTCOME: "acceptance",
        Stage.ACCEPTED: "closing",
    }.get(referral.stage, "")
