"""Whatever happens in whatever order, nothing that was saved is lost and nothing is held without a right.

A person saves, takes back and makes anew; a store admits or refuses, and its answers may be lost; feeds
bring, withdraw and end. The store here is a list; the cache is the real one.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from uuid6 import uuid7

from mash_desktop.cache import Cache, open_cache
from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.cache.people import people_of
from mash_desktop.cache.projection import queue_row
from mash_desktop.cache.reading import stamp
from mash_desktop.domain.acts import Draft, Parcel, compose, read
from mash_desktop.domain.entries.contact import ConcernRecorded, NoteAdded
from mash_desktop.matching import fold
from tests.domain.story import CONSULTANT, KEY, OPERATOR, START
from tests.support.desks import receive_hub

STREAMS = [f"referral:{number}" for number in range(3)]
AGENCY, OWN = "agency:scc-children", "person:priya"
FEEDS = (AGENCY, OWN)


class Cached(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.cache = self.opened()
        self.log: dict[str, tuple[Parcel, int]] = {}
        """Acts admitted, with the first position of each."""
        self.size = 0
        self.feeds: dict[str, list[FeedRow]] = {feed: [] for feed in FEEDS}
        self.named = set(FEEDS)
        self.epoch = 1
        self.saved: set[str] = set()
        self.let_go: set[str] = set()

    def opened(self) -> Cache:
        return open_cache(Path(self.folder.name) / "cache.db", lambda: "5a" * 32)

    @initialize()
    def hub(self) -> None:
        receive_hub(self.cache)

    def teardown(self) -> None:
        self.cache.close()
        self.folder.cleanup()

    # --- the person

    def made(self, stream: str, other: str, words: str) -> Parcel:
        drafts = [
            Draft(stream, NoteAdded(words=words)),
            Draft(other, ConcernRecorded(account=str(uuid7()), words=words)),
        ]
        return compose("staffordshire", OPERATOR, drafts, KEY, START)

    @rule(stream=st.sampled_from(STREAMS), other=st.sampled_from(STREAMS), words=st.text(max_size=8))
    def save(self, stream: str, other: str, words: str) -> None:
        parcel = self.made(stream, other, words)
        self.cache.save(parcel)
        self.saved.add(read(parcel.signed).id)

    def refused(self) -> list[str]:
        return [one.act for one in self.cache.waiting() if one.state != "waiting"]

    @precondition(lambda self: self.refused())
    @rule(data=st.data())
    def take_back(self, data: st.DataObject) -> None:
        act = data.draw(st.sampled_from(self.refused()))
        self.cache.let_go(act)
        self.let_go.add(act)

    @precondition(lambda self: self.refused())
    @rule(data=st.data(), stream=st.sampled_from(STREAMS))
    def do_again(self, data: st.DataObject, stream: str) -> None:
        """And sign anew what rests on it."""
        waiting = {one.act: (one.entries[0].stream, one.entries[1].stream) for one in self.cache.waiting()}
        old = data.draw(st.sampled_from(self.refused()))
        others = [act for act in waiting if act != old]
        resting = data.draw(st.lists(st.sampled_from(others), unique=True, max_size=2)) if others else []
        anew = {old: self.made(stream, stream, "again")}
        anew |= {act: self.made(*waiting[act], "rests") for act in resting}
        self.cache.save(anew[old], instead_of=old, resting=[(act, anew[act]) for act in resting])
        ids = {act: read(parcel.signed).id for act, parcel in anew.items()}
        self.saved |= set(ids.values())
        self.let_go |= set(ids)
        assert [one.act for one in self.cache.waiting()] == [ids.get(act, act) for act in waiting]

    @rule()
    def is_locked_and_unlocked(self) -> None:
        self.cache.close()
        self.cache = self.opened()

    @rule()
    def access_ends_and_comes_back(self) -> None:
        before = {one.act: one.state for one in self.cache.waiting()}
        self.cache.quarantine("priya")
        assert "waiting" not in {one.state for one in self.cache.waiting()}
        self.cache.release("priya")
        assert {one.act: one.state for one in self.cache.waiting()} == before

    # --- the store

    def admit(self, parcel: Parcel) -> int:
        act = read(parcel.signed)
        if act.id not in self.log:
            self.log[act.id] = parcel, self.size + 1
            self.size += len(act.entries)
            # The second entry of each act is nobody's but the agency's of an even position.
            for place, header in enumerate(act.entries):
                if place == 0 or self.log[act.id][1] % 4 == 1:
                    self.grant(AGENCY, act.id, place)
                if place == 0:
                    self.grant(OWN, act.id, place)
                assert header.id
        return self.log[act.id][1]

    def grant(self, feed: str, act: str, place: int) -> None:
        parcel, first = self.log[act]
        body = parcel.bodies[place]
        row = FeedRow(
            feed,
            body.entry,
            True,
            signed=parcel.signed,
            body=body,
            position=first + place,
            admitted_at=stamp(START),
        )
        self.feeds[feed].append(row)

    @precondition(lambda self: self.cache.outgoing("priya", 1))
    @rule(most=st.integers(1, 3), refuse=st.booleans(), lost=st.booleans())
    def push(self, most: int, refuse: bool, lost: bool) -> None:
        parcels = self.cache.outgoing("priya", most)
        for place, parcel in enumerate(parcels):
            act = read(parcel.signed).id
            if refuse and place == len(parcels) - 1 and act not in self.log:
                self.cache.refused(act, "moved-on", "Someone else was first.", None, None, None)
                continue
            first = self.admit(parcel)
            if not lost:
                self.cache.admitted(act, (first, first + 1), START)

    @rule(stream=st.sampled_from(STREAMS))
    def another_writes(self, stream: str) -> None:
        draft = Draft(stream, NoteAdded(words="from elsewhere"))
        self.admit(compose("staffordshire", CONSULTANT, [draft], KEY, START))

    @precondition(lambda self: any(self.feeds.values()))
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        feed = data.draw(st.sampled_from([feed for feed in FEEDS if self.feeds[feed]]))
        row = data.draw(st.sampled_from(self.feeds[feed]))
        self.feeds[feed].append(FeedRow(feed, row.entry, False))

    @rule(feed=st.sampled_from(FEEDS))
    def a_standing_ends_or_returns(self, feed: str) -> None:
        self.named ^= {feed}

    @rule(most=st.integers(1, 6))
    def pull(self, most: int) -> None:
        places = self.cache.places()
        rows: list[FeedRow] = []
        at, ended = [], True
        for feed in sorted(self.named):
            n = places[feed].n if feed in places else 0
            some = self.feeds[feed][n : n + most]
            ended = ended and n + most >= len(self.feeds[feed])
            at.append(FeedPlace(feed, self.epoch, n + len(some), bytes(32)))
            rows += some
        self.cache.receive(rows, at, {"hub", *self.named}, read_to=self.size if ended else None)
        if ended:
            assert self.held() == self.granted()

    @rule()
    def what_the_glass_opened_is_closed(self) -> None:
        self.cache.forget_audience(OWN)

    @rule()
    def the_store_begins_anew(self) -> None:
        """After a restore that lost nothing: the feeds begin again."""
        self.epoch += 1
        self.cache.begin_epoch("priya")
        receive_hub(self.cache)

    # --- what must hold

    def held(self) -> set[str]:
        """Entries of cases held as admitted."""
        return {
            entry.id
            for stream in STREAMS
            for entry in self.cache.entries(stream)
            if entry.position is not None
        }

    def granted(self) -> set[str]:
        """What the feeds named would have this desk hold, but for what waits here still."""
        found: set[str] = set()
        for feed in self.named:
            mine: set[str] = set()
            for row in self.feeds[feed]:
                mine = mine | {row.entry} if row.grant else mine - {row.entry}
            found |= mine
        return found

    @invariant()
    def nothing_saved_is_lost(self) -> None:
        waiting = {one.act for one in self.cache.waiting()}
        assert self.saved == (waiting | self.let_go | set(self.log)) & self.saved
        # What was let go without its answer may turn out to have been admitted.
        assert waiting & self.let_go <= set(self.log)

    @invariant()
    def nothing_is_held_that_neither_waits_nor_was_given(self) -> None:
        with self.cache._read() as connection:
            rows = connection.exec_driver_sql(
                "SELECT e.position IS NOT NULL, e.refused,"
                " EXISTS (SELECT 1 FROM grants g WHERE g.entry = e.id), o.state"
                " FROM entries e LEFT JOIN outbox o ON o.act = e.act"
            ).all()
            for admitted, refused, granted, state in rows:
                assert bool(admitted) == bool(granted)
                assert bool(admitted) == (state is None)
                assert bool(refused) == (state == "refused")
            orphans = "SELECT count(*) FROM {0} WHERE NOT EXISTS (SELECT 1 FROM entries WHERE {1})"
            for table, where in (("acts", "act = acts.id"), ("grants", "id = grants.entry")):
                assert connection.exec_driver_sql(orphans.format(table, where)).scalar() == 0

    @invariant()
    def a_stream_is_read_in_the_order_of_the_log_and_then_of_the_outbox(self) -> None:
        order = [one.act for one in self.cache.waiting()]
        for stream in STREAMS:
            entries = self.cache.entries(stream)
            positions = [entry.position for entry in entries if entry.position is not None]
            assert positions == sorted(positions)
            assert all(entry.position is None for entry in entries[len(positions) :])
            pending = [order.index(entry.act) for entry in entries[len(positions) :]]
            assert pending == sorted(pending)

    @invariant()
    def what_is_sent_keeps_its_order_and_waits_behind_what_was_refused(self) -> None:
        held: set[str] = set()
        sent = [read(parcel.signed).id for parcel in self.cache.outgoing("priya", 1000)]
        expected = []
        for one in self.cache.waiting():
            if one.state == "waiting" and not one.streams & held:
                expected.append(one.act)
            else:
                held |= one.streams
        assert sent == expected

    @invariant()
    def lists_and_search_say_what_the_entries_say(self) -> None:
        for stream in STREAMS:
            referral = self.cache.referral(stream)
            row = self.cache.row(stream)
            assert row == (queue_row(referral) if referral.entries else None)
        with self.cache._read() as connection:
            words = connection.exec_driver_sql("SELECT rowid FROM words ORDER BY rowid").all()
            numbered = connection.exec_driver_sql("SELECT id FROM worded ORDER BY id").all()
            told = connection.exec_driver_sql(
                "SELECT stream, text FROM worded JOIN words ON words.rowid = worded.id"
            ).all()
        assert words == numbered
        texts = {stream: fold(people_of(self.cache.referral(stream), {}).text) for stream in STREAMS}
        assert dict(told) == {stream: text for stream, text in texts.items() if text}


Cached.TestCase.settings = settings(max_examples=settings().max_examples // 3, stateful_step_count=25)
TestCached = Cached.TestCase
