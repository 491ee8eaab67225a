"""Only the working set is held, what leaves it is gone from every page, and what waits is never dropped."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mash_desktop.cache import Cache, indexing, open_engine, schema, working_set
from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.cache.searching import Asked
from mash_desktop.domain.acts import Draft, Parcel, compose, read
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.access import GlassBroken, RecordViewed
from mash_desktop.domain.entries.contact import ConcernRecorded, NoteAdded, SubjectRecorded
from mash_desktop.domain.entries.hub import HubConfigured
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.partial_date import PartialDate
from tests.domain.story import CONSULTANT, KEY, OPERATOR, START, Story, staffordshire
from tests.support.desks import receive, receive_hub
from tests.support.families import BEFORE, earlier_carter
from tests.support.pages import decrypted

MINE, OTHER = "agency:scc-children", "team:scc-children:first-response"
KEY_HEX = "5a" * 32
LONG_AFTER = 1_000_000
"""A position beyond all that these stories hold."""


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    made = Cache(open_engine(tmp_path / "cache.db", lambda: KEY_HEX))
    receive_hub(made)
    receive(made, CONSULTANT, earlier_carter())
    return made


def bring(cache: Cache, parcel: Parcel, position: int, days: int, audience: str = MINE) -> list[FeedRow]:
    """What was admitted so many days after the start."""
    rows = [
        FeedRow(
            audience,
            body.entry,
            True,
            signed=parcel.signed,
            body=body,
            position=position + place,
            admitted_at=stamp(START + timedelta(days=days)),
        )
        for place, body in enumerate(parcel.bodies)
    ]
    cache.receive(rows, [], cache.places())
    return rows


def act(stream: str, *bodies: Body) -> Parcel:
    return compose("staffordshire", CONSULTANT, [Draft(stream, body) for body in bodies], KEY, START)


def pass_days(cache: Cache, days: int, position: int = LONG_AFTER) -> None:
    """The log goes on elsewhere, and the feeds are read to their end."""
    bring(cache, act("referral:elsewhere", NoteAdded(words="Elsewhere.")), position, days)
    end_feeds(cache)


def end_feeds(cache: Cache) -> None:
    cache.receive([], [], cache.places(), read_to=LONG_AFTER * 2)


def held(cache: Cache) -> bool:
    found = [hit for hit in cache.search(Asked.of("louise"), "ruth") if hit.shown.referral == BEFORE]
    assert bool(cache.entries(BEFORE)) == bool(found) == (cache.row(BEFORE) is not None)
    return bool(found)


def test_a_closed_referral_leaves_when_the_hubs_limit_has_passed(cache: Cache) -> None:
    assert cache.counts()[Stage.CLOSED] == 1
    pass_days(cache, 60)
    assert held(cache)
    pass_days(cache, 200, LONG_AFTER + 10)
    assert not held(cache)
    assert cache.counts().get(Stage.CLOSED, 0) == 0


def test_the_closed_are_asked_for_by_when_they_moved_and_no_other_is_looked_at(cache: Cache) -> None:
    assert str(schema.CLOSED) == f"stage = '{Stage.CLOSED.value}'"
    with cache._read() as connection:
        asked = "SELECT stream FROM referrals WHERE stage = 'closed' AND moved_at < 1"
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}").all()
        said: list[str] = []
        driver: Any = connection.connection.driver_connection
        driver.set_trace_callback(said.append)
        working_set.retire(connection, cache.timeline())
        driver.set_trace_callback(None)
    assert any("stage = 'closed' AND referrals.moved_at < " in statement for statement in said)
    assert "referrals_by_move (stage=? AND moved_at<?)" in plan[0].detail


def test_the_limit_is_the_hubs(cache: Cache) -> None:
    config = replace(staffordshire(), working_set_days=7)
    bring(cache, act("hub", HubConfigured(config=config)), 900_000, 0, "hub")
    pass_days(cache, 8)
    assert not held(cache)


def test_an_open_referral_stays_however_old(cache: Cache) -> None:
    receive(cache, CONSULTANT, Story("referral:1").taken())
    pass_days(cache, 4000)
    assert not held(cache)
    assert cache.row("referral:1") is not None


def test_nothing_leaves_before_the_feeds_have_been_read_to_their_end_or_the_hub_is_known(
    cache: Cache, tmp_path: Path
) -> None:
    bring(cache, act("referral:elsewhere", NoteAdded(words="Elsewhere.")), LONG_AFTER, 4000)
    assert held(cache)
    bare = Cache(open_engine(tmp_path / "bare.db", lambda: KEY_HEX))
    end_feeds(bare)
    receive(bare, CONSULTANT, earlier_carter())
    pass_days(bare, 4000)
    assert bare.entries(BEFORE)
    bare.close()


def test_what_waits_to_be_sent_or_is_being_typed_keeps_its_referral(cache: Cache) -> None:
    waits = act(BEFORE, NoteAdded(words="Rang back."))
    cache.save(waits)
    pass_days(cache, 4000)
    assert held(cache)
    cache.let_go(cache.waiting()[0].act)
    cache.put_draft(f"file/{BEFORE}/note", "Half a sentence")
    end_feeds(cache)
    assert held(cache)
    cache.put_draft(f"file/{BEFORE}/note", "")
    end_feeds(cache)
    assert not held(cache)


def test_a_record_that_was_opened_by_breaking_the_glass_stays_until_its_time_is_over(cache: Cache) -> None:
    broken = GlassBroken(target=BEFORE, reason="A child is missing.", until=START + timedelta(days=4001))
    bring(cache, act("access:2026-11-02", broken), 900_000, 0)
    pass_days(cache, 4000)
    assert held(cache)
    pass_days(cache, 4002, LONG_AFTER + 10)
    assert not held(cache)


def test_what_left_comes_back_when_it_is_given_anew_and_not_by_one_late_entry(cache: Cache) -> None:
    pass_days(cache, 4000)
    late = act(BEFORE, NoteAdded(words="Filed late."))
    bring(cache, late, LONG_AFTER + 5, 4000)
    assert cache.entries(BEFORE) == ()
    assert cache.row(BEFORE) is None
    receive(cache, CONSULTANT, earlier_carter(), by="person:ruth")
    assert held(cache)


def part_of_it(audience: str, first: int) -> list[FeedRow]:
    """The referral as another audience would be given it: who it is about, and from which position on."""
    return [
        FeedRow(
            audience, body.entry, True, parcel.signed, body, position=at + first, admitted_at=stamp(START)
        )
        for at, (parcel, body, entry) in enumerate(
            (parcel, body, entry)
            for parcel in earlier_carter().parcels.values()
            for body, entry in zip(parcel.bodies, read(parcel.signed).entries, strict=True)
        )
        if entry.kind == "subject.recorded"
    ]


def test_what_left_does_not_come_back_in_part(cache: Cache) -> None:
    first = cache.entries(BEFORE)[0].position
    assert first is not None
    pass_days(cache, 4000)
    rows = part_of_it(OTHER, first)
    assert rows
    cache.receive(rows, [FeedPlace(OTHER, 1, len(rows), bytes(32))], {*cache.places(), OTHER})
    end_feeds(cache)
    assert cache.entries(BEFORE) == ()
    assert cache.row(BEFORE) is None


def test_what_left_comes_back_from_a_restored_store_that_numbers_it_anew(cache: Cache) -> None:
    pass_days(cache, 4000)
    cache.begin_epoch("nobody")
    receive_hub(cache)
    rows = part_of_it(MINE, LONG_AFTER)
    cache.receive(rows, [FeedPlace(MINE, 2, len(rows), bytes(32))], {*cache.places(), MINE})
    assert len(cache.entries(BEFORE)) == len(rows)


# --- what waits


def lose(cache: Cache) -> None:
    cache.receive([], [], ["hub"])


def states(cache: Cache) -> list[tuple[str, str]]:
    return [(one.state, one.code) for one in cache.waiting()]


@pytest.fixture
def mine(cache: Cache) -> Cache:
    """Two acts wait on a referral that was received, and one on another."""
    story = Story("referral:1").taken()
    receive(cache, OPERATOR, story)
    cache.receive([], [FeedPlace(MINE, 1, 9, bytes(32))], ["hub", MINE])
    for stream, words in (("referral:1", "one"), ("referral:1", "two"), ("referral:new", "three")):
        draft = Draft(stream, NoteAdded(words=words))
        cache.save(compose("staffordshire", OPERATOR, [draft], KEY, START))
    return cache


def test_an_act_whose_stream_has_been_lost_is_set_aside_and_goes_once_it_is_back(mine: Cache) -> None:
    lose(mine)
    lost = ("quarantined", "access-lost")
    assert states(mine) == [lost, lost, ("waiting", "")]
    assert all(one.sentence.endswith(".") for one in mine.waiting() if one.code)
    assert len(mine.outgoing("priya", 10)) == 1
    words = [entry.body for one in mine.waiting() for entry in one.entries]
    assert words == [NoteAdded(words=each) for each in ("one", "two", "three")]
    # A new key does not give access back.
    mine.release("priya")
    assert states(mine)[0] == lost
    receive(mine, OPERATOR, Story("referral:1").taken())
    assert states(mine) == [("waiting", "")] * 3
    assert len(mine.outgoing("priya", 10)) == 3


def test_an_act_of_two_streams_waits_until_both_are_back(mine: Cache) -> None:
    other = Story("referral:2", first=500).taken()
    receive(mine, OPERATOR, other, by=OTHER)
    mine.receive([], [FeedPlace(OTHER, 1, 9, bytes(32))], ["hub", MINE, OTHER])
    for one in mine.waiting():
        mine.let_go(one.act)
    both = [Draft(stream, NoteAdded(words="both")) for stream in ("referral:1", "referral:2")]
    mine.save(compose("staffordshire", OPERATOR, both, KEY, START))
    mine.forget_audience(MINE)
    mine.forget_audience(OTHER)
    receive(mine, OPERATOR, Story("referral:1").taken())
    assert states(mine) == [("quarantined", "access-lost")]
    receive(mine, OPERATOR, other, by=OTHER)
    assert states(mine) == [("waiting", "")]


def test_accesses_made_while_the_feeds_are_read_are_sent_though_those_before_are_held_no_longer(
    cache: Cache,
) -> None:
    first, second = (
        act("access:2026-11-02", RecordViewed(target="referral:1", screen="file", at=START)) for _ in range(2)
    )
    cache.save(first)
    cache.admitted(read(first.signed).id, (900_000,), START)
    cache.save(second)
    cache.receive([], [], cache.places(), read_to=900_000)
    assert [entry.act for entry in cache.entries("access:2026-11-02")] == [read(second.signed).id]
    assert states(cache) == [("waiting", "")]
    assert cache.outgoing("ruth", 10) == (second,)


def test_forgetting_an_audience_sets_aside_as_well(mine: Cache) -> None:
    change = mine.forget_audience(MINE)
    assert change.outbox
    assert states(mine)[0] == ("quarantined", "access-lost")


def test_what_was_set_aside_may_be_let_go(mine: Cache) -> None:
    lose(mine)
    mine.let_go(mine.waiting()[0].act)
    assert len(mine.waiting()) == 2


def test_what_is_withdrawn_and_given_by_another_audience_sets_nothing_aside(mine: Cache) -> None:
    receive(mine, OPERATOR, Story("referral:1").taken(), by=OTHER)
    mine.receive([], [FeedPlace(OTHER, 1, 9, bytes(32))], ["hub", OTHER])
    assert states(mine) == [("waiting", "")] * 3


# --- nothing is left of it


CANARY = "Kestrelwick"
WORDS = f"{CANARY} was seen near the weir with Quillfeatherby."


def secret_story() -> Story:
    story = Story("referral:1").taken()
    story.tell(
        OPERATOR,
        SubjectRecorded(
            subject="kestrel",
            forenames=CANARY,
            surname="Quillfeatherby",
            aliases=("Birdielark",),
            birth=PartialDate(2017, 4, 3),
        ),
        ConcernRecorded(account="secret", words=WORDS),
    )
    return story


@pytest.mark.parametrize("many", [200, 1])
@pytest.mark.parametrize("leaves", ["withdrawn", "retired", "let go"])
def test_what_leaves_is_on_no_page_of_the_file_free_ones_included(
    cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaves: str, many: int
) -> None:
    monkeypatch.setattr(indexing, "MANY", many)
    canaries = [each.encode() for each in (CANARY, CANARY.lower(), "uillfeatherby", "irdielark", "estrelwic")]
    for number in range(5):
        receive(cache, CONSULTANT, Story(f"referral:{number + 2}", first=1000 * (number + 1)).taken())
    if leaves == "let go":
        drafts = [Draft("referral:2", entry.body) for entry in secret_story().entries[-2:]]
        cache.save(compose("staffordshire", OPERATOR, drafts, KEY, START))
    else:
        receive(cache, CONSULTANT, secret_story())
    assert [hit.by for hit in cache.search(Asked.of(CANARY), "ruth")]
    path = tmp_path / "cache.db"
    clear = decrypted(path, KEY_HEX)
    assert all(canary in clear for canary in canaries)
    if leaves == "let go":
        cache.let_go(cache.waiting()[0].act)
    elif leaves == "withdrawn":
        cache.receive([], [FeedPlace(MINE, 1, 9, bytes(32))], ["hub", MINE])
        lose(cache)
    else:
        with cache._write() as connection:
            connection.exec_driver_sql("UPDATE referrals SET stage = 'closed' WHERE stream = 'referral:1'")
        pass_days(cache, 4000)
    assert cache.search(Asked.of(CANARY), "ruth") == ()
    cache.close()
    assert not path.with_name("cache.db-wal").exists()
    clear = decrypted(path, KEY_HEX)
    assert [canary for canary in canaries if canary in clear] == []
