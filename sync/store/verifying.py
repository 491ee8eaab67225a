"""Walking a hub's log from its first entry: leaves, tree, head, signatures, commitments, what its authors had
seen, and the chains of its feeds.

Trusts nothing in the database but the hub's own key, which comes from the store's secrets. Names the first
bad position of each thing that is wrong. Repairs nothing. What the feeds should bring is ``recomputing``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from mash_desktop.domain.acts import Act, Header, OpenBody, SignedAct, check_bodies, check_signature, read
from mash_desktop.domain.entries import Body, decode
from mash_desktop.domain.entries.hub import EpochOpened, KeyEnrolled, KeyRevoked
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.feed_chain import START, link
from mash_desktop.proofs.head import BadHead, Head, SignedHead
from mash_desktop.proofs.merkle import Frontier, leaf_hash, node_hash
from sync.protocol import act_digest, feed_row_bytes, leaf_bytes

from . import tables
from .composition import Store
from .examining import STORE
from .log import LogHead, read_head
from .recomputing import Progress, Recomputed, Told, recompute
from .sealing import SealedBody, Secrets, StreamKey
from .streams import Shelf, stream_keys

_BATCH = 2000


class Fault(msgspec.Struct, frozen=True):
    """``position`` is the first at which it shows; 0 where it concerns the whole."""

    position: int
    sentence: str


class Verified(msgspec.Struct, frozen=True):
    """``recomputed`` counts the records whose feeds were worked out anew, ``unread`` those of which something
    has been disposed of, so that nobody can."""

    entries: int
    acts: int
    rows: int
    faults: tuple[Fault, ...]
    recomputed: int = 0
    unread: int = 0


class _Faults:
    """The first of each sort, and the streams in which something is wrong."""

    def __init__(self) -> None:
        self._found: dict[str, Fault] = {}
        self.spoiled: set[str] = set()

    def add(self, what: str, position: int, sentence: str, *streams: str) -> None:
        self._found.setdefault(what, Fault(position, sentence))
        self.spoiled.update(streams)

    def inorder(self) -> tuple[Fault, ...]:
        return tuple(sorted(self._found.values(), key=lambda one: one.position))


class _Keys:
    """Public keys by position, from the log itself."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, bytes]] = {}
        self._revoked: set[str] = set()

    def learn(self, body: Body) -> None:
        if isinstance(body, KeyEnrolled):
            self._known[body.key] = body.person, bytes.fromhex(body.public)
        elif isinstance(body, KeyRevoked):
            self._revoked.add(body.key)

    def of(self, act: Act) -> bytes:
        person, public = self._known.get(act.key, ("", b""))
        if person != act.author or act.key in self._revoked:
            raise Refusal("key-unknown", "The act's key was not its author's at that position.")
        return public

    def of_store(self, key: str) -> bytes:
        """A key that the store has or had; empty where it is none."""
        person, public = self._known.get(key, ("", b""))
        return public if person == STORE else b""


def verify(
    store: Store, hub: str, kept: SignedHead | None = None, progress: Progress = lambda what, done, of: None
) -> Verified:
    """Check the whole log of a hub, and that its feeds bring everybody what they should and no more.

    ``kept`` is a head that somebody saw before: this log must begin with it. ``progress`` is told what is
    done, how many of it and of how many. ``Refusal`` (*hub-unknown*).
    """
    with store.engine.connect().execution_options(isolation_level="REPEATABLE READ") as db, db.begin():
        walked = _Walk(db, store.secrets, store.shelf, hub, progress)
        walked.all(kept)
        again = walked.again()
        return walked.found(again)


class _Kept(msgspec.Struct, frozen=True):
    head: SignedHead


def kept_head(file: Path) -> SignedHead:
    """The head in what ``mash-isl audit`` kept. ``Refusal`` (*head-unreadable*)."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Kept).head
    except (OSError, msgspec.DecodeError) as error:
        raise Refusal("head-unreadable", f"{file} holds no signed head.", "kept") from error


def walk(db: Connection, secrets: Secrets, shelf: Shelf, hub: str) -> Verified:
    """The log alone, on what this transaction sees: not whether its feeds and keys are as they should be."""
    walked = _Walk(db, secrets, shelf, hub)
    walked.all(None)
    return walked.found(Recomputed((), 0, 0))


class _Walk:
    def __init__(
        self,
        db: Connection,
        secrets: Secrets,
        shelf: Shelf,
        hub: str,
        progress: Progress = lambda what, done, of: None,
    ) -> None:
        self._progress = progress
        self._db = db
        self._secrets = secrets
        self._shelf = shelf
        self._hub = hub
        self._faults = _Faults()
        self._keys = _Keys()
        self._frontier = Frontier()
        self._acts = 0
        self._rows = 0
        self._ids: dict[int, str] = {}
        self._roots: dict[int, bytes] = {0: Frontier().root()}
        """The root at the end of each act, by the size there."""
        self._agreed = 0
        """Up to here the log is the one that an author or a kept head had seen."""
        self._lost: dict[int, int] = {}
        """Of each epoch that a restore ended: up to where its log lives on."""
        self._told = Told()

    def found(self, again: Recomputed) -> Verified:
        for position, sentence in again.faults:
            self._faults.add(sentence, position, sentence)
        return Verified(
            self._frontier.size,
            self._acts,
            self._rows,
            self._faults.inorder(),
            again.recomputed,
            again.unread,
        )

    def again(self) -> Recomputed:
        return recompute(
            self._db,
            self._shelf,
            self._secrets,
            self._hub,
            self._told,
            frozenset(self._faults.spoiled),
            self._progress,
        )

    def all(self, kept: SignedHead | None) -> None:
        head, signed = self._head()
        for act_row, rows in self._by_act():
            self._acts += 1
            self._act(act_row, rows)
            self._ids.update((row.position, row.entry) for row in rows)
            self._roots[self._frontier.size] = self._frontier.root()
            self._progress("entries checked", self._frontier.size, head.size if head else 0)
        if head is not None and self._frontier.size != head.size:
            short = min(self._frontier.size, head.size) + 1
            words = f"The head says {head.size} entries; the log has {self._frontier.size}."
            self._faults.add("size", short, words)
        elif head is not None and signed is not None and not self._faults.spoiled:
            # Where it was spoiled has been named already; the root only says that it was.
            if self._frontier.root() != signed.root:
                self._faults.add("root", 0, "The log's root is not the one that the head signs.")
            elif self._frontier != head.frontier:
                self._faults.add("head", 0, "The head's row would not go on from where the log ends.")
        if kept is not None:
            self._check_kept(kept)
        self._nodes()
        self._feeds()

    def _head(self) -> tuple[LogHead | None, Head | None]:
        """The head's row, and what is signed in it, as far as either holds together."""
        signing = {key.key_id: key.public for key in self._secrets.signing_keys(self._hub)}
        try:
            head = read_head(self._db, self._hub)
        except ValueError:
            self._faults.add("head", 0, "The head's row does not hold together.")
            return None, None
        try:
            signed = head.signed.verify(signing.get(head.signed.key, b""))
        except BadHead as error:
            self._faults.add("head", 0, f"The head does not verify: {error}.")
            return head, None
        if (signed.hub, signed.epoch, signed.size) != (self._hub, head.epoch, head.size):
            self._faults.add("head", 0, "The signed head is not the one in its row.")
        return head, signed

    def _check_kept(self, kept: SignedHead) -> None:
        """This log begins with what somebody was shown before."""
        try:
            head = kept.verify(self._keys.of_store(kept.key))
        except BadHead as error:
            self._faults.add("kept", 0, f"The head that was kept is not this hub's: {error}.")
            return
        if self._lives_on(head.epoch, head.size) and self._roots.get(head.size) != head.root:
            at = min(self._agreed, head.size) + 1
            self._faults.add("kept", at, f"The log was another up to {head.size} when the head was kept.")

    def _by_act(self) -> Iterator[tuple[Any, list[Any]]]:
        """Entries grouped by act in position order, with bodies and stored leaves, in batches."""
        e, a, b, k, n = tables.entries, tables.acts, tables.bodies, tables.body_keys, tables.tree_nodes
        query = (
            select(
                e,
                a.c.bytes,
                a.c.signature,
                a.c.admitted_at,
                a.c.first,
                a.c.entries.label("count"),
                b.c.sealed,
                k.c.wrapped,
                n.c.hash.label("leaf"),
            )
            .select_from(
                e.outerjoin(a, (a.c.hub == e.c.hub) & (a.c.act == e.c.act))
                .outerjoin(b, (b.c.hub == e.c.hub) & (b.c.position == e.c.position))
                .outerjoin(k, (k.c.hub == e.c.hub) & (k.c.position == e.c.position))
                .outerjoin(n, (n.c.hub == e.c.hub) & (n.c.level == 0) & (n.c.index == e.c.position - 1))
            )
            .where(e.c.hub == self._hub)
            .order_by(e.c.position)
        )
        rows = self._db.execute(query, execution_options={"yield_per": _BATCH})
        for _, group in itertools.groupby(rows, key=lambda row: row.act):
            together = list(group)
            yield together[0], together

    def _act(self, row: Any, rows: list[Any]) -> None:
        """Check one act and its entries."""
        at, streams = row.position, {one.stream for one in rows}
        if row.bytes is None:
            self._faults.add("act", at, "The act of this entry is gone.", *streams)
            self._skip(len(rows))
            return
        signed = SignedAct(row.bytes, row.signature)
        try:
            act = read(signed)
        except Refusal as refusal:
            self._faults.add("act", at, refusal.sentence, *streams)
            self._skip(len(rows))
            return
        streams |= {header.stream for header in act.entries}
        if act.hub != self._hub or act.id != row.act or len(act.entries) != len(rows):
            self._faults.add("act", at, "The entries of this act are not those that it signs.", *streams)
        if (row.first, row.count) != (at, len(rows)):
            # By these it is answered again where its entries are.
            self._faults.add("place", at, "This act is not kept under the positions that it has.")
        self._seen(act, at)
        self._leaves(act, act_digest(signed), rows)
        bodies = self._bodies(rows, act)
        try:
            if at == 1:
                # The first act begins it all: it enrols the key that it is signed with.
                self._learn(act, bodies)
            check_signature(signed, self._keys.of(act))
            self._learn(act, bodies)
        except Refusal as refusal:
            self._faults.add(refusal.code, at, refusal.sentence, *streams)

    def _skip(self, count: int) -> None:
        for _ in range(count):
            self._frontier, _done = self._frontier.append(bytes(32))

    def _seen(self, act: Act, at: int) -> None:
        """The head that the author had seen is one that this log had."""
        seen = act.seen
        if seen is None or self._faults.spoiled or not self._lives_on(seen.epoch, seen.size):
            # Where the log was spoiled has been named already, and behind it every root is another.
            return
        root = self._roots.get(seen.size)
        if root is not None and root.hex() == seen.root:
            self._agreed = max(self._agreed, seen.size)
            return
        self._faults.add(
            "seen",
            min(self._agreed, seen.size) + 1,
            f"The log was another up to {seen.size} when the author of the act at {at} saw it.",
        )

    def _lives_on(self, epoch: int, size: int) -> bool:
        """Whether no restore has since cut off what the log had at this size of this epoch."""
        return all(size <= upto for ended, upto in self._lost.items() if ended >= epoch)

    def _leaves(self, act: Act, digest: bytes, rows: list[Any]) -> None:
        for place, (entry, header) in enumerate(zip(rows, act.entries, strict=False)):
            position = self._frontier.size + 1
            if entry.position != position:
                self._faults.add("gap", position, "There is a gap in the log, or an entry out of order.")
            said = header.id, header.stream, header.kind, place
            if (entry.entry, entry.stream, entry.kind, entry.place) != said:
                self._faults.add(
                    "entry",
                    entry.position,
                    "This entry is not the one that its act signs.",
                    entry.stream,
                    header.stream,
                )
            leaf = leaf_hash(leaf_bytes(position, entry.admitted_at, digest, place))
            if leaf != entry.leaf:
                self._faults.add(
                    "leaf",
                    position,
                    "The act, its time or its place here is not what the tree was made of.",
                    entry.stream,
                )
            self._frontier, _ = self._frontier.append(leaf)

    def _bodies(self, rows: list[Any], act: Act) -> dict[str, OpenBody]:
        """Bodies that are there and are those committed to. One that has no key may have been disposed of."""
        streams = stream_keys(self._db, self._shelf, self._secrets, self._hub, {row.stream for row in rows})
        found: dict[str, OpenBody] = {}
        for row, header in zip(rows, act.entries, strict=False):
            if row.wrapped is None or row.stream not in streams:
                self._told.keyless[row.entry] = row.position, row.stream
                continue
            body = self._body(row, act, header, streams)
            if body is not None:
                found[header.id] = body
        return found

    def _body(self, row: Any, act: Act, header: Header, streams: Mapping[str, StreamKey]) -> OpenBody | None:
        if row.sealed is None:
            words = "The body of this entry is gone, though its key is kept."
            self._faults.add("body", row.position, words, row.stream)
            return None
        try:
            body, salt = streams[row.stream].open(header.id, SealedBody(row.sealed, row.wrapped))
            opened = OpenBody(header.id, body, salt)
            check_bodies(msgspec.structs.replace(act, entries=(header,)), [opened], whole=True)
        except Refusal as refusal:
            self._faults.add(refusal.code, row.position, refusal.sentence, row.stream)
            return None
        return opened

    def _learn(self, act: Act, bodies: Mapping[str, OpenBody]) -> None:
        for header in act.entries:
            if header.id not in bodies or header.stream.startswith("referral:"):
                continue
            try:
                body = decode(header.kind, header.v, bodies[header.id].body)
                self._keys.learn(body)
            except (msgspec.DecodeError, ValueError) as error:
                raise Refusal("body-misshapen", f"An entry {header.kind} cannot be read.") from error
            self._told.note(header, body)
            if isinstance(body, EpochOpened):
                self._lost[body.epoch - 1] = body.size
                root = self._roots.get(body.size)
                if root is None or root.hex() != body.root:
                    raise Refusal("epoch", "This restore began from a log that is not the one before it.")

    def _nodes(self) -> None:
        """Every stored node above the leaves is the hash of the two below it."""
        t = tables.tree_nodes
        left, right = t.alias("l"), t.alias("r")
        rows = self._db.execute(
            select(t.c.level, t.c.index, t.c.hash, left.c.hash.label("left"), right.c.hash.label("right"))
            .select_from(
                t.outerjoin(
                    left,
                    (left.c.hub == t.c.hub)
                    & (left.c.level == t.c.level - 1)
                    & (left.c.index == t.c.index * 2),
                ).outerjoin(
                    right,
                    (right.c.hub == t.c.hub)
                    & (right.c.level == t.c.level - 1)
                    & (right.c.index == t.c.index * 2 + 1),
                )
            )
            .where(t.c.hub == self._hub, t.c.level > 0)
            .order_by(t.c.level, t.c.index),
            execution_options={"yield_per": _BATCH},
        )
        for row in rows:
            if row.left is None or row.right is None or node_hash(row.left, row.right) != row.hash:
                first = (row.index << row.level) + 1
                self._faults.add("node", first, "A node of the tree does not fit those below it.")

    def _feeds(self) -> None:
        """Each feed is numbered without gaps, chained, ends where its tail says, and names true entries."""
        f, t = tables.feeds, tables.feed_tails
        tails = {row.audience: row for row in self._db.execute(select(t).where(t.c.hub == self._hub))}
        ends: dict[str, tuple[int, bytes]] = {}
        rows = self._db.execute(
            select(f).where(f.c.hub == self._hub).order_by(f.c.audience, f.c.n),
            execution_options={"yield_per": _BATCH},
        )
        for row in rows:
            self._rows += 1
            n, chain = ends.get(row.audience, (0, START))
            op = "grant" if row.granted else "withdraw"
            chain = link(chain, feed_row_bytes(row.audience, row.epoch, row.n, op, row.entry, row.because))
            if row.n != n + 1 or chain != row.chain:
                words = f"The feed of {row.audience} was changed at its row {n + 1}."
                self._faults.add(f"feed {row.audience}", row.position, words)
            if self._ids.get(row.position) != row.entry:
                words = f"The feed of {row.audience} names an entry that is not there."
                self._faults.add("feed-entry", row.position, words)
            ends[row.audience] = row.n, row.chain
        for audience in tails.keys() | ends.keys():
            tail = tails.get(audience)
            if tail is None or ends.get(audience) != (tail.n, tail.chain):
                words = f"The feed of {audience} does not end where it should."
                self._faults.add(f"end of {audience}", 0, words)
