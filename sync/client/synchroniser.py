"""The one network thread: it sends what waits, brings what is new, and listens for more.

Push and pull take turns in one loop, woken by a save, by the live stream or by the clock; a second task
reads the live stream. Whatever comes is verified before it is kept. It never sleeps less than the backoff
says and never has two attempts under way.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from threading import Thread
from typing import TypeVar

import msgspec

from mash_desktop.cache import Cache, ChangeSet
from mash_desktop.domain.acts import Seen
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.signature import key_id

from .. import protocol
from .backoff import Backoff
from .connection import Connection, Server, Unreachable
from .verification import Distrust, Keys, check_growth, check_not_behind, checked_head, checked_rows

M = TypeVar("M")

_log = logging.getLogger(__name__)

POLL_SECONDS = 30.0
"""How often to look without being told: it covers a lost notice."""
PUSH_ACTS = 20
ENDED = frozenset({"session-ended", "session-unknown", "device-revoked", "key-revoked", "not-signed-in"})
"""Refusals after which the session is no good: the desk locks or asks to sign in again."""


class Status(msgspec.Struct, frozen=True):
    """How this desktop and the store stand. Times are UTC."""

    online: bool = False
    since: datetime | None = None
    """Since when it has been so."""
    synced_at: datetime | None = None
    verified_at: datetime | None = None
    log_size: int = 0
    signed_out: str = ""
    """Why the session is no good, as a sentence; empty while it is."""
    distrust: str = ""
    """What does not hold together at the store, as a sentence; syncing has stopped."""
    first_sync: bool = False
    """The first page has yet to come to its end."""


class Synchroniser:
    """Keeps a cache and a store together, for one signed-in person, on a thread of its own."""

    def __init__(
        self,
        cache: Cache,
        server: Server,
        session: protocol.Session,
        store_key: bytes,
        *,
        on_change: Callable[[ChangeSet], None],
        on_status: Callable[[Status], None],
        on_presence: Callable[[protocol.Presence], None] = lambda presence: None,
        on_seen: Callable[[Seen], None] = lambda seen: None,
    ) -> None:
        self._cache = cache
        self._server = server
        self._session = session
        self._store_key = store_key
        self._on_change, self._on_status = on_change, on_status
        self._on_presence, self._on_seen = on_presence, on_seen
        self._status = Status(first_sync=not cache.places())
        self._audiences: dict[protocol.Standing, frozenset[str]] = {}
        self._head: Head | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken: asyncio.Event | None = None
        self._connection: Connection | None = None
        self._stopping = False
        self._thread = Thread(target=self._run, name="network", daemon=False)

    @property
    def status(self) -> Status:
        return self._status

    def start(self) -> None:
        kept = self._cache.fact("head")
        if kept is not None:
            self._take_head(
                checked_head(msgspec.json.decode(kept, type=SignedHead), self._store_key, self._server.hub)
            )
        self._thread.start()

    def wake(self) -> None:
        """Something waits to be sent, or may be there to be brought. Any thread may call this."""
        loop, woken = self._loop, self._woken
        if loop is not None and woken is not None and not loop.is_closed():
            loop.call_soon_threadsafe(woken.set)

    def stop(self) -> None:
        """End the thread. What waits stays in the outbox."""
        self._stopping = True
        self.wake()
        if self._thread.is_alive():
            self._thread.join()

    def ask(self, message: protocol.Message, path: str, answer: type[M]) -> Future[M]:
        """Ask the store something beside the acts (a search). The future fails as ``Connection.ask`` does."""
        loop, connection = self._loop, self._connection
        if loop is None or connection is None or loop.is_closed():
            raise Unreachable("not started")
        return asyncio.run_coroutine_threadsafe(connection.ask(message, path, answer), loop)

    def fetch_chunk(self, digest: str) -> Future[bytes]:
        """A document's chunk from the store, once it is shown to be the one asked for."""
        loop, connection = self._loop, self._connection
        if loop is None or connection is None or loop.is_closed():
            raise Unreachable("not started")
        return asyncio.run_coroutine_threadsafe(_chunk(connection, digest), loop)

    # --- the thread

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop, self._woken = asyncio.get_running_loop(), asyncio.Event()
        connection = self._connection = Connection(self._server, self._session.token)
        live = asyncio.create_task(self._listen(connection))
        try:
            await self._keep_together(connection)
        finally:
            live.cancel()
            await asyncio.gather(live, return_exceptions=True)
            await connection.close()

    async def _keep_together(self, connection: Connection) -> None:
        backoff = Backoff()
        while not self._stopping and not self._status.distrust and not self._status.signed_out:
            assert self._woken is not None
            self._woken.clear()
            try:
                await self._push(connection)
                await self._pull(connection)
            except Unreachable as error:
                self._say(online=False)
                await self._wait(backoff.next(error.retry_after), wakeable=False)
                continue
            except Refusal as refusal:
                self._refused(refusal)
                await self._wait(backoff.next(), wakeable=False)
                continue
            except Distrust as distrust:
                _log.error("the store's word does not hold together: %s", distrust.code)
                self._say(distrust=distrust.sentence)
                return
            backoff.reset()
            self._say(online=True, synced_at=datetime.now(UTC), first_sync=False)
            await self._wait(POLL_SECONDS, wakeable=True)

    async def _wait(self, seconds: float, *, wakeable: bool) -> None:
        """Wait; ``wakeable`` ends it when there is something to do. Stopping always ends it."""
        assert self._woken is not None
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._stopping and (left := until - loop.time()) > 0:
            try:
                await asyncio.wait_for(self._woken.wait(), left)
            except TimeoutError:
                return
            if wakeable:
                return
            if not self._stopping:
                self._woken.clear()
                await asyncio.sleep(min(0.05, left))

    async def _push(self, connection: Connection) -> None:
        path = f"/v1/hubs/{self._server.hub}/acts"
        while parcels := self._cache.outgoing(self._session.person, PUSH_ACTS):
            # An act that attaches a document is taken only once the document is there.
            await self._send_chunks(connection)
            pushed = await connection.ask(protocol.Push(acts=parcels), path, protocol.Pushed)
            change = ChangeSet()
            for answer in pushed.answers:
                change |= self._answered(answer)
            self._on_change(change)
            if not change:
                return

    def _answered(self, answer: protocol.Answer) -> ChangeSet:
        if answer.state == "refused":
            return self._cache.refused(
                answer.act, answer.code, answer.sentence, answer.field, answer.entry, answer.moved_by
            )
        if answer.admitted_at is None:
            return ChangeSet()
        return self._cache.admitted(answer.act, answer.positions, answer.admitted_at)

    async def _pull(self, connection: Connection) -> None:
        for standing in self._session.standings:
            more = True
            while more and not self._stopping:
                places = self._cache.places()
                message = protocol.Pull(
                    standing=standing,
                    cursors=tuple(
                        protocol.Cursor(audience=one.audience, epoch=one.epoch, n=one.n)
                        for one in places.values()
                    ),
                )
                page = await connection.ask(message, f"/v1/hubs/{self._server.hub}/feed", protocol.Page)
                await self._check_head(connection, page.head)
                keys = Keys(self._cache.directory(), key_id(self._store_key), self._store_key)
                rows, at = checked_rows(page, places, keys)
                self._audiences[standing] = frozenset(cursor.audience for cursor in page.audiences)
                self._on_change(self._cache.receive(rows, at, self._named()))
                more = page.more

    def _named(self) -> frozenset[str]:
        """Audiences to keep: once every standing has been heard, those that they named; all until then."""
        named = frozenset[str]().union(*self._audiences.values())
        if len(self._audiences) < len(self._session.standings):
            return named | frozenset(self._cache.places())
        return named

    async def _send_chunks(self, connection: Connection) -> None:
        for digest in self._cache.unsent_chunks():
            content = self._cache.chunk(digest)
            if content is not None:
                await connection.put_chunk(digest, content)
                self._cache.put_chunk(digest, content, sent=True)

    async def _check_head(self, connection: Connection, signed: SignedHead) -> None:
        head = checked_head(signed, self._store_key, self._server.hub)
        old = self._head
        if old is not None and old.epoch == head.epoch:
            check_not_behind(old, head)
            if (old.size, old.root) == (head.size, head.root):
                self._say(verified_at=datetime.now(UTC))
                return
            path = await connection.get(
                f"/v1/hubs/{self._server.hub}/consistency?old={old.size}&new={head.size}", protocol.Path
            )
            check_growth(old, head, path)
        elif old is not None:
            check_not_behind(old, head)
        self._cache.put_fact("head", msgspec.json.encode(signed))
        self._take_head(head)
        self._say(verified_at=datetime.now(UTC), log_size=head.size)

    def _take_head(self, head: Head) -> None:
        self._head = head
        self._on_seen(Seen(head.epoch, head.size, head.root.hex()))

    async def _listen(self, connection: Connection) -> None:
        backoff = Backoff()
        while not self._stopping:
            try:
                async for event, data in connection.live():
                    backoff.reset()
                    if event == "grown":
                        self.wake()
                    elif event == "presence":
                        self._on_presence(msgspec.json.decode(data, type=protocol.Presence))
                    elif event == "locked":
                        problem = msgspec.json.decode(data, type=protocol.Problem)
                        self._refused(Refusal(problem.code, problem.sentence))
                        return
            except (Unreachable, msgspec.DecodeError):
                pass
            except Refusal as refusal:
                if refusal.code in ENDED:
                    return
            await asyncio.sleep(backoff.next())

    # --- telling

    def _refused(self, refusal: Refusal) -> None:
        if refusal.code in ENDED:
            self._say(online=False, signed_out=refusal.sentence)
            self.wake()
        else:
            _log.warning("the store refused: %s", refusal.code)
            self._say(online=False)

    def _say(self, **changes: object) -> None:
        if "online" in changes and (changes["online"] != self._status.online or self._status.since is None):
            changes["since"] = datetime.now(UTC)
        status = msgspec.structs.replace(self._status, **changes)
        if status != self._status:
            self._status = status
            self._on_status(status)


async def _chunk(connection: Connection, digest: str) -> bytes:
    content = await connection.chunk(digest)
    if hashlib.sha256(content).hexdigest() != digest:
        raise Distrust("chunk-altered", "The store sent a document that is not the one recorded.")
    return content
