"""Under which row of the schedule a record falls, and from which day on it is due."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from mash_desktop.domain.codes import Cohort, RetentionAction, RetentionTrigger
from mash_desktop.domain.configuration import HubConfig, RetentionRow
from mash_desktop.domain.entries.contact import SubjectRecorded
from mash_desktop.domain.entries.outcome import ReferralClosed
from mash_desktop.domain.fold import Referral, Stage, fold
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.domain.retention import Due, due_of_day, due_of_referral

from .stories import at
from .story import START, staffordshire

CONFIG = staffordshire()
CLOSED = CONFIG.day(START)


def schedule(trigger: RetentionTrigger, **row: object) -> HubConfig:
    """The hub with one row for referrals, of six years."""
    values: dict[str, Any] = {"record": "referral", "action": RetentionAction.REVIEW, "years": 6} | row
    only = RetentionRow(label="Row", trigger=trigger, **values)
    return msgspec.structs.replace(CONFIG, retention=(only,))


def closed(**subject: object) -> Referral:
    """A child's referral that was admitted and closed; its children as told."""
    story = at(Stage.CLOSED)
    entries = [
        msgspec.structs.replace(entry, body=msgspec.structs.replace(entry.body, **subject))
        if isinstance(entry.body, SubjectRecorded) and entry.body.of_concern
        else entry
        for entry in story.entries
    ]
    return fold(entries, story.referral.timeline, whole=True)


def on(due: Due | None) -> date | None:
    return due.on if due is not None else None


def later(day: date, years: int) -> date:
    return day.replace(year=day.year + years)


def test_a_childs_referral_is_reviewed_when_the_youngest_would_be_twenty_five() -> None:
    due = due_of_referral(closed(birth=PartialDate(2019, 4, 3)), CONFIG)
    assert due is not None
    assert (due.on, due.row.action) == (date(2044, 4, 3), RetentionAction.REVIEW)


def test_a_birth_of_which_the_year_alone_is_known_counts_from_its_last_day() -> None:
    assert on(due_of_referral(closed(birth=PartialDate(2019)), CONFIG)) == date(2044, 12, 31)


def test_a_child_born_on_a_leap_day_is_due_on_the_first_of_march() -> None:
    assert on(due_of_referral(closed(birth=PartialDate(2020, 2, 29)), CONFIG)) == date(2045, 3, 1)


def test_nothing_falls_due_while_a_birth_is_not_known() -> None:
    assert due_of_referral(closed(birth=None), CONFIG) is None


@pytest.mark.parametrize(
    "trigger",
    [RetentionTrigger.REFERRAL_CLOSED, RetentionTrigger.LAST_INVOLVEMENT, RetentionTrigger.CONTACT_CLOSED],
)
def test_six_years_after_it_was_closed(trigger: RetentionTrigger) -> None:
    referral = closed()
    last = max(CONFIG.day(entry.made_at) for entry in referral.entries)
    assert on(due_of_referral(referral, schedule(trigger))) == later(last, 6)


def test_six_years_after_it_was_recorded() -> None:
    referral = closed()
    assert referral.opened is not None
    began = CONFIG.day(referral.opened.made_at)
    assert on(due_of_referral(referral, schedule(RetentionTrigger.RECORDED))) == later(began, 6)


@pytest.mark.parametrize(
    "config",
    [
        schedule(RetentionTrigger.REFERRAL_CLOSED, action=RetentionAction.KEEP, years=None),
        schedule(RetentionTrigger.REFERRAL_CLOSED, years=None),
        schedule(RetentionTrigger.REFERRAL_CLOSED, cohorts=(Cohort.ADULTS,)),
        schedule(RetentionTrigger.REFERRAL_CLOSED, record="contact"),
        schedule(RetentionTrigger.DATE_OF_DEATH),
        schedule(RetentionTrigger.REFERRAL_CLOSED, years=9000),
    ],
    ids=["kept", "no period", "another cohort", "another record", "not known", "beyond the calendar"],
)
def test_what_has_no_day_is_never_due(config: HubConfig) -> None:
    assert due_of_referral(closed(), config) is None


def test_an_open_referral_and_one_never_opened_are_never_due() -> None:
    assert due_of_referral(at(Stage.SIGNED).referral, CONFIG) is None
    assert due_of_referral(fold((), at(Stage.SIGNED).referral.timeline), CONFIG) is None


def advice() -> Referral:
    """A contact that went no further: its closing, and nothing of the hub."""
    story = at(Stage.CLOSED)
    kept = [
        entry
        for entry in story.entries
        if entry.kind in {"contact.opened", "subject.recorded"} or isinstance(entry.body, ReferralClosed)
    ]
    return fold(kept, story.referral.timeline, whole=True)


def test_a_contact_that_went_no_further_is_due_under_its_own_row() -> None:
    due = due_of_referral(advice(), CONFIG)
    assert due is not None
    assert (due.row.record, due.row.years) == ("contact", 6)


def test_where_every_concern_is_a_referral_there_are_no_such_contacts() -> None:
    config = msgspec.structs.replace(schedule(RetentionTrigger.REFERRAL_CLOSED), everything_is_referral=True)
    assert due_of_referral(advice(), config) is not None


def test_a_route_that_makes_a_referral_makes_one_without_the_hub() -> None:
    story = at(Stage.CLOSED)
    kept = [
        entry
        for entry in story.entries
        if entry.kind in {"contact.opened", "subject.recorded", "contact.triaged", "referral.closed"}
    ]
    referral = fold(kept, story.referral.timeline, whole=True)
    makes = any(one.id == referral.route and one.makes_referral for one in CONFIG.routes)
    assert makes
    assert on(due_of_referral(referral, schedule(RetentionTrigger.REFERRAL_CLOSED))) is not None


def test_a_day_of_the_trail_is_due_seven_years_on_and_never_without_a_row() -> None:
    assert on(due_of_day(date(2027, 5, 1), CONFIG)) == date(2034, 5, 1)
    assert due_of_day(date(2027, 5, 1), schedule(RetentionTrigger.RECORDED)) is None
    other = schedule(RetentionTrigger.REFERRAL_CLOSED, record="access")
    assert due_of_day(date(2027, 5, 1), other) is None
