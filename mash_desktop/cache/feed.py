"""Feed rows into the cache: grants kept, withdrawals purged, cursors advanced, in one transaction.

The rows have been verified by the one who pulled them. An entry is kept while any audience grants it; an
audience that the session no longer has is purged whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from ..domain.acts import Act, Header, OpenBody, SignedAct, entry_of, read
from ..domain.entries import Body, Made
from . import outbox, schema, working_set
from .disposing import dispose
from .pieces import forget, named_by
from .reading import Whole, body_of, moment
from .rows import add, batches, upsert


class FeedRow(msgspec.Struct, frozen=True):
    """One verified row: an entry granted (with what it brings) or withdrawn, in one audience."""

    audience: str
    entry: str
    grant: bool
    signed: SignedAct | None = None
    body: OpenBody | None = None
    disposed: bool = False
    position: int | None = None
    admitted_at: int | None = None
    """Microseconds."""
    act: Act | None = None
    """The signed act as read, where whoever verified it has read it."""


class FeedPlace(msgspec.Struct, frozen=True):
    """How far one audience's feed has been read, and the value of its hash chain there."""

    audience: str
    epoch: int
    n: int
    chain: bytes


def places(connection: Connection) -> dict[str, FeedPlace]:
    rows = connection.execute(select(schema.feeds))
    return {row.audience: FeedPlace(row.audience, row.epoch, row.n, row.chain) for row in rows}


class Moved(Exception):
    """A feed was forgotten while a page of it was on the way: what came before in it is to be read again."""


def apply(
    connection: Connection,
    rows: Iterable[FeedRow],
    at: Sequence[FeedPlace],
    audiences: Iterable[str],
    *,
    read_to: int | None = None,
    asked_from: Mapping[str, FeedPlace] | None = None,
) -> tuple[frozenset[str], Whole]:
    """Apply rows in order, then stand at ``at``; purge audiences not among ``audiences``.

    Returns streams, and all entries of those among them of which nothing was held before.

    ``read_to`` says that all feeds have now been read to their end, under a head of that size: what is
    admitted up to there and granted by none of them is not this desktop's to hold. ``asked_from`` is where
    the feeds stood when these rows were asked for. Raises ``outbox.Clash`` and :class:`Moved`.
    """
    if asked_from is not None:
        now = places(connection)
        if any(now.get(place.audience) != asked_from.get(place.audience) for place in at):
            raise Moved
    touched: set[str] = set()
    whole: Whole = {}
    for grants, run in groupby(rows, key=lambda row: row.grant):
        if grants:
            streams, new = _grant(connection, [row for row in run if row.signed is not None])
        else:
            streams, new = _withdraw(connection, list(run)), {}
        touched |= streams
        whole = {**_without(whole, streams), **new}
    left: set[str] = set()
    named = frozenset(audiences)
    for audience in connection.scalars(select(schema.feeds.c.audience)).all():
        if audience not in named:
            left |= purge_audience(connection, audience)
    upsert(
        connection,
        schema.feeds,
        [{"audience": p.audience, "epoch": p.epoch, "n": p.n, "chain": p.chain} for p in at],
    )
    if read_to is not None:
        left |= _end_answers(connection, read_to)
    touched |= left
    outbox.follow(connection, touched)
    return frozenset(touched), _without(whole, left)


def _without(whole: Whole, streams: set[str]) -> Whole:
    return {stream: entries for stream, entries in whole.items() if stream not in streams}


def _grant(connection: Connection, rows: Sequence[FeedRow]) -> tuple[set[str], Whole]:
    """Keep what a run of grants brings: acts, entries and who grants them. Returns as :func:`apply`."""
    envelopes: dict[bytes, tuple[Act, dict[str, int]]] = {}
    """Acts by their signatures, each with the places of its entries."""
    acts: list[dict[str, Any]] = []
    entries: list[dict[str, Any]] = []
    grants: list[dict[str, Any]] = []
    opened: list[tuple[Header, bytes]] = []
    for row in rows:
        assert row.signed is not None
        assert row.position is not None
        known = envelopes.get(row.signed.signature)
        if known is None:
            act = row.act or read(row.signed)
            known = act, {header.id: place for place, header in enumerate(act.entries)}
            envelopes[row.signed.signature] = known
            acts.append({"id": act.id, "signed": row.signed.act, "signature": row.signed.signature})
        act, places = known
        place = places[row.entry]
        header = act.entries[place]
        entries.append(
            {
                "id": header.id,
                "act": act.id,
                "place": place,
                "stream": header.stream,
                "kind": header.kind,
                "body": row.body.body if row.body else None,
                "salt": row.body.salt if row.body else None,
                "disposed": row.disposed,
                "position": row.position,
                "admitted_at": row.admitted_at,
                "refused": False,
            }
        )
        grants.append({"entry": header.id, "audience": row.audience})
        if row.body is not None:
            opened.append((header, row.body.body))
    entries = _unless_held(connection, entries)
    left = working_set.take_up(connection, ((entry["stream"], entry["position"]) for entry in entries))
    if left:
        entries = [entry for entry in entries if entry["stream"] not in left]
        kept, of = {entry["id"] for entry in entries}, {entry["act"] for entry in entries}
        grants = [grant for grant in grants if grant["entry"] in kept]
        acts = [act for act in acts if act["id"] in of]
    if not entries:
        return set(), {}
    # Where the answer to a push was lost, the feed shows that the act had been admitted: the whole of it, so
    # that none of its entries seems to wait.
    waiting = set(connection.scalars(select(schema.outbox.c.act)))
    shown: set[str] = set()
    for entry in entries if waiting else ():
        if entry["act"] in waiting:
            waiting.discard(entry["act"])
            first = entry["position"] - entry["place"]
            shown |= outbox.admit(connection, entry["act"], first, entry["admitted_at"])
    # Before the stubs that come with it, so that what was held here is counted.
    purged = dispose(connection, opened)
    new = _streams_not_held(connection, {entry["stream"] for entry in entries})
    add(connection, schema.acts, acts, "ignore")
    try:
        upsert(connection, schema.entries, entries)
    except IntegrityError as error:
        raise outbox.Clash from error
    add(connection, schema.grants, grants, "ignore")
    by_id = {act.id: act for act, _ in envelopes.values()}
    streams = {entry["stream"] for entry in entries} | shown | purged
    return streams, _entries_in([entry for entry in entries if entry["stream"] in new], by_id)


def _streams_not_held(connection: Connection, streams: set[str]) -> set[str]:
    name = schema.entries.c.stream
    held: set[str] = set()
    for some in batches(sorted(streams)):
        held.update(connection.scalars(select(name).where(name.in_(some)).distinct()))
    return streams - held


def _entries_in(rows: Iterable[Mapping[str, Any]], acts: Mapping[str, Act]) -> Whole:
    """What these rows say, by stream in the order of the log; one that came by two audiences once."""
    found: dict[str, dict[int, Made[Body]]] = {}
    for row in rows:
        act = acts[row["act"]]
        header = act.entries[row["place"]]
        body = body_of(row["body"], header, row["disposed"])
        made = entry_of(act, header, body, row["position"], moment(row["admitted_at"]))
        found.setdefault(header.stream, {})[row["position"]] = made
    return {stream: tuple(made for _, made in sorted(held.items())) for stream, held in found.items()}


def _unless_held(connection: Connection, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """These as they are kept: what is damaged at the store and was whole when it came here stays whole."""
    table = schema.entries
    damaged = {entry["id"]: entry for entry in entries if entry["body"] is None and not entry["disposed"]}
    held = {
        row.id: {"body": row.body, "salt": row.salt}
        for some in batches(list(damaged))
        for row in connection.execute(
            select(table.c.id, table.c.body, table.c.salt).where(table.c.id.in_(some))
        )
    }
    return [{**entry, **held[entry["id"]]} if entry["id"] in held else entry for entry in entries]


def _withdraw(connection: Connection, rows: Sequence[FeedRow]) -> set[str]:
    table = schema.grants
    connection.execute(
        delete(table).where(table.c.entry == bindparam("of"), table.c.audience == bindparam("to")),
        [{"of": row.entry, "to": row.audience} for row in rows],
    )
    return purge(connection, [row.entry for row in rows])


def purge_audience(connection: Connection, audience: str) -> set[str]:
    """Forget an audience: what no other audience grants is purged, and its feed starts anew if it returns."""
    held = connection.scalars(select(schema.grants.c.entry).where(schema.grants.c.audience == audience)).all()
    connection.execute(delete(schema.grants).where(schema.grants.c.audience == audience))
    connection.execute(delete(schema.feeds).where(schema.feeds.c.audience == audience))
    return purge(connection, held)


def forget_audience(connection: Connection, audience: str) -> frozenset[str]:
    """As :func:`purge_audience`, for an audience that the session may have again."""
    touched = purge_audience(connection, audience)
    outbox.follow(connection, touched)
    return frozenset(touched)


def begin_epoch(connection: Connection, author: str) -> frozenset[str]:
    """The store was restored from a backup, and its feeds begin anew: forget what it gave before.

    What ``author`` made and is held here whole waits to be offered again, since the backup may lack it.
    Returns streams.
    """
    table = schema.entries
    offered = outbox.offer_again(connection, author)
    connection.execute(delete(schema.grants))
    connection.execute(delete(schema.feeds))
    # Told by positions of a log that is no more.
    connection.execute(delete(schema.retired))
    connection.execute(delete(schema.facts).where(schema.facts.c.name == schema.READ_ONCE))
    connection.execute(update(schema.chunks).values(sent=False))
    admitted = connection.scalars(select(table.c.id).where(table.c.position.is_not(None))).all()
    return frozenset(purge(connection, admitted) | offered)


def _end_answers(connection: Connection, read_to: int) -> set[str]:
    """What stood on the store's answer alone stands on the feeds from here on."""
    table, entries = schema.grants, schema.entries
    told = connection.scalars(
        select(table.c.entry)
        .join(entries, entries.c.id == table.c.entry)
        .where(table.c.audience == outbox.ANSWER, entries.c.position <= read_to)
    ).all()
    for some in batches(told):
        connection.execute(delete(table).where(table.c.audience == outbox.ANSWER, table.c.entry.in_(some)))
    return purge(connection, told)


def purge(connection: Connection, among: Sequence[str]) -> set[str]:
    """Delete those of ``among`` that nothing grants any more. Pending work is never among them."""
    table, acts = schema.entries, schema.acts
    touched: set[str] = set()
    pieces: set[str] = set()
    for some in batches(among):
        gone = connection.execute(
            select(table.c.id, table.c.stream, table.c.act, table.c.kind, table.c.body).where(
                table.c.id.in_(some),
                table.c.position.is_not(None),
                ~exists().where(schema.grants.c.entry == table.c.id),
            )
        ).all()
        touched |= {row.stream for row in gone}
        pieces = pieces.union(*(named_by(row.kind, row.body) for row in gone))
        connection.execute(delete(table).where(table.c.id.in_([row.id for row in gone])))
        left = {row.act for row in gone}
        connection.execute(delete(acts).where(acts.c.id.in_(left), ~exists().where(table.c.act == acts.c.id)))
    forget(connection, pieces)
    return touched
