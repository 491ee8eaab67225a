"""Rows by the many: what several files of the cache write and read in batches. No meaning of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.sqlite import insert

T = TypeVar("T")
MOST = 500
"""Values named in one statement."""


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), MOST):
        yield values[start : start + MOST]


def upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows, or give those that are there their new values."""
    if not rows:
        return
    added = insert(table)
    key = [column.name for column in table.primary_key]
    changed = {name: added.excluded[name] for name in rows[0] if name not in key}
    connection.execute(added.on_conflict_do_update(index_elements=key, set_=changed), rows)
