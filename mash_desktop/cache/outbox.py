"""The outbox: acts that wait for the store, in the order of saving, and what became of them.

An act and its local effect commit together. What the store refused stays, with its words, until its person
takes it back or makes it anew. An act behind a refused one on the same stream waits for that.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..domain.acts import Parcel, SignedAct, check_bodies, entries_of, read
from ..domain.entries import Body, Made
from ..domain.errors import Refusal
from . import schema
from .pieces import forget, named_by
from .reading import EPOCH, entries_of_acts, open_bodies, stamp
from .rows import add, add_one, batches

WAITING, REFUSED, QUARANTINED = "waiting", "refused", "quarantined"
ANSWER = "answer"
"""Among grants, in place of an audience: the store has answered, and the feeds have yet to tell for whom."""
MOST_BYTES = 4 * 1024 * 1024
"""Of acts and bodies in one push: half of what a store takes, since bytes travel as base64."""
ACCESS_LOST = (
    "access-lost",
    "You may no longer receive what this belongs to, so it was not sent. It goes by itself once you may "
    "again, and your words are kept until then; or let it go.",
)


class Clash(Exception):
    """Two entries cannot stand at one position of a log: the store that says so tells two histories."""


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


def put(connection: Connection, parcel: Parcel, queued_at: datetime) -> tuple[int, tuple[Made[Body], ...]]:
    """Keep an act and its entries as pending, last of all. Returns its number, the greatest yet, and its
    entries."""
    act = read(parcel.signed)
    bodies = {body.entry: body for body in parcel.bodies}
    add(
        connection,
        schema.acts,
        [{"id": act.id, "signed": parcel.signed.act, "signature": parcel.signed.signature}],
    )
    rows = [
        {
            "id": header.id,
            "act": act.id,
            "place": place,
            "stream": header.stream,
            "kind": header.kind,
            "body": bodies[header.id].body,
            "salt": bodies[header.id].salt,
            "disposed": False,
            "refused": False,
        }
        for place, header in enumerate(act.entries)
    ]
    add(connection, schema.entries, rows)
    waiting = {"act": act.id, "author": act.author, "state": WAITING, "queued_at": stamp(queued_at)}
    number = add_one(connection, schema.outbox, {**waiting, "code": "", "sentence": ""})
    return number, entries_of(act, bodies)


def last_number(connection: Connection) -> int:
    """The greatest that an act has had here, whatever has become of it."""
    last: int | None = connection.exec_driver_sql(
        "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"
    ).scalar_one_or_none()
    return last or 0


def count_from(connection: Connection, last: int) -> None:
    """Let the next act have the number after ``last``."""
    connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'outbox'")
    connection.exec_driver_sql("INSERT INTO sqlite_sequence VALUES ('outbox', ?)", (last,))


def replace(connection: Connection, act: str, old: str) -> frozenset[str]:
    """Put ``act`` in the place of ``old``, which its person made anew: what waits behind waits on.

    Returns the streams of ``old``. Raises ``Refusal`` (*act-gone*).
    """
    table = schema.outbox
    place = connection.scalar(select(table.c.seq).where(table.c.act == old))
    streams = let_go(connection, old)
    connection.execute(update(table).where(table.c.act == act).values(seq=place))
    return streams


def sign_again(connection: Connection, parcel: Parcel, old: str) -> tuple[int, frozenset[str]]:
    """Put an act that says what ``old`` said, of entries that have other ids now, in its place and standing.

    Returns the number that it was put under, and its streams. Raises ``Refusal`` (*act-gone*).
    """
    table, entries, act = schema.outbox, schema.entries, read(parcel.signed)
    standing = (table.c.state, table.c.queued_at, table.c.code, table.c.sentence, table.c.field)
    stood = connection.execute(
        select(*standing, table.c.moved_by, entries.c.place)
        .outerjoin(entries, entries.c.id == table.c.entry)
        .where(table.c.act == old)
    ).one_or_none()
    number, _ = put(connection, parcel, act.made_at)
    streams = replace(connection, act.id, old)
    assert stood is not None
    values = stood._asdict()
    place = values.pop("place")
    values["entry"] = act.entries[place].id if place is not None else None
    connection.execute(update(table).where(table.c.act == act.id).values(values))
    connection.execute(update(entries).where(entries.c.act == act.id).values(refused=stood.state == REFUSED))
    return number, streams


def outgoing(connection: Connection, author: str, most: int) -> tuple[Parcel, ...]:
    """The next acts to send, oldest first, leaving out those whose stream waits for its person.

    No more at a time than a request may hold; a single act beyond that goes by itself.
    """
    table = schema.outbox
    rows = connection.execute(
        select(table.c.act, table.c.state, schema.acts.c.signed, schema.acts.c.signature)
        .join(schema.acts, schema.acts.c.id == table.c.act)
        .where(table.c.author == author)
        .order_by(table.c.seq)
    )
    held: set[str] = set()
    parcels: list[Parcel] = []
    size = 0
    for row in rows:
        signed = SignedAct(row.signed, row.signature)
        # Who looked at what is no sequence: a day's accesses do not wait for one of them.
        streams = {h.stream for h in read(signed).entries if not h.stream.startswith("access:")}
        if row.state != WAITING or streams & held:
            held |= streams
            continue
        bodies = open_bodies(connection, row.act)
        size += len(signed.act) + sum(len(one.body) for one in bodies)
        if parcels and (len(parcels) == most or size > MOST_BYTES):
            break
        parcels.append(Parcel(signed, bodies))
    return tuple(parcels)


def check(connection: Connection) -> None:
    """Read all that waits. Raises ``Refusal`` where it is not what was signed."""
    acts = schema.acts
    rows = connection.execute(
        select(acts.c.id, acts.c.signed, acts.c.signature).join(
            schema.outbox, schema.outbox.c.act == acts.c.id
        )
    ).all()
    for row in rows:
        signed = SignedAct(row.signed, row.signature)
        check_bodies(read(signed), open_bodies(connection, row.id), whole=True)


def list_waiting(connection: Connection) -> tuple[Waiting, ...]:
    """Everything in the outbox, oldest first."""
    rows = connection.execute(select(schema.outbox).order_by(schema.outbox.c.seq)).all()
    entries = entries_of_acts(connection, [row.act for row in rows])
    return tuple(
        Waiting(
            act=row.act,
            state=row.state,
            queued_at=EPOCH + timedelta(microseconds=row.queued_at),
            entries=entries[row.act],
            code=row.code,
            sentence=row.sentence,
            field=row.field,
            entry=row.entry,
            moved_by=row.moved_by,
        )
        for row in rows
    )


def counts(connection: Connection) -> dict[str, int]:
    """How many acts are in each state."""
    table = schema.outbox
    rows = connection.execute(select(table.c.state, func.count().label("number")).group_by(table.c.state))
    return {row.state: row.number for row in rows}


def admit(connection: Connection, act: str, first: int, admitted_at: int) -> frozenset[str]:
    """The store admitted an act: its entries stand from position ``first`` on and it leaves the outbox.

    Until the feeds tell who may hold them, they are held on the store's answer. Returns streams: none where
    it waits no longer. Raises :class:`Clash`.
    """
    table = schema.entries
    if connection.execute(delete(schema.outbox).where(schema.outbox.c.act == act)).rowcount == 0:
        return frozenset()
    try:
        connection.execute(
            update(table)
            .where(table.c.act == act)
            .values(position=table.c.place + first, admitted_at=admitted_at, refused=False)
        )
    except IntegrityError as error:
        raise Clash from error
    rows = connection.execute(select(table.c.id, table.c.stream).where(table.c.act == act)).all()
    connection.execute(insert(schema.grants), [{"entry": row.id, "audience": ANSWER} for row in rows])
    return frozenset(row.stream for row in rows)


def refuse(
    connection: Connection,
    act: str,
    code: str,
    sentence: str,
    field: str | None = None,
    entry: str | None = None,
    moved_by: str | None = None,
) -> frozenset[str]:
    """The store refused an act: its effect is gone, its words are kept. Returns streams: none where it waits
    no longer, since what was admitted is not undone by an answer."""
    table = schema.outbox
    changed = connection.execute(
        update(table)
        .where(table.c.act == act)
        .values(state=REFUSED, code=code, sentence=sentence, field=field, entry=entry, moved_by=moved_by)
    )
    if changed.rowcount == 0:
        return frozenset()
    entries, chunks = schema.entries, schema.chunks
    connection.execute(update(entries).where(entries.c.act == act).values(refused=True))
    rows = connection.execute(
        select(entries.c.stream, entries.c.kind, entries.c.body).where(entries.c.act == act)
    ).all()
    if code == "document-unsent":
        # The store lacks what was sent to it once: done again, it is sent again.
        for row in rows:
            lacking = named_by(row.kind, row.body)
            connection.execute(update(chunks).where(chunks.c.digest.in_(lacking)).values(sent=False))
    return frozenset(row.stream for row in rows)


def let_go(connection: Connection, act: str) -> frozenset[str]:
    """Its person takes back an act that was not admitted. Returns the streams it was on.

    Raises ``Refusal`` (*act-gone*) where it is in the outbox no longer.
    """
    table = schema.entries
    rows = connection.execute(
        select(table.c.stream, table.c.kind, table.c.body).where(table.c.act == act)
    ).all()
    if connection.execute(delete(schema.outbox).where(schema.outbox.c.act == act)).rowcount == 0:
        raise Refusal("act-gone", "This has been admitted or let go meanwhile. Nothing is left to do.")
    connection.execute(delete(table).where(table.c.act == act))
    connection.execute(delete(schema.acts).where(schema.acts.c.id == act))
    forget(connection, frozenset[str]().union(*(named_by(row.kind, row.body) for row in rows)))
    return frozenset(row.stream for row in rows)


def quarantine(connection: Connection, author: str) -> int:
    """Access was lost: what waits is set aside for its author, never dropped. Returns how many acts."""
    return connection.execute(
        update(schema.outbox)
        .where(schema.outbox.c.author == author, schema.outbox.c.state == WAITING)
        .values(state=QUARANTINED)
    ).rowcount


def follow(connection: Connection, streams: Iterable[str]) -> None:
    """What waits on a stream of these that is held no longer is set aside, never dropped; what was set aside
    so waits again once its stream has come back. Who looked at what is not for its author to hold."""
    table, entries = schema.outbox, schema.entries
    if not connection.scalar(select(func.count()).select_from(table)):
        return
    for some in batches(sorted(stream for stream in streams if not stream.startswith("access:"))):
        admitted = entries.c.stream.in_(some) & entries.c.position.is_not(None)
        held = set(connection.scalars(select(entries.c.stream).where(admitted).distinct()))
        set_aside = (table.c.state == QUARANTINED) & (table.c.code == ACCESS_LOST[0])
        pending = connection.execute(
            select(entries.c.act, entries.c.stream, table.c.field)
            .join(table, table.c.act == entries.c.act)
            .where(entries.c.stream.in_(some), (table.c.state == WAITING) | set_aside)
        ).all()
        before = {row.act: frozenset((row.field or "").split()) for row in pending}
        lost = before.copy()
        for row in pending:
            stream = frozenset({row.stream})
            lost[row.act] = lost[row.act] - stream if row.stream in held else lost[row.act] | stream
        for act, missing in lost.items():
            if missing != before[act]:
                code, sentence = ACCESS_LOST if missing else ("", "")
                connection.execute(
                    update(table)
                    .where(table.c.act == act)
                    .values(
                        state=QUARANTINED if missing else WAITING,
                        code=code,
                        sentence=sentence,
                        field=" ".join(sorted(missing)) or None,
                    )
                )


def release(connection: Connection, author: str) -> None:
    """Access was given back, as every sign-in shows: what was set aside for want of it waits again.

    The same key may be good again, where its revocation was lost with a store that was restored. What another
    key signed is sent as well: only the store can tell whether it had come already, when the answer to it was
    lost. If not it is refused, and its person makes it anew under the new key.
    """
    table = schema.outbox
    connection.execute(
        update(table)
        .where(table.c.author == author, table.c.state == QUARANTINED, table.c.code != ACCESS_LOST[0])
        .values(state=WAITING)
    )


def offer_again(connection: Connection, author: str) -> set[str]:
    """Put the author's admitted acts back into the outbox, before all that waits. Returns streams.

    Only what is held whole, since the store takes no other; what it has already it answers as before.
    """
    table, acts, box = schema.entries, schema.acts, schema.outbox
    held = connection.execute(
        select(acts.c.id, acts.c.signed, acts.c.signature, func.count(table.c.body).label("bodies"))
        .join(table, table.c.act == acts.c.id)
        .where(table.c.position.is_not(None))
        .group_by(acts.c.id)
        .order_by(func.min(table.c.position))
    ).all()
    offered = [
        act
        for row in held
        if (act := read(SignedAct(row.signed, row.signature))).author == author
        and row.bodies == len(act.entries)
    ]
    lowest = connection.execute(select(func.coalesce(func.min(box.c.seq), 1))).scalar_one()
    for number, act in enumerate(offered, lowest - len(offered)):
        connection.execute(update(table).where(table.c.act == act.id).values(position=None, admitted_at=None))
        connection.execute(
            insert(box).values(
                seq=number, act=act.id, author=author, state=WAITING, queued_at=stamp(act.made_at)
            )
        )
    return {header.stream for act in offered for header in act.entries}
