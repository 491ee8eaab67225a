"""Positions, from several services at once: gapless and in the order of commits, however long a commit takes.

The delays are the database's own: a trigger that sleeps between the inserts of a transaction and its commit.
"""

from __future__ import annotations

import itertools
import logging
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import Connection, text

from mash_desktop.domain.acts import Draft, Parcel
from mash_desktop.domain.entries.access import RecordViewed
from mash_desktop.domain.entries.contact import ConcernRecorded, NoteAdded
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from sync.protocol import Answer, Cursor, Page, Pull, Push, Pushed
from sync.store.authoring import access_act
from sync.store.bootstrap import open_hub
from sync.store.composition import Store
from sync.store.database import connect, migrate
from sync.store.sealing import Secrets
from sync.store.verifying import verify
from tests.support.ear import listening
from tests.support.postgres import PostgresServer
from tests.support.served_story import Cast, ServedStory
from tests.support.store import Desk, ServedStore, another_instance

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

WRITERS = 32
PUSHES = 3
PAUSE = """
create function pause_before_commit() returns trigger language plpgsql as
$$ begin perform pg_sleep(random() * 0.02); return null; end $$;
create constraint trigger pause after insert on acts deferrable initially deferred
for each row when (new.hub = '{hub}') execute function pause_before_commit();
"""


@pytest.fixture
def instances(served_store: ServedStore, tmp_path: Path) -> Iterator[tuple[ServedStore, ...]]:
    """Three services on one database."""
    with ExitStack() as stack:
        others = []
        for name in ("second", "third"):
            (tmp_path / name).mkdir()
            others.append(stack.enter_context(another_instance(served_store, tmp_path / name)))
        yield (served_store, *others)


@contextmanager
def slow_commits(served: ServedStore, hub: str) -> Iterator[None]:
    with served.direct.engine.begin() as db:
        db.exec_driver_sql(PAUSE.format(hub=hub))
    try:
        yield
    finally:
        with served.direct.engine.begin() as db:
            db.execute(text("drop function pause_before_commit cascade"))


def pushes_of(writer: int, desk: Desk, streams: list[str]) -> list[tuple[Parcel, ...]]:
    """Acts that touch two streams in either order, every other time with one between that is refused; and
    looks at a record, for which no stream is locked."""
    chance = random.Random(writer)
    made: list[tuple[Parcel, ...]] = []
    for turn in range(PUSHES):
        one, other = chance.sample(streams, 2)
        words = NoteAdded(words=f"Note {turn} of writer {writer}.")
        both = desk.compose([Draft(one, words), Draft(other, words)])
        bad = desk.compose([Draft(one, words), Draft(other, ConcernRecorded("a", " "))])
        after = desk.compose([Draft(other, words)])
        made.append((both, bad, after) if turn % 2 else (both, after))
        now = datetime.now(UTC)
        viewed = RecordViewed(target=one, screen="referral", at=now)
        made.append((desk.compose([Draft(f"access:{now.date()}", viewed)]),))
    return made


def sent(client: httpx.Client, hub: str, pushes: list[tuple[Parcel, ...]]) -> list[Answer]:
    answers: list[Answer] = []
    for parcels in pushes:
        answer = client.post(f"/v1/hubs/{hub}/acts", content=msgspec.json.encode(Push(acts=parcels)))
        assert answer.status_code == 200, answer.text
        told = msgspec.json.decode(answer.content, type=Pushed).answers
        refused = [place for place, one in enumerate(told) if one.state == "refused"]
        # One refusal never takes its neighbours with it.
        assert refused == ([1] if len(parcels) == 3 else []), told
        assert all(told[place].field == "words" for place in refused)
        answers += told
    return answers


class Follower:
    """Pulls when it hears that its feed has grown; keeps what it has after each pull, and up to where."""

    def __init__(self, served: ServedStore, desk: Desk) -> None:
        self._served, self._desk = served, desk
        self.seen: list[tuple[int, frozenset[int]]] = []
        self.wakes = 0

    def follow(self, done: threading.Event, ready: threading.Barrier) -> None:
        cursors: tuple[Cursor, ...] = ()
        positions: set[int] = set()
        with (
            self._served.client(self._desk.session.token) as client,
            listening(self._served, self._desk) as ear,
        ):
            ready.wait(60)
            last = False
            while not last:
                last = done.is_set()
                self.wakes += ear.grew_within(0.2)
                page = self._page(client, cursors)
                cursors = page.cursors
                positions |= {row.position for row in page.rows if row.position is not None}
                if not page.more:
                    size = msgspec.json.decode(page.head.head, type=dict[str, object])["size"]
                    assert isinstance(size, int)
                    self.seen.append((size, frozenset(positions)))
                last = last and not page.more

    def _page(self, client: httpx.Client, cursors: tuple[Cursor, ...]) -> Page:
        asked = Pull(standing=self._desk.standing, cursors=cursors, limit=200)
        answer = client.post(f"/v1/hubs/{self._desk.hub}/feed", content=msgspec.json.encode(asked))
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Page)


def watch(served: ServedStore, hub: str, done: threading.Event, ready: threading.Barrier) -> list[int]:
    """Every position of the log as it appears to somebody who asks again and again for what is new."""
    found = [0]
    ready.wait(60)
    last = False
    while not last:
        last = done.is_set()
        with served.direct.engine.connect() as db:
            found += db.scalars(
                text("select position from entries where hub = :hub and position > :last order by position"),
                {"hub": hub, "last": found[-1]},
            )
    return found


def test_32_writers_at_three_services_leave_no_gap_and_no_reader_passes_what_comes_later(
    instances: tuple[ServedStore, ...], a_hub: str
) -> None:
    served = instances[0]
    cast = Cast(served, a_hub)
    operators = [served.desk(a_hub, name, ("scc-children", Role.TRIAGE_OPERATOR)) for name in "ABC"]
    desks = [cast["priya"], *operators]
    streams = []
    for _ in range(12):
        story = ServedStory(cast)
        story.taken()
        streams.append(story.stream)
    # Each pair of writers with the same work sends the same acts, at the same time, to two services.
    twins = {1: 0, 3: 2, 5: 4, 7: 6}
    work = {n: pushes_of(n, desks[n // 8], streams) for n in range(WRITERS) if n not in twins}
    followers = [Follower(instances[1], cast["ruth"]), Follower(instances[2], cast["ruth"])]
    done, ready = threading.Event(), threading.Barrier(len(followers) + 2)

    def write(writer: int) -> list[Answer]:
        with instances[writer % 3].client(desks[writer // 8].session.token) as client:
            return sent(client, a_hub, work[twins.get(writer, writer)])

    with slow_commits(served, a_hub), ThreadPoolExecutor(WRITERS + 3) as pool:
        watching = pool.submit(watch, served, a_hub, done, ready)
        following = [pool.submit(one.follow, done, ready) for one in followers]
        try:
            ready.wait(60)
            answers = list(pool.map(write, range(WRITERS)))
        finally:
            done.set()
        watched = watching.result()
        for each in following:
            each.result()

    # No gap, and nothing that appeared behind somebody who had read on.
    assert watched == list(range(len(watched)))
    for follower in followers:
        assert follower.wakes > 0
        everything = follower.seen[-1][1]
        for size, positions in follower.seen:
            assert positions == {position for position in everything if position <= size}
    # Each act once, a refused one nowhere.
    admitted = Counter(one.act for theirs in answers for one in theirs if one.state == "admitted")
    assert set(admitted.values()) == {1}
    for writer, twin in twins.items():
        for mine, other in zip(answers[writer], answers[twin], strict=True):
            assert {mine.state, other.state} in ({"admitted", "known"}, {"refused"})
            assert mine.positions == other.positions
    with served.direct.engine.connect() as db:
        placed = db.execute(
            text("select act, first, entries, admitted_at from acts where hub = :hub"), {"hub": a_hub}
        ).all()
    by_act = {row.act: tuple(range(row.first, row.first + row.entries)) for row in placed}
    for answer in itertools.chain.from_iterable(answers):
        assert by_act.get(answer.act, ()) == answer.positions
    # Acts of several pushes did share commits, and streams locked in either order never deadlocked.
    shared = Counter(row.admitted_at for row in placed if row.act in admitted)
    assert max(shared.values()) > 3
    assert not any("40P01" in one.log.read_text() for one in instances)
    assert verify(served.direct, a_hub).faults == ()


GATE = """
create function stand_at_the_gate() returns trigger language plpgsql as
$$ begin perform pg_advisory_xact_lock_shared(77); return null; end $$;
create trigger gate before insert on acts for each statement execute function stand_at_the_gate();
"""


def test_who_writes_second_waits_for_the_head_and_takes_the_next_position_without_a_second_try(
    postgres: PostgresServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Unique positions and a second try would keep the log whole too, until a busy hub runs out of tries."""
    caplog.set_level(logging.INFO, logger="sync.store")
    name, secrets = postgres.new_database(), Secrets.generate()
    engines = [connect(postgres.url(name), 5) for _ in range(3)]
    migrate(engines[0])
    first, second = (Store(engine, secrets) for engine in engines[:2])
    open_hub(first, msgspec.structs.replace(load_preset("staffordshire"), id="north"))

    def write(store: Store, stream: str) -> Answer:
        now = datetime.now(UTC)
        viewed = RecordViewed(target=stream, screen="referral", at=now)
        return store.admission.admit_own("north", access_act("north", secrets, [viewed], now))

    def waiting(db: Connection, what: str, many: int) -> None:
        counted = text(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and pid <> pg_backend_pid() and wait_event_type = 'Lock' and query ilike :what"
        )
        deadline = time.monotonic() + 30
        while db.scalar(counted, {"what": what}) != many:
            assert time.monotonic() < deadline, what
            db.rollback()

    # The day has its key by then: of two who would give it one, the second tries again, once a day.
    write(first, "before")
    with engines[2].connect() as gate, ThreadPoolExecutor(2) as pool:
        gate.exec_driver_sql(GATE)
        gate.commit()
        gate.exec_driver_sql("select pg_advisory_lock(77)")
        gate.commit()
        try:
            writing = [pool.submit(write, first, "one")]
            waiting(gate, "copy%acts%", 1)
            writing.append(pool.submit(write, second, "two"))
            waiting(gate, "select%from heads%for update", 1)
            waiting(gate, "copy%acts%", 1)
        finally:
            gate.exec_driver_sql("select pg_advisory_unlock(77)")
            gate.commit()
        one, two = (each.result() for each in writing)
    assert two.positions == (one.positions[0] + 1,)
    assert "commit tried again" not in caplog.messages
    for engine in engines:
        engine.dispose()
    postgres.drop_database(name)
