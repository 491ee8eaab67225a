"""Lists, searches and saves in a cache as it grows, each beside the same statements with nothing around them.

The statements are those that the product makes, taken down as it makes them.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, event

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.searching import Asked
from mash_desktop.domain.acts import Draft, Parcel, compose
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.fold import Stage
from mash_desktop.domain.fold.stage import OPEN
from tests.bench import Row, measures
from tests.bench.store.running import percentile
from tests.domain.story import KEY, OPERATOR

from .made import FORENAMES, KEY_HEX, NOTE, Filling, filling, raw, surname

SIZES = (1_000, 10_000, 100_000)
ROUNDS, SAVES, STARTS = 200, 200, 5
TYPED = 4
"""Letters after which a person pauses to look."""

Statement = tuple[str, tuple[Any, ...]]


@measures("desktop")
def lists_and_searches_as_the_cache_grows() -> Iterator[Row]:
    with filling() as made:
        for size in SIZES:
            made.fill(size)
            engine = open_engine(made.path, lambda: KEY_HEX)
            cache = Cache(engine)
            last = size == SIZES[-1]
            yield from _queue(engine, cache, made, limit=last)
            yield from _search(engine, cache, made, limit=last)
            cache.close()
            if last:
                yield from _save(made)
            yield from _opened(made, first=size == SIZES[1], last=last)
        yield _size(made)


def _opened(made: Filling, *, first: bool, last: bool) -> Iterator[Row]:
    """A process that shows the hub board, beside one with a bare window; and what it holds then."""
    if not (first or last):
        return
    ours, theirs = [], []
    for _ in range(STARTS):
        ours.append(_process(str(made.path)))
        theirs.append(_process("bare"))
    if first:
        seconds, bare = (statistics.median(one for one, _ in each) for each in (ours, theirs))
        what = f"process start to the queue painted, with {made.referrals:,} referrals"
        yield Row(what, seconds, "s", bare, at_most=3)
    if last:
        megabytes = statistics.median(held for _, held in ours)
        yield Row(f"resident memory with {made.referrals:,} referrals", megabytes, "MB", at_most=350)


def _process(shows: str) -> tuple[float, float]:
    """Seconds until it had painted, without those of typing, and megabytes that it held then."""
    command = [sys.executable, str(Path(__file__).with_name("at_a_desk.py")), shows]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    began = time.time()
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    door, then, held = map(float, done.stdout.split())
    return door - began + then, held


def _queue(engine: Engine, cache: Cache, made: Filling, *, limit: bool) -> Iterator[Row]:
    asked = [
        lambda: cache.queue(tuple(OPEN)),
        lambda: cache.queue((Stage.RATED, Stage.GATHERING, Stage.TABLE), owners=("scc-children",)),
        lambda: cache.queue((Stage.CONTACT,), by_due=False),
        lambda: cache.queue(tuple(OPEN), offset=300),
    ]
    what = f"queue page of 100 among {made.referrals:,} referrals"
    yield from _beside_its_statements(engine, made.path, asked, what, 2, most=16 if limit else None)


def _search(engine: Engine, cache: Cache, made: Filling, *, limit: bool) -> Iterator[Row]:
    def typed(number: int) -> str:
        name = surname(number * 13)
        return f"{FORENAMES[number % len(FORENAMES)]} {name[: 2 + number % TYPED]}"

    asked = [partial(cache.search, Asked.of(typed(number)), "priya") for number in range(40)]
    what = f"search while typing among {made.referrals:,} referrals, {made.people:,} people"
    times, most = (2, 30) if limit else (None, None)
    yield from _beside_its_statements(engine, made.path, asked, what, times, most)


def _beside_its_statements(
    engine: Engine,
    path: Path,
    asked: Sequence[Callable[[], object]],
    what: str,
    times: float | None,
    most: float | None,
) -> Iterator[Row]:
    """The 95th percentile of asking so, beside that of the bare statements that it makes."""
    bare = raw(path)
    ours, theirs = [], []
    for number in range(ROUNDS):
        ask = asked[number % len(asked)]
        with _taken_down(engine) as made:
            ask()
        ours.append(_milliseconds(ask))
        theirs.append(_milliseconds(partial(_repeat, bare, made)))
    bare.close()
    yield Row(f"{what}, p95", percentile(ours, 0.95), "ms", percentile(theirs, 0.95), at_most=times)
    if most is not None:
        yield Row(f"{what}, p95 in itself", percentile(ours, 0.95), "ms", at_most=most)


def _milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)


@contextmanager
def _taken_down(engine: Engine) -> Iterator[list[Statement]]:
    said: list[Statement] = []

    def hear(_c: object, _u: object, statement: str, parameters: Any, _x: object, _many: bool) -> None:
        said.append((statement, tuple(parameters)))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def _repeat(connection: sqlcipher.Connection, statements: Sequence[Statement]) -> None:
    connection.execute("BEGIN")
    for statement, parameters in statements:
        if not statement.startswith("BEGIN"):
            connection.execute(statement, parameters).fetchall()
    connection.execute("COMMIT")


def _save(made: Filling) -> Iterator[Row]:
    """A note on a referral that has been opened, as its screen has, and after each a commit of its bytes:
    both from a new log of writes on, since one that is written over takes the disk half as long."""
    cache = Cache(open_engine(made.path, lambda: KEY_HEX))
    streams = cache.streams("referral:")[:SAVES]
    parcels = [
        compose("staffordshire", OPERATOR, [Draft(stream, NoteAdded(words=NOTE))], KEY, datetime.now(UTC))
        for stream in streams
    ]
    bare = raw(made.path.with_name("by-hand.db"))
    bare.execute(
        "CREATE TABLE acts (at INTEGER PRIMARY KEY, signed BLOB, signature BLOB, body BLOB, salt BLOB)"
    )
    ours, theirs = [], []
    for stream, parcel in zip(streams, parcels, strict=True):
        cache.referral(stream)
        ours.append(_milliseconds(partial(cache.save, parcel)))
        theirs.append(_milliseconds(partial(_committed, bare, parcel)))
    cache.close()
    bare.close()
    what = f"a save with {made.referrals:,} referrals in the cache, p95"
    yield Row(what, percentile(ours, 0.95), "ms", percentile(theirs, 0.95), at_most=3)


def _committed(connection: sqlcipher.Connection, parcel: Parcel) -> None:
    body = parcel.bodies[0]
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(
        "INSERT INTO acts (signed, signature, body, salt) VALUES (?, ?, ?, ?)",
        (parcel.signed.act, parcel.signed.signature, body.body, body.salt),
    )
    connection.execute("COMMIT")


def _size(made: Filling) -> Row:
    """The encrypted file beside the same rows in a plain one. Both without what has been freed."""
    plain = made.path.with_name("plain.db")
    connection = raw(made.path)
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute(f"ATTACH DATABASE '{plain}' AS plain KEY ''")
    connection.execute("SELECT sqlcipher_export('plain')")
    connection.execute("DETACH DATABASE plain")
    connection.close()
    megabytes = made.path.stat().st_size / 1e6
    return Row("size of the cache's file", megabytes, "MB", plain.stat().st_size / 1e6, at_most=1.15)
