"""Feed rows into the cache: grants kept, withdrawals purged, cursors advanced, in one transaction.

The rows have been verified by the one who pulled them. An entry is kept while any audience grants it; an
audience that the session no longer has is purged whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, delete, exists, select
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
    envelopes: dict[bytes, Act] = {}
    for row in rows:
        if not row.grant:
            touched |= _withdraw(connection, row.audience, row.entry)
        elif row.signed is not None and row.position is not None:
            act = envelopes.get(row.signed.signature) or read(row.signed)
            envelopes[row.signed.signature] = act
            touched.add(_grant(connection, row, act))
    named = frozenset(audiences)
    for audience in connection.scalars(select(schema.feeds.c.audience)).all():
        if audience not in named:
            touched |= purge_audience(connection, audience)
    for place in at:
        values = {"epoch": place.epoch, "n": place.n, "chain": place.chain}
        connection.execute(
            insert(schema.feeds)
            .values(audience=place.audience, **values)
            .on_conflict_do_update(index_elements=["audience"], set_=values)
        )
    return frozenset(touched)


def _grant(connection: Connection, row: FeedRow, act: Act) -> str:
    place, header = next((i, h) for i, h in enumerate(act.entries) if h.id == row.entry)
    assert row.signed is not None
    connection.execute(
        insert(schema.acts)
        .values(id=act.id, signed=row.signed.act, signature=row.signed.signature)
        .on_conflict_do_nothing()
    )
    content = {
        "body": row.body.body if row.body else None,
        "salt": row.body.salt if row.body else None,
        "disposed": row.disposed,
        "position": row.position,
        "admitted_at": row.admitted_at,
        "refused": False,
    }
    connection.execute(
        insert(schema.entries)
        .values(id=header.id, act=act.id, place=place, stream=header.stream, kind=header.kind, **content)
        .on_conflict_do_update(index_elements=["id"], set_=content)
    )
    connection.execute(
        insert(schema.grants).values(entry=header.id, audience=row.audience).on_conflict_do_nothing()
    )
    # Where the answer to a push was lost, the feed shows that the act had been admitted.
    connection.execute(delete(schema.outbox).where(schema.outbox.c.act == act.id))
    return header.stream


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
