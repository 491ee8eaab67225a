"""The one network thread: it sends what waits, brings what is new, and listens for more.

Push and pull take turns in one loop, woken by a save, by the live stream or by the clock; a second task
reads the live stream. Whatever comes is verified before it is kept. It never sleeps less than the backoff
says and never has two attempts under way.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
import traceback
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import Future
from contextlib import aclosing
from datetime import UTC, datetime
from threading import Lock, Thread
from typing import Any, TypeVar

import msgspec

from mash_desktop.cache import Cache, ChangeSet
from mash_desktop.cache.feed import FeedPlace
from mash_desktop.cache.outbox import Clash
from mash_desktop.domain import shapes
from mash_desktop.domain.acts import Parcel, Seen, read
from mash_desktop.domain.entries.contact import DocumentAttached
from mash_desktop.domain.errors import Refusal
from mash_desktop.proofs.head import Head, SignedHead

from .. import protocol
from .backoff import Backoff
from .connection import Connection, Server, Unreachable
from .store_keys import StoreKeys
from .verification import (
    CALL,
    CheckedPage,
    Distrust,
    Keys,
    Owed,
    Place,
    check_growth,
    check_not_behind,
    check_place,
    check_seen,
    checked_answers,
    checked_page,
)

M = TypeVar("M")

_log = logging.getLogger(__name__)
_random = random.SystemRandom()

POLL_SECONDS = 30.0
"""How often to look without being told: it covers a lost notice."""
WOKEN_SECONDS = 5.0
"""The longest wait after a failure once there is something to do, unless the store asked for a longer one."""
STEADY_SECONDS = 10.0
"""A live stream that held for so long may be opened again at once."""
PUSH_ACTS = 20
STORE_KEYS = "store-keys"
"""The fact that keeps which keys of the store are trusted."""
SESSION_OVER = frozenset({"session-ended"})
ACCESS_OVER = frozenset({"device-revoked", "directory-left"})
"""Refusals after which a desktop locks."""
KEY_OVER = "device-revoked"
"""That after which nothing that waits can be sent as it was signed."""
UNFIT = frozenset({"body-too-large", "request-unreadable", "chunk-size", "chunk-wrong"})
"""Refusals of a whole request for what is in it: sent again it would be refused again."""
FAULT = "Something went wrong in this program while it talked to the hub. Your work is kept; it tries again."
NO_ROLE = "You hold no role in this hub now. Ask an administrator for one, then sign in again."


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
    barred: str = ""
    """That this person or device may not be here any more, as the refusal's code: the desktop locks."""
    distrust: str = ""
    """What does not hold together at the store, as a sentence; syncing has stopped."""
    first_sync: bool = False
    """The first page has yet to come to its end."""
    trouble: str = ""
    """What keeps this desktop and the store apart where it is not the line, as a sentence."""


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
        self._store_keys = StoreKeys(server.hub, (store_key,))
        self._on_change, self._on_status = on_change, on_status
        self._on_presence, self._on_seen = on_presence, on_seen
        self._status = Status(first_sync=not cache.places())
        self._audiences: dict[protocol.Standing, frozenset[str]] = {}
        self._owed = Owed()
        self._head: Head | None = None
        self._woken = asyncio.Event()
        self._stopping = False
        self._lock = Lock()
        """Guards what other threads reach the network's by; both are there while its loop runs."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread = Thread(target=self._run, name="network", daemon=False)

    @property
    def status(self) -> Status:
        return self._status

    def start(self) -> None:
        shapes.settle()
        self._thread.start()

    def wake(self) -> None:
        """Something waits to be sent, or may be there to be brought. Any thread may call this."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._woken.set)

    def stop(self) -> None:
        """End the thread, whatever it waits for. What waits to be sent stays in the outbox."""
        self._stopping = True
        with self._lock:
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)
        if self._thread.is_alive():
            self._thread.join()

    def ask(self, message: protocol.Message, path: str, answer: type[M]) -> Future[M]:
        """Ask the store something beside the acts (a search).

        The future fails as ``Connection.ask`` does, and is cancelled where the network ends first.
        """
        return self._beside(lambda connection: connection.ask(message, path, answer))

    def fetch_chunk(self, digest: str) -> Future[bytes]:
        """A document's chunk from the store, once it is shown to be the one asked for."""
        return self._beside(lambda connection: self._chunk(connection, digest))

    def _beside(self, work: Callable[[Connection], Coroutine[Any, Any, M]]) -> Future[M]:
        with self._lock:
            if self._loop is None or self._connection is None:
                raise Unreachable("not started")
            return asyncio.run_coroutine_threadsafe(work(self._connection), self._loop)

    # --- the thread

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        connection = Connection(self._server, self._session.token)
        together = asyncio.create_task(self._keep_together(connection))
        live = asyncio.create_task(self._listen(connection))
        with self._lock:
            self._loop, self._connection, self._task = asyncio.get_running_loop(), connection, together
        await asyncio.wait([together])
        with self._lock:
            self._loop = self._connection = self._task = None
        live.cancel()
        # Once round the loop: what was asked beside has its task by then, and is cancelled with the rest.
        for ended in await asyncio.gather(together, live, return_exceptions=True):
            if isinstance(ended, Exception):
                _log_fault(ended)
        await connection.close()

    @property
    def _over(self) -> bool:
        """Stopping, or nothing that could go on."""
        return bool(self._stopping or self._status.distrust or self._status.signed_out)

    async def _keep_together(self, connection: Connection) -> None:
        backoff = Backoff()
        while not self._over:
            self._woken.clear()
            asked_for: float | None = None
            try:
                if self._head is None:
                    self._take_kept_head()
                await self._push(connection)
                await self._pull(connection)
            except Unreachable as error:
                asked_for = error.retry_after
                self._say(online=False)
            except Exception as error:
                self._failed(error)
            else:
                if not self._over:
                    backoff.reset()
                    self._say(online=True, synced_at=datetime.now(UTC), first_sync=False, trouble="")
                    await self._wait(POLL_SECONDS, woken=0.0)
                continue
            await self._wait(backoff.next(asked_for), woken=None if asked_for else WOKEN_SECONDS)

    async def _wait(self, seconds: float, *, woken: float | None) -> None:
        """Wait; once woken no longer than ``woken`` from then on, where that is not ``None``."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not self._over and (left := until - loop.time()) > 0:
            try:
                async with asyncio.timeout(left):
                    await self._woken.wait()
            except TimeoutError:
                return
            self._woken.clear()
            if woken is not None:
                until = min(until, loop.time() + woken)

    # --- sending

    async def _push(self, connection: Connection) -> None:
        path = f"/v1/hubs/{self._server.hub}/acts"
        most = PUSH_ACTS
        while parcels := self._cache.outgoing(self._session.person, most):
            try:
                # An act that attaches a document is taken only once the document is there.
                await self._send_chunks(connection, parcels)
                pushed = await connection.ask(protocol.Push(acts=parcels), path, protocol.Pushed)
            except Refusal as refusal:
                if refusal.code not in UNFIT:
                    raise
                if len(parcels) > 1:
                    most = len(parcels) // 2
                    continue
                only = read(parcels[0].signed).id
                change = self._cache.refused(only, refusal.code, refusal.sentence, refusal.field, None, None)
            else:
                change = await self._settle(connection, parcels, pushed)
            self._on_change(change)
            if not change:
                return

    async def _send_chunks(self, connection: Connection, parcels: Sequence[Parcel]) -> None:
        unsent = set(self._cache.unsent_chunks())
        for parcel in parcels if unsent else ():
            for digest in _pieces(parcel):
                content = self._cache.chunk(digest) if digest in unsent else None
                if content is not None:
                    await connection.put_chunk(digest, content)
                    self._cache.put_chunk(digest, content, sent=True)
                    unsent.discard(digest)

    async def _settle(
        self, connection: Connection, parcels: Sequence[Parcel], pushed: protocol.Pushed
    ) -> ChangeSet:
        """Keep what the store answered, once it is shown that it can be so."""
        head = await self._check_head(connection, pushed.head)
        answers = checked_answers(parcels, pushed, head)
        admitted = [
            Place(answer.positions[0], answer.admitted_at, parcel.signed)
            for parcel, (_, answer) in zip(parcels, answers, strict=True)
            if answer.admitted_at is not None
        ]
        await self._check_some(connection, head, admitted)
        change = ChangeSet()
        for act, answer in answers:
            if answer.admitted_at is None:
                change |= self._cache.refused(
                    act, answer.code, answer.sentence, answer.field, answer.entry, answer.moved_by
                )
            else:
                change |= self._cache.admitted(act, answer.positions, answer.admitted_at)
        return change

    # --- bringing

    async def _pull(self, connection: Connection) -> None:
        """Read the feeds of every standing to their end."""
        ends: list[int] = []
        for standing in self._session.standings:
            try:
                ends.append(await self._pull_one(connection, standing))
            except Refusal as refusal:
                if refusal.code != "standing-not-held":
                    raise
                # What came by this role alone goes; the other roles are as they were.
                self._audiences[standing] = frozenset()
        if not ends:
            self._say(online=False, signed_out=NO_ROLE, barred="role-missing")
        self._on_change(self._cache.receive([], [], self._named(), read_to=min(ends, default=None)))

    async def _pull_one(self, connection: Connection, standing: protocol.Standing) -> int:
        """Read the feeds of one standing to their end; the size of the log under which that was."""
        while True:
            held = self._cache.places()
            message = protocol.Pull(
                standing=standing,
                cursors=tuple(
                    protocol.Cursor(audience=one.audience, epoch=one.epoch, n=one.n) for one in held.values()
                ),
            )
            page = await connection.ask(message, f"/v1/hubs/{self._server.hub}/feed", protocol.Page)
            head = await self._check_head(connection, page.head)
            checked = await self._check_page(connection, page, held, head)
            await self._check_some(connection, head, checked.places)
            self._audiences[standing] = frozenset(cursor.audience for cursor in page.audiences)
            self._owed.note(checked.rows)
            if not page.more:
                self._owed.check(self._audiences[standing])
            if checked.rows or checked.at:
                self._on_change(self._cache.receive(checked.rows, checked.at, self._named()))
            if not page.more:
                return head.size

    async def _check_page(
        self, connection: Connection, page: protocol.Page, held: Mapping[str, FeedPlace], head: Head
    ) -> CheckedPage:
        """The page, if need be once it is known which keys the store had before."""
        directory = self._cache.directory()
        try:
            return checked_page(page, held, Keys(directory, self._store_keys.keys), head)
        except Distrust as error:
            if error.code not in {"key-unknown", "key-not-valid"} or not await self._learn_keys(connection):
                raise
        return checked_page(page, held, Keys(directory, self._store_keys.keys), head)

    async def _learn_keys(self, connection: Connection) -> bool:
        grown = await self._store_keys.learn(connection)
        self._keep_keys()
        return grown

    def _keep_keys(self) -> None:
        self._cache.put_fact(STORE_KEYS, msgspec.json.encode(self._store_keys.keys))

    def _named(self) -> frozenset[str]:
        """Audiences to keep: once every standing has been heard, those that they named; all until then."""
        named = frozenset[str]().union(*self._audiences.values())
        if len(self._audiences) < len(self._session.standings):
            return named | frozenset(self._cache.places())
        return named

    async def _chunk(self, connection: Connection, digest: str) -> bytes:
        content = await connection.chunk(digest)
        if hashlib.sha256(content).hexdigest() != digest:
            self._failed(Distrust("chunk-altered", "The store sent a document that is not the one recorded."))
            raise Refusal("document-altered", "These bytes are not the document that was attached.")
        return content

    # --- checking

    def _take_kept_head(self) -> None:
        known = msgspec.json.decode(self._cache.fact(STORE_KEYS) or b"[]", type=tuple[bytes, ...])
        if self._store_keys.present in known:
            self._store_keys = StoreKeys(self._server.hub, known)
        kept = self._cache.fact("head")
        if kept is not None:
            self._take_head(self._store_keys.kept_head(msgspec.json.decode(kept, type=SignedHead)))

    async def _check_head(self, connection: Connection, signed: SignedHead) -> Head:
        trusted = self._store_keys.keys
        head = await self._store_keys.head(connection, signed)
        if self._store_keys.keys != trusted:
            self._keep_keys()
        old = self._head
        if old is not None:
            check_not_behind(old, head)
            if old.epoch != head.epoch:
                _log.warning("the store began epoch %d at %d entries", head.epoch, head.size)
                self._on_change(self._cache.begin_epoch(self._session.person))
            elif (old.size, old.root) == (head.size, head.root):
                self._say(verified_at=datetime.now(UTC), log_size=head.size)
                return head
            else:
                check_growth(old, head, await _proof(connection, "consistency", old=old.size, new=head.size))
        self._cache.put_fact("head", msgspec.json.encode(signed))
        self._take_head(head)
        self._say(verified_at=datetime.now(UTC), log_size=head.size)
        return head

    async def _check_some(self, connection: Connection, head: Head, places: Sequence[Place]) -> None:
        """Have the log prove the place of the last act and of one more, and that it contains what the author
        of one had seen: which ones, the store cannot know beforehand.

        Wherever something before it was dropped or put in, the last act is at another place.
        """
        if not places:
            return
        for place in {max(places, key=lambda one: one.position), _random.choice(places)}:
            check_place(
                place, head, await _proof(connection, "inclusion", position=place.position, size=head.size)
            )
        heads = [seen for one in places if (seen := read(one.signed).seen) and seen.epoch == head.epoch]
        if heads:
            seen = _random.choice(heads)
            check_seen(seen, head, await _proof(connection, "consistency", old=seen.size, new=head.size))

    def _take_head(self, head: Head) -> None:
        self._head = head
        self._on_seen(Seen(head.epoch, head.size, head.root.hex()))

    # --- listening

    async def _listen(self, connection: Connection) -> None:
        backoff, loop = Backoff(), asyncio.get_running_loop()
        while not self._over:
            opened, asked_for = loop.time(), None
            try:
                async with aclosing(connection.live()) as events:
                    async for event, data in events:
                        self._heard(event, data)
            except Unreachable as error:
                asked_for = error.retry_after
            except Exception as error:
                self._failed(error)
            if loop.time() - opened > STEADY_SECONDS:
                # It had held, so the line was lost just now: look at once how things stand.
                backoff.reset()
                self._woken.set()
            await asyncio.sleep(backoff.next(asked_for))

    def _heard(self, event: str, data: str) -> None:
        if event == "grown":
            self._woken.set()
        elif event == "presence":
            self._on_presence(msgspec.json.decode(data, type=protocol.Presence))
        elif event == "locked":
            problem = msgspec.json.decode(data, type=protocol.Problem)
            raise Refusal(problem.code, problem.sentence)

    # --- telling

    def _failed(self, error: Exception) -> None:
        """Say what went wrong, and end what cannot go on."""
        if isinstance(error, Clash):
            error = Distrust("position-taken", f"The store gave two entries one place in its log. {CALL}")
        if isinstance(error, Distrust):
            _log.error("the store's word does not hold together: %s", error.code)
            self._say(online=False, distrust=error.sentence)
        elif isinstance(error, Refusal) and error.code in SESSION_OVER | ACCESS_OVER:
            if error.code == KEY_OVER:
                self._set_aside()
            barred = error.code if error.code in ACCESS_OVER else ""
            self._say(online=False, signed_out=error.sentence, barred=barred)
        elif isinstance(error, Refusal):
            _log.warning("not together with the store: %s", error.code)
            self._say(online=False, trouble=error.sentence)
        else:
            _log_fault(error)
            self._say(online=False, trouble=FAULT)
        if self._over:
            self._woken.set()

    def _set_aside(self) -> None:
        try:
            self._on_change(self._cache.quarantine(self._session.person))
        except Refusal as refusal:
            # It stays where it is; whoever signs in here next finds it made under a key that is no good.
            _log.error("what waits was not set aside: %s", refusal.code)

    def _say(self, **changes: object) -> None:
        if "online" in changes and (changes["online"] != self._status.online or self._status.since is None):
            changes["since"] = datetime.now(UTC)
        status = msgspec.structs.replace(self._status, **changes)
        if status != self._status:
            self._status = status
            self._on_status(status)


def _log_fault(error: Exception) -> None:
    # What an error says may quote a case; its kind and its place do not.
    at = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("the network failed: %s at %s:%s", type(error).__name__, at.name, at.lineno)


async def _proof(connection: Connection, kind: str, **of: int) -> protocol.Path:
    try:
        return await connection.proof(kind, **of)
    except Refusal as refusal:
        if refusal.code != "proof-outside":
            raise
        raise Distrust(
            "proof-refused", f"The store does not prove what it says of its own log. {CALL}"
        ) from refusal


def _pieces(parcel: Parcel) -> tuple[str, ...]:
    """The chunks of the documents that an act attaches."""
    bodies = {body.entry: body.body for body in parcel.bodies}
    found: tuple[str, ...] = ()
    for header in read(parcel.signed).entries:
        if header.kind == DocumentAttached.KIND:
            found += msgspec.json.decode(bodies[header.id], type=DocumentAttached).chunks
    return found
