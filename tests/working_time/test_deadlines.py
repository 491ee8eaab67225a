"""Clocks as hubs publish them: worked examples over weekends, bank holidays and changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from mash_desktop.working_time import Calendar, HubHours, Limit, OpenHours, Unit, say_duration, say_left

LONDON = ZoneInfo("Europe/London")
OFFICE = HubHours.office(time(8, 30), time(17))
HUB = Calendar(OFFICE)
RED, AMBER, GREEN = Limit(4, "working_hours"), Limit(1, "working_days"), Limit(3, "working_days")


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d %b %Y %H:%M").replace(tzinfo=LONDON)


def due(start: str, limit: Limit, calendar: Calendar = HUB) -> str:
    return f"{calendar.deadline(at(start), limit).astimezone(LONDON):%a %-d %b %Y %H:%M}"


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("12 Nov 2026 09:50", RED, "Thu 12 Nov 2026 13:50"),
        ("12 Nov 2026 13:00", RED, "Thu 12 Nov 2026 17:00"),
        ("13 Nov 2026 16:00", RED, "Mon 16 Nov 2026 11:30"),
        ("14 Nov 2026 03:00", RED, "Mon 16 Nov 2026 12:30"),
        ("12 Nov 2026 11:00", AMBER, "Fri 13 Nov 2026 11:00"),
        ("13 Nov 2026 11:00", AMBER, "Mon 16 Nov 2026 11:00"),
        ("14 Nov 2026 11:00", AMBER, "Tue 17 Nov 2026 08:30"),
        ("12 Nov 2026 17:00", AMBER, "Mon 16 Nov 2026 08:30"),
        ("12 Nov 2026 06:00", AMBER, "Fri 13 Nov 2026 08:30"),
        ("12 Nov 2026 11:00", GREEN, "Tue 17 Nov 2026 11:00"),
        ("23 Dec 2026 16:30", RED, "Thu 24 Dec 2026 12:00"),
        ("24 Dec 2026 16:30", RED, "Tue 29 Dec 2026 12:00"),
        ("24 Dec 2026 10:00", GREEN, "Thu 31 Dec 2026 10:00"),
        ("31 Dec 2026 16:30", RED, "Mon 4 Jan 2027 12:00"),
        ("31 Dec 2026 13:00", RED, "Thu 31 Dec 2026 17:00"),
        ("25 Mar 2027 16:00", AMBER, "Tue 30 Mar 2027 16:00"),
        ("12 Nov 2026 11:00", Limit(45, "working_days"), "Tue 19 Jan 2027 11:00"),
        ("12 Nov 2026 11:00", Limit(15, "working_days"), "Thu 3 Dec 2026 11:00"),
        ("27 Mar 2027 22:00", Limit(4, "hours"), "Sun 28 Mar 2027 03:00"),
        ("24 Oct 2026 22:00", Limit(4, "hours"), "Sun 25 Oct 2026 01:00"),
        ("27 Mar 2027 22:00", Limit(1, "days"), "Sun 28 Mar 2027 22:00"),
        ("27 Mar 2027 01:30", Limit(1, "days"), "Sun 28 Mar 2027 02:30"),
    ],
)
def test_a_limit_runs_out_when_the_hub_would_say(start: str, limit: Limit, expected: str) -> None:
    assert due(start, limit) == expected


def test_a_red_keeps_running_out_of_hours_where_the_hub_says_so() -> None:
    assert due("13 Nov 2026 16:00", Limit(4, "working_hours", out_of_hours=True)) == "Fri 13 Nov 2026 20:00"
    assert due("13 Nov 2026 16:00", Limit(1, "working_days", out_of_hours=True)) == "Sat 14 Nov 2026 16:00"


def test_a_hub_open_on_saturday_counts_its_hours_but_not_as_a_working_day() -> None:
    saturday = OpenHours(time(9), time(13))
    hub = Calendar(msgspec.structs.replace(OFFICE, week=(*OFFICE.week[:5], saturday, None)))
    assert due("13 Nov 2026 16:00", RED, hub) == "Sat 14 Nov 2026 12:00"
    assert due("13 Nov 2026 16:00", AMBER, hub) == "Mon 16 Nov 2026 16:00"
    assert due("14 Nov 2026 10:00", AMBER, hub) == "Tue 17 Nov 2026 08:30"


def test_a_day_that_closes_early_holds_the_deadline_within_its_hours() -> None:
    friday = OpenHours(time(9), time(16, 30))
    hub = Calendar(msgspec.structs.replace(OFFICE, week=(*OFFICE.week[:4], friday, None, None)))
    assert due("12 Nov 2026 16:50", AMBER, hub) == "Fri 13 Nov 2026 16:30"
    assert due("12 Nov 2026 08:40", AMBER, hub) == "Fri 13 Nov 2026 09:00"


def test_a_closed_date_of_the_hub_stops_its_clocks() -> None:
    hub = Calendar(msgspec.structs.replace(OFFICE, closed_dates=(date(2026, 11, 13),)))
    assert due("12 Nov 2026 16:30", RED, hub) == "Mon 16 Nov 2026 12:00"
    assert not hub.is_working_day(date(2026, 11, 13))


def test_a_hub_that_never_closes_loses_an_hour_in_spring_and_gains_one_in_autumn() -> None:
    always = OpenHours(time(0), time(0))
    hub = Calendar(HubHours(week=(always,) * 7, working_days=(0, 1, 2, 3, 4, 5, 6)))
    spring, autumn = at("27 Mar 2027 12:00"), at("24 Oct 2026 12:00")
    assert hub.elapsed(spring, spring + timedelta(days=1), "working_hours") == timedelta(hours=23)
    assert hub.elapsed(autumn, autumn + timedelta(days=1), "working_hours") == timedelta(hours=25)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2022, "3 Jan, 15 Apr, 18 Apr, 2 May, 2 Jun, 3 Jun, 29 Aug, 19 Sep, 26 Dec, 27 Dec"),
        (2023, "2 Jan, 7 Apr, 10 Apr, 1 May, 8 May, 29 May, 28 Aug, 25 Dec, 26 Dec"),
        (2026, "1 Jan, 3 Apr, 6 Apr, 4 May, 25 May, 31 Aug, 25 Dec, 28 Dec"),
        (2027, "1 Jan, 26 Mar, 29 Mar, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec"),
        (2028, "3 Jan, 14 Apr, 17 Apr, 1 May, 29 May, 28 Aug, 25 Dec, 26 Dec"),
    ],
)
def test_englands_bank_holidays_are_the_published_ones(year: int, days: str) -> None:
    closed = [
        day
        for day in (date(year, 1, 1) + timedelta(days=number) for number in range(365))
        if day.weekday() < 5 and not HUB.is_working_day(day)
    ]
    assert ", ".join(f"{day:%-d %b}" for day in closed) == days


def test_working_days_are_added_as_conferences_are_timed() -> None:
    assert HUB.add_working_days(date(2026, 12, 18), 15) == date(2027, 1, 13)
    assert HUB.add_working_days(date(2026, 11, 14), 1) == date(2026, 11, 16)
    assert HUB.add_working_days(date(2026, 11, 14), 0) == date(2026, 11, 14)
    with pytest.raises(ValueError, match="added"):
        HUB.add_working_days(date(2026, 11, 14), -1)


def test_what_is_left_is_told_on_the_clock_of_the_limit() -> None:
    now = at("13 Nov 2026 16:00")
    red, amber, green = (HUB.deadline(now, limit) for limit in (RED, AMBER, GREEN))
    later = at("14 Nov 2026 10:00")
    assert say_left(HUB.left(later, red, RED)) == "3 h left"
    assert say_left(HUB.left(later, amber, AMBER)) == "7 h 30 m left"
    assert say_left(HUB.left(later, green, GREEN)) == "2 d 7 h left"
    assert say_left(HUB.left(at("16 Nov 2026 12:06"), red, RED)) == "late 36 min"
    assert HUB.spent(now, later, RED) == 0.25
    assert HUB.spent(now, green, GREEN) == 1.0
    assert HUB.spent(now, at("14 Nov 2026 16:00"), Limit(2, "days")) == 0.5
    assert HUB.spent(now, now - timedelta(hours=1), RED) == 0.0


def test_a_clock_started_on_the_last_evening_of_a_year_runs_in_the_next() -> None:
    new_years_eve = at("31 Dec 2026 20:00")
    assert HUB.elapsed(new_years_eve, at("4 Jan 2027 10:30"), "working_hours") == timedelta(hours=2)
    assert HUB.elapsed(new_years_eve, at("5 Jan 2027 10:30"), "working_days") == timedelta(days=1, hours=2)


def test_a_working_day_is_over_at_the_time_of_day_at_which_it_began() -> None:
    friday = at("13 Nov 2026 16:00")
    assert HUB.elapsed(friday, at("16 Nov 2026 15:00"), "working_days") == timedelta(hours=7, minutes=30)
    assert HUB.elapsed(friday, at("17 Nov 2026 15:00"), "working_days") == timedelta(
        days=1, hours=7, minutes=30
    )


@pytest.mark.parametrize("unit", ["hours", "days", "working_hours", "working_days"])
def test_a_clock_read_backwards_has_run_as_long(unit: Unit) -> None:
    earlier, later = at("13 Nov 2026 16:00"), at("17 Nov 2026 10:00")
    assert HUB.elapsed(later, earlier, unit) == -HUB.elapsed(earlier, later, unit) < timedelta()


def test_the_door_is_open_from_opening_and_shut_at_closing() -> None:
    assert HUB.is_open(at("12 Nov 2026 08:30"))
    assert not HUB.is_open(at("12 Nov 2026 17:00"))
    assert not HUB.is_open(at("25 Dec 2026 11:00"))
    assert HUB.next_open(at("24 Dec 2026 17:00")) == at("29 Dec 2026 08:30")
    assert HUB.next_open(at("24 Dec 2026 16:59")) == at("24 Dec 2026 16:59")


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(72, "1 h 12 m"), (365, "6 h 05 m"), (24, "24 min"), (60, "1 h"), (0, "under 1 min"), (2880, "2 d"),
     (3060, "2 d 3 h"), (-36, "late 36 min"), (-72, "late 1 h 12 m"), (-0.5, "late under 1 min")],
)  # fmt: skip
def test_durations_are_said_as_on_the_glass(minutes: float, said: str) -> None:
    assert say_duration(timedelta(minutes=minutes)) == said


def test_limits_are_said_in_words() -> None:
    assert [limit.say() for limit in (RED, AMBER, Limit(72, "hours"), Limit(4, "working_hours", True))] == [
        "4 working hours",
        "1 working day",
        "72 hours",
        "4 working hours, running out of hours",
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"week": []},
        {"week": [None] * 7},
        {"working_days": []},
        {"working_days": [5]},
        {"working_days": [9]},
        {"time_zone": "Europe/Stafford"},
        {"time_zone": "../etc"},
        {"subdivision": "STS"},
        {"week": [{"opens": "17:00:00", "closes": "08:30:00"}] * 7},
    ],
)
def test_hours_in_which_no_clock_could_run_are_refused(change: dict[str, object]) -> None:
    told = msgspec.to_builtins(OFFICE, builtin_types=(time,)) | change
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(told, HubHours)


def test_hours_and_limits_travel_in_the_configuration() -> None:
    assert msgspec.json.decode(msgspec.json.encode(OFFICE), type=HubHours) == OFFICE
    assert msgspec.json.decode(b'{"amount":4,"unit":"working_hours"}', type=Limit) == RED
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"amount":0,"unit":"hours"}', type=Limit)


def test_a_moment_without_a_time_zone_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="time zone"):
        HUB.deadline(datetime(2026, 11, 12, 9, 0), RED)
    assert HUB.deadline(datetime(2026, 11, 12, 9, 0, tzinfo=UTC), RED).tzinfo is UTC
