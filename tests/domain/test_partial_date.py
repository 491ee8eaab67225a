"""Dates as callers give them: in pieces, roughly, or still to come."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.partial_date import PartialDate, parse

TODAY = date(2026, 11, 12)
MIA = PartialDate(2017, 4, 3)


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
    precision = draw(st.sampled_from(("year", "month", "day")))
    return PartialDate(
        day.year,
        None if precision == "year" else day.month,
        day.day if precision == "day" else None,
        draw(st.booleans()),
        draw(st.booleans()),
    )


@pytest.mark.parametrize(
    "typed",
    [
        "3 Apr 2017", "03/04/2017", "3/4/2017", "3.4.17", "3-4-17", "03 04 2017", "030417", "03042017",
        "2017-04-03", "20170403", "3rd April 2017", "3 apr 17", "3rd of April, 2017", "3-Apr-2017",
        "April 3, 2017", "Monday 3 April 2017", "Mon, 3 April 2017", "  3 APR 2017 ", "3 Apr '17", "3Apr2017",
        "dob 3/4/17", "DOB: 03/04/2017", "d.o.b. 3/4/2017", "D.O.B 3.4.17", "dob3/4/17", "d o b 030417",
        "born 3 April 2017", "born on Mon 3 April 2017", "Date of birth: 3 Apr 2017",
    ],
)  # fmt: skip
def test_a_full_date_is_read_however_it_is_typed(typed: str) -> None:
    assert parse(typed, today=TODAY) == MIA


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("April 2017", "Apr 2017"),
        ("04/2017", "Apr 2017"),
        ("2017-04", "Apr 2017"),
        ("2017", "2017"),
        ("c. Sept 2026", "c. Sept 2026"),
        ("circa sep 2026", "c. Sept 2026"),
        ("September 2026?", "c. Sept 2026"),
        ("about 3 Apr 2017", "c. 3 Apr 2017"),
        ("approx. 03/04/2017", "c. 3 Apr 2017"),
        ("1988, estimated", "1988, estimated"),
        ("c1988", "1988, estimated"),
        ("~1988", "1988, estimated"),
        ("1988 (est.)", "1988, estimated"),
        ("age 38", "1988, estimated"),
        ("born c. Sept 2026", "c. Sept 2026"),
        ("about 38 years old", "1988, estimated"),
        ("38y", "1988, estimated"),
        ("due 14 Feb 2027", "due 14 Feb 2027"),
        ("EDD: 14/02/2027", "due 14 Feb 2027"),
        ("unborn, due c. Feb 2027", "due c. Feb 2027"),
    ],
)
def test_a_partial_or_uncertain_date_keeps_what_is_known_and_says_so(typed: str, shown: str) -> None:
    assert parse(typed, today=TODAY).display() == shown


@pytest.mark.parametrize(
    ("typed", "year"), [("1/1/27", 2027), ("1/1/28", 1928), ("1/1/00", 2000), ("1/1/88", 1988)]
)
def test_two_digits_of_a_year_mean_the_latest_year_that_can_be_meant(typed: str, year: int) -> None:
    assert parse(typed, today=TODAY).year == year


@pytest.mark.parametrize(
    "typed",
    ["", "Tuesday", "Apr 17", "3/4", "c.", "seventeen", "3 Apr 20177", "12/2", "=1+1", "??", "age 9 months"],
)
def test_what_is_not_a_date_is_refused_with_an_example_to_follow(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(typed, today=TODAY, field="birth")
    assert (refused.value.code, refused.value.field) == ("date-not-understood", "birth")
    assert "3 Apr 2017" in refused.value.sentence


@pytest.mark.parametrize(
    "typed", ["31/4/2017", "04/13/2017", "29 Feb 2026", "2017-00-10", "30/02/20", "1066", "age 300"]
)
def test_a_date_that_the_calendar_lacks_is_refused(typed: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse(typed, today=TODAY)
    assert refused.value.code == "date-not-in-calendar"


@pytest.mark.parametrize(
    "parts", [(2017, None, 3), (2017, 2, 30), (17, 1, 1), (2017, 2**40, None), (2017, 2, 2**40)]
)
def test_an_impossible_date_cannot_be_made_nor_received(parts: tuple[int, int | None, int]) -> None:
    year, month, day = parts
    with pytest.raises(ValueError, match=r"."):
        PartialDate(year, month, day)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"year": year, "month": month, "day": day}, PartialDate)


@given(partial_dates())
def test_a_date_survives_being_sent_keyed_and_typed_back(born: PartialDate) -> None:
    assert msgspec.json.decode(msgspec.json.encode(born), type=PartialDate) == born
    assert PartialDate.from_compact(born.compact()) == born
    assert parse(born.display(), today=TODAY) == born
    assert parse(born.compact(), today=TODAY) == born


def test_the_compact_form_is_iso_with_a_tilde_for_approximate() -> None:
    assert MIA.compact() == "2017-04-03"
    assert PartialDate(2026, 9, estimated=True).compact() == "2026-09~"
    assert PartialDate(1988).compact() == "1988"
    assert PartialDate(2027, 2, expected=True).compact() == "due 2027-02"
    with pytest.raises(Refusal):
        PartialDate.from_compact("3 Apr 2017")
    with pytest.raises(Refusal):
        PartialDate.from_compact("2017-02-30")


@given(partial_dates(), st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_the_age_range_holds_every_day_that_may_have_been_the_birthday(born: PartialDate, day: date) -> None:
    ages = born.age_on(day)
    if ages is None:
        assert born.expected or born.earliest() > day
        assert born.say_age(day) in ("unborn", "")
        return
    least, greatest = ages
    assert 0 <= least <= greatest <= least + 1 + (not born.month)
    for possible in (born.earliest(), min(born.latest(), day)):
        years = day.year - possible.year - ((day.month, day.day) < (possible.month, possible.day))
        assert least <= years <= greatest


def test_ages_are_said_as_a_person_would_say_them() -> None:
    assert MIA.say_age(TODAY) == "9"
    assert PartialDate(2017, 11, 12).say_age(TODAY) == "9"
    assert PartialDate(2017, 11, 13).say_age(TODAY) == "8"
    assert PartialDate(1988).say_age(TODAY) == "37 or 38"
    assert PartialDate(1988, estimated=True).say_age(TODAY) == "about 38"
    assert PartialDate(2026, 6, 1).say_age(TODAY) == "5 months"
    assert PartialDate(2026, 10, 1).say_age(TODAY) == "1 month"
    assert PartialDate(2026, 11, 11).say_age(TODAY) == "1 day"
    assert PartialDate(2026, 11, 1).say_age(TODAY) == "11 days"
    assert PartialDate(2027, 2, 14, expected=True).say_age(TODAY) == "unborn"


def test_one_born_on_a_leap_day_comes_of_age_on_the_first_of_march() -> None:
    born = PartialDate(2008, 2, 29)
    assert born.age_on(date(2026, 2, 28)) == (17, 17)
    assert born.age_on(date(2026, 3, 1)) == (18, 18)


@given(st.lists(partial_dates(), max_size=6))
def test_a_chronology_runs_forward(dates: list[PartialDate]) -> None:
    ordered = sorted(dates, key=lambda each: each.order_key)
    assert [each.earliest() for each in ordered] == sorted(each.earliest() for each in dates)


def test_within_one_span_the_vaguer_date_comes_first() -> None:
    whole_year, month, day = PartialDate(2026), PartialDate(2026, 1), PartialDate(2026, 1, 1)
    assert sorted([day, month, whole_year], key=lambda each: each.order_key) == [whole_year, month, day]


@given(partial_dates(), partial_dates())
def test_dates_that_could_be_the_same_overlap_and_saying_so_is_mutual(a: PartialDate, b: PartialDate) -> None:
    assert a.could_be(a)
    assert a.could_be(b) == b.could_be(a)
    if a.earliest() <= b.latest() and b.earliest() <= a.latest():
        assert a.could_be(b)
    if a.is_same_day(b):
        assert a.could_be(b)


def test_an_estimate_may_be_a_little_out_but_a_stated_date_may_not() -> None:
    assert PartialDate(1988, estimated=True).could_be(PartialDate(1990, 6, 1))
    assert not PartialDate(1988, estimated=True).could_be(PartialDate(1994, 6, 1))
    assert not PartialDate(1988).could_be(PartialDate(1989, 1, 1))
    assert MIA.is_same_day(PartialDate.of(date(2017, 4, 3)))
    assert not MIA.is_same_day(PartialDate(2017, 4, 3, estimated=True))
    assert not PartialDate(2017, 4).is_same_day(PartialDate(2017, 4))


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_an_exact_date_covers_one_day(day: date) -> None:
    exact = PartialDate.of(day)
    assert exact.earliest() == exact.latest() == day
    month = PartialDate(day.year, day.month)
    assert month.earliest().day == 1
    assert (month.latest() + timedelta(days=1)).day == 1
