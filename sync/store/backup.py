"""Backups of a store: the log in one folder, wrapped keys in another, what was decided on keeping in a third.

One consistent snapshot, table by table by COPY, which every PostgreSQL that the store runs on can read again.
A backup appears under its name only once it is whole and on the disk. Sign-ins are not in it: a session or a
code that was used does not come back.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import msgspec
import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, Table, select

from mash_desktop.domain.acts import Parcel
from mash_desktop.domain.errors import Refusal

from . import tables
from .database import revision
from .log import read_head
from .pulling import content
from .sealing import Secrets, sync_folder
from .streams import Shelf, current_directory

logger = logging.getLogger(__name__)

LOG, KEYS, DECISIONS = "log", "keys", "decisions"
"""The three folders of backups; each backup is a folder in each, named by its moment."""
MANIFEST = "manifest.json"
_NAME = "%Y%m%dT%H%M%S%fZ"
_PART = ".part"
"""After the name of a backup that is being made or deleted."""
_LONGEST = timedelta(days=1)
"""That a backup may take; what is in part longer was cut off."""

_KEYS = (tables.stream_keys, tables.body_keys, tables.chunk_keys)
_LEFT_OUT = (
    tables.sessions,
    tables.enrolment_codes,
    tables.recovery_codes,
    tables.sign_in_attempts,
    tables.sign_in_delays,
)
TABLES: dict[str, tuple[Table, ...]] = {
    LOG: tuple(t for t in tables.metadata.sorted_tables if t not in _KEYS and t not in _LEFT_OUT),
    KEYS: _KEYS,
}


class HubThen(msgspec.Struct, frozen=True):
    """Where a hub's log stood. ``root`` is hex."""

    hub: str
    epoch: int
    size: int
    root: str
    key_days: int


class Manifest(msgspec.Struct, frozen=True):
    """``files`` are the SHA-256 (hex) of each; ``generation`` is that of the wrapping key."""

    made_at: datetime
    revision: str
    generation: str
    hubs: tuple[HubThen, ...]
    files: dict[str, str]


def back_up(engine: Engine, secrets: Secrets, folder: Path) -> Manifest:
    """Make a backup in ``folder`` and delete backups of keys that the hubs keep no longer.

    Raises ``Refusal``: *rotation-open* (its keys would be wrapped under two), *hub-unknown* of a database
    without a hub.
    """
    if secrets.next_wrapping or secrets.next_blocking:
        raise Refusal(
            "rotation-open",
            "A key is being rotated. Finish it first: mash-isl keys rotate-wrapping, or rotate-blocking.",
        )
    now = datetime.now(UTC)
    name = now.strftime(_NAME)
    at_once = engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with at_once as db, db.begin():
        then = _hubs(db, secrets)
        made = Manifest(now, revision(db), secrets.generation, then, {})
        for part, several in TABLES.items():
            with _Part(folder / part / name) as into:
                files = {table.name: _write(db, table, into / table.name) for table in several}
                manifest = msgspec.structs.replace(made, files=files)
                _put(into / MANIFEST, msgspec.json.encode(manifest))
        with _Part(folder / DECISIONS / name) as into:
            told = msgspec.json.encode({one.hub: _decisions(db, secrets, one.hub) for one in then})
            _put(into / DECISIONS, told)
            files = {DECISIONS: hashlib.sha256(told).hexdigest()}
            _put(into / MANIFEST, msgspec.json.encode(msgspec.structs.replace(made, files=files)))
    _forget_keys(folder / KEYS, now)
    return manifest


def found(folder: Path) -> list[tuple[Path, Manifest]]:
    """The backups in a folder, the latest first, without those that cannot be read: these are warned of."""
    several = []
    for one in named(folder):
        try:
            several.append((one, manifest_of(one)))
        except Refusal as refusal:
            logger.warning("%s It is left out.", refusal.sentence)
    return several


def named(folder: Path) -> list[Path]:
    """The backups in a folder by their names, the latest first, whether they can be read or not."""
    return sorted(folder.glob("*Z"), reverse=True)


def manifest_of(where: Path) -> Manifest:
    """``Refusal`` (*backup-damaged*)."""
    try:
        return msgspec.json.decode((where / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal("backup-damaged", f"The backup in {where} cannot be read.", "from") from error


class _Part:
    """A folder that takes its name once everything in it is on the disk."""

    def __init__(self, named: Path) -> None:
        self._named = named
        self._making = named.with_name(f"{named.name}{_PART}")

    def __enter__(self) -> Path:
        self._making.mkdir(parents=True, mode=0o700)
        return self._making

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:
            shutil.rmtree(self._making)
            return
        sync_folder(self._making)
        self._making.rename(self._named)
        sync_folder(self._named.parent)


def _hubs(db: Connection, secrets: Secrets) -> tuple[HubThen, ...]:
    named = db.scalars(select(tables.hubs.c.hub).order_by(tables.hubs.c.hub)).all()
    if not named:
        raise Refusal("hub-unknown", "There is no hub in this database yet.")
    then = []
    for hub in named:
        head = read_head(db, hub)
        config = current_directory(db, Shelf(), secrets, hub).directory.timeline.at(None)
        root = head.frontier.root().hex()
        then.append(HubThen(hub, head.epoch, head.size, root, config.key_backup_days))
    return tuple(then)


def columns(table: Table) -> sql.Composed:
    """A table with its columns, as COPY names them."""
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    return sql.SQL("{} ({})").format(sql.Identifier(table.name), names)


def driver(db: Connection) -> psycopg.Connection[tuple[object, ...]]:
    raw = db.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


def _write(db: Connection, table: Table, file: Path) -> str:
    digest = hashlib.sha256()
    order = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.primary_key.columns)
    rows = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns),
        sql.Identifier(table.name),
        order,
    )
    with driver(db).cursor() as cursor, cursor.copy(rows) as copying, file.open("wb") as out:
        for some in copying:
            digest.update(some)
            out.write(some)
        _synced(out)
    return digest.hexdigest()


def _put(file: Path, told: bytes) -> None:
    with file.open("wb") as out:
        out.write(told)
        _synced(out)


def _synced(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def _decisions(db: Connection, secrets: Secrets, hub: str) -> tuple[Parcel, ...]:
    """What was ever decided about keeping, in order: acts with the bodies of these entries."""
    e = tables.entries
    rows = db.execute(
        select(e.c.position, e.c.act)
        .where(e.c.hub == hub, e.c.stream.like("keeping:%"))
        .order_by(e.c.position)
    ).all()
    opened = content(db, secrets, Shelf(), hub, {row.position for row in rows})
    acts: dict[str, Parcel] = {}
    for row in rows:
        one = opened[row.position]
        if one.damaged:
            raise Refusal(
                "decision-damaged",
                f"The decision on keeping at position {row.position} of {hub} does not open, and a restore "
                "would not know of it. Run mash-isl verify, and restore the latest backup that was whole.",
            )
        before = acts.get(row.act, Parcel(one.signed, ()))
        acts[row.act] = Parcel(one.signed, (*before.bodies, *([one.body] if one.body is not None else [])))
    return tuple(acts.values())


def _forget_keys(folder: Path, now: datetime) -> None:
    cut_off = (now - _LONGEST).strftime(_NAME)
    gone = {one for one in folder.glob(f"*{_PART}") if one.name < cut_off}
    for where, manifest in found(folder):
        if manifest.made_at < now - timedelta(days=min(one.key_days for one in manifest.hubs)):
            # Cut off in the middle of it, what is left is no backup any more.
            gone.add(where.rename(where.with_name(f"{where.name}{_PART}")))
    for where in gone:
        shutil.rmtree(where)


def newest(several: Iterable[tuple[Path, Manifest]], since: Manifest) -> tuple[Path, Manifest] | None:
    """The latest that is no older than ``since`` and of the same epochs."""
    epochs = {one.hub: one.epoch for one in since.hubs}
    for where, manifest in several:
        same = {one.hub: one.epoch for one in manifest.hubs if one.hub in epochs} == epochs
        if same and manifest.made_at >= since.made_at:
            return where, manifest
    return None
