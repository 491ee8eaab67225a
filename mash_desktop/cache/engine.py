"""Opening the encrypted file, and proving on every opening that it is encrypted.

SQLCipher with a raw 256-bit key. A key that was taken as a passphrase, a library without the cipher or a
file in clear are found here, before anything is read or written. What the file or the disk later declines
is told from here too, as a ``Refusal`` with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from ..domain.errors import Refusal

SQLITE_HEADER = b"SQLite format 3\x00"
FILE_NAME = "cache.db"
DAMAGED = ".damaged"
"""Ends the name of an empty file beside a cache in which damage was met."""
BUSY_SECONDS = 10.0
"""How long a writer waits for another's turn to end."""

_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
_TOLD = {
    (_BUSY, _LOCKED): (
        "cache-busy",
        "Another program is busy with what is kept on this computer. Close it, then try again.",
    ),
    (_READONLY, _CANTOPEN): (
        "cache-not-writable",
        "The profile folder cannot be written. Correct its permissions, then try again.",
    ),
    (_FULL,): ("disk-full", "The disk of this computer is full. Make room on it, then try again."),
    (_IOERR,): (
        "disk-fault",
        "The disk of this computer could not be read or written. Try again, and have it seen to if need be.",
    ),
    (_CORRUPT, _NOTADB): (
        "cache-unreadable",
        "What is kept on this computer is damaged. Lock this window and unlock it again: what you have not "
        "sent is saved then, and the rest is fetched again.",
    ),
}


def open_engine(path: Path, key_hex: Callable[[], str]) -> Engine:
    """An engine on the cache at ``path``; ``key_hex`` gives the raw key, 64 hexadecimal digits, when a
    connection is made, and nothing here keeps it.

    Raises ``Refusal``: *cache-in-clear* where the file is not encrypted, *cipher-missing* where the library
    has no cipher, *cache-unreadable* where the key does not open it or the file is damaged, *cache-busy*,
    *cache-not-writable*, *disk-full* and *disk-fault*; the last five wherever the engine is used as well.
    """
    _refuse_clear(path)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        creator=lambda: connect(path, key_hex),
        module=sqlcipher,
        poolclass=QueuePool,
        pool_size=4,
        # Of the pages that a connection has in memory none is good any more once another has written.
        pool_use_lifo=True,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # The driver's own BEGIN is deferred: two writers would meet in the middle instead of at the start.
        immediate = connection.get_execution_options().get("writes", False)
        run(connection, "BEGIN IMMEDIATE" if immediate else "BEGIN")

    @event.listens_for(engine, "handle_error")
    def tell(context: ExceptionContext) -> None:
        refusal = _refused(context.original_exception, path)
        if refusal is not None:
            raise refusal from context.original_exception

    try:
        with engine.connect() as opened:
            opened.exec_driver_sql("SELECT 1")
        _refuse_clear(path)
    except Refusal:
        engine.dispose()
        raise
    return engine


def run(connection: Connection, statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
    """A statement in the driver's hands, and its cursor: the library's own way there and back takes several
    times as long as a statement of a save. What goes wrong is told as the library tells everything else."""
    try:
        return _driver(connection).execute(statement, values)
    except sqlcipher.Error as error:
        raise _fault(connection, statement, error) from error


def ask(connection: Connection, query: str, values: Sequence[Any] = ()) -> list[Any]:
    """All rows of a query, as :func:`run` asks it."""
    try:
        found: list[Any] = _driver(connection).execute(query, values).fetchall()
    except sqlcipher.Error as error:
        raise _fault(connection, query, error) from error
    return found


def run_for_each(
    connection: Connection, statement: str, rows: Iterable[Sequence[Any] | Mapping[str, Any]]
) -> Any:
    """As :func:`run`, with the values of each row. The cursor's count is that of all together."""
    try:
        return _driver(connection).executemany(statement, rows)
    except sqlcipher.Error as error:
        raise _fault(connection, statement, error) from error


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _fault(connection: Connection, statement: str, error: sqlcipher.Error) -> Exception:
    return _refused(error, Path(connection.engine.url.database or "")) or DBAPIError.instance(
        statement, None, error, sqlcipher.Error, hide_parameters=True, dialect=connection.dialect
    )


def connect(path: Path, key_hex: Callable[[], str]) -> Any:
    """One connection of the driver's, outside any transaction. Raises ``Refusal`` as :func:`open_engine`."""
    digits = key_hex()
    if len(digits) != 64 or not all(digit in "0123456789abcdef" for digit in digits):
        raise ValueError("a raw key is 64 hexadecimal digits")
    with told():
        connection = sqlcipher.connect(
            str(path), timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, digits)
        except (sqlcipher.DatabaseError, Refusal):
            connection.close()
            raise
    return connection


def mark_damaged(path: Path) -> None:
    """Have what can be saved saved when it is opened next."""
    with suppress(OSError):
        path.with_name(path.name + DAMAGED).touch()


def end_log(path: Path, key_hex: Callable[[], str]) -> None:
    """Bring all writes into the file itself, so that nothing beside it belongs to it. Raises ``Refusal``."""
    connection = connect(path, key_hex)
    try:
        with told():
            connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()


@contextmanager
def told() -> Iterator[None]:
    """What the driver says of the file or the disk, as a ``Refusal``."""
    try:
        yield
    except sqlcipher.DatabaseError as error:
        raise _refusal(error) from error


def _prepare(connection: Any, digits: str) -> None:
    connection.execute(f"PRAGMA key = \"x'{digits}'\"")
    if not connection.execute("PRAGMA cipher_version").fetchone():
        raise Refusal("cipher-missing", "This installation has no encryption. Have it installed again.")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "temp_store = MEMORY",
        "secure_delete = ON",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _refused(error: BaseException, path: Path) -> Refusal | None:
    """What is told of a fault of the file or the disk; damage is marked."""
    if not isinstance(error, sqlcipher.DatabaseError) or _told(error) is None:
        return None
    refusal = _refusal(error)
    if refusal.code == unreadable().code:
        mark_damaged(path)
    return refusal


def _told(error: sqlcipher.DatabaseError) -> tuple[str, str] | None:
    """What a fault of the file or the disk is called; ``None`` for a fault of the program's."""
    # The low byte is the kind of error; the rest says more than a person needs.
    kind = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    return next((told for kinds, told in _TOLD.items() if kind in kinds), None)


def unreadable() -> Refusal:
    return Refusal(*_TOLD[_CORRUPT, _NOTADB])


def _refusal(error: sqlcipher.DatabaseError) -> Refusal:
    found = _told(error)
    return unreadable() if found is None else Refusal(*found)


def _refuse_clear(path: Path) -> None:
    try:
        with path.open("rb") as file:
            begins = file.read(len(SQLITE_HEADER))
    except FileNotFoundError:
        return
    except OSError as error:
        raise Refusal(*_TOLD[_READONLY, _CANTOPEN]) from error
    if begins == SQLITE_HEADER:
        raise Refusal("cache-in-clear", "The file of this profile is not encrypted. It will not be opened.")
