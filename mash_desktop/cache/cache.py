"""The one way to read and change the encrypted cache.

Any thread may call it: every call is one transaction on a connection of its own, and writers take turns.
None of it belongs on the GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Lock

import msgspec
from sqlalchemy import Connection, Engine, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from ..domain.acts import Parcel
from ..domain.configuration import HubTimeline
from ..domain.entries import Body, Made
from ..domain.fold import Directory, Identity, Referral, Stage, fold, fold_hub, fold_identity
from ..matching import PersonFacts
from . import feed, outbox, people, reading, schema
from .changes import ChangeSet
from .feed import FeedPlace, FeedRow
from .outbox import Waiting
from .people import Candidate, Shown
from .projection import RANKS, QueueRow, queue_row
from .reading import Holdings

_ROW = msgspec.json.Decoder(QueueRow)


class Cache:
    """The cache of one profile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._lock = Lock()
        self._directory: Directory | None = None
        with self._write() as connection:
            schema.bring_up_to_date(connection)

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._writer.begin() as connection:
            yield connection

    # --- single facts and drafts

    def fact(self, name: str) -> bytes | None:
        with self._read() as connection:
            return connection.scalar(select(schema.facts.c.value).where(schema.facts.c.name == name))

    def put_fact(self, name: str, value: bytes) -> None:
        with self._write() as connection:
            connection.execute(
                insert(schema.facts)
                .values(name=name, value=value)
                .on_conflict_do_update(index_elements=["name"], set_={"value": value})
            )

    def draft(self, key: str) -> str | None:
        with self._read() as connection:
            return connection.scalar(select(schema.drafts.c.text).where(schema.drafts.c.key == key))

    def drafts(self, prefix: str) -> dict[str, str]:
        """Drafts whose key begins so."""
        table = schema.drafts
        with self._read() as connection:
            rows = connection.execute(select(table.c.key, table.c.text).where(table.c.key.startswith(prefix)))
            return {row.key: row.text for row in rows}

    def put_draft(self, key: str, text: str) -> None:
        """Keep what is being typed; an empty text forgets it."""
        with self._write() as connection:
            if not text:
                connection.execute(delete(schema.drafts).where(schema.drafts.c.key == key))
                return
            values = {"text": text, "saved_at": reading.stamp(datetime.now(UTC))}
            connection.execute(
                insert(schema.drafts)
                .values(key=key, **values)
                .on_conflict_do_update(index_elements=["key"], set_=values)
            )

    # --- writing

    def save(self, parcel: Parcel, *, forget_drafts: Iterable[str] = ()) -> ChangeSet:
        """Keep an act, its local effect and the end of its drafts, durable when this returns."""
        with self._write() as connection:
            streams = outbox.put(connection, parcel, datetime.now(UTC))
            forgotten = frozenset(forget_drafts)
            connection.execute(delete(schema.drafts).where(schema.drafts.c.key.in_(forgotten)))
            self._project(connection, streams)
        return ChangeSet(streams, outbox=True, drafts=forgotten)

    def outgoing(self, author: str, most: int) -> tuple[Parcel, ...]:
        with self._read() as connection:
            return outbox.outgoing(connection, author, most)

    def waiting(self) -> tuple[Waiting, ...]:
        with self._read() as connection:
            return outbox.list_waiting(connection)

    def admitted(self, act: str, positions: Sequence[int], admitted_at: datetime) -> ChangeSet:
        return self._settle(act, lambda c: outbox.admit(c, act, tuple(positions), admitted_at))

    def refused(
        self, act: str, code: str, sentence: str, field: str | None, entry: str | None, moved_by: str | None
    ) -> ChangeSet:
        return self._settle(act, lambda c: outbox.refuse(c, act, code, sentence, field, entry, moved_by))

    def _settle(self, act: str, change: Callable[[Connection], None]) -> ChangeSet:
        with self._write() as connection:
            streams = outbox.streams_of(connection, act)
            change(connection)
            self._project(connection, streams)
        return ChangeSet(streams, outbox=True)

    def let_go(self, act: str) -> ChangeSet:
        """Its person takes an act back that the store has not admitted."""
        with self._write() as connection:
            streams = outbox.let_go(connection, act)
            self._project(connection, streams)
        return ChangeSet(streams, outbox=True)

    def quarantine(self, author: str) -> ChangeSet:
        with self._write() as connection:
            return ChangeSet(outbox=outbox.quarantine(connection, author) > 0)

    def places(self) -> dict[str, FeedPlace]:
        with self._read() as connection:
            return feed.places(connection)

    def receive(
        self, rows: Iterable[FeedRow], at: Sequence[FeedPlace], audiences: Iterable[str]
    ) -> ChangeSet:
        """Apply verified feed rows and advance the cursors, together."""
        with self._write() as connection:
            streams = feed.apply(connection, rows, at, audiences)
            self._project(connection, streams)
        return ChangeSet(streams, outbox=bool(streams))

    def _project(self, connection: Connection, streams: Iterable[str]) -> None:
        named = frozenset(streams)
        if "hub" in named:
            with self._lock:
                self._directory = None
        for stream in named:
            if stream.startswith("referral:"):
                self._project_referral(connection, stream)
            elif stream.startswith("identity:"):
                identity = fold_identity(reading.entries_of_stream(connection, stream))
                if identity.stream:
                    people.index_identity(connection, identity)
                else:
                    people.forget(connection, stream)

    def _project_referral(self, connection: Connection, stream: str) -> None:
        entries = reading.entries_of_stream(connection, stream)
        if not entries:
            people.forget(connection, stream)
            connection.execute(delete(schema.referrals).where(schema.referrals.c.stream == stream))
            return
        referral = fold(entries, self._directory_in(connection).timeline)
        row = queue_row(referral)
        values = {
            "stage": row.stage.value,
            "cohort": row.cohort.value if row.cohort else None,
            "owner": row.owner,
            "rag_rank": RANKS[row.rag],
            "due_at": reading.stamp(row.due_at) if row.due_at else None,
            "received_at": reading.stamp(row.received_at) if row.received_at else None,
            "moved_at": reading.stamp(entries[-1].made_at),
            "row": msgspec.json.encode(row),
        }
        connection.execute(
            insert(schema.referrals)
            .values(stream=stream, **values)
            .on_conflict_do_update(index_elements=["stream"], set_=values)
        )
        people.index_referral(connection, referral)

    # --- reading

    def directory(self) -> Directory:
        """The hub's people, keys and configuration as known here."""
        with self._read() as connection:
            return self._directory_in(connection)

    def _directory_in(self, connection: Connection) -> Directory:
        with self._lock:
            if self._directory is None:
                self._directory = fold_hub(reading.entries_of_stream(connection, "hub"))
            return self._directory

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

    def linking(self) -> tuple[str, ...]:
        """Streams of identities that have ever been linked to a subject."""
        with self._read() as connection:
            return reading.streams_of_links(connection)

    def holdings(self) -> Holdings:
        """How much is held here."""
        with self._read() as connection:
            return reading.holdings(connection)

    def referral(self, stream: str) -> Referral:
        with self._read() as connection:
            timeline = self._directory_in(connection).timeline
            return fold(reading.entries_of_stream(connection, stream), timeline)

    def identity(self, stream: str) -> Identity:
        return fold_identity(self.entries(stream))

    def linked_identities(self, referral: str) -> tuple[Identity, ...]:
        """The identities held here that a subject of this referral is linked to now."""
        with self._read() as connection:
            streams = reading.streams_linking(connection, referral)
        found = (self.identity(stream) for stream in streams)
        return tuple(one for one in found if any(stream == referral for stream, _ in one.linked))

    def row(self, stream: str) -> QueueRow | None:
        with self._read() as connection:
            found = connection.scalar(
                select(schema.referrals.c.row).where(schema.referrals.c.stream == stream)
            )
        return None if found is None else _ROW.decode(found)

    def queue(
        self,
        stages: Iterable[Stage],
        *,
        owner: str | None = None,
        by_due: bool = True,
        most: int = 100,
        offset: int = 0,
    ) -> tuple[QueueRow, ...]:
        """Referrals at these stages: most urgent first, or (``by_due`` false) longest waiting first."""
        table = schema.referrals
        query = select(table.c.row).where(table.c.stage.in_([stage.value for stage in stages]))
        if owner is not None:
            query = query.where(table.c.owner == owner)
        if by_due:
            query = query.order_by(
                table.c.due_at.is_(None), table.c.due_at, table.c.rag_rank, table.c.received_at
            )
        else:
            query = query.order_by(table.c.received_at)
        with self._read() as connection:
            return tuple(_ROW.decode(row) for row in connection.scalars(query.limit(most).offset(offset)))

    def counts(self) -> dict[Stage, int]:
        """How many referrals are held at each stage."""
        table = schema.referrals
        with self._read() as connection:
            rows = connection.execute(select(table.c.stage, func.count()).group_by(table.c.stage))
            return {Stage(stage): count for stage, count in rows}

    def matches(self, typed: PersonFacts, *, most: int = 12, besides: str = "") -> tuple[Candidate, ...]:
        with self._read() as connection:
            return people.matches(connection, typed, most, besides)

    def search(self, typed: str, *, most: int = 50) -> tuple[tuple[str, Shown], ...]:
        """People whose names, addresses, references or concerns hold words that begin as typed."""
        with self._read() as connection:
            return people.shown_of(connection, people.streams_with_words(connection, typed, most))

    # --- documents

    def put_chunk(self, digest: str, content: bytes, *, sent: bool) -> None:
        with self._write() as connection:
            connection.execute(
                insert(schema.chunks)
                .values(digest=digest, content=content, sent=sent)
                .on_conflict_do_update(index_elements=["digest"], set_={"sent": schema.chunks.c.sent | sent})
            )

    def chunk(self, digest: str) -> bytes | None:
        with self._read() as connection:
            return connection.scalar(select(schema.chunks.c.content).where(schema.chunks.c.digest == digest))

    def unsent_chunks(self) -> tuple[str, ...]:
        table = schema.chunks
        with self._read() as connection:
            return tuple(connection.scalars(select(table.c.digest).where(table.c.sent.is_(False))))
