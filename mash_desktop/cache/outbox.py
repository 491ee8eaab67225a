"""The outbox: acts that wait for the store, in the order of saving, and what became of them.

An act and its local effect commit together. What the store refused stays, with its words, until its person
takes it back or makes it anew. An act behind a refused one on the same stream waits for that.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from ..domain.acts import Parcel, SignedAct, read
from ..domain.entries import Body, Made
from . import schema
from .reading import entries_of_act, moment, open_bodies, stamp

WAITING, REFUSED, QUARANTINED = "waiting", "refused", "quarantined"


class Waiting(msgspec.Struct, frozen=True):
    """One act in the outbox, as a person may look at it."""

    act: str
    state: str
    queued_at: datetime
    entries: tuple[Made[Body], ...]
    code: str = ""
    sentence: str = ""
    field: str | None = None
    entry: str | None = None
    moved_by: str | None = None

    @property
    def streams(self) -> frozenset[str]:
        return frozenset(entry.stream for entry in self.entries)

    @property
    def conflicting(self) -> bool:
        """Someone else moved first."""
        return self.code == "moved-on"


def put(connection: Connection, parcel: Parcel, queued_at: datetime) -> frozenset[str]:
    """Keep an act and its entries as pending. Returns its streams."""
    act = read(parcel.signed)
    bodies = {body.entry: body for body in parcel.bodies}
    connection.execute(
        insert(schema.acts).values(id=act.id, signed=parcel.signed.act, signature=parcel.signed.signature)
    )
    connection.execute(
        insert(schema.entries),
        [
            {
                "id": header.id,
                "act": act.id,
                "place": place,
                "stream": header.stream,
                "kind": header.kind,
                "body": bodies[header.id].body,
                "salt": bodies[header.id].salt,
            }
            for place, header in enumerate(act.entries)
        ],
    )
    connection.execute(
        insert(schema.outbox).values(act=act.id, author=act.author, state=WAITING, queued_at=stamp(queued_at))
    )
    return frozenset(header.stream for header in act.entries)


def outgoing(connection: Connection, author: str, most: int) -> tuple[Parcel, ...]:
    """The next acts to send, oldest first, leaving out those whose stream waits for its person."""
    table = schema.outbox
    rows = connection.execute(
        select(table.c.act, table.c.state, schema.acts.c.signed, schema.acts.c.signature)
        .join(schema.acts, schema.acts.c.id == table.c.act)
        .where(table.c.author == author)
        .order_by(table.c.seq)
    )
    held: set[str] = set()
    parcels: list[Parcel] = []
    for row in rows:
        signed = SignedAct(row.signed, row.signature)
        streams = {header.stream for header in read(signed).entries}
        if row.state != WAITING or streams & held:
            held |= streams
        elif len(parcels) < most:
            parcels.append(Parcel(signed, open_bodies(connection, row.act)))
        else:
            break
    return tuple(parcels)


def list_waiting(connection: Connection) -> tuple[Waiting, ...]:
    """Everything in the outbox, oldest first."""
    rows = connection.execute(select(schema.outbox).order_by(schema.outbox.c.seq)).all()
    return tuple(
        Waiting(
            act=row.act,
            state=row.state,
            queued_at=moment(row.queued_at) or datetime.min,
            entries=entries_of_act(connection, row.act),
            code=row.code,
            sentence=row.sentence,
            field=row.field,
            entry=row.entry,
            moved_by=row.moved_by,
        )
        for row in rows
    )


def admit(connection: Connection, act: str, positions: tuple[int, ...], admitted_at: datetime) -> None:
    """The store admitted an act: its entries have their positions and it leaves the outbox."""
    for place, position in enumerate(positions):
        connection.execute(
            update(schema.entries)
            .where(schema.entries.c.act == act, schema.entries.c.place == place)
            .values(position=position, admitted_at=stamp(admitted_at), refused=False)
        )
    connection.execute(delete(schema.outbox).where(schema.outbox.c.act == act))


def refuse(
    connection: Connection,
    act: str,
    code: str,
    sentence: str,
    field: str | None,
    entry: str | None,
    moved_by: str | None,
) -> None:
    """The store refused an act: its effect is gone, its words are kept."""
    connection.execute(update(schema.entries).where(schema.entries.c.act == act).values(refused=True))
    connection.execute(
        update(schema.outbox)
        .where(schema.outbox.c.act == act)
        .values(state=REFUSED, code=code, sentence=sentence, field=field, entry=entry, moved_by=moved_by)
    )


def let_go(connection: Connection, act: str) -> frozenset[str]:
    """Its person takes back an act that was not admitted. Returns the streams it was on."""
    streams = frozenset(
        connection.scalars(select(schema.entries.c.stream).where(schema.entries.c.act == act)).all()
    )
    connection.execute(delete(schema.outbox).where(schema.outbox.c.act == act))
    connection.execute(delete(schema.entries).where(schema.entries.c.act == act))
    connection.execute(delete(schema.acts).where(schema.acts.c.id == act))
    return streams


def streams_of(connection: Connection, act: str) -> frozenset[str]:
    """The streams that an act here belongs to."""
    return frozenset(
        connection.scalars(select(schema.entries.c.stream).where(schema.entries.c.act == act)).all()
    )


def quarantine(connection: Connection, author: str) -> int:
    """Access was lost: what waits is set aside for its author, never dropped. Returns how many acts."""
    return connection.execute(
        update(schema.outbox)
        .where(schema.outbox.c.author == author, schema.outbox.c.state == WAITING)
        .values(state=QUARANTINED)
    ).rowcount
