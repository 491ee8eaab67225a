"""A first sync over TLS, into a cache that is verified, projected and searchable."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from uuid6 import uuid7

from mash_desktop.cache import Cache, ChangeSet, open_engine
from mash_desktop.cache.engine import FILE_NAME
from sync.client import Server, Status, Synchroniser
from sync.store.committing import commit
from sync.store.examining import examine
from sync.store.streams import Shelf, current_directory
from tests.bench import Row, measures
from tests.bench.store.running import OPERATOR, a_server, a_store
from tests.support.store import Desk, ServedStore

from .made import KEY_HEX, household, raw

REFERRALS, NOTES = 2_000, 5
"""Households of five or six entries and as many notes: ten or eleven entries each."""
ROUNDS = 3
PAGE = 1_000
PATIENCE = 300.0


@measures("desktop")
def syncing_for_the_first_time() -> Iterator[Row]:
    with a_server() as server, a_store(server) as served, tempfile.TemporaryDirectory() as folder:
        hub = served.new_hub()
        desk = served.desk(hub, "Priya Nair", OPERATOR)
        told(served, desk, REFERRALS, NOTES)
        ours, theirs = [], []
        for turn in range(ROUNDS):
            path = Path(folder) / str(turn) / FILE_NAME
            path.parent.mkdir()
            entries, seconds = _synced(served, desk, path)
            ours.append(entries / seconds)
            theirs.append(entries / _by_hand(path))
        yield Row(f"first sync of {entries:,} entries", max(ours), "entries/s", max(theirs), at_least=0.5)


def told(served: ServedStore, desk: Desk, referrals: int, notes: int) -> int:
    """Contacts into the log, by the store's own admission, telling nobody; how many entries."""
    entries = 0
    store, shelf = served.direct, Shelf()
    with store.engine.connect() as db:
        directory = current_directory(db, store.shelf, store.secrets, desk.hub).directory
    for first in range(0, referrals, 50):
        parcels = [
            desk.compose(household(f"referral:{uuid7()}", number, notes=notes))
            for number in range(first, first + 50)
        ]
        candidates = [
            examine(parcel, desk.hub, desk.enrolled.person, directory, store.secrets) for parcel in parcels
        ]
        answers, _ = commit(store.engine, store.secrets, shelf, desk.hub, candidates, datetime.now(UTC))
        assert {answer.state for answer in answers} == {"admitted"}, answers[0]
        entries += sum(len(answer.positions) for answer in answers)
    return entries


def server_of(served: ServedStore, hub: str) -> Server:
    return Server(served.base_url, served.cert.read_text(), hub)


def _synced(served: ServedStore, desk: Desk, path: Path) -> tuple[int, float]:
    """Entries in a new cache that has been synchronised, and the seconds that this took."""
    cache = Cache(open_engine(path, lambda: KEY_HEX))
    said: list[Status] = []

    def changed(change: ChangeSet) -> None:
        """Nobody looks."""

    network = Synchroniser(
        cache,
        server_of(served, desk.hub),
        desk.session,
        desk.enrolled.store_key,
        on_change=changed,
        on_status=said.append,
    )
    began = time.perf_counter()
    network.start()
    while not (network.status.online and not network.status.first_sync):
        assert time.perf_counter() - began < PATIENCE, network.status
        time.sleep(0.01)
    seconds = time.perf_counter() - began
    network.stop()
    entries = cache.holdings().entries
    cache.close()
    return entries, seconds


def _by_hand(path: Path) -> float:
    """Seconds to write what that cache holds, index of words and all, into another by bare statements."""
    source, target = raw(path), raw(path.with_name("by-hand.db"))
    tables = {}
    shapes = source.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
        "ORDER BY type = 'index'"
    ).fetchall()
    shadows = tuple(f"{name}_" for name, sql in shapes if sql.startswith("CREATE VIRTUAL"))
    for name, sql in shapes:
        if not name.startswith(shadows):
            target.execute(sql)
            if sql.startswith("CREATE TABLE") or sql.startswith("CREATE VIRTUAL"):
                tables[name] = source.execute(f"SELECT * FROM {name}").fetchall()
    pages = max(1, len(tables["entries"]) // PAGE)
    began = time.perf_counter()
    for page in range(pages):
        target.execute("BEGIN IMMEDIATE")
        for name, rows in tables.items():
            some = rows[page::pages]
            if some:
                target.executemany(f"INSERT INTO {name} VALUES ({','.join('?' * len(some[0]))})", some)
        target.execute("COMMIT")
    seconds = time.perf_counter() - began
    source.close()
    target.close()
    return seconds
