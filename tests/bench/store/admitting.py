"""Acts admitted a second, beside the rows that they come to written by bare psycopg."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import JSON, Table, make_url, select

from sync.store import tables
from sync.store.database import connect, migrate
from tests.bench import Row, measures
from tests.support.postgres import PostgresServer
from tests.support.store import ServedStore

from .running import OPERATOR, Line, a_server, a_store, contacts, pushed, pushes, side_by_side

PUSHERS = 32
ALONE, TOGETHER = 20, 60
"""Acts of each pusher: one a push, and in pushes of twenty."""

Written = list[tuple[Table, list[tuple[Any, ...]]]]
"""What one act comes to: rows by table."""


@measures("store")
def admitting_acts() -> Iterator[Row]:
    with a_server() as server:
        with a_store(server) as served:
            hub = served.new_hub()
            desks = [served.desk(hub, f"Pusher {number}", OPERATOR) for number in range(PUSHERS)]
            lines = [Line(served, desk) for desk in desks]
            # Each has pushed once before it counts, as on any working day.
            pushed(lines, [pushes(contacts(desk, range(at, at + 1)), 1) for at, desk in enumerate(desks)])
            alone = [contacts(desk, range(100 * n, 100 * n + ALONE)) for n, desk in enumerate(desks)]
            one_a_push = PUSHERS * ALONE / pushed(lines, [pushes(parcels, 1) for parcels in alone])
            written = rows_of(served, hub)
            together = [
                contacts(desk, range(5000 + 100 * n, 5000 + 100 * n + TOGETHER))
                for n, desk in enumerate(desks)
            ]
            in_pushes = PUSHERS * TOGETHER / pushed(lines, [pushes(parcels, 20) for parcels in together])
            for line in lines:
                line.close()
        bare = by_bare_psycopg(server, written)
    what = f"acts of 4 entries, {PUSHERS} pushers"
    yield Row(f"{what}, one act a push", one_a_push, "acts/s", bare, at_least=0.1)
    yield Row(f"{what}, pushes of 20 acts", in_pushes, "acts/s", bare, at_least=0.25)


def rows_of(served: ServedStore, hub: str) -> list[Written]:
    """Every row that the contacts pushed so far came to, by act."""
    by_act: dict[str, dict[Table, list[tuple[Any, ...]]]] = defaultdict(lambda: defaultdict(list))
    with served.direct.engine.connect() as db:

        def read(table: Table) -> Sequence[Any]:
            return db.execute(select(table).where(table.c.hub == hub)).all()

        entries = read(tables.entries)
        at = {row.position: row.act for row in entries}
        of = {row.stream: row.act for row in entries if row.stream.startswith("referral:")}
        acts = set(of.values())
        people = {row.key: at[row.position] for row in read(tables.people)}
        owners: Mapping[Table, Any] = {
            tables.acts: lambda row: row.act,
            tables.entries: lambda row: row.act,
            tables.bodies: lambda row: at[row.position],
            tables.body_keys: lambda row: at[row.position],
            tables.feeds: lambda row: at[row.position],
            tables.grants: lambda row: at[row.position],
            tables.people: lambda row: at[row.position],
            tables.people_blocks: lambda row: people[row.key],
            tables.stream_keys: lambda row: of.get(row.stream),
            tables.streams: lambda row: of.get(row.stream),
            tables.referrals: lambda row: of.get(row.referral),
            # A node is written by the act whose leaf completes it.
            tables.tree_nodes: lambda row: at[(row.index + 1) << row.level],
        }
        for table, owner in owners.items():
            for row in read(table):
                if owner(row) in acts:
                    by_act[owner(row)][table].append(_plain(table, row))
    return [list(written.items()) for written in by_act.values()]


def _plain(table: Table, row: Any) -> tuple[Any, ...]:
    return tuple(
        Jsonb(value) if isinstance(column.type, JSON) else value
        for column, value in zip(table.columns, row, strict=True)
    )


def by_bare_psycopg(server: PostgresServer, written: Sequence[Written]) -> float:
    """The same rows into the same tables, one transaction an act, side by side; acts a second."""
    name = server.new_database()
    engine = connect(server.url(name), 1)
    migrate(engine)
    engine.dispose()
    inserting = {table: _insert(table) for acts in written for table, _ in acts}
    url = make_url(server.url(name))
    connections = [
        psycopg.connect(host=str(url.query["host"]), user=url.username, dbname=url.database)
        for _ in range(PUSHERS)
    ]

    def write(place: int) -> None:
        for act in written[place::PUSHERS]:
            with connections[place].transaction(), connections[place].cursor() as cursor:
                for table, rows in act:
                    cursor.executemany(inserting[table], rows)

    seconds, _ = side_by_side([partial(write, place) for place in range(PUSHERS)])
    for connection in connections:
        connection.close()
    server.drop_database(name)
    return len(written) / seconds


def _insert(table: Table) -> sql.Composed:
    names = [sql.Identifier(column.name) for column in table.columns]
    return sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(names),
        sql.SQL(", ").join([sql.Placeholder()] * len(names)),
    )
