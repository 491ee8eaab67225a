"""Opening the encrypted file, and proving on every opening that it is encrypted.

SQLCipher with a raw 256-bit key. A key that was taken as a passphrase, a library without the cipher or a
file in clear are found here, before anything is read or written.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from ..domain.errors import Refusal

SQLITE_HEADER = b"SQLite format 3\x00"
FILE_NAME = "cache.db"


def open_engine(path: Path, key_hex: str) -> Engine:
    """An engine on the cache at ``path``; ``key_hex`` is the raw key, 64 hexadecimal digits.

    Raises ``Refusal``: *cache-in-clear* where the file is not encrypted, *cipher-missing* where the library
    has no cipher, *cache-unreadable* where the key does not open it or the file is damaged.
    """
    if len(key_hex) != 64 or not all(digit in "0123456789abcdef" for digit in key_hex):
        raise ValueError("a raw key is 64 hexadecimal digits")
    _refuse_clear(path)

    def connect() -> Any:
        connection = sqlcipher.connect(str(path), timeout=10, isolation_level=None, check_same_thread=False)
        try:
            connection.execute(f"PRAGMA key = \"x'{key_hex}'\"")
            if not connection.execute("PRAGMA cipher_version").fetchone():
                raise Refusal(
                    "cipher-missing", "This installation has no encryption. Have it installed again."
                )
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "temp_store = MEMORY",
                "secure_delete = ON",
                "foreign_keys = ON",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except sqlcipher.DatabaseError as error:
            connection.close()
            raise Refusal(
                "cache-unreadable",
                "What is kept on this computer cannot be read: it is damaged, or the key is wrong.",
            ) from error
        except Refusal:
            connection.close()
            raise
        return connection

    engine = create_engine("sqlite://", creator=connect, module=sqlcipher, poolclass=QueuePool, pool_size=4)

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # The driver's own BEGIN is deferred: two writers would meet in the middle instead of at the start.
        immediate = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    try:
        _refuse_clear(path)
    except Refusal:
        engine.dispose()
        raise
    return engine


def _refuse_clear(path: Path) -> None:
    if path.exists():
        with path.open("rb") as file:
            if file.read(len(SQLITE_HEADER)) == SQLITE_HEADER:
                raise Refusal(
                    "cache-in-clear", "The file of this profile is not encrypted. It will not be opened."
                )
