"""The hub's Merkle log in the database: nodes, the signed head, proofs.

What a proof is belongs to ``mash_desktop.proofs``; who may ask for one to ``service``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select, tuple_

from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.merkle import HASH_BYTES, Frontier, consistency_path, frontier_of, inclusion_path
from mash_desktop.proofs.signature import SigningKey

from . import tables


class LogHead(msgspec.Struct, frozen=True):
    """Where a hub's log ends."""

    epoch: int
    frontier: Frontier
    at: datetime
    signed: SignedHead

    @property
    def size(self) -> int:
        return self.frontier.size


def signed_head(hub: str, epoch: int, frontier: Frontier, at: datetime, key: SigningKey) -> LogHead:
    head = Head(hub=hub, epoch=epoch, size=frontier.size, root=frontier.root(), at=at)
    return LogHead(epoch, frontier, at, SignedHead.sign(head, key))


def read_head(db: Connection, hub: str, *, lock: bool = False) -> LogHead:
    """The current head; with ``lock`` its row stays this transaction's until it ends."""
    t = tables.heads
    query = select(t).where(t.c.hub == hub)
    row = db.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise Refusal("hub-unknown", "There is no such hub here.")
    peaks = tuple(row.peaks[at : at + HASH_BYTES] for at in range(0, len(row.peaks), HASH_BYTES))
    return LogHead(row.epoch, Frontier(row.size, peaks), row.at, SignedHead(row.head, row.signature, row.key))


def head_row(hub: str, head: LogHead) -> dict[str, object]:
    return {
        "hub": hub,
        "epoch": head.epoch,
        "size": head.size,
        "peaks": b"".join(head.frontier.peaks),
        "head": head.signed.head,
        "signature": head.signed.signature,
        "key": head.signed.key,
        "at": head.at,
    }


def nodes_of(
    db: Connection, hub: str, work: Callable[[Callable[[int, int], bytes]], list[bytes]]
) -> list[bytes]:
    """Run ``work``, which asks for nodes, with those nodes read in one query."""
    wanted: list[tuple[int, int]] = []

    def note(level: int, index: int) -> bytes:
        wanted.append((level, index))
        return bytes(HASH_BYTES)

    # Which nodes a proof needs depends on sizes alone, so a dry run names them all.
    work(note)
    t = tables.tree_nodes
    rows = db.execute(
        select(t.c.level, t.c.index, t.c.hash).where(t.c.hub == hub, tuple_(t.c.level, t.c.index).in_(wanted))
    )
    found: dict[tuple[int, int], bytes] = {(level, index): node for level, index, node in rows}
    return work(lambda level, index: found[level, index])


def root_at(db: Connection, hub: str, size: int) -> bytes:
    """The root that the tree had at ``size``, which is not beyond its present one."""
    return nodes_of(db, hub, lambda node: [frontier_of(size, node).root()])[0]


def inclusion(db: Connection, hub: str, position: int, size: int) -> list[bytes]:
    """``Refusal`` (*proof-outside*) where there is no such entry or size."""
    _within(db, hub, position >= 1 and position <= size, size)
    return nodes_of(db, hub, lambda node: inclusion_path(size, position - 1, node))


def consistency(db: Connection, hub: str, old: int, new: int) -> list[bytes]:
    """``Refusal`` (*proof-outside*) where the log has no such sizes."""
    _within(db, hub, 0 <= old <= new, new)
    return nodes_of(db, hub, lambda node: consistency_path(old, new, node))


def _within(db: Connection, hub: str, sensible: bool, size: int) -> None:
    if not sensible or size > read_head(db, hub).size:
        raise Refusal("proof-outside", "The log is not as long as that.")
