"""A save about a referral that was read just now tells of it as it stands, whatever else was written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mash_desktop.cache import Cache, open_engine, outbox, recent
from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.projection import queue_row
from mash_desktop.cache.reading import stamp
from mash_desktop.cache.searching import Asked
from mash_desktop.domain.acts import Draft, Parcel, compose, read
from mash_desktop.domain.codes import Marker
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import ConcernRecorded, NoteAdded
from mash_desktop.domain.entries.identity import IdentityLinked, MarkerSet
from mash_desktop.domain.errors import Refusal
from tests.domain.story import CONSULTANT, KEY, OPERATOR, START, Story
from tests.support.desks import receive, receive_hub

STREAM = "referral:1"


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(open_engine(tmp_path / "cache.db", lambda: "5a" * 32))
    receive_hub(made)
    receive(made, CONSULTANT, Story(STREAM).taken())
    return made


def act(*told: tuple[str, Body]) -> Parcel:
    return compose("staffordshire", OPERATOR, [Draft(stream, body) for stream, body in told], KEY, START)


def note(words: str = "Rang back.", stream: str = STREAM) -> Parcel:
    return act((stream, NoteAdded(words=words)))


DANGER = ConcernRecorded(account="more", words="He is at the door.", immediate_danger=True)


def stands(cache: Cache) -> bool:
    """Whether the list says of it what its entries say."""
    return cache.row(STREAM) == queue_row(cache.referral(STREAM))


def test_what_is_saved_on_what_was_read_is_listed_and_searched(cache: Cache) -> None:
    cache.referral(STREAM)
    cache.save(act((STREAM, DANGER)))
    assert stands(cache)
    assert cache.search(Asked.of("door"), "ruth")
    cache.save(note())
    assert stands(cache)
    assert len(cache.referral(STREAM).all(NoteAdded)) == 1


def test_what_was_read_beside_a_write_is_not_taken_for_what_that_left(cache: Cache) -> None:
    with cache._write() as connection:
        _, added = outbox.put(connection, act((STREAM, DANGER)), START)
        cache._project(connection, frozenset({STREAM}), added)
        assert not cache.referral(STREAM).all(NoteAdded)
    cache.save(note())
    found = cache.row(STREAM)
    assert found is not None
    assert found.danger


def test_a_write_that_comes_to_nothing_leaves_nothing_behind(cache: Cache) -> None:
    cache.referral(STREAM)
    with pytest.raises(Refusal, match="admitted or let go"):
        cache.save(act((STREAM, DANGER)), instead_of="no such act")
    cache.save(note())
    assert stands(cache)
    found = cache.row(STREAM)
    assert found is not None
    assert not found.danger


def test_a_marker_saved_together_with_words_about_the_person_holds(cache: Cache) -> None:
    cache.referral(STREAM)
    assert cache.search(Asked.of("bruise"), "ruth")
    cache.save(
        act(
            (STREAM, NoteAdded(words="Known to us.")),
            ("identity:1", IdentityLinked(referral=STREAM, subject="mia", reason="Same birth date.")),
            ("identity:1", MarkerSet(marker=Marker.RESTRICTED, reason="Works for us.", readers=("dan",))),
        )
    )
    assert stands(cache)
    assert not cache.search(Asked.of("bruise"), "ruth")
    assert not cache.search(Asked.of("mia"), "ruth")


def test_an_act_that_one_feed_shows_to_be_admitted_waits_on_none_of_its_referrals(cache: Cache) -> None:
    receive(cache, CONSULTANT, Story("referral:2").taken())
    parcel = act(("referral:2", NoteAdded(words="Both.")), (STREAM, NoteAdded(words="Both.")))
    cache.save(parcel)
    cache.referral(STREAM)
    first, _ = parcel.bodies
    at, when = 900, datetime(2026, 11, 12, 14, tzinfo=UTC)
    row = FeedRow(
        "agency:scc-children",
        first.entry,
        True,
        signed=parcel.signed,
        body=first,
        position=at,
        admitted_at=stamp(when),
    )
    change = cache.receive([row], [], cache.places())
    assert change.streams == {STREAM, "referral:2"}
    assert stands(cache)
    cache.save(note())
    assert [made.position for made in cache.referral(STREAM).all(NoteAdded)] == [at + 1, None]


def test_few_referrals_are_remembered(cache: Cache) -> None:
    for number in range(recent.MOST + 2):
        cache.referral(f"referral:{number}")
    assert len(cache._recent._held) == recent.MOST
    cache.close()
    assert not cache._recent._held


def test_an_act_made_anew_takes_the_place_of_the_one_before(cache: Cache) -> None:
    refused, behind = note("As it was."), note("Behind it.")
    for parcel in (refused, behind):
        cache.save(parcel)
    cache.refused(read(refused.signed).id, "moved-on", "Someone else was first.", None, None, None)
    cache.referral(STREAM)
    cache.save(note("Again."), instead_of=read(refused.signed).id)
    assert [made.body for entry in cache.waiting() for made in entry.entries] == [
        NoteAdded(words="Again."),
        NoteAdded(words="Behind it."),
    ]
    assert stands(cache)
