"""Writes the indexes of people and of what was told, in the transaction that changed the entries.

What leaves a stream leaves no word behind: a deleted row's words are taken out of the index at once, and a
name that nobody has any more out of the spellings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from operator import itemgetter
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, Table, bindparam, delete, func, select, text, update
from sqlalchemy.dialects.sqlite import insert as upserting

from ..matching import blocking_keys, fold, near_keys
from . import schema
from .engine import run_for_each
from .people import Indexed, Person
from .rows import add, batches

COLUMNS = ("name", "alias", "number", "address", "born")
MANY = 200
"""Rows of an index from which deleting them together, and merging what is left, takes less time than each by
itself."""
_PEOPLE_HELD = text(
    f"SELECT people.*, {', '.join(COLUMNS)} FROM people JOIN persons ON persons.rowid = people.id "
    "WHERE stream IN :streams"
).bindparams(bindparam("streams", expanding=True))
_WORDS_HELD = text(
    "SELECT worded.stream, worded.id, words.text FROM worded JOIN words ON words.rowid = worded.id "
    "WHERE worded.stream IN :streams"
).bindparams(bindparam("streams", expanding=True))
"""Rows of streams, each with what the index holds of it."""


def put(connection: Connection, found: Mapping[str, Indexed]) -> None:
    """Index these streams as they are now, an empty one out of every index; what is as it was is left."""
    for some in batches(list(found)):
        now = {stream: found[stream] for stream in some}
        _put_people(connection, now)
        _put_words(connection, now)


def _put_people(connection: Connection, now: Mapping[str, Indexed]) -> None:
    table, blocks = schema.people, schema.blocks
    held = {row.key: row for row in connection.execute(_PEOPLE_HELD, {"streams": list(now)})}
    indexed = {row.id: {name: row._mapping[name] for name in COLUMNS} for row in held.values()}
    added: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    blocked: list[dict[str, Any]] = []
    unworded: list[int] = []
    worded: list[dict[str, Any]] = []
    numbers = _following(connection, table)
    for stream, one in now.items():
        for person in one.people:
            facts, shown = msgspec.json.encode(person.facts), msgspec.json.encode(person.shown)
            columns, there = person.columns, held.get(person.key)
            if there is not None and there.facts == facts:
                del held[person.key]
                if (there.shown, there.readers) != (shown, person.readers):
                    changed.append({"at": there.id, "now": shown, "for": person.readers})
                if indexed[there.id] != columns:
                    unworded.append(there.id)
                    worded.append({"id": there.id, **columns})
                continue
            number = next(numbers)
            added.append(_row(number, stream, person, facts, shown))
            worded.append({"id": number, **columns})
            blocked += [{"block": block, "person": number} for block in blocking_keys(person.facts)]
    gone = [{"at": row.id} for row in held.values()]
    if gone:
        connection.execute(delete(blocks).where(blocks.c.person == bindparam("at")), gone)
        connection.execute(delete(table).where(table.c.id == bindparam("at")), gone)
        unworded += [row["at"] for row in gone]
    if changed:
        anew = update(table).values(shown=bindparam("now"), readers=bindparam("for"))
        connection.execute(anew.where(table.c.id == bindparam("at")), changed)
    add(connection, table, added)
    add(connection, blocks, blocked)
    _forget(connection, "persons", unworded)
    if worded:
        run_for_each(
            connection,
            f"INSERT INTO persons (rowid, {', '.join(COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",
            map(itemgetter("id", *COLUMNS), worded),
        )
    names = Counter[str]()
    names.update(word for row in worded for word in _names_in(row))
    names.subtract(word for number in unworded for word in _names_in(indexed[number]))
    _count_names(connection, names)


def _following(connection: Connection, table: Table) -> Iterator[int]:
    """The numbers that rows to come have, asked for once there is one."""
    yield from count((connection.scalar(select(func.max(table.c.id))) or 0) + 1)


def _row(number: int, stream: str, person: Person, facts: bytes, shown: bytes) -> dict[str, Any]:
    key, readers = person.key, person.readers
    return {"id": number, "key": key, "stream": stream, "facts": facts, "shown": shown, "readers": readers}


def _names_in(columns: Mapping[str, Any]) -> set[str]:
    return {word for word in f"{columns['name']} {columns['alias']}".split() if word.isalpha()}


def _count_names(connection: Connection, names: Mapping[str, int]) -> None:
    """Add to how many people have each of these words in their names; spell the new, forget the last."""
    table, near = schema.names, schema.near
    for words in batches([word for word, more in names.items() if more]):
        known = set(connection.scalars(select(table.c.word).where(table.c.word.in_(words))))
        added = upserting(table)
        connection.execute(
            added.on_conflict_do_update(
                index_elements=["word"], set_={"people": table.c.people + added.excluded.people}
            ),
            [{"word": word, "people": names[word]} for word in words],
        )
        spelled = [
            {"key": key, "word": word} for word in words if word not in known for key in near_keys(word)
        ]
        add(connection, near, spelled)
        none = table.c.word.in_(words) & (table.c.people <= 0)
        gone = connection.scalars(select(table.c.word).where(none)).all()
        if gone:
            connection.execute(delete(near).where(near.c.word.in_(gone)))
            connection.execute(delete(table).where(none))


def _put_words(connection: Connection, now: Mapping[str, Indexed]) -> None:
    table = schema.worded
    held = {row.stream: row for row in connection.execute(_WORDS_HELD, {"streams": list(now)})}
    numbers = _following(connection, table)
    gone: list[int] = []
    changed: list[dict[str, Any]] = []
    added: list[dict[str, Any]] = []
    for stream, one in now.items():
        there, words = held.get(stream), fold(one.text)
        if there is None:
            if words:
                added.append({"id": next(numbers), "stream": stream, "text": words})
        elif not words:
            gone.append(there.id)
        elif there.text != words:
            changed.append({"id": there.id, "text": words})
    _forget(connection, "words", gone)
    for some in batches(gone):
        connection.execute(delete(table).where(table.c.id.in_(some)))
    if changed:
        connection.execute(text("UPDATE words SET text = :text WHERE rowid = :id"), changed)
    if added:
        add(connection, table, [{"id": one["id"], "stream": one["stream"]} for one in added])
        numbered = list(map(itemgetter("id", "text"), added))
        run_for_each(connection, "INSERT INTO words (rowid, text) VALUES (?, ?)", numbered)


def _forget(connection: Connection, index: Literal["persons", "words"], numbers: Sequence[int]) -> None:
    """Delete these rows of an index, and every word of theirs."""
    if not numbers:
        return
    rows = [{"id": number} for number in numbers]
    if len(rows) < MANY:
        connection.execute(text(f"DELETE FROM {index} WHERE rowid = :id"), rows)
        return
    at_once = text(f"INSERT INTO {index} ({index}, rank) VALUES ('secure-delete', :on)")
    connection.execute(at_once, {"on": 0})
    connection.execute(text(f"DELETE FROM {index} WHERE rowid = :id"), rows)
    # What was deleted is in the index until its parts are merged into one.
    connection.execute(text(f"INSERT INTO {index} ({index}) VALUES ('optimize')"))
    connection.execute(at_once, {"on": 1})
