"""One hub of a store lost and restored in place: its rows as they were, then what the product's restore does.

Backups as files, and all that a restore checks of them, are tried elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Table, delete, insert, select

from sync.store import tables
from sync.store.backup import KEYS, LOG, TABLES, HubThen, Manifest
from sync.store.composition import Store
from sync.store.log import read_head
from sync.store.restoring import _open_epoch, _tell
from sync.store.streams import Shelf

BY_HUB = [table for table in tables.metadata.sorted_tables if "hub" in table.c]


class Backup(NamedTuple):
    """``rows`` by table; sign-ins are not among them."""

    rows: Mapping[Table, Sequence[Mapping[str, Any]]]
    then: HubThen
    made_at: datetime


def back_up(store: Store, hub: str) -> Backup:
    at_once = store.engine.connect().execution_options(isolation_level="REPEATABLE READ")
    with at_once as db, db.begin():
        rows = {
            table: [dict(row) for row in db.execute(select(table).where(table.c.hub == hub)).mappings()]
            for table in (*TABLES[LOG], *TABLES[KEYS])
        }
        head = read_head(db, hub)
    return Backup(rows, HubThen(hub, head.epoch, head.size, head.frontier.root().hex(), 0), store.clock())


def restore(store: Store, backup: Backup) -> None:
    hub = backup.then.hub
    with store.engine.begin() as db:
        for table in reversed(BY_HUB):
            db.execute(delete(table).where(table.c.hub == hub))
        for table in BY_HUB:
            if rows := backup.rows.get(table):
                db.execute(insert(table), rows)
        _open_epoch(db, store.secrets, backup.then)
    # As after a start of its program, which remembers nothing.
    vars(store.shelf).update(vars(Shelf()))
    _tell(store, Manifest(backup.made_at, "", "", (backup.then,), {}), {hub: ()})
