"""Rows by the many: what several files of the cache write and read in batches. No meaning of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import sqlite

from .engine import run, run_for_each

T = TypeVar("T")
MOST = 500
"""Values named in one statement."""
Clash = Literal["fail", "ignore", "update"]
"""What becomes of a row whose key is there already."""


def batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), MOST):
        yield values[start : start + MOST]


def add(connection: Connection, table: Table, rows: Sequence[dict[str, Any]], clash: Clash = "fail") -> None:
    """Insert rows that all have the same columns, two or more. The driver takes every value of the cache as
    it is, so a thousand rows do not pass through the library one by one."""
    if not rows:
        return
    statement, in_order = _insertion(table, tuple(rows[0]), clash)
    run_for_each(connection, statement, map(in_order, rows))


def add_one(connection: Connection, table: Table, row: dict[str, Any]) -> int:
    """Insert a row of a table that numbers its rows. Returns its number."""
    statement, in_order = _insertion(table, tuple(row), "fail")
    number: int = run(connection, statement, in_order(row)).lastrowid
    return number


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or give those that are there their new values."""
    add(connection, table, rows, "update")


@cache
def _insertion(
    table: Table, columns: tuple[str, ...], clash: Clash
) -> tuple[str, Callable[[dict[str, Any]], tuple[Any, ...]]]:
    """The statement, and what takes its values out of a row, in their order."""
    added = sqlite.insert(table)
    if clash == "ignore":
        added = added.on_conflict_do_nothing()
    elif clash == "update":
        key = [column.name for column in table.primary_key]
        changed = {name: added.excluded[name] for name in columns if name not in key}
        added = added.on_conflict_do_update(index_elements=key, set_=changed)
    compiled = added.compile(dialect=sqlite.dialect(), column_keys=columns)
    return str(compiled), itemgetter(*compiled.positiontup or ())
