"""The list of what my agency is asked: who, when, by when, and how each stands, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from ...cache.projection import AgencyState, QueueRow
from ...domain.codes import Rag
from ...domain.configuration import Clock, HubConfig
from ...domain.fold.stage import Stage
from ...domain.roles import RESEARCHERS
from ...working_time import say_duration
from ..countdown import Countdown, countdown
from ..desk import Desk
from ..wording import say_moment

STAGES = (Stage.GATHERING, Stage.TABLE, Stage.DRAFTED, Stage.SIGNED, Stage.OUTCOME, Stage.ACCEPTED)
_UNANSWERED = frozenset({"asked", "acknowledged"})


class RequestRow(msgspec.Struct, frozen=True):
    """One request to my agency. ``state`` is that of the fold; times are UTC."""

    id: str
    stream: str
    reference: str
    who: str
    rag: Rag | None
    state: str
    state_words: str
    asked_at: datetime | None
    asked_words: str
    due_words: str
    answered_at: datetime | None
    clock: Countdown | None
    people: int
    without: bool
    """The hub has gone on without this answer; it may still be given."""
    pending: bool

    @property
    def open(self) -> bool:
        return self.state in _UNANSWERED

    def late(self, now: datetime) -> bool:
        """Late now, or answered late."""
        return self.clock is not None and self.clock.late(self.answered_at or now)

    def left(self, now: datetime) -> str:
        """*1 h 12 m*, *late 36 min*; of an answer *in time* or by how much it was late."""
        if self.clock is None:
            return "untimed" if self.open else ""
        if self.answered_at is None:
            return say_duration(self.clock.left(now))
        if not self.clock.late(self.answered_at):
            return "in time"
        return say_duration(self.clock.left(self.answered_at))


def requests_of_agency(desk: Desk) -> tuple[RequestRow, ...]:
    """Requests to my agency: those to answer by when they are due, then those answered, the latest first."""
    config, now = desk.config(), desk.now()
    return tuple(sorted((row_of(config, row, one, now) for row, one in _asked(desk)), key=_order))


def to_answer(desk: Desk) -> int:
    """How many of them this agency has yet to answer."""
    return sum(one.state in _UNANSWERED for _, one in _asked(desk))


def _asked(desk: Desk) -> Iterator[tuple[QueueRow, AgencyState]]:
    agency = desk.sitting(RESEARCHERS).agency
    for row in desk.cache.queue(STAGES, most=None):
        yield from ((row, one) for one in row.agencies if one.agency == agency)


def _order(row: RequestRow) -> tuple[bool, bool, float, float]:
    asked = row.asked_at.timestamp() if row.asked_at else 0.0
    if not row.open:
        return (True, False, -(row.answered_at.timestamp() if row.answered_at else 0.0), asked)
    due = row.clock.due.timestamp() if row.clock else float("inf")
    return (False, row.without, due, asked)


def row_of(config: HubConfig, row: QueueRow, one: AgencyState, now: datetime) -> RequestRow:
    """The row of one request, from its referral's."""
    clock = countdown(config, Clock.RETURN, row.cohort, row.rag, one.asked_at, one.due_at)
    return RequestRow(
        id=one.request,
        stream=row.stream,
        reference=row.reference or "",
        who=row.who,
        rag=row.rag,
        state=one.state,
        state_words=_state_words(config, one, now),
        asked_at=one.asked_at,
        asked_words=say_moment(one.asked_at, now, config) if one.asked_at else "",
        due_words=say_moment(one.due_at, now, config) if one.due_at else "",
        answered_at=one.at,
        clock=clock,
        people=one.people,
        without=one.without,
        pending=row.pending,
    )


def _state_words(config: HubConfig, one: AgencyState, now: datetime) -> str:
    """*asked*, *acknowledged*, *1 of 2 answered*, *✓ returned 11:02*, *nothing held*, *refused*."""
    if one.state in _UNANSWERED and one.answered:
        return f"{one.answered} of {one.people} answered"
    if one.state == "returned" and one.at is not None:
        return f"✓ returned {say_moment(one.at, now, config)}"
    return one.state.replace("_", " ")
