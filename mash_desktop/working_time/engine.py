"""The reckoning: from a moment and a limit to the moment that it runs out, and back to what is left.

Every year of a hub becomes, once, a sorted table of the spans in which it is open, in UTC; all questions
are then a bisection and a subtraction. Arithmetic is done in UTC only: Python subtracts two times of one
zone by the wall clock, which is an hour out over a change of the clocks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from mash_desktop.working_time.hours import HubHours, Limit, Unit

_NONE = timedelta()
_DAY = timedelta(days=1)


def bank_holidays(subdivision: str, year: int) -> Container[date]:
    """Those of a part of the United Kingdom."""
    import holidays  # a tenth of a second, which a window need not wait for

    return holidays.country_holidays("GB", subdiv=subdivision, years=year)


class _Year(NamedTuple):
    """The open spans of one local year; ``before`` has one more: open time before each, then the total."""

    dates: tuple[date, ...]
    opens: tuple[datetime, ...]
    closes: tuple[datetime, ...]
    before: tuple[timedelta, ...]


class _Spans:
    """The open spans of some weekdays, year by year, worked out when first asked for."""

    def __init__(self, hours: HubHours, zone: ZoneInfo, weekdays: frozenset[int]) -> None:
        self._hours = hours
        self._zone = zone
        self._weekdays = weekdays
        self._closed = frozenset(hours.closed_dates)
        self._years: dict[int, _Year] = {}

    def year(self, number: int) -> _Year:
        found = self._years.get(number)
        if found is None:
            found = self._years[number] = self._work_out(number)
        return found

    def _work_out(self, number: int) -> _Year:
        holidays = bank_holidays(self._hours.subdivision, number)
        dates, opens, closes = [], [], []
        day = date(number, 1, 1)
        while day.year == number:
            open_hours = self._hours.week[day.weekday()]
            if (
                open_hours is not None
                and day.weekday() in self._weekdays
                and day not in holidays
                and day not in self._closed
            ):
                dates.append(day)
                opens.append(instant(day, open_hours.opens, self._zone))
                last = day if open_hours.closes != time(0) else day + _DAY
                closes.append(instant(last, open_hours.closes, self._zone))
            day += _DAY
        lengths = (end - start for start, end in zip(opens, closes, strict=True))
        return _Year(tuple(dates), tuple(opens), tuple(closes), tuple(accumulate(lengths, initial=_NONE)))

    def first_ending_after(self, at: datetime) -> tuple[int, int]:
        """Year and index of the span that ``at`` is in, or of the next one."""
        number = at.astimezone(self._zone).year
        index = bisect_right(self.year(number).closes, at)
        return self._roll(number, index)

    def on_or_after(self, day: date) -> tuple[int, int]:
        return self._roll(day.year, bisect_left(self.year(day.year).dates, day))

    def later(self, number: int, index: int, spans: int) -> tuple[int, int]:
        """The place so many spans on."""
        return self._roll(number, index + spans)

    def _roll(self, number: int, index: int) -> tuple[int, int]:
        while index >= (length := len(self.year(number).dates)):
            number, index = number + 1, index - length
        return number, index

    def between(self, a: tuple[int, int], b: tuple[int, int]) -> int:
        """How many spans ``b`` is after ``a``."""
        whole_years = sum(len(self.year(number).dates) for number in range(a[0], b[0]))
        return whole_years + b[1] - a[1]

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """Time that the hub is open between two moments, the later second."""
        first, last = start.astimezone(self._zone).year, end.astimezone(self._zone).year
        whole_years = sum((self.year(number).before[-1] for number in range(first, last)), _NONE)
        return whole_years + self._open_in_year(last, end) - self._open_in_year(first, start)

    def _open_in_year(self, number: int, at: datetime) -> timedelta:
        year = self.year(number)
        index = bisect_right(year.closes, at)
        if index == len(year.opens):
            return year.before[index]
        return year.before[index] + max(_NONE, at - year.opens[index])

    def after_open_time(self, start: datetime, open_time: timedelta) -> datetime:
        """The moment at which the hub has been open for so long; at closing time rather than next morning."""
        number = start.astimezone(self._zone).year
        target = open_time + self._open_in_year(number, start)
        while target > (total := self.year(number).before[-1]):
            target -= total
            number += 1
        year = self.year(number)
        index = bisect_left(year.before, target) - 1
        return year.opens[index] + (target - year.before[index])


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The moment in UTC when the wall clock shows ``wall``.

    The first of two where autumn has it twice; an hour later where spring leaves it out.
    """
    return datetime.combine(day, wall, zone).astimezone(UTC)


class Calendar:
    """Answers for one hub's hours. Moments given must be aware; those returned are in UTC."""

    def __init__(self, hours: HubHours) -> None:
        self.hours = hours
        self.zone = ZoneInfo(hours.time_zone)
        open_days = frozenset(day for day, open_hours in enumerate(hours.week) if open_hours is not None)
        self._open = _Spans(hours, self.zone, open_days)
        working = open_days & frozenset(hours.working_days)
        self._working = self._open if working == open_days else _Spans(hours, self.zone, working)

    def deadline(self, start: datetime, limit: Limit) -> datetime:
        """When ``limit`` runs out.

        *Hours* and *days* run on whatever the hub does; a day later is the same wall-clock time. *Working
        hours* pass while the hub is open. *Working days* run to the same wall-clock time so many working
        days on, held within that day's hours; what comes in while no working day is open counts from the
        next opening.
        """
        at = _utc(start)
        match limit.clock:
            case "hours":
                return at + timedelta(hours=limit.amount)
            case "days":
                local = at.astimezone(self.zone)
                return instant(local.date() + limit.amount * _DAY, local.time(), self.zone)
            case "working_hours":
                return self._open.after_open_time(at, timedelta(hours=limit.amount))
        return self._working_days_on(at, limit.amount)

    def elapsed(self, start: datetime, end: datetime, unit: Unit) -> timedelta:
        """Time passed on the clock of ``unit``; negative if ``end`` is before ``start``.

        Plain time for *hours* and *days*, time open for *working hours*. For *working days* its ``days``
        are whole working days and the rest is working time since, so that a full limit is exactly its
        number of days.
        """
        first, last = _utc(start), _utc(end)
        if last < first:
            return -self.elapsed(end, start, unit)
        match unit:
            case "hours" | "days":
                return last - first
            case "working_hours":
                return self._open.open_time(first, last)
        spans = self._working
        days = max(0, spans.between(spans.first_ending_after(first), spans.first_ending_after(last)))
        since = self._working_days_on(first, days) if days else first
        if since > last:
            days -= 1
            since = self._working_days_on(first, days) if days else first
        return days * _DAY + spans.open_time(since, last)

    def left(self, now: datetime, due: datetime, limit: Limit) -> timedelta:
        """What is left of ``limit`` on its own clock; negative once late."""
        return self.elapsed(now, due, limit.clock)

    def spent(self, start: datetime, now: datetime, limit: Limit) -> float:
        """Share of the limit used up, for a bar: 0 at its start, 1 when due, more when late."""
        first, last, due = _utc(start), max(_utc(start), _utc(now)), self.deadline(start, limit)
        if limit.clock in ("hours", "days"):
            return (last - first) / (due - first)
        spans = self._open if limit.clock == "working_hours" else self._working
        return spans.open_time(first, last) / spans.open_time(first, due)

    def is_open(self, at: datetime) -> bool:
        return self.next_open(at) == _utc(at)

    def next_open(self, at: datetime) -> datetime:
        """``at`` itself while open, else the next opening."""
        moment = _utc(at)
        number, index = self._open.first_ending_after(moment)
        return max(moment, self._open.year(number).opens[index])

    def is_working_day(self, day: date) -> bool:
        number, index = self._working.on_or_after(day)
        return self._working.year(number).dates[index] == day

    def add_working_days(self, day: date, number: int) -> date:
        """The date so many working days after ``day``, which itself need not be one; ``day`` for none.

        Raises ``ValueError`` for a negative number.
        """
        if number < 0:
            raise ValueError("working days are added, not taken away")
        if number == 0:
            return day
        year, index = self._working.later(*self._working.on_or_after(day + _DAY), number - 1)
        return self._working.year(year).dates[index]

    def _working_days_on(self, start: datetime, days: int) -> datetime:
        number, index = self._working.first_ending_after(start)
        begins = max(start, self._working.year(number).opens[index])
        number, index = self._working.later(number, index, days)
        year = self._working.year(number)
        same_time = instant(year.dates[index], begins.astimezone(self.zone).time(), self.zone)
        return min(max(same_time, year.opens[index]), year.closes[index])


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(UTC)
