"""Verifying a large log: every entry, leaf, signature and feed row, and every feed worked out anew."""

from __future__ import annotations

import time
from collections.abc import Iterator

from sync.store.composition import Store
from sync.store.verifying import verify, walk
from tests.bench import Row, measures

from .growing import fill
from .running import OPERATOR, a_server, a_store

ENTRIES = 200_000


@measures("store")
def verifying_a_large_log() -> Iterator[Row]:
    with a_server() as server, a_store(server) as served:
        hub = served.new_hub()
        fill(served, served.desk(hub, "Teller", OPERATOR), ENTRIES)
        # As a program that has just been started.
        store = Store(served.direct.engine, served.direct.secrets)
        began = time.perf_counter()
        with store.engine.connect() as db:
            walked = walk(db, store.secrets, store.shelf, hub)
        walking = time.perf_counter() - began
        began = time.perf_counter()
        found = verify(Store(served.direct.engine, served.direct.secrets), hub)
        whole = time.perf_counter() - began
        assert (found.faults, walked.faults) == ((), ())
        entries = found.entries
        yield Row(f"walking a log of {entries:,} entries, an entry", 1e6 * walking / entries, "µs")
        yield Row(f"verifying a log of {entries:,} entries, an entry", 1e6 * whole / entries, "µs")
        yield Row(f"verifying a log of {entries:,} entries", whole, "s")
