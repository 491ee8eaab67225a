"""The engine against a slow and obvious model that walks minute by minute.

The model knows a list of bank holidays and asks the wall clock, each minute, whether the hub is open. The
windows are where clocks go wrong: Christmas into New Year, Easter, and the nights on which clocks change.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from mash_desktop.working_time import Calendar, HubHours, Limit, OpenHours

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
# The day itself is closed as well as the weekday given for it: 26 December 2026 is a Saturday.
BANK_HOLIDAYS = {
    date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 28), date(2027, 1, 1),
    date(2027, 3, 26), date(2027, 3, 29),
}  # fmt: skip


def open_hours(opens: int, closes: int) -> OpenHours:
    return OpenHours(time(opens // 60, opens % 60), time(closes // 60 % 24, closes % 60))


def daily(opens: int, closes: int, week: str, working: tuple[int, ...], *closed: date) -> Calendar:
    hours = tuple(open_hours(opens, closes) if day == "x" else None for day in week)
    return Calendar(HubHours(hours, closed_dates=closed, working_days=working))


UNEVEN = (
    open_hours(480, 1020),
    open_hours(540, 1140),
    None,
    open_hours(600, 1440),
    open_hours(0, 960),
    None,
    None,
)
ALWAYS = daily(0, 1440, "xxxxxxx", (0, 1, 2, 3, 4, 5, 6))
HUBS = (
    daily(510, 1020, "xxxxx..", (0, 1, 2, 3, 4)),
    daily(540, 990, "xxxxx..", (0, 1, 2, 3, 4), date(2026, 12, 29), date(2026, 10, 26)),
    daily(420, 1320, "xxxxxx.", (0, 1, 2, 3, 4)),
    ALWAYS,
    Calendar(HubHours(UNEVEN, working_days=(0, 1, 3, 4))),
)
WINDOWS = tuple(
    datetime(*day, tzinfo=UTC)
    for day in (
        (2026, 8, 28),
        (2026, 10, 23),
        (2026, 12, 23),
        (2026, 12, 30),
        (2027, 3, 24),
        (2027, 3, 27),
    )
)

EDGES = (0, 60, 90, 120, 420, 480, 510, 540, 600, 960, 990, 1020, 1140, 1320)
"""Minutes of the day at which some hub opens or closes, or at which clocks change."""


def at_an_edge(window: datetime, days: int, minute: int, beside: int) -> datetime:
    wall = datetime.combine(window.date() + timedelta(days), time(minute // 60, minute % 60), LONDON)
    return wall.astimezone(UTC) + beside * MINUTE


hubs = st.sampled_from(HUBS)
moments = st.one_of(
    st.builds(
        lambda window, minutes: window + minutes * MINUTE,
        st.sampled_from(WINDOWS),
        st.integers(0, 3 * 1440),
    ),
    st.builds(
        at_an_edge, st.sampled_from(WINDOWS), st.integers(0, 3), st.sampled_from(EDGES), st.integers(-1, 1)
    ),
)


def is_open(hub: Calendar, at: datetime, working: bool) -> bool:
    wall = at.astimezone(LONDON)
    day = wall.date()
    hours = hub.hours.week[day.weekday()]
    if hours is None or day in BANK_HOLIDAYS or day in hub.hours.closed_dates:
        return False
    if working and day.weekday() not in hub.hours.working_days:
        return False
    return hours.opens <= wall.time() and (hours.closes == time(0) or wall.time() < hours.closes)


def minutes_from(at: datetime) -> Iterator[datetime]:
    while True:
        yield at
        at += MINUTE


def slow_working_hours(hub: Calendar, start: datetime, hours: int) -> datetime:
    left = hours * 60
    for minute in minutes_from(start):
        left -= is_open(hub, minute, working=False)
        if left == 0:
            return minute + MINUTE
    raise AssertionError


def slow_working_days(hub: Calendar, start: datetime, days: int) -> datetime:
    begins = next(minute for minute in minutes_from(start) if is_open(hub, minute, working=True))
    wanted = begins.astimezone(LONDON).time()
    seen = {begins.astimezone(LONDON).date()}
    inside: list[datetime] = []
    for minute in minutes_from(begins):
        wall = minute.astimezone(LONDON)
        if is_open(hub, minute, working=True):
            seen.add(wall.date())
            if len(seen) == days + 2:
                break
            if len(seen) == days + 1:
                inside.append(minute)
    walls = [minute.astimezone(LONDON).time() for minute in inside]
    if wanted in walls:
        return inside[walls.index(wanted)]
    if wanted < walls[0]:
        return inside[0]
    if wanted > walls[-1]:
        return inside[-1] + MINUTE
    an_hour_on = wanted.replace(hour=wanted.hour + 1)  # the hour that spring leaves out
    return inside[walls.index(an_hour_on)]


@settings(max_examples=60)
@given(hubs, moments, st.integers(1, 20))
def test_working_hours_run_out_when_a_minute_by_minute_count_says(
    hub: Calendar, start: datetime, hours: int
) -> None:
    assert hub.deadline(start, Limit(hours, "working_hours")) == slow_working_hours(hub, start, hours)


@settings(max_examples=40)
@given(hubs, moments, st.integers(1, 3))
def test_working_days_run_out_when_a_minute_by_minute_count_says(
    hub: Calendar, start: datetime, days: int
) -> None:
    assert hub.deadline(start, Limit(days, "working_days")) == slow_working_days(hub, start, days)


@given(st.sampled_from((date(2026, 10, 24), date(2027, 3, 27))), st.integers(0, 3 * 60))
def test_a_working_day_that_ends_in_the_night_on_which_clocks_change_ends_once(
    eve: date, minutes: int
) -> None:
    """The first of two where autumn has the time twice; an hour later where spring leaves it out."""
    start = datetime.combine(eve, time(0), LONDON).astimezone(UTC) + minutes * MINUTE
    assert ALWAYS.deadline(start, Limit(1, "working_days")) == slow_working_days(ALWAYS, start, 1)


@settings(max_examples=60)
@given(hubs, moments, st.integers(0, 6 * 1440))
def test_time_passed_in_hub_hours_is_the_count_of_open_minutes(
    hub: Calendar, start: datetime, minutes: int
) -> None:
    walked = sum(is_open(hub, start + number * MINUTE, working=False) for number in range(minutes))
    end = start + minutes * MINUTE
    assert hub.elapsed(start, end, "working_hours") == walked * MINUTE
    assert hub.elapsed(end, start, "working_hours") == -walked * MINUTE


@settings(max_examples=60)
@given(hubs, moments)
def test_the_next_opening_is_the_first_open_minute(hub: Calendar, start: datetime) -> None:
    first = next(minute for minute in minutes_from(start) if is_open(hub, minute, working=False))
    assert hub.next_open(start) == first
    assert hub.is_open(start) == (first == start)


exact_moments = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))
spans = st.timedeltas(timedelta(), timedelta(days=400))
limits = st.builds(
    Limit, st.integers(1, 60), st.sampled_from(("working_hours", "working_days", "hours")), st.booleans()
)


@given(hubs, exact_moments, limits)
def test_a_limit_is_used_up_exactly_when_it_runs_out(hub: Calendar, start: datetime, limit: Limit) -> None:
    due = hub.deadline(start, limit)
    unit = timedelta(days=1) if limit.clock in ("days", "working_days") else timedelta(hours=1)
    assert due > start
    if limit.clock == "days":
        assert abs(hub.elapsed(start, due, limit.clock) - limit.amount * unit) <= timedelta(hours=1)
    else:
        assert hub.elapsed(start, due, limit.clock) == limit.amount * unit
    assert hub.spent(start, due, limit) == 1.0
    assert hub.left(due, due, limit) == timedelta()


@given(hubs, exact_moments, spans, limits)
def test_what_comes_in_later_is_never_due_earlier(
    hub: Calendar, start: datetime, gap: timedelta, limit: Limit
) -> None:
    assert hub.deadline(start, limit) <= hub.deadline(start + gap, limit)


@given(
    hubs,
    exact_moments,
    st.timedeltas(timedelta(), timedelta(days=800)),
    st.timedeltas(timedelta(), timedelta(days=40)),
)
def test_time_on_a_clock_never_runs_backwards(
    hub: Calendar, start: datetime, a: timedelta, b: timedelta
) -> None:
    middle, end = start + a, start + a + b
    assert hub.elapsed(start, middle, "working_days") <= hub.elapsed(start, end, "working_days")
    whole = hub.elapsed(start, end, "working_hours")
    assert hub.elapsed(start, middle, "working_hours") + hub.elapsed(middle, end, "working_hours") == whole
