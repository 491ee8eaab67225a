"""A host that means harm: the database, the store's secrets, and the skill to cover its tracks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from mash_desktop.domain.acts import Parcel, SignedAct, read
from mash_desktop.proofs.feed_chain import START, link
from mash_desktop.proofs.merkle import Frontier, leaf_hash
from mash_desktop.proofs.signature import SigningKey
from sync.protocol import act_digest, feed_row_bytes, leaf_bytes
from sync.store import tables
from sync.store.bulk import copy
from sync.store.composition import Store
from sync.store.log import head_row, read_head, signed_head
from sync.store.sealing import SealedBody, StreamKey
from sync.store.streams import Shelf, made_stream_key, stream_keys

TABLES = (
    tables.hubs, tables.heads, tables.acts, tables.entries, tables.bodies, tables.body_keys,
    tables.stream_keys, tables.streams, tables.tree_nodes, tables.feeds, tables.feed_tails, tables.grants,
)  # fmt: skip


class Host:
    """Changes one hub's rows. What ``rebuild`` and ``rechain`` are not called for is left as it was."""

    def __init__(self, db: Connection, store: Store, hub: str) -> None:
        self.db = db
        self._secrets = store.secrets
        self.hub = hub

    def run(self, statement: str, **values: object) -> None:
        done = self.db.execute(text(statement), {"hub": self.hub, **values})
        assert done.rowcount > 0, statement

    def act(self, position: int) -> Any:
        a = tables.acts
        return self.db.execute(select(a).where(a.c.hub == self.hub, a.c.first == position)).one()

    def _key(self, stream: str) -> StreamKey:
        return stream_keys(self.db, Shelf(), self._secrets, self.hub, {stream})[stream]

    def reseal(self, position: int, old: bytes, new: bytes) -> None:
        """Put other words into a body, as one can who has the keys."""
        e, b, k = tables.entries, tables.bodies, tables.body_keys
        row = self.db.execute(
            select(e.c.entry, e.c.stream, b.c.sealed, k.c.wrapped)
            .join(b, (b.c.hub == e.c.hub) & (b.c.position == e.c.position))
            .join(k, (k.c.hub == e.c.hub) & (k.c.position == e.c.position))
            .where(e.c.hub == self.hub, e.c.position == position)
        ).one()
        key = self._key(row.stream)
        body, salt = key.open(row.entry, SealedBody(row.sealed, row.wrapped))
        assert old in body
        sealed = key.seal(row.entry, body.replace(old, new), salt)
        for table, column, value in ((b, "sealed", sealed.sealed), (k, "wrapped", sealed.wrapped)):
            self.db.execute(
                update(table)
                .where(table.c.hub == self.hub, table.c.position == position)
                .values({column: value})
            )

    def move(self, places: dict[int, int]) -> None:
        """Give entries other positions everywhere, by way of negative ones, since a position is unique."""
        for table, column in (
            ("acts", "first"), ("entries", "position"), ("bodies", "position"), ("body_keys", "position"),
            ("grants", "position"), ("feeds", "position"), ("feeds", "because"),
        ):  # fmt: skip
            for old, new in places.items():
                self.db.execute(
                    text(f"update {table} set {column} = :new where hub = :hub and {column} = :old"),
                    {"hub": self.hub, "old": old, "new": -new},
                )
            self.db.execute(
                text(f"update {table} set {column} = -{column} where hub = :hub and {column} < 0"),
                {"hub": self.hub},
            )

    def cut(self, position: int) -> None:
        """Take out an act of one entry and close the positions and feeds up behind it."""
        size = read_head(self.db, self.hub).size
        self.run("delete from acts where hub = :hub and first = :at", at=position)
        for table in ("entries", "bodies", "body_keys", "grants"):
            self.run(f"delete from {table} where hub = :hub and position = :at", at=position)
        self.run("delete from feeds where hub = :hub and position = :at", at=position)
        self.move({old: old - 1 for old in range(position + 1, size + 1)})
        self.rechain()

    def rebuild(self) -> None:
        """Make the tree of what is there now, and sign its head."""
        t, h, a, e = tables.tree_nodes, tables.heads, tables.acts, tables.entries
        before = read_head(self.db, self.hub)
        self.db.execute(delete(t).where(t.c.hub == self.hub))
        rows = self.db.execute(
            select(e.c.position, e.c.place, a.c.bytes, a.c.signature, a.c.admitted_at)
            .join(a, (a.c.hub == e.c.hub) & (a.c.act == e.c.act))
            .where(e.c.hub == self.hub)
            .order_by(e.c.position)
        ).all()
        frontier, nodes = Frontier(), []
        for row in rows:
            digest = act_digest(SignedAct(row.bytes, row.signature))
            leaf = leaf_hash(leaf_bytes(row.position, row.admitted_at, digest, row.place))
            frontier, completed = frontier.append(leaf)
            nodes += [(self.hub, level, index, node) for level, index, node in completed]
        copy(self.db, t, nodes)
        key = self._secrets.signing_key(self.hub)
        signed = signed_head(self.hub, before.epoch, frontier, before.at, key)
        self.db.execute(update(h).where(h.c.hub == self.hub).values(head_row(self.hub, signed)))

    def sign_head(self, key: SigningKey) -> None:
        h, head = tables.heads, read_head(self.db, self.hub)
        signed = signed_head(self.hub, head.epoch, head.frontier, head.at, key)
        self.db.execute(update(h).where(h.c.hub == self.hub).values(head_row(self.hub, signed)))

    def rechain(self) -> None:
        """Number and chain every feed anew."""
        f, t = tables.feeds, tables.feed_tails
        rows = self.db.execute(select(f).where(f.c.hub == self.hub).order_by(f.c.audience, f.c.n)).all()
        self.db.execute(delete(f).where(f.c.hub == self.hub))
        tails: dict[str, tuple[int, bytes]] = {}
        made = []
        for row in rows:
            n, chain = tails.get(row.audience, (0, START))
            op = "grant" if row.granted else "withdraw"
            chain = link(chain, feed_row_bytes(row.audience, row.epoch, n + 1, op, row.entry, row.because))
            tails[row.audience] = n + 1, chain
            made.append({**row._mapping, "n": n + 1, "chain": chain})
        self.db.execute(insert(f), made)
        self.db.execute(delete(t).where(t.c.hub == self.hub))
        size = read_head(self.db, self.hub).size
        self.db.execute(
            insert(t),
            [
                {"hub": self.hub, "audience": audience, "n": n, "chain": chain, "size": size}
                for audience, (n, chain) in tails.items()
            ],
        )

    def feed(self, audience: str, position: int) -> None:
        """One more row for an audience, and the entry's content to go with it."""
        e, f, g = tables.entries, tables.feeds, tables.grants
        entry = self.db.scalar(select(e.c.entry).where(e.c.hub == self.hub, e.c.position == position))
        self.db.execute(
            insert(f).values(
                hub=self.hub, audience=audience, n=10_000, epoch=read_head(self.db, self.hub).epoch,
                granted=True, position=position, entry=entry, because=position, chain=START,
            )
        )  # fmt: skip
        self.db.execute(
            update(g)
            .where(g.c.hub == self.hub, g.c.position == position)
            .values(
                audiences=text("array(select unnest(audiences || :new) order by 1)").bindparams(
                    new=[audience]
                )
            )
        )
        self.rechain()

    def append(self, parcel: Parcel, audience: str) -> None:
        """Put an act at the end of the log as admission would have, without being asked whether it may."""
        hub, act = self.hub, read(parcel.signed)
        first, now = read_head(self.db, hub).size + 1, datetime.now(UTC)
        copy(
            self.db,
            tables.acts,
            [(hub, act.id, first, len(act.entries), now, parcel.signed.act, parcel.signed.signature)],
        )
        for place, (header, body) in enumerate(zip(act.entries, parcel.bodies, strict=True)):
            at, stream = first + place, header.stream
            keys = stream_keys(self.db, Shelf(), self._secrets, hub, {stream})
            if stream not in keys:
                key, wrapped = made_stream_key(self._secrets, hub, stream)
                copy(self.db, tables.stream_keys, [(hub, stream, wrapped)])
                keys = {stream: key}
            sealed = keys[stream].seal(header.id, body.body, body.salt)
            copy(self.db, tables.entries, [(hub, at, header.id, act.id, place, stream, header.kind)])
            copy(self.db, tables.bodies, [(hub, at, sealed.sealed)])
            copy(self.db, tables.body_keys, [(hub, at, sealed.wrapped)])
            copy(self.db, tables.grants, [(hub, at, stream, [])])
            self.db.execute(
                text("update streams set version = version + 1, last = :at where hub = :hub and stream = :s"),
                {"hub": hub, "at": at, "s": stream},
            )
            self.feed(audience, at)
        self.rebuild()


@contextmanager
def put_back(store: Store, hub: str) -> Iterator[None]:
    """Whatever is done to the hub's rows within is undone."""
    with store.engine.connect() as db:
        before = {t: db.execute(select(t).where(t.c.hub == hub)).all() for t in TABLES}
    try:
        yield
    finally:
        with store.engine.begin() as db:
            for table, rows in before.items():
                db.execute(delete(table).where(table.c.hub == hub))
                copy(db, table, rows)
