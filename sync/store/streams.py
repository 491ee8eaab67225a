"""Streams as the store holds them while it judges: entries unsealed, who holds each, and the folds.

A bounded memory of decoded streams, keyed by version: an instance may forget it at any time, and never
serves from it what the database does not say is current. Writing is in ``writing``.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

from msgspec.structs import replace
from sqlalchemy import ARRAY, Connection, Text, any_, bindparam, select

from mash_desktop.domain import acts as envelope
from mash_desktop.domain.acts import OpenBody, SignedAct, entries_of
from mash_desktop.domain.entries import Body, Made, Unread
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory, Identity, Referral, fold, fold_hub, fold_identity

from . import tables
from .bulk import among, read
from .holding import Extent
from .sealing import SealedBody, Secrets, StreamKey, new_key

HUB_STREAM = "hub"
MOST_ENTRIES = 60_000
"""Decoded entries kept in memory, over all streams."""
MOST_ROOTS = 10_000


class Held:
    """One stream at one version. ``audiences`` says who holds each entry, by entry id."""

    def __init__(
        self,
        stream: str,
        version: int,
        entries: tuple[Made[Body], ...],
        audiences: Mapping[str, frozenset[str]],
        extent: Extent | None = None,
    ) -> None:
        self.extent = extent
        self.stream = stream
        self.version = version
        self.entries = entries
        self.audiences = audiences
        self._referral: tuple[Directory, Referral] | None = None

    @cached_property
    def identity(self) -> Identity:
        return fold_identity(self.entries)

    @cached_property
    def directory(self) -> Directory:
        return fold_hub(self.entries)

    @property
    def folded(self) -> Referral | None:
        """The fold of a referral's stream that has been asked for; ``None`` of any other stream."""
        return self._referral[1] if self._referral is not None else None

    def referral(self, directory: Directory) -> Referral:
        """The fold under the hub's timeline; kept until the directory is another."""
        if self._referral is None or self._referral[0] is not directory:
            self._referral = directory, fold(self.entries, directory.timeline, whole=True)
        return self._referral[1]


class Shelf:
    """Streams lately used, the longest unused forgotten first."""

    def __init__(self, most_entries: int = MOST_ENTRIES) -> None:
        self._most = most_entries
        self._held: OrderedDict[tuple[str, str], Held] = OrderedDict()
        self._keys: OrderedDict[tuple[str, str], StreamKey] = OrderedDict()
        self._roots: OrderedDict[tuple[str, int, int], bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def get(self, hub: str, stream: str, version: int) -> Held | None:
        with self._lock:
            found = self._held.get((hub, stream))
            if found is None or found.version != version:
                return None
            self._held.move_to_end((hub, stream))
            return found

    def put(self, hub: str, held: Held) -> None:
        with self._lock:
            before = self._held.pop((hub, held.stream), None)
            if before is not None:
                if before.version > held.version:
                    held = before
                self._size -= len(before.entries)
            self._held[hub, held.stream] = held
            self._size += len(held.entries)
            while self._size > self._most and len(self._held) > 1:
                _, oldest = self._held.popitem(last=False)
                self._size -= len(oldest.entries)

    def root(self, hub: str, epoch: int, size: int) -> bytes | None:
        """The log's root at a size, where it is remembered. It never changes within an epoch."""
        with self._lock:
            return self._roots.get((hub, epoch, size))

    def put_root(self, hub: str, epoch: int, size: int, root: bytes) -> None:
        with self._lock:
            self._roots[hub, epoch, size] = root
            while len(self._roots) > MOST_ROOTS:
                self._roots.popitem(last=False)

    def key(self, hub: str, stream: str) -> StreamKey | None:
        with self._lock:
            return self._keys.get((hub, stream))

    def put_key(self, hub: str, stream: str, key: StreamKey) -> None:
        with self._lock:
            self._keys[hub, stream] = key
            while len(self._keys) > self._most // 10:
                self._keys.popitem(last=False)

    def forget_key(self, hub: str, stream: str) -> None:
        with self._lock:
            self._keys.pop((hub, stream), None)


def made_stream_key(secrets: Secrets, hub: str, stream: str) -> tuple[StreamKey, bytes]:
    """A new key for a stream, opened and wrapped."""
    raw = new_key()
    return StreamKey(hub, stream, raw), secrets.seal(f"stream\x00{hub}\x00{stream}", raw)


def stream_keys(
    db: Connection, shelf: Shelf, secrets: Secrets, hub: str, streams: Iterable[str]
) -> dict[str, StreamKey]:
    """The opened keys of those streams that have one; a destroyed key is absent."""
    wanted = set(streams)
    found = {stream: key for stream in wanted if (key := shelf.key(hub, stream)) is not None}
    missing = wanted - found.keys()
    if missing:
        t = tables.stream_keys
        for stream, wrapped in db.execute(
            select(t.c.stream, t.c.wrapped).where(t.c.hub == hub, among(t.c.stream, missing))
        ):
            key = StreamKey(hub, stream, secrets.open(f"stream\x00{hub}\x00{stream}", wrapped))
            shelf.put_key(hub, stream, key)
            found[stream] = key
    return found


def load(
    db: Connection, shelf: Shelf, secrets: Secrets, hub: str, versions: Mapping[str, int]
) -> dict[str, Held]:
    """Those streams, each at the version named (0: nothing yet)."""
    found: dict[str, Held] = {}
    missing: list[str] = []
    for stream, version in versions.items():
        held = Held(stream, 0, (), {}) if version == 0 else shelf.get(hub, stream, version)
        if held is None:
            missing.append(stream)
        else:
            found[stream] = held
    if missing:
        for stream, held in _load(db, shelf, secrets, hub, {s: versions[s] for s in missing}).items():
            shelf.put(hub, held)
            found[stream] = held
    return found


_E, _A, _B, _K, _G = tables.entries, tables.acts, tables.bodies, tables.body_keys, tables.grants
ENTRIES = (
    select(
        _E.c.stream, _E.c.position, _E.c.entry, _E.c.act, _A.c.bytes, _A.c.signature, _A.c.admitted_at,
        _B.c.sealed, _K.c.wrapped, _G.c.audiences,
    )
    .select_from(
        _E.join(_A, (_A.c.hub == _E.c.hub) & (_A.c.act == _E.c.act))
        .outerjoin(_B, (_B.c.hub == _E.c.hub) & (_B.c.position == _E.c.position))
        .outerjoin(_K, (_K.c.hub == _E.c.hub) & (_K.c.position == _E.c.position))
        .outerjoin(_G, (_G.c.hub == _E.c.hub) & (_G.c.position == _E.c.position))
    )
    .where(_E.c.hub == bindparam("hub"), _E.c.stream == any_(bindparam("streams", type_=ARRAY(Text))))
    .order_by(_E.c.stream, _E.c.position)
)  # fmt: skip


def _load(
    db: Connection, shelf: Shelf, secrets: Secrets, hub: str, versions: Mapping[str, int]
) -> dict[str, Held]:
    rows = read(db, ENTRIES, hub=hub, streams=list(versions))
    return opened(rows, stream_keys(db, shelf, secrets, hub, versions), versions)


def opened(
    rows: Sequence[Any], keys: Mapping[str, StreamKey], versions: Mapping[str, int]
) -> dict[str, Held]:
    """Streams from their rows, in the columns of ``ENTRIES``; ``keys`` open the bodies.

    Without its key a body was disposed of. One that has it, and is gone or was changed, is ``Refusal``
    (*sealed-wrong*): what it may have taken back or kept from somebody, nobody can tell.
    """
    made: dict[str, list[Made[Body]]] = {stream: [] for stream in versions}
    audiences: dict[str, dict[str, frozenset[str]]] = {stream: {} for stream in versions}
    # Act by act: what a body was unsealed into is let go of again before the next.
    for (stream, _), group in groupby(rows, key=attrgetter("stream", "act")):
        key, held = keys.get(stream), audiences[stream]
        bodies: dict[str, OpenBody] = {}
        positions: dict[str, int] = {}
        for row in group:
            _, position, entry, _, _, _, _, sealed, wrapped, holders = row
            positions[entry] = position
            held[entry] = frozenset(holders or ())
            if wrapped is not None and key is not None:
                if sealed is None:
                    raise Refusal("sealed-wrong", "A body in the store is gone, though its key is kept.")
                bodies[entry] = OpenBody(entry, *key.open(entry, SealedBody(sealed, wrapped)))
        act = envelope.read(SignedAct(row.bytes, row.signature))
        for one in entries_of(act, bodies, positions=positions, admitted_at=row.admitted_at):
            if one.id in positions:
                # Here, what is not there was not withheld.
                gone = isinstance(one.body, Unread) and one.body.why == "withheld"
                made[stream].append(_disposed(one) if gone else one)
    return {
        stream: Held(stream, versions[stream], tuple(entries), audiences[stream])
        for stream, entries in made.items()
    }


def _disposed(one: Made[Body]) -> Made[Body]:
    return replace(one, body=Unread(why="disposed"))


def current_directory(db: Connection, shelf: Shelf, secrets: Secrets, hub: str) -> Held:
    """The hub's own stream as it stands. ``Refusal`` (*hub-unknown*) where there is no such hub."""
    t = tables.streams
    version = db.scalar(select(t.c.version).where(t.c.hub == hub, t.c.stream == HUB_STREAM))
    if version is None:
        raise Refusal("hub-unknown", "There is no such hub here.")
    return load(db, shelf, secrets, hub, {HUB_STREAM: version})[HUB_STREAM]
