"""The primary dies under load and its standby takes over: nothing answered is lost, nothing comes twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import text

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import NoteAdded
from sync.protocol import Answer, Push, Pushed
from sync.store.log import root_at
from sync.store.verifying import verify
from tests.support.ear import grown_to, listening
from tests.support.held import until
from tests.support.served_story import Cast, ServedStory
from tests.support.standby import Pair, primary_and_standby
from tests.support.store import Desk, ServedStore, serving

WRITERS = 6


@pytest.fixture
def pair() -> Iterator[Pair]:
    with primary_and_standby() as both:
        yield both


class Load:
    """Writers who send each act until it is answered, as desktops do."""

    def __init__(self, served: ServedStore, desk: Desk, streams: list[str]) -> None:
        self._served, self._desk, self._streams = served, desk, streams
        self.over = threading.Event()
        self.answers: list[tuple[Answer, int]] = []
        """Each act's last answer, and how often it was sent."""
        self.statuses: Counter[int] = Counter()

    def write(self, writer: int) -> None:
        stream = self._streams[writer % len(self._streams)]
        with self._served.client(self._desk.session.token) as client:
            while not self.over.is_set():
                self._answered(client, stream)

    def _answered(self, client: httpx.Client, stream: str) -> None:
        parcel = self._desk.compose([Draft(stream, NoteAdded(words="The school rang."))])
        message, path = msgspec.json.encode(Push(acts=(parcel,))), f"/v1/hubs/{self._desk.hub}/acts"
        for sent in range(1, 10_000):
            answer = client.post(path, content=message)
            self.statuses[answer.status_code] += 1
            if answer.status_code == 200:
                (told,) = msgspec.json.decode(answer.content, type=Pushed).answers
                self.answers.append((told, sent))
                return
            assert answer.json()["code"] == "database-away"
            time.sleep(0.1)


def hold_a_commit(pair: Pair) -> None:
    """Let a commit reach the standby's disk and not be answered: it waits for being applied there too."""
    pair.standby.ask("select pg_wal_replay_pause()")
    pair.primary.ask("alter system set synchronous_commit = remote_apply")
    pair.primary.ask("select pg_reload_conf()")
    waiting = (
        "select a.pid, a.xact_start from pg_stat_activity a, pg_stat_replication"
        " where wait_event = 'SyncRep' and flush_lsn >= pg_current_wal_lsn()"
    )

    def stuck() -> bool:
        before = pair.primary.ask(waiting)
        time.sleep(0.3)
        return bool(set(before) & set(pair.primary.ask(waiting)))

    until(stuck)


def test_a_killed_primarys_standby_takes_over_and_every_act_answered_is_there_once(
    pair: Pair, tmp_path: Path
) -> None:
    pair.primary.ask("create database isl")
    with serving(pair.url("isl"), tmp_path) as served:
        cast = Cast(served, served.new_hub())
        desk, streams = cast["priya"], []
        for _ in range(2):
            story = ServedStory(cast)
            story.taken()
            streams.append(story.stream)
        load = Load(served, desk, streams)
        with (
            listening(served, cast["ruth"]) as ear,
            served.client() as anybody,
            ThreadPoolExecutor(WRITERS) as pool,
        ):
            writing = [pool.submit(load.write, writer) for writer in range(WRITERS)]
            try:
                until(lambda: len(load.answers) >= 5 * WRITERS)
                seen = desk.head()
                hold_a_commit(pair)
                pair.primary.kill()
                answered = len(load.answers)
                until(lambda: anybody.get("/readyz").json().get("code") == "not-ready")
                pair.standby.ask("select pg_promote()")
                until(lambda: anybody.get("/readyz").status_code == 200)
                until(lambda: len(load.answers) >= answered + 3 * WRITERS)
            finally:
                load.over.set()
            for one in writing:
                one.result()
            (late,) = desk.push(desk.compose([Draft(streams[0], NoteAdded(words="And again."))]))
            ear.next("grown", grown_to(late.positions[0]))
            listens = "select count(*) from pg_stat_activity where datname = 'isl' and query like 'listen%'"
            until(lambda: pair.standby.ask(listens) == [(1,)])

        assert load.statuses.keys() == {200, 503}
        # What was committed and never answered is known when it is sent again.
        assert {answer.state for answer, sent in load.answers if sent == 1} == {"admitted"}
        assert "known" in {answer.state for answer, sent in load.answers if sent > 1}
        served.direct.engine.dispose()
        with served.direct.engine.connect() as db:
            placed = {
                act: tuple(range(first, first + entries))
                for act, first, entries in db.execute(
                    text("select act, first, entries from acts where hub = :hub"), {"hub": desk.hub}
                )
            }
            assert root_at(db, desk.hub, seen.size) == seen.root
        for answer, _ in load.answers:
            assert placed[answer.act] == answer.positions
        assert len({answer.act for answer, _ in load.answers}) == len(load.answers)
        assert verify(served.direct, desk.hub).faults == ()
