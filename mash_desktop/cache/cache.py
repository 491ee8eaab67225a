"""The one way to read and change the encrypted cache.

Any thread may call it: every call is one transaction on a connection of its own, and writers take turns.
None of it belongs on the GUI thread. Once closed it says so to whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Condition, Lock
from types import MappingProxyType

from sqlalchemy import Connection, Engine, delete, func, select, update
from uuid6 import uuid7

from ..domain.acts import Parcel, read
from ..domain.configuration import HubTimeline
from ..domain.entries import Body, Made
from ..domain.errors import Refusal
from ..domain.fold import Directory, Identity, Referral, Stage, fold, fold_hub, fold_identity
from ..matching import PersonFacts
from . import (
    feed,
    listing,
    outbox,
    pieces,
    reading,
    rescuing,
    saved,
    schema,
    searching,
    upgrading,
    working_set,
)
from .changes import ChangeSet
from .engine import ask, mark_damaged, open_engine, unreadable
from .feed import FeedPlace, FeedRow
from .outbox import Waiting
from .projecting import project
from .projection import QueueRow
from .reading import Holdings, Whole
from .recent import Recent
from .rows import add, upsert
from .searching import Asked, Candidate, Hit

CLOSING_SECONDS = 5.0
"""How long closing waits for what is under way."""
_SPOILT = frozenset({"act-unreadable", "commitment-wrong"})


def open_cache(path: Path, key_hex: Callable[[], str]) -> Cache:
    """The cache at ``path``, brought to this version first. Raises ``Refusal`` of ``engine.py`` and of
    ``upgrading.py``; *cache-mended* or *cache-lost* where it was damaged and a new one is in its place;
    *cache-cut-short*, once, where acts that were saved are gone."""
    rescuing.finish(path)
    if not rescuing.is_marked(path):
        try:
            upgrading.bring_up_to_date(path, key_hex)
            cache = Cache(open_engine(path, key_hex))
            try:
                cache.prove_readable()
                cache.prove_whole()
            except BaseException:
                cache.close()
                raise
            return cache
        except Refusal as refusal:
            if refusal.code != rescuing.UNREADABLE:
                raise
    raise rescuing.rescue(path, key_hex)


class Cache:
    """The cache of one profile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._path = Path(engine.url.database or "")
        self._saved = saved.beside(self._path)
        self._turn = Condition()
        self._saving = Lock()
        """Held until an act is noted beside the cache, so that the numbers stand there in their order."""
        self._open = 0
        self._closed = False
        self._folded: tuple[bytes | None, Directory] | None = None
        """The hub's stream as folded last, and the version of it that this was."""
        self._recent = Recent()
        self._writing = 0
        self._writes = 0
        """How many writes are under way, and how many have ended."""
        self._known: tuple[int, Directory] | None = None
        """The directory, and how many writes had ended before it was read."""
        with self._write() as connection:
            schema.make(connection)

    def prove_readable(self) -> None:
        """Read all that exists nowhere else. Raises ``Refusal`` (*cache-unreadable*)."""
        with self._read() as connection:
            for table in (schema.facts, schema.drafts, schema.outbox):
                found = connection.exec_driver_sql(f"PRAGMA integrity_check({table.name})").scalars().all()
                if found != ["ok"]:
                    raise unreadable()
            outbox.check(connection)

    def prove_whole(self) -> None:
        """Raises ``Refusal`` (*cache-cut-short*) the first time that acts which were saved are gone."""
        with self._read() as connection:
            last = outbox.last_number(connection)
        missing = saved.noted(self._saved) - last
        saved.note(self._saved, last)
        if missing > 0:
            raise saved.cut_short(missing)

    def close(self) -> None:
        """End it, once what is under way has ended: no connection stays open, and none is opened again."""
        with self._turn:
            self._closed = True
            self._turn.wait_for(lambda: self._open == 0, CLOSING_SECONDS)
        self._engine.dispose()
        self._known = self._folded = None
        self._recent.forget_all()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._begun(self._engine) as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._turn:
            self._writing += 1
        try:
            with self._begun(self._writer) as connection:
                yield connection
        except BaseException:
            self._recent.forget_all()
            raise
        finally:
            with self._turn:
                self._writing -= 1
                self._writes += 1

    @contextmanager
    def _begun(self, engine: Engine) -> Iterator[Connection]:
        with self._turn:
            if self._closed:
                raise Refusal("profile-locked", "The profile is locked: enter your passphrase to go on.")
            self._open += 1
        try:
            with engine.begin() as connection:
                yield connection
        except Refusal as refusal:
            if refusal.code not in _SPOILT:
                raise
            # It was verified before it was kept, so it has been damaged since.
            mark_damaged(self._path)
            raise unreadable() from refusal
        finally:
            with self._turn:
                self._open -= 1
                self._turn.notify_all()

    # --- single facts and drafts

    def fact(self, name: str) -> bytes | None:
        with self._read() as connection:
            return connection.scalar(select(schema.facts.c.value).where(schema.facts.c.name == name))

    def put_fact(self, name: str, value: bytes) -> None:
        self.put_facts({name: value})

    def put_facts(self, facts: Mapping[str, bytes | None]) -> None:
        """Keep these together; ``None`` forgets one."""
        with self._write() as connection:
            kept = [{"name": name, "value": value} for name, value in facts.items() if value is not None]
            upsert(connection, schema.facts, kept)
            gone = [name for name, value in facts.items() if value is None]
            connection.execute(delete(schema.facts).where(schema.facts.c.name.in_(gone)))

    def draft(self, key: str) -> str | None:
        with self._read() as connection:
            return connection.scalar(select(schema.drafts.c.text).where(schema.drafts.c.key == key))

    def drafts(self, prefix: str) -> dict[str, str]:
        """Drafts whose key begins so."""
        table = schema.drafts
        begins = func.substr(table.c.key, 1, len(prefix)) == prefix
        with self._read() as connection:
            rows = connection.execute(select(table.c.key, table.c.text).where(begins))
            return {row.key: row.text for row in rows}

    def put_draft(self, key: str, text: str) -> None:
        """Keep what is being typed; an empty text forgets it."""
        with self._write() as connection:
            if not text:
                connection.execute(delete(schema.drafts).where(schema.drafts.c.key == key))
                return
            row = {"key": key, "text": text, "saved_at": reading.stamp(datetime.now(UTC))}
            upsert(connection, schema.drafts, [row])

    # --- writing

    def save(
        self,
        parcel: Parcel,
        *,
        forget_drafts: Iterable[str] = (),
        instead_of: str | None = None,
        resting: Iterable[tuple[str, Parcel]] = (),
    ) -> ChangeSet:
        """Keep an act, its local effect and the end of its drafts, durable when this returns.

        ``instead_of`` is an act of the outbox that this one takes the place of, and ``resting`` are others
        that rest on it, by id, each with what stands in for it: see ``outbox.sign_again``. Raises ``Refusal``
        (*act-gone*) where one waits no longer; nothing is kept then.
        """
        with self._saving:
            with self._write() as connection:
                number, added = outbox.put(connection, parcel, datetime.now(UTC))
                streams = frozenset(entry.stream for entry in added)
                if instead_of is not None:
                    # Not behind all that waits, but where that one stood.
                    added = ()
                    streams |= outbox.replace(connection, read(parcel.signed).id, instead_of)
                for old, anew in resting:
                    number, touched = outbox.sign_again(connection, anew, old)
                    streams |= touched
                forgotten = frozenset(forget_drafts)
                if forgotten:
                    connection.execute(delete(schema.drafts).where(schema.drafts.c.key.in_(forgotten)))
                streams |= self._project(connection, streams, added)
            saved.note(self._saved, number)
        return ChangeSet(streams, outbox=True, drafts=forgotten)

    def outgoing(self, author: str, most: int) -> tuple[Parcel, ...]:
        with self._read() as connection:
            return outbox.outgoing(connection, author, most)

    def waiting(self) -> tuple[Waiting, ...]:
        with self._read() as connection:
            return outbox.list_waiting(connection)

    def waiting_counts(self) -> dict[str, int]:
        """How many acts of the outbox are in each state."""
        with self._read() as connection:
            return outbox.counts(connection)

    def admitted(self, act: str, positions: Sequence[int], admitted_at: datetime) -> ChangeSet:
        """The store's answer: these positions, one after the other. Raises ``outbox.Clash``."""
        at = reading.stamp(admitted_at)
        return self._settle(lambda c: outbox.admit(c, act, positions[0], at))

    def refused(
        self, act: str, code: str, sentence: str, field: str | None, entry: str | None, moved_by: str | None
    ) -> ChangeSet:
        return self._settle(lambda c: outbox.refuse(c, act, code, sentence, field, entry, moved_by))

    def let_go(self, act: str) -> ChangeSet:
        """Its person takes an act back. Raises ``Refusal`` (*act-gone*) where it waits no longer."""
        return self._settle(lambda c: outbox.let_go(c, act))

    def release(self, author: str) -> None:
        """Access was given back to ``author``: see ``outbox.release``."""
        with self._write() as connection:
            outbox.release(connection, author)

    def begin_epoch(self, author: str) -> ChangeSet:
        """The store begins anew after a restore: see ``feed.begin_epoch``."""
        return self._settle(lambda c: feed.begin_epoch(c, author), waits=True)

    def _settle(self, change: Callable[[Connection], frozenset[str]], *, waits: bool = False) -> ChangeSet:
        with self._write() as connection:
            streams = change(connection)
            streams |= self._project(connection, streams)
        return ChangeSet(streams, outbox=waits or bool(streams))

    def forget_audience(self, audience: str) -> ChangeSet:
        """Purge what came by one audience alone; its feed is read anew: see ``feed.forget_audience``."""
        return self._settle(lambda c: feed.forget_audience(c, audience), waits=True)

    def quarantine(self, author: str) -> ChangeSet:
        with self._write() as connection:
            return ChangeSet(outbox=outbox.quarantine(connection, author) > 0)

    def places(self) -> dict[str, FeedPlace]:
        with self._read() as connection:
            return feed.places(connection)

    def receive(
        self,
        rows: Iterable[FeedRow],
        at: Sequence[FeedPlace],
        audiences: Iterable[str],
        *,
        read_to: int | None = None,
        asked_from: Mapping[str, FeedPlace] | None = None,
    ) -> ChangeSet:
        """Apply verified feed rows and advance the cursors, together: see ``feed.apply``. With all feeds read
        to their end, what is no longer of the working set leaves. Raises ``feed.Moved``."""
        with self._write() as connection:
            streams, whole = feed.apply(
                connection, rows, at, audiences, read_to=read_to, asked_from=asked_from
            )
            streams |= self._project(connection, streams, whole=whole)
            if read_to is not None:
                retired = working_set.retire(connection, self._directory_in(connection).timeline)
                streams |= retired | self._project(connection, retired)
        return ChangeSet(streams, outbox=bool(streams))

    def _project(
        self,
        connection: Connection,
        streams: frozenset[str],
        added: Sequence[Made[Body]] = (),
        whole: Whole = MappingProxyType({}),
    ) -> frozenset[str]:
        """``added`` are what has changed in these streams, last of all, where nothing else has; ``whole`` are
        all entries of some that are new. Returns the referrals that are told differently for it."""
        if "hub" in streams:
            # Told apart by a value of its own, so that what was folded by a transaction that came to nothing,
            # or read by one that began before this, is never taken for it.
            upsert(connection, schema.facts, [{"name": schema.HUB_VERSION, "value": uuid7().bytes}])
        if not streams:
            return streams
        known = self._recent.forget(streams)
        grown = {
            stream: (*entries, *(one for one in added if one.stream == stream))
            for stream, entries in known.items()
            if added
        }
        told = project(connection, streams, self._directory_in(connection).timeline, {**grown, **whole})
        for stream, entries in grown.items():
            self._recent.remember(stream, entries)
        return told

    # --- reading

    def directory(self) -> Directory:
        """The hub's people, keys and configuration as known here.

        Asked for with every name and time that is shown, so between two writes it is read once.
        """
        known, writes = self._known, self._writes
        if known is not None and known[0] == writes and not self._closed:
            return known[1]
        with self._read() as connection:
            found = self._directory_in(connection)
        # One that ended meanwhile makes this old at once: it was counted after ``writes`` was looked at.
        self._known = (writes, found)
        return found

    def _directory_in(self, connection: Connection) -> Directory:
        """The directory as this transaction sees it."""
        found = ask(connection, "SELECT value FROM facts WHERE name = ?", (schema.HUB_VERSION,))
        version = found[0][0] if found else None
        folded = self._folded
        if folded is None or folded[0] != version:
            directory = fold_hub(reading.entries_of_stream(connection, "hub"))
            folded = self._folded = (version, directory)
        return folded[1]

    def timeline(self) -> HubTimeline:
        return self.directory().timeline

    def entries(self, stream: str) -> tuple[Made[Body], ...]:
        with self._read() as connection:
            return reading.entries_of_stream(connection, stream)

    def streams(self, prefix: str) -> tuple[str, ...]:
        """Streams held whose name begins so, in the order of their names."""
        with self._read() as connection:
            return reading.streams_named(connection, prefix)

    def entries_naming(self, prefix: str, words: str) -> tuple[Made[Body], ...]:
        """Entries of streams whose name begins so and whose body holds ``words`` as written."""
        with self._read() as connection:
            return reading.entries_naming(connection, prefix, words)

    def entries_of_kinds(self, prefix: str, *kinds: str) -> tuple[Made[Body], ...]:
        """Entries of these kinds in streams whose name begins so."""
        with self._read() as connection:
            return reading.entries_of_kinds(connection, prefix, kinds)

    def linking(self) -> tuple[str, ...]:
        """Streams of identities that have ever been linked to a subject."""
        with self._read() as connection:
            return reading.streams_of_links(connection)

    def holdings(self) -> Holdings:
        """How much is held here."""
        with self._read() as connection:
            return reading.holdings(connection)

    def referral(self, stream: str) -> Referral:
        writes = self._writes
        with self._read() as connection:
            timeline = self._directory_in(connection).timeline
            entries = reading.entries_of_stream(connection, stream)
        with self._turn:
            if self._writes == writes and not self._writing:
                self._recent.remember(stream, entries)
        return fold(entries, timeline)

    def identity(self, stream: str) -> Identity:
        return fold_identity(self.entries(stream))

    def linked_identities(self, referral: str) -> tuple[Identity, ...]:
        """The identities held here that a subject of this referral is linked to now."""
        with self._read() as connection:
            streams = reading.streams_linking(connection, referral)
            held = reading.entries_of_streams(connection, streams)
        return tuple(fold_identity(held[stream]) for stream in streams)

    def row(self, stream: str) -> QueueRow | None:
        with self._read() as connection:
            found = connection.scalar(
                select(schema.referrals.c.row).where(schema.referrals.c.stream == stream)
            )
        return None if found is None else listing.ROW.decode(found)

    def queue(
        self,
        stages: Iterable[Stage],
        *,
        owners: Collection[str] | None = None,
        by_due: bool = True,
        most: int | None = 100,
        offset: int = 0,
    ) -> tuple[QueueRow, ...]:
        """Referrals at these stages: most urgent first, or (``by_due`` false) longest waiting first; all
        of them where ``most`` is ``None``."""
        with self._read() as connection:
            return listing.page(connection, stages, owners, by_due, most, offset)

    def counts(self) -> dict[Stage, int]:
        """How many referrals are held at each stage."""
        table = schema.referrals
        with self._read() as connection:
            rows = connection.execute(select(table.c.stage, func.count()).group_by(table.c.stage))
            return {Stage(stage): count for stage, count in rows}

    def matches(
        self, typed: PersonFacts, reader: str, *, most: int = 12, besides: str = ""
    ) -> tuple[Candidate, ...]:
        """People who may be the one typed, as ``reader`` may be shown them."""
        with self._read() as connection:
            return searching.matches(connection, typed, reader, most, besides)

    def search(self, asked: Asked, reader: str, *, most: int = 50) -> tuple[Hit, ...]:
        """People whose names, addresses, numbers, birth dates or concerns hold what was asked for, as
        ``reader`` may be shown them."""
        with self._read() as connection:
            return searching.search(connection, asked, reader, most)

    # --- documents

    def put_chunk(self, digest: str, content: bytes) -> None:
        """Keep a piece that is to be sent, unless it is here."""
        with self._write() as connection:
            add(connection, schema.chunks, [{"digest": digest, "content": content, "sent": False}], "ignore")

    def bring_chunk(self, entry: str, digest: str, content: bytes) -> bool:
        """Keep a piece that came from the store, if the entry is still here that names it."""
        table = schema.entries
        with self._write() as connection:
            row = connection.execute(select(table.c.kind, table.c.body).where(table.c.id == entry)).first()
            named = row is not None and digest in pieces.named_by(row.kind, row.body)
            if named:
                piece = {"digest": digest, "content": content, "sent": True}
                add(connection, schema.chunks, [piece], "ignore")
        return named

    def mark_sent(self, digest: str) -> None:
        """The store has this piece."""
        table = schema.chunks
        with self._write() as connection:
            connection.execute(update(table).where(table.c.digest == digest).values(sent=True))

    def forget_chunks(self, digests: Iterable[str]) -> None:
        """Those of these that no entry names."""
        with self._write() as connection:
            pieces.forget(connection, digests)

    def chunk(self, digest: str) -> bytes | None:
        with self._read() as connection:
            return connection.scalar(select(schema.chunks.c.content).where(schema.chunks.c.digest == digest))

    def unsent_chunks(self) -> tuple[str, ...]:
        table = schema.chunks
        with self._read() as connection:
            return tuple(connection.scalars(select(table.c.digest).where(table.c.sent.is_(False))))
