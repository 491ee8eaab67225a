"""Admitting as the log grows: nothing may cost more because much was said before.

The store's own admission fills it, in large commits of contacts like any others, signed and judged, as many
side by side as there are processors.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import text, update
from uuid6 import uuid7

from mash_desktop.domain.acts import Parcel
from sync.store import tables
from sync.store.committing import commit
from sync.store.database import connect
from sync.store.examining import examine
from sync.store.log import read_head
from sync.store.streams import Shelf, current_directory
from tests.bench import Row, measures
from tests.support.store import Desk, ServedStore

from .running import OPERATOR, Line, a_server, a_store, contact, contacts, pushed, pushes

SIZES = (10_000, 100_000, 1_000_000)
PUSHERS, ACTS, ROUNDS = 8, 25, 5
CONTACTS_AN_ACT, ACTS_A_COMMIT = 40, 25


@measures("store")
def admitting_as_the_log_grows() -> Iterator[Row]:
    with a_server() as server, a_store(server) as served:
        hub = served.new_hub()
        desks = [served.desk(hub, f"Pusher {number}", OPERATOR) for number in range(PUSHERS)]
        first = 0.0
        for size in SIZES:
            fill(served, desks[0], size)
            lines = [Line(served, desk) for desk in desks]
            took = min(_seconds_an_act(desks, lines, size + n * PUSHERS * ACTS) for n in range(ROUNDS))
            for line in lines:
                line.close()
            first = first or took
            yield Row(
                f"admitting an act with {size:,} entries in the log",
                1000 * took,
                "ms",
                1000 * first,
                at_most=1.3,
            )


def _seconds_an_act(desks: list[Desk], lines: list[Line], first: int) -> float:
    work = [
        pushes(contacts(desk, range(at, at + ACTS)), 1)
        for at, desk in zip(range(first, first + PUSHERS * ACTS, ACTS), desks, strict=True)
    ]
    return pushed(lines, work) / (PUSHERS * ACTS)


def fill(served: ServedStore, desk: Desk, size: int) -> None:
    """Bring the log to ``size`` entries, and leave it as one that grew over years: vacuumed, nothing waiting
    to be written, and everybody written down compared with the restricted long ago."""
    began = datetime.now(UTC)
    _watch(served, desk.hub, looked_at=began + timedelta(days=1))
    fork = multiprocessing.get_context("fork")
    fillers = [
        # Nobody is told of twice.
        fork.Process(target=_filled, args=(served, desk, size, (20 + place) * size))
        for place in range(os.cpu_count() or 1)
    ]
    for one in fillers:
        one.start()
    while any(one.is_alive() for one in fillers):
        time.sleep(0.5)
        print(f"\r  {_size(served, desk.hub):,} entries in the log", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    assert all(one.exitcode == 0 for one in fillers), "one of them failed; its reason is above"
    with served.direct.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("vacuum (analyze)"))
        db.execute(text("checkpoint"))
    reached = _size(served, desk.hub)
    _watch(served, desk.hub, seen=reached, settled=reached, looked_at=datetime.now(UTC))


def _filled(served: ServedStore, desk: Desk, size: int, number: int) -> None:
    """In a process of its own, with connections of its own."""
    secrets, shelf, engine = served.direct.secrets, Shelf(most_entries=1), connect(served.database, 1)
    with engine.connect() as db:
        directory = current_directory(db, shelf, secrets, desk.hub).directory
        at = read_head(db, desk.hub).size
    while at < size:
        parcels = [_act(desk, number + place * CONTACTS_AN_ACT) for place in range(ACTS_A_COMMIT)]
        candidates = [examine(one, desk.hub, desk.enrolled.person, directory, secrets) for one in parcels]
        answers, head = commit(engine, secrets, shelf, desk.hub, candidates, datetime.now(UTC))
        assert {answer.state for answer in answers} == {"admitted"}, answers[0]
        at, number = head.size, number + ACTS_A_COMMIT * CONTACTS_AN_ACT
    engine.dispose()


def _act(desk: Desk, first: int) -> Parcel:
    drafts = [
        draft
        for number in range(first, first + CONTACTS_AN_ACT)
        for draft in contact(f"referral:{uuid7()}", number)
    ]
    return desk.compose(drafts)


def _size(served: ServedStore, hub: str) -> int:
    with served.direct.engine.connect() as db:
        return read_head(db, hub).size


def _watch(served: ServedStore, hub: str, **row: object) -> None:
    w = tables.watches
    with served.direct.engine.begin() as db:
        db.execute(update(w).where(w.c.hub == hub).values(row))
