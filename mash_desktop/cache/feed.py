"""Feed rows into the cache: grants kept, withdrawals purged, cursors advanced, in one transaction.

The rows have been verified by the one who pulled them. An entry is kept while any audience grants it; an
audience that the session no longer has is purged whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, delete, exists, select
from sqlalchemy.dialects.sqlite import insert

from ..domain.acts import Act, OpenBody, SignedAct, read
from . import schema


class FeedRow(msgspec.Struct, frozen=True):
    """One verified row: an entry granted (with what it brings) or withdrawn, in one audience."""

    audience: str
    entry: str
    grant: bool
    signed: SignedAct | None = None
    body: OpenBody | None = None
    disposed: bool = False
    position: int | None = None
    admitted_at: int | None = None
    """Microseconds."""


class FeedPlace(msgspec.Struct, frozen=True):
    """How far one audience's feed has been read, and the value of its hash chain there."""

    audience: str
    epoch: int
    n: int
    chain: bytes


def places(connection: Connection) -> dict[str, FeedPlace]:
    rows = connection.execute(select(schema.feeds))
    return {row.audience: FeedPlace(row.audience, row.epoch, row.n, row.chain) for row in rows}


def apply(
    connection: Connection, rows: Iterable[FeedRow], at: Sequence[FeedPlace], audiences: Iterable[str]
) -> frozenset[str]:
    """Apply rows in order, then stand at ``at``; purge audiences not among ``audiences``. Returns streams."""
    touched: set[str] = set()
    for grants, run in groupby(rows, key=lambda row: row.grant):
        if grants:
            touched |= _grant(connection, [row for row in run if row.signed is not None])
        else:
            for row in run:
                touched |= _withdraw(connection, row.audience, row.entry)
    named = frozenset(audiences)
    for audience in connection.scalars(select(schema.feeds.c.audience)).all():
        if audience not in named:
            touched |= purge_audience(connection, audience)
    if at:
        _upsert(
            connection,
            schema.feeds,
            [{"audience": p.audience, "epoch": p.epoch, "n": p.n, "chain": p.chain} for p in at],
        )
    return frozenset(touched)


def _grant(connection: Connection, rows: Sequence[FeedRow]) -> set[str]:
    """Keep what a run of grants brings: acts, entries and who grants them."""
    envelopes: dict[bytes, Act] = {}
    acts, entries, grants = [], [], []
    for row in rows:
        assert row.signed is not None
        act = envelopes.get(row.signed.signature)
        if act is None:
            act = envelopes[row.signed.signature] = read(row.signed)
            acts.append({"id": act.id, "signed": row.signed.act, "signature": row.signed.signature})
        place, header = next((i, h) for i, h in enumerate(act.entries) if h.id == row.entry)
        entries.append(
            {
                "id": header.id,
                "act": act.id,
                "place": place,
                "stream": header.stream,
                "kind": header.kind,
                "body": row.body.body if row.body else None,
                "salt": row.body.salt if row.body else None,
                "disposed": row.disposed,
                "position": row.position,
                "admitted_at": row.admitted_at,
                "refused": False,
            }
        )
        grants.append({"entry": header.id, "audience": row.audience})
    if not entries:
        return set()
    connection.execute(insert(schema.acts).on_conflict_do_nothing(), acts)
    _upsert(connection, schema.entries, entries)
    connection.execute(insert(schema.grants).on_conflict_do_nothing(), grants)
    # Where the answer to a push was lost, the feed shows that the act had been admitted.
    waiting = set(connection.scalars(select(schema.outbox.c.act)))
    for act in envelopes.values():
        if act.id in waiting:
            connection.execute(delete(schema.outbox).where(schema.outbox.c.act == act.id))
    return {str(entry["stream"]) for entry in entries}


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or give those that are there their new values."""
    added = insert(table)
    key = [column.name for column in table.primary_key]
    changed = {name: added.excluded[name] for name in rows[0] if name not in key}
    connection.execute(added.on_conflict_do_update(index_elements=key, set_=changed), rows)


def _withdraw(connection: Connection, audience: str, entry: str) -> set[str]:
    connection.execute(
        delete(schema.grants).where(schema.grants.c.entry == entry, schema.grants.c.audience == audience)
    )
    return _purge(connection, [entry])


def purge_audience(connection: Connection, audience: str) -> set[str]:
    """Forget an audience: what no other audience grants is purged, and its feed starts anew if it returns."""
    held = connection.scalars(select(schema.grants.c.entry).where(schema.grants.c.audience == audience)).all()
    connection.execute(delete(schema.grants).where(schema.grants.c.audience == audience))
    connection.execute(delete(schema.feeds).where(schema.feeds.c.audience == audience))
    return _purge(connection, held)


def _purge(connection: Connection, among: Sequence[str]) -> set[str]:
    """Delete those of ``among`` that nothing grants any more. Pending work is never among them."""
    table = schema.entries
    touched: set[str] = set()
    for start in range(0, len(among), 500):
        some = among[start : start + 500]
        gone = connection.execute(
            select(table.c.id, table.c.stream).where(
                table.c.id.in_(some),
                table.c.position.is_not(None),
                ~exists().where(schema.grants.c.entry == table.c.id),
            )
        ).all()
        touched |= {row.stream for row in gone}
        connection.execute(delete(table).where(table.c.id.in_([row.id for row in gone])))
    if touched:
        connection.execute(delete(schema.acts).where(~exists().where(table.c.act == schema.acts.c.id)))
    return touched
