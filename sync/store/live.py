"""Waking live connections: which hub's feeds have grown, who is present, whose session is over.

PostgreSQL's notices carry wake-ups between instances; a poll covers a lost one. What grew is read from the
database on each wake, so a notice says only *look*. Presence is passed on, sealed, and never stored: who
is somewhere says so again and again, and those who hear nothing more let them go.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from uuid import uuid4

import msgspec
import psycopg
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from mash_desktop.domain.audiences import HUB, audiences_of
from mash_desktop.domain.errors import Refusal
from sync.protocol import LEFT, LOOKING, Presence, Problem

from . import tables
from .docket import standings
from .presence import Told, circle, purpose
from .pulling import all_audiences
from .sealing import Secrets
from .sign_in.sessions import Caller, Sessions

logger = logging.getLogger(__name__)

POLL_SECONDS = 5.0
_TURN_SECONDS = 0.5
"""How long one wait for notices is, and so how long stopping may take."""
CHECK_SECONDS = 20.0
"""How often every live session is looked at again, beside each change of the hub's own stream."""
HEARTBEAT_SECONDS = 15.0
MOST_WAITING = 64
"""Events kept for one slow connection; presence beyond that is dropped, growth is merged."""
_CHANNEL = "mash_isl"
_LONGEST_NOTICE = 7900
"""Bytes. PostgreSQL takes fewer than 8,000, or else none of what is sent together."""


class Event(msgspec.Struct, frozen=True):
    """``data`` is JSON, and so one line."""

    name: str
    data: bytes

    @property
    def sent(self) -> bytes:
        """As a server-sent event."""
        return b"event: %b\r\ndata: %b\r\n\r\n" % (self.name.encode(), self.data)


HEARTBEAT = b": still here\r\n\r\n"


class Notice(msgspec.Struct, frozen=True, omit_defaults=True):
    """What instances tell each other. ``told`` is somebody's presence, sealed; else *look at this hub*."""

    hub: str
    told: bytes = b""
    sessions: bool = False
    """A session of this hub was ended."""
    knows: str = ""
    """The instance whose own connections have been told already that the log has grown."""


class Listener:
    """One live connection. Its events are taken by one reader in the service's event loop."""

    def __init__(self, caller: Caller, audiences: frozenset[str], loop: asyncio.AbstractEventLoop) -> None:
        self.caller = caller
        self.audiences = audiences
        self._loop = loop
        self._waiting: asyncio.Queue[Event] = asyncio.Queue(MOST_WAITING)
        self._grown: int | None = None
        self._told = asyncio.Event()
        self._over = False

    def end(self) -> None:
        """Hang up: the service is stopping, and the desktop will come back to another."""
        self._call(self._finish)

    def grew(self, size: int) -> None:
        self._call(self._grow, size)

    @staticmethod
    def all_grew(listeners: Iterable[Listener], size: int) -> None:
        """As ``grew`` of each, and their loop is woken once: that costs more than what it is then told."""
        by_loop: dict[asyncio.AbstractEventLoop, list[Listener]] = {}
        for one in listeners:
            by_loop.setdefault(one._loop, []).append(one)
        for several in by_loop.values():
            several[0]._call(_grow_each, several, size)

    def tell(self, event: Event) -> None:
        self._call(self._put, event)

    def _call(self, what: Callable[..., object], *values: object) -> None:
        try:
            self._loop.call_soon_threadsafe(what, *values)
        except RuntimeError:
            # The loop has closed: the connection is gone, and its reader says so itself.
            logger.debug("live connection closed before it was told")

    def _finish(self) -> None:
        self._over = True
        self._told.set()

    def _grow(self, size: int) -> None:
        self._grown = size
        self._told.set()

    def _put(self, event: Event) -> None:
        if not self._waiting.full():
            self._waiting.put_nowait(event)
        self._told.set()

    async def events(self) -> AsyncIterator[Event | None]:
        """Events as they come; ``None`` as a heartbeat. Ends after *locked*."""
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._told.wait()
            except TimeoutError:
                yield None
                continue
            self._told.clear()
            if self._grown is not None:
                size, self._grown = self._grown, None
                yield Event("grown", msgspec.json.encode({"size": size}))
            while not self._waiting.empty():
                event = self._waiting.get_nowait()
                yield event
                if event.name == "locked":
                    return
            if self._over:
                return


def _grow_each(listeners: Iterable[Listener], size: int) -> None:
    for one in listeners:
        one._grow(size)


class _Clocks:
    """When the hearing thread last polled and last looked at sessions."""

    def __init__(self) -> None:
        self.polled = self.checked = time.monotonic()


class Live:
    """This instance's live connections and its two threads: one hears notices, one sends them."""

    def __init__(
        self,
        engine: Engine,
        sessions: Sessions,
        secrets: Secrets,
        told: Callable[[float], object] = lambda seconds: None,
    ) -> None:
        """``told`` takes, in seconds, how long ago what is told now was admitted."""
        self._engine = engine
        self._sessions = sessions
        self._secrets = secrets
        self._told = told
        self._instance = uuid4().hex
        self._lock = threading.Lock()
        self._listeners: dict[str, set[Listener]] = {}
        self._sizes: dict[str, int] = {}
        self._outgoing: set[bytes] = set()
        self._wake = threading.Event()
        self._over = threading.Event()
        self._leaving = False
        self._sending = threading.Thread(target=self._send, name="mash-isl-send")
        self._threads = [threading.Thread(target=self._hear, name="mash-isl-hear"), self._sending]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        self._wake.set()
        for thread in self._threads:
            thread.join()

    def hang_up(self) -> None:
        """End every live connection here, so that stopping does not wait for people to go home."""
        with self._lock:
            self._leaving = True
            listeners = [one for each in self._listeners.values() for one in each]
        for listener in listeners:
            listener.end()

    @property
    def connections(self) -> int:
        with self._lock:
            return sum(len(listeners) for listeners in self._listeners.values())

    def add(self, listener: Listener) -> None:
        """Begin to tell a connection: first how far the log is, so that nothing falls between."""
        hub = listener.caller.hub
        with self._lock:
            others = self._listeners.setdefault(hub, set())
            first = not others
            others.add(listener)
            leaving = self._leaving
        size = self._size(hub)
        if first:
            # What came while nobody listened is told by this.
            self._sizes[hub] = size
        listener.grew(size)
        if leaving:
            listener.end()

    def remove(self, listener: Listener) -> None:
        with self._lock:
            self._listeners.get(listener.caller.hub, set()).discard(listener)

    # --- sending ---

    def announce(self, hub: str) -> None:
        """The hub's log has grown: tell our own connections now, and every other instance soon and once for
        many."""
        with self._lock:
            listened = bool(self._listeners.get(hub))
        grown: set[str] | None = None
        if listened:
            try:
                grown = self._grow(hub)
            except SQLAlchemyError as error:
                # What was admitted is admitted; like others, we look when the notice comes.
                logger.warning("growth not told at once", extra={"error": type(error).__name__})
        self._post(
            Notice(hub, sessions=HUB in (grown or ()), knows=self._instance if grown is not None else "")
        )

    def ended(self, hub: str) -> None:
        """A session of this hub was ended."""
        self._post(Notice(hub, sessions=True))

    def present(self, caller: Caller, presence: Presence, now: datetime) -> None:
        """Pass on where the caller is, to those who may both see the referral. ``Refusal``: *not-found*,
        *doing-unknown*."""
        if presence.doing not in {LOOKING, LEFT}:
            raise Refusal("doing-unknown", f"Somebody is {LOOKING} at a referral, or has {LEFT}.", "doing")
        with self._engine.connect() as db:
            may_know = circle(db, caller.hub, presence.stream)
        if not may_know.has(all_audiences(caller, now)):
            raise Refusal("not-found", "There is no such referral here.")
        roles = standings(caller.directory, caller.person, now)
        agency = next(
            one.agency
            for one in roles
            if audiences_of(caller.person, one.agency, one.role, one.team) & may_know.table
        )
        said = Presence(
            stream=presence.stream,
            doing=presence.doing,
            person=caller.person,
            name=caller.name,
            agency=agency,
        )
        sealed = self._secrets.seal(purpose(caller.hub), msgspec.json.encode(Told(said, may_know)))
        self._post(Notice(caller.hub, sealed))

    def _post(self, notice: Notice) -> None:
        told = msgspec.json.encode(notice)
        if len(told) > _LONGEST_NOTICE:
            # Presence at what very many may see, which is told to nobody.
            logger.warning("notice too long", extra={"hub": notice.hub})
            return
        with self._lock:
            self._outgoing.add(told)
        if self._sending.is_alive():
            self._wake.set()
        else:
            # A command serves nobody and is over soon.
            self._send_waiting()

    def _send(self) -> None:
        while not self._over.is_set():
            self._wake.wait()
            self._wake.clear()
            if not self._send_waiting():
                self._over.wait(0.5)

    def _send_waiting(self) -> bool:
        """Send what waits, together; whether it went."""
        with self._lock:
            outgoing, self._outgoing = self._outgoing, set()
        if not outgoing:
            return True
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
                raw = db.connection.driver_connection
                assert raw is not None
                raw.execute(
                    "select pg_notify(%s, one) from unnest(%s::text[]) one",
                    (_CHANNEL, [one.decode() for one in outgoing]),
                )
        except Exception as error:
            # Nobody misses anything for good: every instance polls.
            logger.warning("notice not sent", extra={"error": type(error).__name__})
            return False
        return True

    # --- hearing ---

    def _hear(self) -> None:
        clocks = _Clocks()
        while not self._over.is_set():
            try:
                with self._engine.connect() as pooled:
                    raw = pooled.connection.driver_connection
                    assert isinstance(raw, psycopg.Connection)
                    raw.commit()
                    raw.autocommit = True
                    try:
                        raw.execute(f"listen {_CHANNEL}")
                        while not self._over.is_set():
                            self._turn(raw, clocks)
                    finally:
                        pooled.invalidate()
            except Exception as error:
                logger.warning("live updates interrupted", extra={"error": type(error).__name__})
                # This connection is the first to notice that a server is gone; the others are not to find
                # out one by one, each at the cost of somebody's request.
                self._engine.dispose()
                self._over.wait(1.0)

    def _turn(self, raw: psycopg.Connection, clocks: _Clocks) -> None:
        """Hear what comes, poll where it is time, and pass on what that shows."""
        hubs: set[str] = set()
        sessions: set[str] = set()
        # Stops after one, and what has come with it.
        for notify in raw.notifies(timeout=_TURN_SECONDS, stop_after=1):
            self._heard(notify.payload, hubs, sessions)
        with self._lock:
            listened = set(self._listeners)
        now = time.monotonic()
        if now - clocks.polled > POLL_SECONDS:
            hubs, clocks.polled = listened, now
        if now - clocks.checked > CHECK_SECONDS:
            sessions, clocks.checked = set(listened), now
        for hub in hubs & listened:
            if HUB in self._grow(hub):
                sessions.add(hub)
        for hub in sessions & listened:
            self._check_sessions(hub)

    def _heard(self, payload: str, hubs: set[str], sessions: set[str]) -> None:
        try:
            notice = msgspec.json.decode(payload, type=Notice)
        except msgspec.DecodeError:
            return
        if notice.told:
            self._pass_on(notice)
            return
        if notice.knows != self._instance:
            hubs.add(notice.hub)
        if notice.sessions:
            sessions.add(notice.hub)

    def _pass_on(self, notice: Notice) -> None:
        """Tell those here who may know."""
        try:
            told = msgspec.json.decode(self._secrets.open(purpose(notice.hub), notice.told), type=Told)
        except Refusal:
            # Sealed by an instance with other secrets, as while they are rotated: it is said again soon.
            return
        event = Event("presence", msgspec.json.encode(told.presence))
        for listener in self._of(notice.hub):
            if told.circle.has(listener.audiences) and listener.caller.person != told.presence.person:
                listener.tell(event)

    def _of(self, hub: str) -> list[Listener]:
        with self._lock:
            return list(self._listeners.get(hub, ()))

    def _size(self, hub: str) -> int:
        with self._engine.connect() as db:
            size: int = db.execute(select(tables.heads.c.size).where(tables.heads.c.hub == hub)).scalar_one()
        return size

    def _grow(self, hub: str) -> set[str]:
        """Tell those connections whose feeds have grown since the last look; which feeds those were."""
        before = self._sizes.get(hub, 0)
        t, h = tables.feed_tails, tables.heads
        tails = select(func.array_agg(t.c.audience)).where(t.c.hub == hub, t.c.size > before)
        # One statement and no transaction around it: whoever waits to hear waits for each round trip.
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
            size, at, audiences = db.execute(
                select(h.c.size, h.c.at, tails.scalar_subquery()).where(h.c.hub == hub)
            ).one()
        grown = set(audiences or ())
        self._sizes[hub] = size
        if size != before:
            Listener.all_grew([one for one in self._of(hub) if one.audiences & grown], size)
            self._told(max(0.0, (datetime.now(UTC) - at).total_seconds()))
        return grown

    def _check_sessions(self, hub: str) -> None:
        """Lock connections whose session or device is no longer good, and follow changes of role."""
        now = datetime.now(UTC)
        for listener in self._of(hub):
            try:
                caller = self._sessions.caller_by_digest(listener.caller.token, seen=False)
            except Refusal as refusal:
                listener.tell(
                    Event(
                        "locked", msgspec.json.encode(Problem(code=refusal.code, sentence=refusal.sentence))
                    )
                )
            else:
                listener.caller, listener.audiences = caller, all_audiences(caller, now)
