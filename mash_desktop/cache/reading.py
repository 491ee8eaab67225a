"""Entries out of the cache: rows decoded into entries as the folds take them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Connection, func, select, text

from ..domain.acts import Act, Header, OpenBody, SignedAct, entry_of, read
from ..domain.entries import Body, Made, Unread, decode
from . import schema
from .rows import batches

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Whole = Mapping[str, tuple[Made[Body], ...]]
"""All entries that are held of some streams."""


def stamp(at: datetime) -> int:
    """Microseconds since 1970, as times are kept."""
    return (at - EPOCH) // timedelta(microseconds=1)


def moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def entries_of_stream(connection: Connection, stream: str) -> tuple[Made[Body], ...]:
    """Every entry of a stream held here, pending ones too; what was refused is not among them."""
    return tuple(_made(connection, schema.entries.c.stream == stream, schema.entries.c.refused.is_(False)))


def entries_of_streams(connection: Connection, streams: Sequence[str]) -> Whole:
    """As :func:`entries_of_stream` for each of these; nothing for a stream that has none."""
    found: dict[str, list[Made[Body]]] = {}
    table = schema.entries
    for some in batches(streams):
        for entry in _made(connection, table.c.stream.in_(some), table.c.refused.is_(False)):
            found.setdefault(entry.stream, []).append(entry)
    return {stream: tuple(entries) for stream, entries in found.items()}


def streams_linking(connection: Connection, referral: str) -> tuple[str, ...]:
    """Streams of the identities that a subject of this referral is linked to now."""
    table = schema.links
    found = connection.scalars(
        select(table.c.identity).where(table.c.referral == referral).distinct().order_by(table.c.identity)
    )
    return tuple(found)


class Holdings(msgspec.Struct, frozen=True):
    """How much a cache holds; ``access_days`` are days of the audit trail."""

    entries: int
    referrals: int
    identities: int
    access_days: int
    documents: int


def streams_named(connection: Connection, prefix: str) -> tuple[str, ...]:
    """Streams whose name begins so; a range, which the index answers."""
    name = schema.entries.c.stream
    found = connection.scalars(
        select(name).where(name >= prefix, name < f"{prefix}\uffff").distinct().order_by(name)
    )
    return tuple(found)


def entries_naming(connection: Connection, prefix: str, words: str) -> tuple[Made[Body], ...]:
    """Entries of streams so named whose body holds ``words``."""
    table = schema.entries
    return tuple(
        _made(
            connection,
            table.c.stream >= prefix,
            table.c.stream < f"{prefix}\uffff",
            table.c.refused.is_(False),
            func.instr(table.c.body, words.encode()) > 0,
        )
    )


def entries_of_kinds(connection: Connection, prefix: str, kinds: Sequence[str]) -> tuple[Made[Body], ...]:
    """Entries of these kinds in streams so named."""
    table = schema.entries
    return tuple(
        _made(
            connection,
            table.c.stream >= prefix,
            table.c.stream < f"{prefix}\uffff",
            table.c.refused.is_(False),
            table.c.kind.in_(kinds),
        )
    )


def streams_of_links(connection: Connection) -> tuple[str, ...]:
    table = schema.entries
    found = connection.scalars(select(table.c.stream).where(text("kind = 'identity.linked'")).distinct())
    return tuple(found)


def holdings(connection: Connection) -> Holdings:
    table = schema.entries

    def count(prefix: str) -> int:
        name = table.c.stream
        held = select(func.count(name.distinct())).where(name >= prefix, name < f"{prefix}\uffff")
        return connection.scalar(held) or 0

    return Holdings(
        connection.scalar(select(func.count()).select_from(table)) or 0,
        count("referral:"),
        count("identity:"),
        count("access:"),
        connection.scalar(select(func.count()).select_from(schema.chunks)) or 0,
    )


def entries_of_acts(connection: Connection, acts: Sequence[str]) -> dict[str, tuple[Made[Body], ...]]:
    """The entries of each of these acts in its order, refused or not."""
    found: dict[str, list[Made[Body]]] = {act: [] for act in acts}
    for some in batches(acts):
        for entry in _made(connection, schema.entries.c.act.in_(some)):
            found[entry.act].append(entry)
    return {act: tuple(entries) for act, entries in found.items()}


def _made(connection: Connection, *where: object) -> Iterable[Made[Body]]:
    """Entries in position order, then as they wait in the outbox."""
    table, acts, outbox = schema.entries, schema.acts, schema.outbox
    envelopes: dict[str, Act] = {}
    rows = connection.execute(
        select(table, acts.c.signed, acts.c.signature)
        .join(acts, acts.c.id == table.c.act)
        .outerjoin(outbox, outbox.c.act == table.c.act)
        .where(*where)  # type: ignore[arg-type]  # column expressions
        .order_by(table.c.position.is_(None), table.c.position, outbox.c.seq, table.c.place)
    )
    for row in rows:
        act = envelopes.get(row.act)
        if act is None:
            act = envelopes[row.act] = read(SignedAct(row.signed, row.signature))
        header = act.entries[row.place]
        body = body_of(row.body, header, row.disposed)
        yield entry_of(act, header, body, row.position, moment(row.admitted_at))


def body_of(raw: bytes | None, header: Header, disposed: bool) -> Body:
    if raw is None:
        return Unread(why="disposed" if disposed else "damaged")
    try:
        return decode(header.kind, header.v, raw)
    except msgspec.DecodeError:
        # Signed and admitted, and not of the shape known here: whoever made it has a newer program.
        return Unread(why="newer")


def open_bodies(connection: Connection, act: str) -> tuple[OpenBody, ...]:
    """The bodies of one act as received, in its order."""
    table = schema.entries
    rows = connection.execute(
        select(table.c.id, table.c.body, table.c.salt).where(table.c.act == act).order_by(table.c.place)
    )
    return tuple(OpenBody(row.id, row.body, row.salt) for row in rows)
