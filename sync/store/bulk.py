"""Putting many rows into a table by COPY, several times faster than statements; the tables are SQLAlchemy's.

For plain insertion only: what may meet a row that is there already goes by ``INSERT … ON CONFLICT``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.exc import DBAPIError

# Small and big integers come before the integer that both are in SQLAlchemy's eyes.
_TYPES = (
    (SmallInteger, "int2"),
    (BigInteger, "int8"),
    (Integer, "int4"),
    (Text, "text"),
    (LargeBinary, "bytea"),
    (Boolean, "bool"),
    (DateTime, "timestamptz"),
    (ARRAY, "text[]"),
)


@cache
def _copying(table: Table) -> tuple[sql.Composed, list[str]]:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table.name), names)
    types = [next(name for kind, name in _TYPES if isinstance(column.type, kind)) for column in table.columns]
    return statement, types


def copy(db: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Insert ``rows``, each with a value for every column in the table's order. Raises ``DBAPIError``, as
    statements do."""
    rows = list(rows)
    if not rows:
        return
    raw = db.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    statement, types = _copying(table)
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copying:
            copying.set_types(types)
            for row in rows:
                copying.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement.as_string(raw), None, error, psycopg.Error, hide_parameters=True, dialect=db.dialect
        ) from error
