"""How an older cache becomes one of this version: on an encrypted copy, which is checked and then takes its
place in one step.

Whatever happens on the way, there is the old one or the new one, whole. What has not been sent is in the new
one to the byte, or the old one stays.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from ..domain.errors import Refusal
from ..domain.fold import fold_hub
from ..vault.files import put_in_place, remove_file
from . import reading, schema
from .engine import DAMAGED, connect, end_log, open_engine, told, unreadable
from .projecting import project

_KEPT = ("acts", "entries", "grants", "feeds", "outbox", "drafts", "chunks")
"""What no step may lose a row of; all else is made anew from it."""
_OUTBOX = (
    "SELECT o.*, a.signed, a.signature, e.id, e.place, e.body, e.salt FROM outbox o "
    "JOIN acts a ON a.id = o.act JOIN entries e ON e.act = o.act ORDER BY o.seq, e.place"
)
_FACTS = f"SELECT name, value FROM facts WHERE name <> '{schema.CONFIGURED}' ORDER BY name"


def bring_up_to_date(path: Path, key_hex: Callable[[], str]) -> None:
    """Upgrade the cache at ``path`` if it is an older one.

    Raises ``Refusal``: of ``engine.py``, *profile-newer*, or *upgrade-failed* where the old one stays.
    """
    fresh = path.with_name(f"{path.name}.new")
    if not path.exists():
        return
    _remove(fresh)  # an upgrade that was interrupted
    engine = open_engine(path, key_hex)
    try:
        with engine.connect() as connection:
            older = 0 < schema.version_of(connection) < schema.VERSION
    finally:
        engine.dispose()
    if not older:
        return
    try:
        _copy(path, fresh, key_hex)
        try:
            _upgrade(path, fresh, key_hex)
        except Refusal as refusal:
            # The old one has just been read whole: what cannot be read is the copy.
            raise _failed() if refusal.code == unreadable().code else refusal from refusal
        # Neither may have a log of writes beside it when the one takes the other's place.
        for each in (fresh, path):
            end_log(each, key_hex)
        put_in_place(fresh, path)
    except Refusal:
        _remove(fresh)
        raise
    except Exception as error:
        _remove(fresh)
        raise _failed() from error


def _copy(path: Path, fresh: Path, key_hex: Callable[[], str]) -> None:
    connection = connect(path, key_hex)
    try:
        with told():
            connection.execute("VACUUM INTO ?", (str(fresh),))
    finally:
        connection.close()


def _upgrade(path: Path, fresh: Path, key_hex: Callable[[], str]) -> None:
    old, new = open_engine(path, key_hex), open_engine(fresh, key_hex)
    try:
        with new.execution_options(writes=True).begin() as connection:
            schema.apply_steps(connection)
            timeline = fold_hub(reading.entries_of_stream(connection, "hub")).timeline
            streams = connection.scalars(select(schema.entries.c.stream).distinct()).all()
            project(connection, streams, timeline, {})
        with old.connect() as before, new.connect() as after:
            _check(before, after)
    finally:
        old.dispose()
        new.dispose()


def _check(before: Connection, after: Connection) -> None:
    if after.exec_driver_sql("PRAGMA cipher_integrity_check").all():
        raise _failed()
    if after.exec_driver_sql("PRAGMA integrity_check").scalars().all() != ["ok"]:
        raise _failed()

    def rows(query: str) -> tuple[list[Any], list[Any]]:
        mine, theirs = (list(one.exec_driver_sql(query).all()) for one in (before, after))
        return mine, theirs

    for query in (*(f"SELECT count(*) FROM {table}" for table in _KEPT), _OUTBOX, _FACTS):
        mine, theirs = rows(query)
        if mine != theirs:
            raise _failed()


def _remove(fresh: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal", DAMAGED):
        remove_file(fresh.with_name(fresh.name + suffix))


def _failed() -> Refusal:
    return Refusal(
        "upgrade-failed",
        "This profile could not be brought to this version of the program, and is as it was. Go on with the "
        "version before this one, and tell your administrator.",
    )
