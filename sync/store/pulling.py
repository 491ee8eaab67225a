"""Pages of feeds: what a session's audiences have been granted and what was withdrawn, with content.

Rights are those of now: an old grant since withdrawn comes without content. Who belongs to which audience
is the domain's; the rows are written by ``writing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ARRAY, BigInteger, Connection, Engine, Text, any_, bindparam, select, text

from mash_desktop.domain.acts import OpenBody, SignedAct
from mash_desktop.domain.audiences import HUB, audiences_of
from mash_desktop.domain.errors import Refusal
from sync.protocol import MOST_ROWS, Cursor, Page, Pull, Row, Standing

from . import tables
from .bulk import read
from .docket import standing, standings
from .log import read_head
from .sealing import SealedBody, Secrets, StreamKey
from .sign_in.sessions import Caller
from .streams import Shelf, stream_keys

PAGE_BYTES = 4 * 1024 * 1024
"""Of bodies in a page that has more than one row."""

_ROWS = text(
    """
    select f.audience, f.n, f.granted, f.position, f.entry, f.because, f.chain, octet_length(b.sealed)
    from unnest(cast(:audiences as text[]), cast(:ns as bigint[])) with ordinality c(audience, n, place)
    cross join lateral (
        select * from feeds
        where feeds.hub = :hub and feeds.audience = c.audience and feeds.n > c.n
        order by feeds.n limit :most
    ) f
    left join bodies b on b.hub = :hub and b.position = f.position and f.granted
    order by c.place, f.n
    limit :most
    """
)


def audiences_in(caller: Caller, asked: Standing, now: datetime) -> frozenset[str]:
    """The audiences of one standing. ``Refusal`` (*standing-not-held*) where the caller holds it not now."""
    held = standing(caller.directory, caller.person, asked.agency, asked.role, now)
    if held is None:
        raise Refusal("standing-not-held", "You do not hold that role in that agency now. Choose another.")
    return audiences_of(caller.person, held.agency, held.role, held.team)


def all_audiences(caller: Caller, now: datetime) -> frozenset[str]:
    """The audiences of every standing that the caller holds now."""
    found: frozenset[str] = frozenset()
    for one in standings(caller.directory, caller.person, now):
        found |= audiences_of(caller.person, one.agency, one.role, one.team)
    return found


def page(engine: Engine, secrets: Secrets, shelf: Shelf, caller: Caller, asked: Pull, now: datetime) -> Page:
    """The next page of a session's feeds."""
    mine = audiences_in(caller, asked.standing, now)
    if asked.only:
        mine &= frozenset(asked.only)
    # People, keys and configuration first: a desktop checks and folds everything else by them.
    audiences = sorted(mine, key=lambda audience: (audience != HUB, audience))
    limit = max(1, min(asked.limit, MOST_ROWS))
    # One snapshot: the head is the one under which these rows stand.
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db, db.begin():
        head = read_head(db, caller.hub)
        came = {one.audience: one.n for one in asked.cursors if one.epoch == head.epoch}
        cursors = {audience: max(0, came.get(audience, 0)) for audience in audiences}
        rows = read(
            db,
            _ROWS,
            hub=caller.hub,
            audiences=audiences,
            ns=[cursors[audience] for audience in audiences],
            most=limit + 1,
        )
        fit = _fitting(rows[:limit])
        more, rows = len(rows) > fit, rows[:fit]
        tails = select(tables.feed_tails.c.n, tables.feed_tails.c.audience).where(
            tables.feed_tails.c.hub == caller.hub, tables.feed_tails.c.audience.in_(audiences)
        )
        left = sum(max(0, tail.n - cursors[tail.audience]) for tail in db.execute(tails)) - len(rows)
        brought = content(db, secrets, shelf, caller.hub, {row.position for row in rows if row.granted})
    built = []
    for row in rows:
        cursors[row.audience] = row.n
        found = brought.get(row.position) if row.granted else None
        built.append(row_of(row, found if found and row.audience in found.audiences else None))
    return Page(
        audiences=tuple(Cursor(audience=one, epoch=head.epoch, n=cursors[one]) for one in audiences),
        rows=tuple(built),
        cursors=tuple(Cursor(audience=one, epoch=head.epoch, n=n) for one, n in cursors.items()),
        more=more,
        head=head.signed,
        left=max(0, left),
    )


def _fitting(rows: Sequence[Any]) -> int:
    """How many of these rows fit into a page; one at least."""
    whole = 0
    for count, (*_, size) in enumerate(rows):
        whole += size or 0
        if count and whole > PAGE_BYTES:
            return count
    return len(rows)


class Content(msgspec.Struct, frozen=True, gc=False):
    """What a granted entry brings, and who holds it now."""

    audiences: list[str]
    admitted_at: datetime
    signed: SignedAct
    body: OpenBody | None
    damaged: bool
    """It has its key, and is gone or does not open."""


def row_of(row: Any, content: Content | None) -> Row:
    """A row as it is sent, with what it brings where that may be had."""
    audience, n, granted, position, entry, because, chain, *_ = row
    op = "grant" if granted else "withdraw"
    if content is None:
        return Row(audience=audience, n=n, op=op, entry=entry, because=because, chain=chain)
    return Row(
        audience=audience,
        n=n,
        op=op,
        entry=entry,
        because=because,
        chain=chain,
        position=position,
        admitted_at=content.admitted_at,
        signed=content.signed,
        body=content.body,
        disposed=content.body is None and not content.damaged,
        damaged=content.damaged,
    )


_E, _A, _B, _K, _G = tables.entries, tables.acts, tables.bodies, tables.body_keys, tables.grants
_CONTENT = (
    select(_E.c.position, _E.c.entry, _E.c.stream, _E.c.act, _B.c.sealed, _K.c.wrapped, _G.c.audiences)
    .select_from(
        _E.join(_G, (_G.c.hub == _E.c.hub) & (_G.c.position == _E.c.position))
        .outerjoin(_B, (_B.c.hub == _E.c.hub) & (_B.c.position == _E.c.position))
        .outerjoin(_K, (_K.c.hub == _E.c.hub) & (_K.c.position == _E.c.position))
    )
    .where(
        _E.c.hub == bindparam("hub"), _E.c.position == any_(bindparam("positions", type_=ARRAY(BigInteger)))
    )
)
_ACTS = select(_A.c.act, _A.c.admitted_at, _A.c.bytes, _A.c.signature).where(
    _A.c.hub == bindparam("hub"), _A.c.act == any_(bindparam("acts", type_=ARRAY(Text)))
)
"""By themselves: several entries of an act come together as a rule, and acts are most of what is read."""


def content(
    db: Connection, secrets: Secrets, shelf: Shelf, hub: str, positions: set[int]
) -> dict[int, Content]:
    """Act, body and present audiences of the entries at these positions."""
    if not positions:
        return {}
    rows = read(db, _CONTENT, hub=hub, positions=list(positions))
    acts = {
        act: (admitted_at, SignedAct(raw, signature))
        for act, admitted_at, raw, signature in read(db, _ACTS, hub=hub, acts=list({row.act for row in rows}))
    }
    keys = keys_that_open(db, shelf, secrets, hub, {row.stream for row in rows})
    found: dict[int, Content] = {}
    for position, entry, stream, act, sealed, wrapped, audiences in rows:
        body, there = None, wrapped is not None and stream in keys
        if there:
            body = _opened(keys[stream], entry, sealed, wrapped)
        found[position] = Content(audiences, *acts[act], body, damaged=there and body is None)
    return found


def keys_that_open(
    db: Connection, shelf: Shelf, secrets: Secrets, hub: str, streams: set[str]
) -> dict[str, StreamKey | None]:
    """The keys of those streams that have one; ``None`` for one that does not open itself."""
    try:
        return {**stream_keys(db, shelf, secrets, hub, streams)}
    except Refusal:
        if len(streams) == 1:
            return dict.fromkeys(streams)
    found: dict[str, StreamKey | None] = {}
    for stream in streams:
        found |= keys_that_open(db, shelf, secrets, hub, {stream})
    return found


def _opened(key: StreamKey | None, entry: str, sealed: bytes | None, wrapped: bytes) -> OpenBody | None:
    if key is None or sealed is None:
        return None
    try:
        return OpenBody(entry, *key.open(entry, SealedBody(sealed, wrapped)))
    except Refusal:
        return None
