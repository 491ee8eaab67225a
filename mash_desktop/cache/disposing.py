"""What the hub has disposed of goes from here too, whichever feed tells of it first, and a receipt is kept.

The receipt waits with the other accesses to be sent, in the transaction of the purge: it is never sent for
what is still held, nor forgotten for what is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update
from uuid6 import uuid7

from ..domain.acts import Header
from ..domain.entries.access import PurgeConfirmed
from ..domain.entries.keeping import DisposalAgreed
from . import schema
from .pieces import forget, named_by
from .reading import body_of, stamp

ACCESS = "access/"
"""With this begin the keys of accesses that wait among the drafts to be sent; then the kind, then an id."""


def dispose(connection: Connection, granted: Iterable[tuple[Header, bytes]]) -> set[str]:
    """Purge what these entries, each with its body, say is disposed of. Returns streams."""
    touched: set[str] = set()
    for header, raw in granted:
        body = body_of(raw, header, False) if header.kind == DisposalAgreed.KIND else None
        if isinstance(body, DisposalAgreed):
            touched |= _purge(connection, header.id, body)
    return touched


def _purge(connection: Connection, disposal: str, body: DisposalAgreed) -> set[str]:
    table, drafts = schema.entries, schema.drafts
    concerned = [table.c.stream == body.target, table.c.position.is_not(None), table.c.body.is_not(None)]
    if body.entry is None:
        connection.execute(delete(drafts).where(func.instr(drafts.c.key, body.target) > 0))
    else:
        concerned.append(table.c.id == body.entry)
    gone = connection.execute(select(table.c.id, table.c.kind, table.c.body).where(*concerned)).all()
    if not gone:
        return set()
    connection.execute(update(table).where(*concerned).values(body=None, salt=None, disposed=True))
    forget(connection, frozenset[str]().union(*(named_by(row.kind, row.body) for row in gone)))
    now = datetime.now(UTC)
    receipt = PurgeConfirmed(target=body.target, disposal=disposal, entries=len(gone), at=now)
    connection.execute(
        insert(drafts).values(
            key=f"{ACCESS}{receipt.KIND}/{uuid7()}",
            text=msgspec.json.encode(receipt).decode(),
            saved_at=stamp(now),
        )
    )
    return {body.target}
