"""Destroying keys: after it nobody opens what they sealed, here or in any copy of the rows that are left.

Called where a disposal is admitted, in its transaction, and where one is replayed after a restore. What is
left of an entry is its place in the log, its act and its commitment.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, exists, select

from . import tables


def destroy(db: Connection, hub: str, stream: str, entry: str | None) -> None:
    """Destroy the key of one entry's body, or (``entry`` is ``None``) those of all of a stream.

    Pieces of documents that nothing else names go too. Destroying again changes nothing.
    """
    e = tables.entries
    concerned = select(e.c.position).where(e.c.hub == hub, e.c.stream == stream)
    if entry is not None:
        concerned = concerned.where(e.c.entry == entry)
    positions = list(db.scalars(concerned))
    k, s, a = tables.body_keys, tables.stream_keys, tables.attachments
    db.execute(delete(k).where(k.c.hub == hub, k.c.position.in_(positions)))
    if entry is None:
        db.execute(delete(s).where(s.c.hub == hub, s.c.stream == stream))
    named = a.c.hub == hub, a.c.position.in_(positions)
    pieces = set(db.scalars(select(a.c.chunk).where(*named)))
    db.execute(delete(a).where(*named))
    for t in (tables.chunk_keys, tables.chunk_senders, tables.chunks):
        left = exists().where(a.c.hub == t.c.hub, a.c.chunk == t.c.chunk)
        db.execute(delete(t).where(t.c.hub == hub, t.c.chunk.in_(pieces), ~left))
