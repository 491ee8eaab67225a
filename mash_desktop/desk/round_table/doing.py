"""What is done at the table besides deciding: opening it, attendance, views, analysis, actions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ...domain.codes import Attendance
from ...domain.configuration import HubConfig
from ...domain.entries.table import (
    ActionCompleted,
    ActionRecorded,
    AnalysisRecorded,
    AttendanceRecorded,
    TableOpened,
    ViewRecorded,
)
from ...domain.errors import Refusal
from ...domain.fold import Referral
from ...domain.partial_date import parse
from ...working_time.engine import instant
from ..desk import Desk, new_id

_PLACE = "table/place"


def analysis_key(stream: str, part: str) -> str:
    """Where the unsent words of one part of the analysis are kept."""
    return f"table/{stream}/analysis/{part}"


def forms_key(stream: str) -> str:
    """Under which what is typed into the small forms of a case is kept."""
    return f"table/{stream}/forms"


def last_place(desk: Desk) -> str:
    """Where the last table opened from this desk was held."""
    return desk.cache.draft(_PLACE) or ""


def open_table(desk: Desk, stream: str, place: str) -> str:
    """Open the round table: from now on what is released to it reaches the agencies that were asked."""
    act = desk.act(stream, TableOpened(place=place.strip(), held_at=desk.now()))
    desk.cache.put_draft(_PLACE, place.strip())
    return act


def record_attendance(desk: Desk, stream: str, agency: str, attendance: Attendance, name: str = "") -> str:
    return desk.act(stream, AttendanceRecorded(agency=agency, attendance=attendance, name=name.strip()))


def add_view(
    desk: Desk, stream: str, agency: str, subject: str, level: str, agrees: bool | None, words: str = ""
) -> str:
    """One agency's view on one person; dissent needs its reason."""
    view = ViewRecorded(agency=agency, subject=subject, level=level, agrees=agrees, words=words.strip())
    return desk.act(stream, view)


def record_analysis(desk: Desk, stream: str, part: str, words: str) -> str | None:
    """Record one part of the analysis unless it already says so; its kept keystrokes end with it."""
    said = desk.referral(stream).latest(AnalysisRecorded, "part").get(part)
    if (said.body.words if said else "") == words:
        desk.cache.put_draft(analysis_key(stream, part), "")
        return None
    return desk.act(
        stream, AnalysisRecorded(part=part, words=words), forget_drafts=(analysis_key(stream, part),)
    )


def keep_analysis(desk: Desk, stream: str, part: str, words: str) -> None:
    """Keep the keystrokes of one part until they are recorded."""
    desk.cache.put_draft(analysis_key(stream, part), words)


def add_action(desk: Desk, stream: str, words: str, owner: str, due: str) -> str:
    """What is to be done, by whom, and by when in people's words: *15:00*, *tomorrow 9:30*, *13 Nov*."""
    due_at = when_due(due, desk.now(), desk.config()) if due.strip() else None
    action = ActionRecorded(action=new_id(), words=words.strip(), owner=owner.strip(), due_at=due_at)
    return desk.act(stream, action)


def complete_action(
    desk: Desk, stream: str, action: str, words: str, forget_drafts: Iterable[str] = ()
) -> str:
    """An action was done, and what came of it, if anybody says. Raises ``Refusal`` on *action*."""
    if not action:
        raise Refusal("action-missing", "Choose the action that was done.", "action")
    done = ActionCompleted(action=action, words=words.strip())
    return desk.act(stream, done, forget_drafts=forget_drafts)


def to_do(referral: Referral) -> tuple[tuple[str, str], ...]:
    """The actions that nobody has said were done: id, and what it is with who does it."""
    done = referral.latest(ActionCompleted, "action")
    return tuple(
        (action, f"{made.body.words} ({made.body.owner})")
        for action, made in referral.latest(ActionRecorded, "action").items()
        if action not in done
    )


_CLOCK = re.compile(r"(?:^|[\s,]+)(?:at\s+)?(\d{1,2})[:.](\d\d)$")
_DAYS = {"": 0, "today": 0, "now": 0, "tomorrow": 1}


def when_due(text: str, now: datetime, config: HubConfig) -> datetime:
    """A moment in hub time. A day alone is its end of hours; raises ``Refusal`` naming the field ``due``."""
    zone = ZoneInfo(config.hours.time_zone)
    today = now.astimezone(zone).date()
    rest, at = text.strip().lower(), None
    if found := _CLOCK.search(rest):
        hour, minute = int(found[1]), int(found[2])
        if hour > 23 or minute > 59:
            raise Refusal("time-not-understood", "There is no such time. Write it like 15:00.", "due")
        rest, at = rest[: found.start()].strip(" ,"), time(hour, minute)
    day = today + timedelta(days=_DAYS[rest]) if rest in _DAYS else _day(rest, today)
    hours = config.hours.week[day.weekday()]
    closes = hours.closes if hours is not None else time(17)
    return instant(day, at or closes, zone)


def _day(text: str, today: date) -> date:
    # A day without its year, as it is said at a table, is the next such day.
    for written, year in ((text, None), (f"{text} {today.year}", today.year)):
        try:
            found = parse(written, today=today, field="due")
        except Refusal:
            continue
        if found.is_exact:
            day = found.earliest()
            return day.replace(year=day.year + 1) if year is not None and day < today else day
    raise Refusal("due-not-understood", "Write when, like 15:00, tomorrow 9:30 or 13 Nov 10:00.", "due")
