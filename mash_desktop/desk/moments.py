"""Days, and when something was done, as people write them: *14:20*, *yesterday 16:00*, *12 Nov 10:05*."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ..domain.configuration import HubConfig
from ..domain.errors import Refusal
from ..domain.partial_date import parse
from ..working_time.engine import instant

_WRITTEN = re.compile(r"^(?P<day>.*?)[\s,]*(?:at\s+)?(?P<hour>\d{1,2})[:.](?P<minute>\d\d)$")
_DAYS = {"": 0, "today": 0, "yesterday": 1}


def when_done(text: str, now: datetime, config: HubConfig, field: str = "done_at") -> datetime:
    """A moment in hub time; a day without its year is the last such day. Raises ``Refusal`` on ``field``."""
    zone = ZoneInfo(config.hours.time_zone)
    today = now.astimezone(zone).date()
    found = _WRITTEN.match(text.strip().lower())
    if found is None or int(found["hour"]) > 23 or int(found["minute"]) > 59:
        raise _not_understood(field)
    words = found["day"].strip(" ,")
    day = today - timedelta(days=_DAYS[words]) if words in _DAYS else _day(words, today, field)
    return instant(day, time(int(found["hour"]), int(found["minute"])), zone)


def whole_day(text: str, today: date, otherwise: Refusal) -> date:
    """A day as people write it. Raises ``otherwise``, or another ``Refusal`` on its field."""
    found = parse(text, today=today, field=otherwise.field or "")
    if not found.is_exact:
        raise otherwise
    return found.earliest()


def _day(words: str, today: date, field: str) -> date:
    for written in (words, f"{words} {today.year}"):
        try:
            found = parse(written, today=today, field=field)
        except Refusal:
            continue
        if found.is_exact:
            day = found.earliest()
            return day if day <= today or written == words else day.replace(year=day.year - 1)
    raise _not_understood(field)


def _not_understood(field: str) -> Refusal:
    return Refusal("time-not-understood", "Write when, like 14:20 or yesterday 16:00.", field)
