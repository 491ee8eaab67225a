"""The list of the board: rows, filters with their counts, and what is likely to be late today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from ...cache.projection import RANKS, AgencyState, QueueRow
from ...domain.clocks import calendar
from ...domain.codes import AgencyKind, Rag
from ...domain.configuration import Clock, HubConfig
from ...domain.fold.stage import IN_HUB, Stage
from ...working_time import say_duration
from ..countdown import Countdown, countdown
from ..desk import Desk
from ..wording import counted, initial_name

FIRST, PAGE = 200, 5000
_SOON = timedelta(hours=1)

TABS = (
    ("open", "All open"),
    ("reds", "Reds due in an hour"),
    ("one", "Waiting for one agency"),
    ("ready", "Ready for the table"),
    ("unrated", "Waits for rating"),
)

_SHORT_KINDS = {
    AgencyKind.CHILDRENS_SOCIAL_CARE: "CSC",
    AgencyKind.ADULT_SOCIAL_CARE: "ASC",
    AgencyKind.POLICE: "Pol",
    AgencyKind.HEALTH_TRUST: "Hlth",
    AgencyKind.MENTAL_HEALTH_TRUST: "MH",
    AgencyKind.PROBATION: "Prob",
    AgencyKind.EDUCATION: "Educ",
    AgencyKind.HOUSING: "Hous",
    AgencyKind.AMBULANCE: "Amb",
    AgencyKind.YOUTH_OFFENDING: "YOS",
}


class Mark(msgspec.Struct, frozen=True):
    """A state in a word, and the name of the tone it is coloured by."""

    text: str
    tone: str


class AgencyMark(msgspec.Struct, frozen=True):
    """How one agency's answer stands: ``short`` for a pill, ``name`` for who listens."""

    short: str
    name: str
    state: str
    open: bool
    due: Countdown | None = None

    def late(self, now: datetime) -> bool:
        return self.open and self.due is not None and self.due.late(now)

    def mark(self, now: datetime) -> Mark:
        """The pill: *Pol ✓*, *Hlth asked*, *Prob nil*, *MH refused*, *Educ late*, *YOS not awaited*."""
        if self.late(now):
            return Mark(f"{self.short} late", "red")
        if self.open:
            return Mark(f"{self.short} asked", "amber")
        said, tone = {
            "returned": ("✓", "green"),
            "nothing_held": ("nil", "neutral"),
            "refused": ("refused", "violet"),
        }.get(self.state, ("not awaited", "neutral"))
        return Mark(f"{self.short} {said}", tone)

    def words(self, now: datetime) -> str:
        """The same in words."""
        if self.late(now) and self.due is not None:
            return f"{self.name} {say_duration(self.due.left(now))}"
        if not self.open and self.state in {"asked", "acknowledged"}:
            return f"{self.name} gone on without"
        return f"{self.name} {self.state.replace('_', ' ')}"


class BoardRow(msgspec.Struct, frozen=True):
    """One referral on the board."""

    stream: str
    reference: str
    who: str
    stage: Stage
    rag: Rag | None
    clock: Countdown | None
    agencies: tuple[AgencyMark, ...]
    waits_for: str
    with_whom: str
    order: tuple[bool, datetime, int, datetime]
    """Most urgent first; what waits for its rating before all, since its clock already runs unseen."""

    def left(self, now: datetime) -> str:
        """*1 h 12 m*, *late 36 min*; *not rated* without a clock, *untimed* where the hub sets no limit."""
        if self.clock is not None:
            return say_duration(self.clock.left(now))
        return "not rated" if self.rag is None else "untimed"

    def waiting(self) -> int:
        """How many agencies have yet to answer."""
        return sum(one.open for one in self.agencies)

    def shows_in(self, tab: str, now: datetime) -> bool:
        """Whether a filter takes this row in."""
        if tab == "reds":
            return self.rag is Rag.RED and self.clock is not None and self.clock.due - now <= _SOON
        if tab == "one":
            return self.waiting() == 1
        if tab == "ready":
            return self.stage is Stage.GATHERING and self.waiting() == 0
        return self.stage is Stage.ADMITTED if tab == "unrated" else True


class Board(msgspec.Struct, frozen=True):
    """The open referrals, in order. ``whole`` is false while only the first of them have been read."""

    rows: tuple[BoardRow, ...] = ()
    whole: bool = False
    zone: str = "Europe/London"
    closes: datetime | None = None
    """When the hub closes today; ``None`` on a day on which it is closed or once it has."""

    def shown(self, tab: str, now: datetime) -> tuple[BoardRow, ...]:
        return tuple(row for row in self.rows if row.shows_in(tab, now))

    def counts(self, now: datetime) -> dict[str, int | None]:
        """How many each filter takes in; ``None`` until all have been read."""
        if not self.whole:
            return dict.fromkeys((tab for tab, _ in TABS), None)
        return {tab: sum(row.shows_in(tab, now) for row in self.rows) for tab, _ in TABS}

    def at_risk(self, now: datetime) -> tuple[BoardRow, ...]:
        """Referrals that will be late today if the agencies go on as they do.

        Not late yet; due before the hub closes today; and waiting for at least one answer that is late
        already, or is itself due only after the decision is.
        """
        closes = self.closes
        if not self.whole or closes is None or now > closes:
            return ()
        return tuple(
            row
            for row in self.rows
            if row.clock is not None
            and now <= row.clock.due <= closes
            and any(
                one.open and one.due is not None and (one.due.late(now) or one.due.due > row.clock.due)
                for one in row.agencies
            )
        )

    def pace(self, now: datetime) -> str:
        """*At today’s pace 2 will be late: 04409, 04401*; nothing where none will."""
        risk = self.at_risk(now)
        if not risk:
            return ""
        named = [row.reference.rsplit("-", 1)[-1] for row in risk[:3]]
        return f"At today’s pace {len(risk)} will be late: {', '.join(named)}{' …' if risk[3:] else ''}"


def first_rows(desk: Desk) -> Board:
    """The most urgent referrals, for a quick first look."""
    return _board(desk, FIRST)


def read_board(desk: Desk) -> Board:
    """Every open referral held here."""
    return _board(desk, None)


def _board(desk: Desk, most: int | None) -> Board:
    unrated, rated = (Stage.ADMITTED,), tuple(IN_HUB - {Stage.ADMITTED})
    config, found, whole = desk.config(), list[QueueRow](), True
    for stages in (unrated, rated):
        read = 0
        while most is None or len(found) < most:
            size = PAGE if most is None else most - len(found)
            page = desk.cache.queue(stages, most=size, offset=read)
            found += page
            read += len(page)
            if len(page) < size:
                break
        else:
            whole = False
    names = _Names(desk, config)
    rows = sorted((names.row(row) for row in found), key=lambda row: row.order)
    return Board(tuple(rows), whole, config.hours.time_zone, closing(config, desk.now()))


def refreshed(desk: Desk, board: Board, streams: Iterable[str]) -> Board:
    """The board with these streams read anew and all others as they were."""
    changed = frozenset(streams)
    names = _Names(desk, desk.config())
    rows = [row for row in board.rows if row.stream not in changed]
    for stream in changed:
        found = desk.cache.row(stream)
        if found is not None and found.stage in IN_HUB:
            rows.append(names.row(found))
    rows.sort(key=lambda row: row.order)
    return msgspec.structs.replace(board, rows=tuple(rows), closes=closing(names.config, desk.now()))


def closing(config: HubConfig, now: datetime) -> datetime | None:
    """When the hub closes today; ``None`` on a day that is closed, and once it has closed."""
    opens = calendar(config.hours).next_open(now).astimezone(ZoneInfo(config.hours.time_zone))
    hours = config.hours.week[opens.weekday()]
    if hours is None or opens.date() != now.astimezone(opens.tzinfo).date():
        return None
    day = opens.date() + timedelta(days=1) if hours.closes == time(0) else opens.date()
    return datetime.combine(day, hours.closes, opens.tzinfo)


class _Names:
    """The hub's names, looked up once for many rows."""

    def __init__(self, desk: Desk, config: HubConfig) -> None:
        self.config = config
        self._people = desk.directory()
        members = config.agencies_on(desk.today())
        kinds = [agency.kind for agency in members]
        self._short = {
            one.id: _SHORT_KINDS.get(one.kind, one.short_name)
            if kinds.count(one.kind) < 2
            else one.short_name
            for one in config.agencies
        }
        self._last = desk.now() + timedelta(days=3650)

    def row(self, row: QueueRow) -> BoardRow:
        due = countdown(self.config, Clock.DECISION, row.cohort, row.rag, row.admitted_at, row.due_at)
        holder = row.facilitator or row.drafted_by
        marks = self._marks(row)
        waiting = sum(one.open for one in marks)
        gathers = row.stage in (Stage.GATHERING, Stage.TABLE) and waiting > 1
        return BoardRow(
            stream=row.stream,
            reference=row.reference or "not sent yet",
            who=row.who,
            stage=row.stage,
            rag=row.rag,
            clock=due,
            agencies=marks,
            waits_for=counted(waiting, "answer", "answers") if gathers else row.waits_for,
            with_whom=initial_name(self._people.name(holder)) if holder else "—",
            order=(
                row.rag is not None,
                row.due_at or self._last,
                RANKS[row.rag],
                row.admitted_at or self._last,
            ),
        )

    def _marks(self, row: QueueRow) -> tuple[AgencyMark, ...]:
        by_agency: dict[str, AgencyState] = {}
        for one in row.agencies:
            # Asked twice, an agency shows the question that still waits.
            kept = by_agency.get(one.agency)
            if kept is None or not _open(kept):
                by_agency[one.agency] = one
        return tuple(
            AgencyMark(
                self._short.get(one.agency, one.short_name),
                one.short_name,
                one.state,
                _open(one),
                countdown(self.config, Clock.RETURN, row.cohort, row.rag, row.admitted_at, one.due_at),
            )
            for one in by_agency.values()
        )


def _open(one: AgencyState) -> bool:
    return one.state in {"asked", "acknowledged"} and not one.without
