"""The pieces of documents: kept as long as an entry here names them, and no longer."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, delete, select

from ..domain.entries.contact import DocumentAttached
from . import schema
from .rows import batches


class _Names(msgspec.Struct, frozen=True):
    """Of the body of an attached document, whatever its version: its pieces."""

    chunks: tuple[str, ...] = ()


def named_by(kind: str, body: bytes | None) -> frozenset[str]:
    """The pieces that one entry names."""
    if kind != DocumentAttached.KIND or body is None:
        return frozenset()
    return frozenset(msgspec.json.decode(body, type=_Names).chunks)


def forget(connection: Connection, digests: Iterable[str]) -> None:
    """Delete those pieces that no entry here names any more."""
    asked = set(digests)
    if not asked:
        return
    table, kind = schema.entries, DocumentAttached.KIND
    for body in connection.scalars(select(table.c.body).where(table.c.kind == kind)):
        asked -= named_by(kind, body)
    for some in batches(sorted(asked)):
        connection.execute(delete(schema.chunks).where(schema.chunks.c.digest.in_(some)))
