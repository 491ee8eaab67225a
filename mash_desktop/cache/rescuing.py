"""A damaged cache: what exists nowhere else is saved out of it into a new one, and the hub gives the rest.

Saved are what waits to be sent, drafts, single facts (the signing key, the account) and the pieces of
documents that were not sent, each row as far as it can be read. The new file takes the place of the damaged
one in steps that an interruption only delays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, insert

from ..domain.acts import OpenBody, SignedAct, check_bodies, read
from ..domain.errors import Refusal
from ..vault.files import put_in_place, remove_file
from . import outbox, saved, schema
from .engine import DAMAGED, connect, end_log, open_engine, told, unreadable
from .pieces import named_by

UNREADABLE = unreadable().code
MOST_UNKNOWN = 1000
"""Rows that are looked for beyond what a table still says of its ends."""


class Rescued(msgspec.Struct):
    """How much was saved, and how many things were there and could not be read."""

    acts: int = 0
    drafts: int = 0
    facts: int = 0
    lost: int = 0


def is_marked(path: Path) -> bool:
    """Whether damage was met while the cache was open."""
    return _beside(path, DAMAGED).exists()


def rescue(path: Path, key_hex: Callable[[], str]) -> Refusal:
    """Put a new cache in place of a damaged one. Returns what its person is to be told."""
    fresh = _beside(path, ".rescuing")
    _remove(fresh)
    engine = open_engine(fresh, key_hex)
    source = _Source(path, key_hex)
    try:
        with engine.execution_options(writes=True).begin() as connection:
            schema.make(connection)
            rescued = _save(source, connection)
            _count_on(source, connection, saved.noted(saved.beside(path)), rescued)
    finally:
        source.close()
        engine.dispose()
    end_log(fresh, key_hex)
    put_in_place(fresh, _beside(path, ".rescued"))
    kept = finish(path, keep=rescued.lost > 0 or not rescued.facts)
    return _told(rescued, kept)


def finish(path: Path, *, keep: bool = True) -> str:
    """Let a new cache that is ready take the damaged one's place, also where this was interrupted before.

    Returns the name under which the damaged one is kept, since something in it may yet be read; empty where
    there is none.
    """
    ready = _beside(path, ".rescued")
    if not ready.exists():
        return ""
    number = 1
    while (aside := _beside(path, f".damaged-{number}")).exists():
        number += 1
    # Its log of writes first: beside the new file it would be taken for that one's.
    for suffix in ("-wal", "-shm", ""):
        old = _beside(path, suffix)
        if old.exists():
            put_in_place(old, _beside(aside, suffix))
    put_in_place(ready, path)
    remove_file(_beside(path, DAMAGED))
    if keep:
        return aside.name
    _remove(aside)
    return ""


class _Source:
    """The damaged file, read a row at a time: a connection that met damage reads nothing more."""

    def __init__(self, path: Path, key_hex: Callable[[], str]) -> None:
        self._path, self._key_hex = path, key_hex
        self._connection: Any = None
        self._read: dict[str, dict[object, dict[str, Any]]] = {}

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def rows(self, query: str, *parameters: object) -> list[Any] | None:
        """``None`` where it cannot be read."""
        try:
            if self._connection is None:
                self._connection = connect(self._path, self._key_hex)
                self._connection.execute("PRAGMA cipher_log_level = NONE")
            with told():
                found: list[Any] = self._connection.execute(query, parameters).fetchall()
        except Refusal as refusal:
            if refusal.code != UNREADABLE:
                raise
            self.close()
            return None
        return found

    def table(self, table: Table) -> Iterator[dict[str, Any] | None]:
        """Every row of a table; ``None`` in place of one that cannot be read."""
        names = [column.name for column in table.columns]
        select = f"SELECT {', '.join(names)} FROM {table.name}"
        found = self.rows(select)
        if found is not None:
            yield from (dict(zip(names, row, strict=True)) for row in found)
            return
        for number in self._numbers(table):
            found = None if number is None else self.rows(f"{select} WHERE rowid = ?", number)
            yield from [None] if found is None else (dict(zip(names, row, strict=True)) for row in found)

    def _numbers(self, table: Table) -> Iterable[int | None]:
        """The numbers of a table's rows, by the index that has them all; where that is damaged too, from one
        end of the table to the other, with ``None`` for what may stand beyond an end that cannot be read."""
        indexed = self.rows(f"SELECT rowid FROM {table.name} INDEXED BY sqlite_autoindex_{table.name}_1")
        if indexed is not None:
            return sorted(row[0] for row in indexed)
        first, last = (self._one(f"SELECT {end}(rowid) FROM {table.name}") for end in ("min", "max"))
        unknown = [] if first is not None and last is not None else [None]
        if last is None:
            last = self.last_number(table)
        if last is None:
            last = (1 if first is None else first) + MOST_UNKNOWN
        if first is None:
            first = last - MOST_UNKNOWN
        return [*unknown, *range(first, last + 1)]

    def last_number(self, table: Table) -> int | None:
        """The greatest that a row has had, where the table counts them."""
        return self._one("SELECT seq FROM sqlite_sequence WHERE name = ?", table.name)

    def _one(self, query: str, *parameters: object) -> int | None:
        """A single number; ``None`` where there is none, or it cannot be read."""
        found = self.rows(query, *parameters)
        return found[0][0] if found else None

    def row(self, table: Table, key: str) -> dict[str, Any] | None:
        """One row by its key; where the way to it is damaged, among all that can be read."""
        (column,) = table.primary_key
        names = [each.name for each in table.columns]
        select = f"SELECT {', '.join(names)} FROM {table.name} WHERE {column.name} = ?"
        found = self.rows(select, key)
        if found is not None:
            return dict(zip(names, found[0], strict=True)) if found else None
        if table.name not in self._read:
            self._read[table.name] = {row[column.name]: row for row in self.table(table) if row is not None}
        return self._read[table.name].get(key)


def _save(source: _Source, connection: Connection) -> Rescued:
    rescued = Rescued()
    for row in source.table(schema.facts):
        if row is None:
            rescued.lost += 1
        elif row["name"] not in schema.TOLD_BY_THE_HUB:
            connection.execute(insert(schema.facts).values(row))
            rescued.facts += 1
    for row in source.table(schema.drafts):
        if row is None:
            rescued.lost += 1
        else:
            connection.execute(insert(schema.drafts).values(row))
            rescued.drafts += 1
    for row in source.table(schema.outbox):
        if row is None or not _save_act(source, connection, row, rescued):
            rescued.lost += 1
    return rescued


def _count_on(source: _Source, connection: Connection, noted: int, rescued: Rescued) -> None:
    """Acts that were saved after the last that the damaged file knows of are lost; their numbers are kept."""
    known = source.last_number(schema.outbox)
    if known is not None:
        rescued.lost += max(noted - known, 0)
    outbox.count_from(connection, max(noted, known or 0))


def _save_act(source: _Source, connection: Connection, waits: dict[str, Any], rescued: Rescued) -> bool:
    """An act with all of its entries, and what can be read of the pieces they name; or none of it."""
    kept = source.row(schema.acts, waits["act"])
    if kept is None:
        return False
    entries, pieces = [], []
    try:
        act = read(SignedAct(kept["signed"], kept["signature"]))
        for header in act.entries:
            entry = source.row(schema.entries, header.id)
            if entry is None:
                return False
            entries.append(entry)
            pieces += [source.row(schema.chunks, digest) for digest in named_by(header.kind, entry["body"])]
        check_bodies(act, (OpenBody(one["id"], one["body"], one["salt"]) for one in entries), whole=True)
    except Refusal:
        # The cipher may give what it cannot authenticate once, and tell with the next page.
        return False
    connection.execute(insert(schema.acts).values(kept))
    connection.execute(insert(schema.entries), entries)
    connection.execute(insert(schema.outbox).values(waits))
    for piece in pieces:
        if piece is None:
            rescued.lost += 1
        else:
            connection.execute(insert(schema.chunks).prefix_with("OR IGNORE").values(piece))
    rescued.acts += 1
    return True


def _told(rescued: Rescued, kept: str) -> Refusal:
    if not rescued.facts:
        return Refusal(
            "cache-lost",
            "What was kept on this computer cannot be read any more. Tell your administrator, who finds the "
            f"damaged file as {kept}, and set this computer up again with a one-time code.",
        )
    acts = "1 thing" if rescued.acts == 1 else f"{rescued.acts} things"
    drafts = "1 draft" if rescued.drafts == 1 else f"{rescued.drafts} drafts"
    lost = f" {rescued.lost} could not be read: tell your administrator, and keep {kept}." if kept else ""
    return Refusal(
        "cache-mended",
        f"What was kept on this computer was damaged. {acts} not yet sent and {drafts} were saved; the rest "
        f"is fetched again from the hub.{lost} Enter your passphrase once more to go on.",
    )


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        remove_file(_beside(path, suffix))
