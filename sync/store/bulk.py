"""Many rows at once, past SQLAlchemy's own path and several times faster; the tables are still its.

``copy`` is for plain insertion: what may meet a row that is there already goes by ``INSERT … ON CONFLICT``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import namedtuple_row
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    Select,
    SmallInteger,
    Table,
    Text,
    TextClause,
    any_,
    literal,
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
    statement, types = _copying(table)
    with _faults(db, statement), _driver(db).cursor() as cursor, cursor.copy(statement) as copying:
        copying.set_types(types)
        for row in rows:
            copying.write_row(row)


def among(column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """``column`` is one of these. One array and so one statement, however many there are: it is planned once,
    while an ``IN`` of another length is another statement."""
    return column == any_(literal(list(values), ARRAY(column.type)))


def read(db: Connection, statement: Select[Any] | TextClause, **values: Any) -> list[Any]:
    """The rows of ``statement``, by column name. In binary: as text, bytes are twice as long and decoded.

    ``statement`` is one of a module's constants, since what it compiles to is kept; ``values`` are those of
    its bound parameters.
    """
    compiled = _compiled(statement, db.dialect)
    with _faults(db, compiled), _driver(db).cursor(binary=True, row_factory=namedtuple_row) as cursor:
        return cursor.execute(compiled, values).fetchall()


@cache
def _compiled(statement: Select[Any] | TextClause, dialect: Dialect) -> sql.SQL:
    return sql.SQL(str(statement.compile(dialect=dialect)))


def _driver(db: Connection) -> psycopg.Connection[Any]:
    raw = db.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


@contextmanager
def _faults(db: Connection, statement: sql.Composable) -> Iterator[None]:
    """What goes wrong here is told as SQLAlchemy tells everything else."""
    try:
        yield
    except psycopg.Error as error:
        text = statement.as_string(_driver(db))
        raise DBAPIError.instance(
            text, None, error, psycopg.Error, hide_parameters=True, dialect=db.dialect
        ) from error
