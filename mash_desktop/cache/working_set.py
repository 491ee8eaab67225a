"""Only the working set is held: a referral leaves some days after it was closed, and the store finds it then.

The hub says how many days. Time is the log's own, so that a wrong clock on this computer purges nothing.
Whatever somebody here has still to send, or has begun to type, keeps its referral.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from ..domain.configuration import HubTimeline
from ..domain.entries.access import GlassBroken
from . import feed, reading, schema
from .rows import batches


def retire(connection: Connection, timeline: HubTimeline) -> frozenset[str]:
    """Purge the referrals that the hub's limit has passed. Returns their streams."""
    entries, rows = schema.entries, schema.referrals
    latest = select(entries.c.admitted_at).order_by(entries.c.position.desc()).limit(1)
    now = reading.moment(connection.scalar(latest.where(entries.c.position.is_not(None))))
    if now is None or not timeline.versions:
        return frozenset()
    before = reading.stamp(now - timedelta(days=timeline.at(None).working_set_days))
    closed = connection.scalars(select(rows.c.stream).where(schema.CLOSED, rows.c.moved_at < before)).all()
    if not closed:
        return frozenset()
    opened = {
        made.body.target
        for made in reading.entries_of_kinds(connection, "access:", (GlassBroken.KIND,))
        if isinstance(made.body, GlassBroken) and made.body.until > now
    }
    waits = entries.c.position.is_(None) & entries.c.act.in_(select(schema.outbox.c.act))
    pending = set(connection.scalars(select(entries.c.stream).where(waits)))
    typed = " ".join(connection.scalars(select(schema.drafts.c.key)))
    gone = [one for one in closed if one not in opened | pending and one not in typed]
    for some in batches(gone):
        _forget(connection, some)
    return frozenset(gone)


def _forget(connection: Connection, streams: Sequence[str]) -> None:
    entries, table = schema.entries, schema.retired
    first = connection.execute(
        select(entries.c.stream, func.min(entries.c.position).label("position"))
        .where(entries.c.stream.in_(streams))
        .group_by(entries.c.stream)
    ).all()
    connection.execute(insert(table), [{"stream": row.stream, "position": row.position} for row in first])
    held = connection.scalars(select(entries.c.id).where(entries.c.stream.in_(streams))).all()
    for some in batches(held):
        connection.execute(delete(schema.grants).where(schema.grants.c.entry.in_(some)))
    feed.purge(connection, held)


def take_up(connection: Connection, granted: Iterable[tuple[str, int]]) -> frozenset[str]:
    """Which of these streams, each with the position of an entry that is granted, stay out.

    One is taken up again where what had left is granted anew from its first entry on: it is given whole then.
    What is merely new in a retired referral, or a part of it that comes by another audience, is not kept,
    since nobody can make anything of it alone.
    """
    table = schema.retired
    first: dict[str, int] = {}
    for stream, position in granted:
        first[stream] = min(position, first.get(stream, position))
    left: set[str] = set()
    for some in batches(sorted(first)):
        for row in connection.execute(select(table).where(table.c.stream.in_(some))).all():
            if first[row.stream] > row.position:
                left.add(row.stream)
            else:
                connection.execute(delete(table).where(table.c.stream == row.stream))
    return frozenset(left)
