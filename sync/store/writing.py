"""Writing admitted acts: positions, leaves, sealed bodies, feed rows, grants, head. Last, under one lock.

The one place that puts entries into the database. Judging is done by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.entries import Body, Made
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.feed_chain import START, link
from mash_desktop.proofs.merkle import leaf_hash
from mash_desktop.proofs.signature import SigningKey
from sync.protocol import act_digest, feed_row_bytes, leaf_bytes

from . import tables
from .bulk import among, copy
from .disposing import destroy
from .docket import Docket
from .examining import Candidate, family_of
from .log import LogHead, head_row, read_head, signed_head
from .projection import project
from .sealing import SealedBody, Secrets, StreamKey
from .streams import Held, made_stream_key

KEY_HANDED_ON = Refusal(
    "store-key-old",
    "The hub's signing key was handed on. Start this program of the store again with the new one.",
)


class Writing:
    """One transaction's writing. Afterwards ``shelved`` are the streams as they now stand."""

    def __init__(
        self, db: Connection, hub: str, secrets: Secrets, now: datetime, keys: Mapping[str, StreamKey]
    ) -> None:
        self._db = db
        self._hub = hub
        self._secrets = secrets
        self._now = now
        self._keys = dict(keys)
        self.made_keys: dict[str, tuple[StreamKey, bytes]] = {}
        self.shelved: list[Held] = []

    def write(
        self, admitted: Sequence[Candidate], docket: Docket, held: Mapping[str, Held]
    ) -> tuple[LogHead, dict[str, int], datetime]:
        """The new head, each new entry's position, and when they were admitted."""
        sealed = self._seal(admitted)
        head = read_head(self._db, self._hub, lock=True)
        signing = self._secrets.signing_key(self._hub)
        if head.signed.key != signing.key_id:
            raise KEY_HANDED_ON
        # The store's clock may step back; the log's never does.
        stamped = max(self._now, head.at)
        positions: dict[str, int] = {}
        for candidate in admitted:
            for header in candidate.act.entries:
                positions[header.id] = head.size + len(positions) + 1
        self._entries(admitted, positions, sealed, stamped)
        new = self._tree(admitted, positions, head, stamped, signing)
        self._streams(docket, held, positions, stamped)
        self._feeds(docket, positions, new)
        fresh = [entry for one in admitted for entry in one.entries]
        project(self._db, self._hub, self._secrets, self.shelved, docket, fresh, positions, self._keys)
        for gone in docket.disposed:
            destroy(self._db, self._hub, gone.stream, gone.entry)
        h = tables.heads
        self._db.execute(update(h).where(h.c.hub == self._hub), head_row(self._hub, new))
        return new, positions, stamped

    def _seal(self, admitted: Sequence[Candidate]) -> dict[str, SealedBody]:
        """Bodies by entry id, sealed before the head is locked."""
        sealed = {}
        for one in admitted:
            for header in one.act.entries:
                body = one.bodies[header.id]
                sealed[header.id] = self._key(header.stream).seal(header.id, body.body, body.salt)
        return sealed

    def _key(self, stream: str) -> StreamKey:
        if stream not in self._keys:
            self.made_keys[stream] = made_stream_key(self._secrets, self._hub, stream)
            self._keys[stream] = self.made_keys[stream][0]
        return self._keys[stream]

    def _entries(
        self,
        admitted: Sequence[Candidate],
        positions: Mapping[str, int],
        sealed: Mapping[str, SealedBody],
        stamped: datetime,
    ) -> None:
        db, hub = self._db, self._hub
        acts, entries = [], []
        for one in admitted:
            act, signed = one.act, one.parcel.signed
            first = positions[act.entries[0].id]
            acts.append((hub, act.id, first, len(act.entries), stamped, signed.act, signed.signature))
            entries += [
                (hub, positions[header.id], header.id, act.id, place, header.stream, header.kind)
                for place, header in enumerate(act.entries)
            ]
        copy(db, tables.acts, acts)
        copy(db, tables.entries, entries)
        copy(db, tables.bodies, [(hub, positions[entry], one.sealed) for entry, one in sealed.items()])
        copy(db, tables.body_keys, [(hub, positions[entry], one.wrapped) for entry, one in sealed.items()])
        copy(
            db,
            tables.stream_keys,
            [(hub, stream, wrapped) for stream, (_, wrapped) in self.made_keys.items()],
        )

    def _tree(
        self,
        admitted: Sequence[Candidate],
        positions: Mapping[str, int],
        head: LogHead,
        stamped: datetime,
        signing: SigningKey,
    ) -> LogHead:
        frontier, nodes = head.frontier, []
        for candidate in admitted:
            digest = act_digest(candidate.parcel.signed)
            for place, header in enumerate(candidate.act.entries):
                leaf = leaf_hash(leaf_bytes(positions[header.id], stamped, digest, place))
                frontier, completed = frontier.append(leaf)
                nodes += [(self._hub, level, index, node) for level, index, node in completed]
        copy(self._db, tables.tree_nodes, nodes)
        return signed_head(self._hub, head.epoch, frontier, stamped, signing)

    def _streams(
        self, docket: Docket, held: Mapping[str, Held], positions: Mapping[str, int], stamped: datetime
    ) -> None:
        """Move the streams on, and keep them as they stand for the shelf."""
        rows: list[dict[str, Any]] = []
        for stream in sorted(docket.touched):
            state = docket.states[stream]
            placed = tuple(_placed(entry, positions, stamped) for entry in state.entries)
            if family_of(stream) != "access":
                self.shelved.append(
                    Held(stream, held[stream].version + 1, placed, state.audiences, state.extent)
                )
            rows.append({"hub": self._hub, "stream": stream, "last": placed[-1].position, "version": 1})
        t = tables.streams
        statement = insert(t)
        self._db.execute(
            statement.on_conflict_do_update(
                index_elements=[t.c.hub, t.c.stream],
                set_={"last": statement.excluded.last, "version": t.c.version + 1},
            ),
            rows,
        )

    def _feeds(self, docket: Docket, positions: Mapping[str, int], head: LogHead) -> None:
        """Number and chain the rows that these acts add, and say anew who holds what."""
        hub, t = self._hub, tables.feed_tails
        known = {
            entry.id: entry.position
            for stream in docket.touched
            for entry in docket.states[stream].entries
            if entry.position is not None
        }
        places = {**known, **positions}
        audiences = {change.audience for change in docket.changes}
        tails = {
            row.audience: (row.n, row.chain)
            for row in self._db.execute(
                select(t.c.audience, t.c.n, t.c.chain).where(t.c.hub == hub, among(t.c.audience, audiences))
            )
        }
        rows = []
        for change in docket.changes:
            n, chain = tails.get(change.audience, (0, START))
            n, because = n + 1, places[change.because]
            op = "grant" if change.granted else "withdraw"
            chain = link(chain, feed_row_bytes(change.audience, head.epoch, n, op, change.entry, because))
            tails[change.audience] = n, chain
            rows.append(
                (
                    hub,
                    change.audience,
                    n,
                    head.epoch,
                    change.granted,
                    places[change.entry],
                    change.entry,
                    because,
                    chain,
                )
            )
        copy(self._db, tables.feeds, rows)
        if audiences:
            statement = insert(t)
            self._db.execute(
                statement.on_conflict_do_update(
                    index_elements=[t.c.hub, t.c.audience],
                    set_={c: statement.excluded[c] for c in ("n", "chain", "size")},
                ),
                [
                    {"hub": hub, "audience": a, "n": tails[a][0], "chain": tails[a][1], "size": head.size}
                    for a in sorted(audiences)
                ],
            )
        self._grants(docket, positions, known)

    def _grants(self, docket: Docket, positions: Mapping[str, int], known: Mapping[str, int]) -> None:
        """New entries' rows are inserted, those of entries whose holders changed are updated."""
        added, moved = [], []
        changed = {change.entry for change in docket.changes}
        for stream in sorted(docket.touched):
            held = docket.states[stream].audiences
            for entry in docket.states[stream].entries:
                now = sorted(held.get(entry.id, ()))
                if entry.id in positions:
                    added.append((self._hub, positions[entry.id], stream, now))
                elif entry.id in changed:
                    moved.append({"at": known[entry.id], "now": now})
        g = tables.grants
        copy(self._db, g, added)
        if moved:
            self._db.execute(
                update(g)
                .where(g.c.hub == self._hub, g.c.position == bindparam("at"))
                .values(audiences=bindparam("now")),
                moved,
            )


def _placed(entry: Made[Body], positions: Mapping[str, int], stamped: datetime) -> Made[Body]:
    if entry.position is not None:
        return entry
    return replace(entry, position=positions[entry.id], admitted_at=stamped)
