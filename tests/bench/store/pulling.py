"""Feed pages a second, beside bare psycopg reading the same rows and encoding them as JSON."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import msgspec
import psycopg
from sqlalchemy import make_url
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import NoteAdded
from sync.protocol import MOST_ROWS, Cursor, Pull
from tests.bench import Row, measures
from tests.support.store import Desk, ServedStore

from .running import NOTE, OPERATOR, Line, a_server, a_store, contact, pushed, pushes

ACTS, STREAMS = 2_500, 25
ROUNDS = 3

_ROWS = """
    select f.audience, f.n, f.granted, f.entry, f.because, f.chain, f.position, a.admitted_at, a.bytes,
           a.signature, b.sealed, k.wrapped
    from feeds f
    join entries e on e.hub = f.hub and e.position = f.position
    join acts a on a.hub = f.hub and a.act = e.act
    join bodies b on b.hub = f.hub and b.position = f.position
    join body_keys k on k.hub = f.hub and k.position = f.position
    where f.hub = %s and f.audience = %s and f.n > %s
    order by f.n
    limit %s
"""


class _Reached(msgspec.Struct):
    """Of a page, what is needed to ask for the next."""

    cursors: tuple[Cursor, ...]
    more: bool


@measures("store")
def pulling_a_feed() -> Iterator[Row]:
    with a_server() as server, a_store(server) as served:
        hub = served.new_hub()
        desk = served.desk(hub, "Priya Nair", OPERATOR)
        line = Line(served, desk)
        audience = _told(desk, line)
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(_by_pulling(desk, line, audience))
            theirs.append(_by_bare_psycopg(served, hub, audience))
        line.close()
    yield Row(
        f"feed pull, pages of {MOST_ROWS} entries of about 600 bytes",
        max(ours),
        "entries/s",
        max(theirs),
        at_least=0.4,
    )


def _told(desk: Desk, line: Line) -> str:
    """Contacts with many notes on them; the audience whose feed has them all."""
    streams = [f"referral:{uuid7()}" for _ in range(STREAMS)]
    pushed([line], [pushes([desk.compose(contact(s, n)) for n, s in enumerate(streams)], 25)])
    notes = [
        desk.compose([Draft(streams[n % STREAMS], NoteAdded(words=NOTE)) for _ in range(4)])
        for n in range(ACTS)
    ]
    pushed([line], [pushes(notes, 50)])
    tails = {cursor.audience: 0 for cursor in desk.page(limit=1).audiences}
    cursors: tuple[Cursor, ...] = ()
    more = True
    while more:
        page = desk.page(cursors)
        for row in page.rows:
            tails[row.audience] += 1
        cursors, more = page.cursors, page.more
    return max(tails, key=lambda one: tails[one])


def _by_pulling(desk: Desk, line: Line, audience: str) -> float:
    began, rows = time.perf_counter(), 0
    cursors: tuple[Cursor, ...] = ()
    more = True
    while more:
        asked = Pull(standing=desk.standing, cursors=cursors, only=(audience,))
        reached = msgspec.json.decode(line.post("/feed", msgspec.json.encode(asked)), type=_Reached)
        cursors, more = reached.cursors, reached.more
        rows = sum(cursor.n for cursor in cursors)
    return rows / (time.perf_counter() - began)


def _by_bare_psycopg(served: ServedStore, hub: str, audience: str) -> float:
    url = make_url(served.database)
    with psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=url.database) as db:
        began, n = time.perf_counter(), 0
        while rows := _page(db, hub, audience, n):
            msgspec.json.encode(rows)
            n = rows[-1][1]
        return n / (time.perf_counter() - began)


def _page(db: psycopg.Connection[Any], hub: str, audience: str, n: int) -> list[tuple[Any, ...]]:
    return db.execute(_ROWS, (hub, audience, n, MOST_ROWS), binary=True).fetchall()
