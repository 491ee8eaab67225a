"""The one network thread: it keeps a cache and a store together, and asks beside that.

Any thread may call it; what it does is :class:`~sync.client.together.Together`'s.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from threading import Event, Lock, Thread
from typing import Any, TypeVar

from mash_desktop.cache import Cache, ChangeSet
from mash_desktop.domain import shapes
from mash_desktop.domain.acts import Seen
from mash_desktop.domain.errors import Refusal

from .. import protocol
from .connection import Connection, Server, Unreachable
from .presence import Whereabouts
from .status import Status
from .together import Together, log_fault
from .verification import Distrust

M = TypeVar("M")


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
        self._connection = Connection(server, session.token)
        self._together = Together(
            cache,
            self._connection,
            session,
            store_key,
            on_change=on_change,
            on_status=on_status,
            on_presence=on_presence,
            on_seen=on_seen,
        )
        self._where = Whereabouts()
        self._stopping = False
        self._lock = Lock()
        """Guards what other threads reach the network's by; both are there while its loop runs."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._ended = Event()
        self._thread = Thread(target=self._run, name="network", daemon=False)

    @property
    def status(self) -> Status:
        return self._together.status

    def start(self) -> None:
        shapes.settle()
        self._thread.start()

    def wake(self) -> None:
        """Something waits to be sent, or may be there to be brought. Any thread may call this."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._together.wake)

    def be_at(self, stream: str) -> None:
        """This person has a referral open, or none: whoever may know hears it, as long as it lasts.

        Any thread may call this, before the start too.
        """
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(self._where.be_at, stream)
            else:
                self._where.be_at(stream)

    def leave(self) -> None:
        """Begin to end it, whatever it waits for, and return at once."""
        self._stopping = True
        with self._lock:
            if self._loop is not None and self._task is not None:
                self._loop.call_soon_threadsafe(self._task.cancel)

    def stop(self) -> None:
        """End it: nothing is read or written for it any more. What waits to be sent stays in the outbox.

        The thread itself stays until the system has answered which address a name has, which may take long.
        """
        self.leave()
        if self._thread.is_alive():
            self._ended.wait()

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
            if self._loop is None:
                raise Unreachable("not started")
            return asyncio.run_coroutine_threadsafe(work(self._connection), self._loop)

    async def _chunk(self, connection: Connection, digest: str) -> bytes:
        content = await connection.chunk(digest)
        if hashlib.sha256(content).hexdigest() != digest:
            self._together.failed(
                Distrust("chunk-altered", "The store sent a document that is not the one recorded.")
            )
            raise Refusal("document-altered", "These bytes are not the document that was attached.")
        return content

    # --- the thread

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            try:
                runner.run(self._main())
            finally:
                self._ended.set()

    async def _main(self) -> None:
        together = asyncio.create_task(self._together.run())
        saying = asyncio.create_task(self._where.keep_saying(self._connection))
        with self._lock:
            self._loop, self._task = asyncio.get_running_loop(), together
            if self._stopping:
                together.cancel()
        await asyncio.wait([together])
        with self._lock:
            self._loop = self._task = None
        saying.cancel()
        for ended in await asyncio.gather(together, saying, return_exceptions=True):
            if isinstance(ended, Exception):
                log_fault(ended)
        await self._connection.close()
