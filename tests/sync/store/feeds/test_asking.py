"""Asking an agency: what becomes its own to hold, when, for how long, and what never does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft, compose
from mash_desktop.domain.entries.contact import ConcernRecorded, ReferrerRecorded, SubjectRecorded
from mash_desktop.domain.entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ReleaseWithdrawn,
    RequestAcknowledged,
    RequestMade,
    RequestWithdrawn,
)
from mash_desktop.domain.entries.hub import MembershipEnded
from mash_desktop.domain.roles import Role
from tests.domain.story import MANAGER, POLICE
from tests.support.served_story import Cast, ServedStory
from tests.sync.store.feeds.conftest import House, Kept

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


def again(story: ServedStory, request: str = "r-2") -> str:
    """Police are asked about Mia alone; the request."""
    (asked,) = story.tell(
        MANAGER,
        RequestMade(
            request=request, agency="police", subjects=("mia",), minimum_concern="Injury to a child."
        ),
    )
    return asked


def test_an_agency_asked_on_day_three_receives_what_was_told_on_day_one(
    house: House, story: ServedStory, told: Cast
) -> None:
    """Identities of those it is asked about, and the concern written for it: nothing else of the case."""
    priya, day_one = told["priya"], datetime.now(UTC) - timedelta(days=2)
    story.taken().triaged().admitted().rated()
    late, early = str(uuid7()), str(uuid7())
    draft = Draft(story.stream, SubjectRecorded(subject="mia", forenames="Mia", surname="Carter"), id=early)
    answer = priya.push(compose(priya.hub, priya.only, [draft], priya.key, day_one))[0]
    assert answer.state == "admitted", answer
    sam = house.sit("sam")
    assert not sam.holding(story.stream)
    request = again(story, late)
    mia = story.ids(SubjectRecorded)[0]
    sam.until_holding(story.stream, mia, early, request)
    assert sam.holding(story.stream) == {mia, early, request}
    made = next(entry for entry in sam.cache.entries(story.stream) if entry.id == early)
    assert made.made_at.date() == day_one.date()
    asked = next(entry for entry in story.entries if entry.id == request)
    row = next(row for row in told["sam"].pull() if row.entry == early)
    assert (row.op, row.because) == ("grant", asked.position)
    unseen = {*story.ids(ConcernRecorded), *story.ids(ReferrerRecorded), *story.ids(SubjectRecorded)[1:]}
    assert not told["sam"].holds().keys() & unseen


def test_asked_withdrawn_asked_again_and_then_a_fresh_desktop(
    house: House, story: ServedStory, told: Cast
) -> None:
    story.taken().triaged().admitted().rated()
    sam = house.sit("sam")
    first = again(story, "r-1")
    mia = story.ids(SubjectRecorded)[0]
    sam.until_holding(story.stream, mia, first)
    story.tell(MANAGER, RequestWithdrawn(request="r-1", reason="Asked in error."))
    sam.until_freed(story.stream, mia)
    assert sam.cache.referral(story.stream).subjects == {}
    second = again(story)
    sam.until_holding(story.stream, mia, second)
    fresh = house.sit("sam")
    fresh.until_holding(story.stream, mia, second)
    assert fresh.holding(story.stream) == sam.holding(story.stream)
    rows = [row for row in told["sam"].pull() if row.entry == mia]
    assert [(row.op, row.body is not None) for row in rows] == [
        ("grant", True),
        ("withdraw", False),
        ("grant", True),
    ]


def test_an_entry_granted_through_two_audiences_stays_while_one_grants_it(house: House, told: Cast) -> None:
    """One person researches for police and for health: what police lose, health still hold."""
    story = ServedStory(told)
    story.taken().triaged().admitted().rated()
    kay = told.served.desk(told.hub, "Kay Ali", ("police", Role.RESEARCHER), ("mpft", Role.RESEARCHER))
    both = house.at(kay, "Kay Ali", "police", Role.RESEARCHER)
    story.asked()
    mia, _, joanne = story.ids(SubjectRecorded)
    police, health = story.ids(RequestMade)
    both.until_holding(story.stream, mia, joanne, police, health)
    story.tell(MANAGER, RequestWithdrawn(request="r-police", reason="Asked in error."))
    both.until_freed(story.stream, joanne)
    assert {mia, health} <= both.holding(story.stream)
    story.tell(MANAGER, RequestWithdrawn(request="r-health", reason="Asked in error."))
    both.until_freed(story.stream, mia)


def test_another_agencys_return_reaches_the_table_when_it_is_released_and_leaves_it_again(
    house: House, story: ServedStory, told: Cast
) -> None:
    story.taken().triaged().admitted().rated().asked().answered()
    (brought,), (released,) = story.ids(ContributionRecorded), story.ids(ContributionReleased)
    iris, karen, sam = house.sit("iris"), house.sit("karen"), house.sit("sam")
    karen.until_holding(story.stream, released)
    sam.until_holding(story.stream, brought, released)
    assert not iris.holding(story.stream) & {brought, released}
    story.tabled()
    iris.until_holding(story.stream, released)
    assert brought not in iris.holding(story.stream) | karen.holding(story.stream)
    story.tell(POLICE, ReleaseWithdrawn(contribution="c1", reason="Released in error."))
    iris.until_freed(story.stream, released)
    assert released in karen.holding(story.stream)
    assert brought not in told["karen"].holds()


# --- people who come and go


def membership_ended(told: Cast, desk: Kept, agency: str, role: Role) -> None:
    person = desk.networked.signed.enrolled.person
    body = MembershipEnded(person=person, agency=agency, role=role, reason="Moved on.")
    answer = told["noor"].act(Draft("hub", body))
    assert answer.state == "admitted", answer


def test_a_person_who_changes_role_loses_the_old_ones_records_and_keeps_their_own_words(
    house: House, told: Cast
) -> None:
    story = ServedStory(told)
    story.taken().triaged().admitted().rated().asked()
    lee = told.served.desk(told.hub, "Lee Marsh", ("police", Role.RESEARCHER), ("probation", Role.RESEARCHER))
    kept = house.at(lee, "Lee Marsh", "police", Role.RESEARCHER)
    mia = story.ids(SubjectRecorded)[0]
    kept.until_holding(story.stream, mia)
    membership_ended(told, kept, "police", Role.RESEARCHER)
    kept.until_freed(story.stream)
    assert kept.networked.status.signed_out == ""
    assert "agency:police" not in kept.cache.places()
    assert "agency:probation" in kept.cache.places()
    named = {cursor.audience for cursor in lee.page(standing=lee.session.standings[1]).audiences}
    assert not any("police" in audience for audience in named)


def test_who_leaves_holds_nothing_more_and_what_they_did_stays_theirs(house: House, told: Cast) -> None:
    story = ServedStory(told)
    story.taken().triaged().admitted().rated().asked()
    leaver = told.served.desk(told.hub, "Max Wynn", ("police", Role.RESEARCHER))
    kept = house.at(leaver, "Max Wynn", "police", Role.RESEARCHER)
    acknowledged = Draft(story.stream, RequestAcknowledged(request="r-police"))
    assert leaver.act(acknowledged).state == "admitted"
    kept.until_holding(story.stream, story.ids(SubjectRecorded)[0])
    membership_ended(told, kept, "police", Role.RESEARCHER)
    kept.until_freed(story.stream)
    assert "no role in this hub" in kept.networked.status.signed_out
    answer = leaver.act(Draft(story.stream, RequestAcknowledged(request="r-police")))
    assert answer.code == "role-not-held"
    karen = house.sit("karen")
    made = next(e for e in karen.cache.entries(story.stream) if e.kind == "request.acknowledged")
    assert (karen.networked.desk.name(made.author), made.agency) == ("Max Wynn", "police")
