"""What is of no more use and would be kept for ever: ways in that are over, and pieces of documents that no
entry has come to name.

Done again it changes nothing, so every instance does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Engine, Row, Select, delete, exists, select

from . import tables
from .committing import lock
from .sign_in.delays import FORGOTTEN
from .streams import HUB_STREAM

UNNAMED = timedelta(days=7)
"""How long a piece waits for the entry that attaches it. One whose entry comes later is sent again."""


def forget_ways_in(engine: Engine, now: datetime) -> None:
    """Sessions, codes and attempts that are over, and delays that would not be looked at any more."""
    delays = tables.sign_in_delays
    with engine.begin() as db:
        for t in (tables.sessions, tables.enrolment_codes, tables.sign_in_attempts):
            db.execute(delete(t).where(t.c.expires_at <= now))
        db.execute(delete(delays).where(delays.c.until <= now - max(FORGOTTEN.values())))


def forget_pieces(engine: Engine, now: datetime) -> None:
    """Pieces of documents that have waited too long, with their keys and who sent them."""
    unnamed = _unnamed(now - UNNAMED)
    with engine.connect() as db:
        found = db.execute(unnamed).all()
    for hub, pieces in groupby(found, key=lambda row: row.hub):
        _forget(engine, hub, unnamed, list(pieces))


def _unnamed(before: datetime) -> Select[tuple[str, str]]:
    c, a = tables.chunks, tables.attachments
    named = exists().where(a.c.hub == c.c.hub, a.c.chunk == c.c.chunk)
    return select(c.c.hub, c.c.chunk).where(c.c.stored_at < before, ~named).order_by(c.c.hub)


def _forget(
    engine: Engine, hub: str, unnamed: Select[tuple[str, str]], found: Sequence[Row[tuple[str, str]]]
) -> None:
    c = tables.chunks
    with engine.begin() as db:
        # Nothing is admitted meanwhile that would name one of them.
        lock(db, hub, [HUB_STREAM])
        still = unnamed.where(c.c.hub == hub, c.c.chunk.in_([row.chunk for row in found]))
        pieces = [row.chunk for row in db.execute(still.with_for_update())]
        for t in (tables.chunk_keys, tables.chunk_senders, c):
            db.execute(delete(t).where(t.c.hub == hub, t.c.chunk.in_(pieces)))
