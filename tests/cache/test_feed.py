"""Feeds into the cache: kept while any audience grants it, purged when none does."""

from __future__ import annotations

from pathlib import Path

import pytest

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.domain.acts import Draft, compose
from mash_desktop.domain.entries.identity import HistoryRecorded, PastEpisode
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.matching import Band, PersonFacts
from tests.domain.story import CONSULTANT, KEY, MANAGER, OPERATOR, POLICE, START, Story
from tests.support.desks import receive, receive_hub


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(open_engine(tmp_path / "cache.db", lambda: "5a" * 32))
    receive_hub(made)
    return made


def test_an_asked_agency_holds_who_it_is_asked_about_and_no_more(cache: Cache) -> None:
    receive(cache, POLICE, Story("referral:1").taken().triaged().admitted().rated().asked())
    referral = cache.referral("referral:1")
    assert set(referral.subjects) == {"mia", "joanne"}
    assert referral.opened is None
    assert referral.stage is Stage.GATHERING


def test_an_entry_is_kept_while_any_audience_grants_it(cache: Cache) -> None:
    story = Story("referral:1").taken()
    receive(cache, CONSULTANT, story)
    entry = story.entries[0]
    parcel = story.parcels[entry.act]
    body = next(one for one in parcel.bodies if one.entry == entry.id)
    other = FeedRow(
        "person:ruth", entry.id, True, parcel.signed, body, position=entry.position, admitted_at=1
    )
    cache.receive([other], [], cache.places())
    cache.receive([FeedRow("agency:scc-children", entry.id, False)], [], cache.places())
    assert entry.id in {one.id for one in cache.entries("referral:1")}
    cache.receive([FeedRow("person:ruth", entry.id, False)], [], cache.places())
    assert entry.id not in {one.id for one in cache.entries("referral:1")}


def test_an_audience_that_is_gone_is_purged_from_every_index(cache: Cache) -> None:
    story = Story("referral:1").taken()
    receive(cache, CONSULTANT, story)
    cache.receive([], [FeedPlace("agency:scc-children", 1, 9, bytes(32))], ["hub", "agency:scc-children"])
    assert cache.search("carter")
    change = cache.receive([], [], ["hub"])
    assert "referral:1" in change.streams
    assert cache.entries("referral:1") == ()
    assert cache.row("referral:1") is None
    assert cache.search("carter") == ()
    assert cache.matches(PersonFacts(forenames="Mia", surname="Carter")) == ()
    assert "agency:scc-children" not in cache.places()


def test_a_queue_is_most_urgent_first(cache: Cache) -> None:
    calm, urgent = Story("referral:1").taken().triaged().admitted(), Story("referral:2")
    urgent.taken().triaged().admitted().rated()
    receive(cache, MANAGER, calm)
    receive(cache, MANAGER, urgent)
    assert [row.stream for row in cache.queue((Stage.ADMITTED, Stage.RATED))] == ["referral:2", "referral:1"]
    assert cache.counts() == {Stage.ADMITTED: 1, Stage.RATED: 1}
    assert [row.stream for row in cache.queue((Stage.ADMITTED, Stage.RATED), owner="police")] == []


@pytest.mark.parametrize("typed", ["cart", "Mia C", "CARTER mia", "bruise", "ISL-26-00002"])
def test_words_are_found_by_how_they_begin(cache: Cache, typed: str) -> None:
    receive(cache, CONSULTANT, Story("referral:1").taken())
    assert {shown.name for _, shown in cache.search(typed)} >= {"Mia Carter"}


@pytest.mark.parametrize("typed", ["", "'", '"', "*", "NEAR(", "mia AND", "-", "zzz"])
def test_nothing_typed_breaks_the_search(cache: Cache, typed: str) -> None:
    receive(cache, CONSULTANT, Story("referral:1").taken())
    assert cache.search(typed) == ()


def test_history_is_matched_and_says_why(cache: Cache) -> None:
    body = HistoryRecorded(
        agency="scc-children",
        source_system="census",
        record="1",
        cohort="children",
        forenames="Mia Louise",
        surname="Carter",
        birth=PartialDate(2017, 4, 3),
        address="14 Mill Lane",
        episodes=(PastEpisode(referred_on=PartialDate(2026, 6, 1), closed_on=PartialDate(2026, 8, 11)),),
    )
    cache.save(compose("staffordshire", OPERATOR, [Draft("identity:1", body)], KEY, START))
    (found,) = cache.matches(PersonFacts(forenames="Mia", surname="Carter", birth=PartialDate(2017, 4, 3)))
    assert found.match.band in {Band.LIKELY, Band.VERY_LIKELY}
    assert "same birth date and surname" in found.match.say()
    assert found.shown.past[0][2] == PartialDate(2026, 8, 11)
    assert cache.identity("identity:1").history[0].body == body
