"""Admitting as the log grows: nothing may cost more because much was said before.

The store's own admission fills it, in large commits of contacts like any others, signed and judged.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from uuid6 import uuid7

from mash_desktop.domain.acts import Parcel
from sync.store.committing import commit
from sync.store.examining import examine
from sync.store.log import read_head
from sync.store.streams import Shelf, current_directory
from tests.bench import Row, measures
from tests.support.store import Desk, ServedStore

from .running import OPERATOR, Line, a_server, a_store, contact, contacts, pushed, pushes

SIZES = (10_000, 100_000, 1_000_000)
PUSHERS, ACTS, ROUNDS = 8, 25, 5
CONTACTS_AN_ACT, ACTS_A_COMMIT = 40, 50


@measures("store")
def admitting_as_the_log_grows() -> Iterator[Row]:
    with a_server() as server, a_store(server) as served:
        hub = served.new_hub()
        desks = [served.desk(hub, f"Pusher {number}", OPERATOR) for number in range(PUSHERS)]
        first = 0.0
        for size in SIZES:
            _fill(served, desks[0], size)
            lines = [Line(served, desk) for desk in desks]
            took = min(_seconds_an_act(desks, lines, size + n) for n in range(ROUNDS))
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
    work = [pushes(contacts(desk, range(first, first + ACTS)), 1) for desk in desks]
    return pushed(lines, work) / (PUSHERS * ACTS)


def _fill(served: ServedStore, desk: Desk, size: int) -> None:
    """Bring the log to ``size`` entries."""
    store, shelf = served.direct, Shelf(most_entries=1)
    with store.engine.connect() as db:
        directory = current_directory(db, store.shelf, store.secrets, desk.hub).directory
        at = read_head(db, desk.hub).size
    while at < size:
        parcels = [_act(desk, at + number * 1000) for number in range(ACTS_A_COMMIT)]
        candidates = [
            examine(parcel, desk.hub, desk.enrolled.person, directory, store.secrets) for parcel in parcels
        ]
        answers, head = commit(store.engine, store.secrets, shelf, desk.hub, candidates, datetime.now(UTC))
        assert {answer.state for answer in answers} == {"admitted"}, answers[0]
        at = head.size
        print(f"\r  {at:,} entries in the log", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _act(desk: Desk, first: int) -> Parcel:
    drafts = [
        draft
        for number in range(first, first + CONTACTS_AN_ACT)
        for draft in contact(f"referral:{uuid7()}", number)
    ]
    return desk.compose(drafts)
