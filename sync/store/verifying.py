"""Walking a hub's log from its first entry: leaves, tree, head, signatures, commitments, feeds.

Trusts nothing in the database but the hub's own key, which comes from the store's secrets. Names the first
bad position of each thing that is wrong. Repairs nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from mash_desktop.domain.acts import Act, Header, OpenBody, SignedAct, check_bodies, check_signature, read
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.feed_chain import START, link
from mash_desktop.proofs.head import BadHead
from mash_desktop.proofs.merkle import Frontier, leaf_hash, node_hash
from sync.protocol import act_digest, feed_row_bytes, leaf_bytes

from . import tables
from .composition import Store
from .log import read_head
from .sealing import SealedBody, Secrets, StreamKey
from .streams import HUB_STREAM, Shelf, stream_keys

_BATCH = 2000


class Fault(msgspec.Struct, frozen=True):
    """``position`` is the first at which it shows; 0 where it concerns the whole."""

    position: int
    sentence: str


class Verified(msgspec.Struct, frozen=True):
    entries: int
    acts: int
    rows: int
    faults: tuple[Fault, ...]


class _Keys:
    """Public keys by position, from the log itself."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, bytes]] = {}
        self._revoked: set[str] = set()

    def learn(self, body: Any) -> None:
        if isinstance(body, KeyEnrolled):
            self._known[body.key] = body.person, bytes.fromhex(body.public)
        elif isinstance(body, KeyRevoked):
            self._revoked.add(body.key)

    def of(self, act: Act) -> bytes:
        person, public = self._known.get(act.key, ("", b""))
        if person != act.author or act.key in self._revoked:
            raise Refusal("key-unknown", "The act's key was not its author's at that position.")
        return public


def verify(store: Store, hub: str) -> Verified:
    """Check the whole log of a hub. ``Refusal`` (*hub-unknown*)."""
    with store.engine.connect().execution_options(isolation_level="REPEATABLE READ") as db, db.begin():
        return walk(db, store.secrets, store.shelf, hub)


def walk(db: Connection, secrets: Secrets, shelf: Shelf, hub: str) -> Verified:
    """As :func:`verify`, on what this transaction sees."""
    signing = {key.key_id: key.public for key in secrets.signing_keys(hub)}
    faults: dict[str, Fault] = {}

    def fault(what: str, position: int, sentence: str) -> None:
        faults.setdefault(what, Fault(position, sentence))

    head = read_head(db, hub)
    try:
        signed = head.signed.verify(signing.get(head.signed.key, b""))
        if (signed.hub, signed.epoch, signed.size) != (hub, head.epoch, head.size):
            fault("head", 0, "The signed head is not the one in its row.")
    except BadHead as error:
        signed = None
        fault("head", 0, f"The head does not verify: {error}.")
    frontier, acts, ids = Frontier(), 0, dict[int, str]()
    keys = _Keys()
    for act_row, rows in _acts(db, hub):
        acts += 1
        opened = stream_keys(db, shelf, secrets, hub, {row.stream for row in rows})
        frontier = _act(opened, hub, act_row, rows, keys, frontier, fault)
        ids.update((row.position, row.entry) for row in rows)
    if frontier.size != head.size:
        short = min(frontier.size, head.size) + 1
        fault("size", short, f"The head says {head.size} entries; the log has {frontier.size}.")
    elif signed is not None and frontier.root() != signed.root:
        fault("root", 0, "The log's root is not the one that the head signs.")
    _nodes(db, hub, fault)
    rows_walked = _feeds(db, hub, ids, fault)
    return Verified(
        frontier.size, acts, rows_walked, tuple(sorted(faults.values(), key=lambda one: one.position))
    )


def _acts(db: Connection, hub: str) -> Iterator[tuple[Any, list[Any]]]:
    """Entries grouped by act in position order, with bodies, in batches."""
    e, a, b, k = tables.entries, tables.acts, tables.bodies, tables.body_keys
    query = (
        select(e, a.c.bytes, a.c.signature, a.c.admitted_at, a.c.first, b.c.sealed, k.c.wrapped)
        .select_from(
            e.outerjoin(a, (a.c.hub == e.c.hub) & (a.c.act == e.c.act))
            .outerjoin(b, (b.c.hub == e.c.hub) & (b.c.position == e.c.position))
            .outerjoin(k, (k.c.hub == e.c.hub) & (k.c.position == e.c.position))
        )
        .where(e.c.hub == hub)
        .order_by(e.c.position)
    )
    rows = db.execute(query, execution_options={"yield_per": _BATCH})
    for _, group in itertools.groupby(rows, key=lambda row: row.act):
        together = list(group)
        yield together[0], together


def _act(
    opened: Mapping[str, StreamKey],
    hub: str,
    row: Any,
    rows: list[Any],
    keys: _Keys,
    frontier: Frontier,
    fault: Any,
) -> Frontier:
    """Check one act and its entries; the frontier with their leaves."""
    at = row.position
    if row.bytes is None:
        fault("act", at, "The act of this entry is gone.")
        return _skip(frontier, len(rows))
    signed = SignedAct(row.bytes, row.signature)
    digest = act_digest(signed)
    try:
        act = read(signed)
    except Refusal as refusal:
        fault("act", at, refusal.sentence)
        return _skip(frontier, len(rows))
    if act.hub != hub or act.id != row.act or len(act.entries) != len(rows):
        fault("act", at, "The entries of this act are not those that it signs.")
    for place, (entry, header) in enumerate(zip(rows, act.entries, strict=False)):
        if entry.position != frontier.size + 1:
            fault("gap", frontier.size + 1, "There is a gap in the log, or an entry out of order.")
        if (entry.entry, entry.stream, entry.kind, entry.place) != (
            header.id,
            header.stream,
            header.kind,
            place,
        ):
            fault("entry", entry.position, "This entry is not the one that its act signs.")
        frontier, _ = frontier.append(
            leaf_hash(leaf_bytes(frontier.size + 1, row.admitted_at, digest, place))
        )
    bodies = _bodies(opened, rows, act.entries, fault)
    try:
        _learn(keys, act, bodies)
        check_signature(signed, keys.of(act))
        check_bodies(act, bodies.values(), whole=False)
    except Refusal as refusal:
        fault(refusal.code, at, refusal.sentence)
    return frontier


def _skip(frontier: Frontier, count: int) -> Frontier:
    for _ in range(count):
        frontier, _done = frontier.append(bytes(32))
    return frontier


def _bodies(
    streams: Mapping[str, StreamKey], rows: list[Any], headers: tuple[Header, ...], fault: Any
) -> dict[str, OpenBody]:
    """Bodies that are there; one disposed of has no key, and is no fault."""
    found: dict[str, OpenBody] = {}
    for row, header in zip(rows, headers, strict=False):
        if row.wrapped is None or header.stream not in streams:
            continue
        if row.sealed is None:
            fault("body", row.position, "The body of this entry is gone, though its key is kept.")
            continue
        try:
            body, salt = streams[header.stream].open(header.id, SealedBody(row.sealed, row.wrapped))
        except Refusal as refusal:
            fault("body", row.position, refusal.sentence)
            continue
        found[header.id] = OpenBody(header.id, body, salt)
    return found


def _learn(keys: _Keys, act: Act, bodies: dict[str, OpenBody]) -> None:
    for header in act.entries:
        if header.stream == HUB_STREAM and header.id in bodies:
            kinds = {"key.enrolled": KeyEnrolled, "key.revoked": KeyRevoked}
            if header.kind in kinds:
                keys.learn(msgspec.json.decode(bodies[header.id].body, type=kinds[header.kind]))


def _nodes(db: Connection, hub: str, fault: Any) -> None:
    """Every stored node above the leaves is the hash of the two below it."""
    t = tables.tree_nodes
    left, right = t.alias("l"), t.alias("r")
    rows = db.execute(
        select(t.c.level, t.c.index, t.c.hash, left.c.hash.label("left"), right.c.hash.label("right"))
        .select_from(
            t.outerjoin(
                left,
                (left.c.hub == t.c.hub) & (left.c.level == t.c.level - 1) & (left.c.index == t.c.index * 2),
            ).outerjoin(
                right,
                (right.c.hub == t.c.hub)
                & (right.c.level == t.c.level - 1)
                & (right.c.index == t.c.index * 2 + 1),
            )
        )
        .where(t.c.hub == hub, t.c.level > 0)
        .order_by(t.c.level, t.c.index),
        execution_options={"yield_per": _BATCH},
    )
    for row in rows:
        if row.left is None or row.right is None or node_hash(row.left, row.right) != row.hash:
            fault("node", (row.index << row.level) + 1, "A node of the tree does not fit those below it.")


def _feeds(db: Connection, hub: str, ids: dict[int, str], fault: Any) -> int:
    """Each feed is numbered without gaps, chained, ends where its tail says, and names true entries."""
    f, t = tables.feeds, tables.feed_tails
    tails = {row.audience: row for row in db.execute(select(t).where(t.c.hub == hub))}
    ends: dict[str, tuple[int, bytes]] = {}
    walked = 0
    rows = db.execute(
        select(f).where(f.c.hub == hub).order_by(f.c.audience, f.c.n),
        execution_options={"yield_per": _BATCH},
    )
    for row in rows:
        walked += 1
        n, chain = ends.get(row.audience, (0, START))
        op = "grant" if row.granted else "withdraw"
        chain = link(chain, feed_row_bytes(row.audience, row.epoch, row.n, op, row.entry, row.because))
        if row.n != n + 1 or chain != row.chain:
            fault(
                f"feed {row.audience}",
                row.position,
                f"The feed of {row.audience} was changed at its row {n + 1}.",
            )
        if ids.get(row.position) != row.entry:
            fault("feed-entry", row.position, f"The feed of {row.audience} names an entry that is not there.")
        ends[row.audience] = row.n, row.chain
    for audience in tails.keys() | ends.keys():
        tail = tails.get(audience)
        if tail is None or ends.get(audience) != (tail.n, tail.chain):
            fault(f"end of {audience}", 0, f"The feed of {audience} does not end where it should.")
    return walked
