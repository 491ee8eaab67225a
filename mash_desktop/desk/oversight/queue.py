"""Contacts of one's own agency before admission, the most urgent first, and why each is in the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from ...cache.projection import QueueRow
from ...domain.configuration import Clock, HubConfig
from ...domain.errors import Refusal
from ...domain.fold.stage import Stage
from ...domain.roles import DECIDERS
from ...domain.rules.oversight import sampled
from ...working_time import say_duration
from ..countdown import Countdown, countdown
from ..desk import Desk

STAGES = (Stage.CONTACT, Stage.TRIAGED, Stage.OVERSEEN)

TABS = (
    ("all", "All"),
    ("decision", "Decision needed"),
    ("sampled", "Sampled"),
    ("send", "To send on"),
    ("triage", "At triage"),
)


class Why(StrEnum):
    """Why a contact is in the list."""

    DECISION = "decision"
    SAMPLED = "sampled"
    SEND = "send"
    TRIAGE = "triage"

    @property
    def label(self) -> str:
        return {
            Why.DECISION: "decision needed",
            Why.SAMPLED: "sampled for advice",
            Why.SEND: "to send on",
            Why.TRIAGE: "at triage",
        }[self]


class QueueEntry(msgspec.Struct, frozen=True):
    """One contact in the list."""

    stream: str
    reference: str
    who: str
    why: Why
    immediate: bool
    danger: bool
    history: bool
    route: str
    level: str
    received_at: datetime | None
    clock: Countdown | None
    """To the decision and the word to the referrer; ``None`` once given, and where the hub sets no limit."""
    order: tuple[bool, bool, bool, datetime, datetime]

    def left(self, now: datetime) -> str:
        return say_duration(self.clock.left(now)) if self.clock is not None else "–"

    def shows_in(self, tab: str) -> bool:
        return tab in ("all", self.why.value)


class Queue(msgspec.Struct, frozen=True):
    rows: tuple[QueueEntry, ...] = ()

    def shown(self, tab: str) -> tuple[QueueEntry, ...]:
        return tuple(row for row in self.rows if row.shows_in(tab))

    def counts(self) -> dict[str, int]:
        return {tab: sum(row.shows_in(tab) for row in self.rows) for tab, _ in TABS}


def read_queue(desk: Desk) -> Queue:
    """Every contact of this person's agency that has not been admitted or sent on."""
    config, owners = desk.config(), desk.agencies_as(DECIDERS)
    found = desk.cache.queue(STAGES, owners=owners, by_due=False, most=None)
    return _sorted(_entry(desk, config, row) for row in found)


def refreshed(desk: Desk, queue: Queue, streams: Iterable[str]) -> Queue:
    """The list with these streams read anew and all others as they were."""
    changed, config, owners = frozenset(streams), desk.config(), desk.agencies_as(DECIDERS)
    rows = [row for row in queue.rows if row.stream not in changed]
    for stream in changed:
        found = desk.cache.row(stream)
        if found is not None and found.stage in STAGES and found.owner in owners:
            rows.append(_entry(desk, config, found))
    return _sorted(rows)


def _sorted(rows: Iterable[QueueEntry]) -> Queue:
    return Queue(tuple(sorted(rows, key=lambda row: row.order)))


def _entry(desk: Desk, config: HubConfig, row: QueueRow) -> QueueEntry:
    last = desk.now() + timedelta(days=3650)
    route = next((one for one in config.routes if one.id == row.route), None)
    return QueueEntry(
        stream=row.stream,
        reference=row.reference or "not sent yet",
        who=row.who,
        why=_why(config, row),
        immediate=row.immediate,
        danger=row.danger,
        history=row.history,
        route=route.label if route else "",
        level=_highest(config, row),
        received_at=row.received_at,
        clock=countdown(config, Clock.ACKNOWLEDGE, row.cohort, None, row.received_at, row.acknowledge_by),
        order=(
            not row.immediate,
            not row.danger,
            row.stage is Stage.CONTACT,
            row.acknowledge_by or last,
            row.received_at or last,
        ),
    )


def _why(config: HubConfig, row: QueueRow) -> Why:
    """The hub's policy of oversight, and the sample of what it leaves to triage."""
    if row.stage is Stage.CONTACT:
        return Why.TRIAGE
    if row.stage is Stage.OVERSEEN:
        return Why.SEND
    if row.decision_needed:
        return Why.DECISION
    return Why.SAMPLED if sampled(row.stream, config) else Why.SEND


def _highest(config: HubConfig, row: QueueRow) -> str:
    """The highest level given to anybody here."""
    if row.cohort is None or row.received_at is None:
        return ""
    try:
        ladder = config.ladder(row.cohort, config.day(row.received_at))
    except Refusal:
        return ""
    rungs = [ladder.level(level) for _, level in row.levels if level in ladder]
    return max(rungs, key=lambda rung: rung.rank).label if rungs else ""
