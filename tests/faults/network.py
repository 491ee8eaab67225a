"""A simulated network: HTTP/1.1 in bytes from the product's own client to the store's own service.

Each desktop has a line of its own. What may go wrong with it is a :class:`Fault`, put on the line for its
next requests; a cut line carries nothing. Time is the simulated loop's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from enum import Enum
from typing import Any

import httpcore
import httpx
import msgspec

from sync import protocol
from tests.support.relay import Answered, Asked, answer_head, read_request


class Fault(Enum):
    """What befalls one request or its answer."""

    LOST = "the line breaks before the request arrives"
    UNANSWERED = "the line breaks once the store has done what was asked"
    SILENT = "the answer never comes"
    HALF_CLOSED = "the store's end closes without an answer"
    TRUNCATED = "half of the answer comes"
    DRIPPING = "the answer comes a few bytes at a time"
    SLOW = "both ways take seconds"
    DOUBLED = "the request arrives twice"
    AGAIN_LATER = "the request arrives once more, when others have passed it"
    BROKEN = "500"
    BUSY = "503 with Retry-After"
    GATEWAY = "502 with a page of HTML"
    PORTAL = "200 with a page of HTML"


RETRY_AFTER = 20
PACE_BYTES, PACE_SECONDS = 16, 5.0
LATENCY = 0.02
HEARTBEAT = 15.0
COALESCED = 0.3


class Store:
    """The store's service, asked one request at a time, and who listens for more."""

    def __init__(self, app: object) -> None:
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]  # an ASGI application
            base_url="https://store",
        )
        self._turn = asyncio.Lock()
        self._listening: set[asyncio.Event] = set()

    async def answer(self, asked: Asked) -> Answered:
        async with self._turn:
            response = await self._client.request(
                asked.method, asked.path, content=asked.body, headers=asked.headers
            )
        if asked.path.endswith("/acts"):
            self.tell()
        kept = {k: v for k, v in response.headers.items() if k in {"content-type", "retry-after"}}
        return Answered(response.status_code, response.content, kept)

    def tell(self) -> None:
        """Wake everybody who listens."""
        for listening in self._listening:
            listening.set()

    async def live(self, hub: str, asked: Asked, writer: _Pipe) -> None:
        """As the store's live stream: *grown* at once and when told, *locked* once the session is over."""
        head = Asked("GET", f"/v1/hubs/{hub}/head", asked.headers, b"")
        woken = asyncio.Event()
        self._listening.add(woken)
        try:
            begun = False
            while True:
                answered = await self.answer(head)
                if answered.status != 200:
                    if begun:
                        writer.write(b"event: locked\ndata: " + answered.body + b"\n\n")
                    else:
                        writer.write(answer_head(answered) + answered.body)
                    return
                if not begun:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
                    begun = True
                writer.write(b"event: grown\ndata: {}\n\n")
                woken.clear()
                while not woken.is_set():
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(HEARTBEAT):
                            await woken.wait()
                    writer.write(b": still here\n\n")
                # What grows meanwhile is told together.
                await asyncio.sleep(COALESCED)
        finally:
            self._listening.discard(woken)

    async def close(self) -> None:
        await self._client.aclose()


class _Pipe:
    """One way of a connection."""

    def __init__(self) -> None:
        self.reader = asyncio.StreamReader()

    def write(self, data: bytes) -> None:
        if self.reader.exception() is not None or self.reader.at_eof():
            raise ConnectionResetError
        self.reader.feed_data(data)

    def close(self) -> None:
        self.reader.feed_eof()

    def reset(self) -> None:
        self.reader.set_exception(ConnectionResetError())


class _End(httpcore.AsyncNetworkStream):
    """The desktop's end of one connection."""

    def __init__(self) -> None:
        self.there, self.back = _Pipe(), _Pipe()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            async with asyncio.timeout(timeout):
                return await self.back.reader.read(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout from error
        except ConnectionResetError as error:
            raise httpcore.ReadError from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        try:
            self.there.write(buffer)
        except ConnectionResetError as error:
            raise httpcore.WriteError from error

    async def aclose(self) -> None:
        self.there.close()

    async def start_tls(self, *of: object, **more: object) -> _End:
        return self

    def get_extra_info(self, info: str) -> object:
        if info != "is_readable":
            return None
        # An idle connection with something to read has been closed at the other end.
        return self.back.reader.at_eof() or self.back.reader.exception() is not None

    def reset(self) -> None:
        self.there.reset()
        self.back.reset()


class Line(httpcore.AsyncNetworkBackend):
    """One desktop's way to the store."""

    def __init__(self, store: Store, hub: str) -> None:
        self._store, self._hub = store, hub
        self._ends: set[_End] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._faults: list[Fault] = []
        self._live_faults: list[Fault] = []
        self._listening: set[_End] = set()
        self.cut = False

    def put(self, faults: Iterable[Fault]) -> None:
        """Have these befall the next requests, one each."""
        self._faults.extend(faults)

    def put_live(self, faults: Iterable[Fault]) -> None:
        """Break the live stream, and have these befall the next attempts to open it, one each."""
        self._live_faults.extend(faults)
        for end in tuple(self._listening):
            end.reset()

    def lose(self) -> None:
        """Cut it: what is open breaks, and nothing new gets through."""
        self.cut = True
        for end in tuple(self._ends):
            end.reset()

    def mend(self) -> None:
        self.cut = False
        self._faults.clear()
        self._live_faults.clear()

    async def connect_tcp(self, host: str, port: int, *of: object, **more: object) -> _End:
        await asyncio.sleep(LATENCY)
        if self.cut:
            raise httpcore.ConnectError
        end = _End()
        self._ends.add(end)
        self._start(self._serve(end))
        return end

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        self.lose()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- the store's end

    async def _serve(self, end: _End) -> None:
        try:
            while True:
                asked = await read_request(end.there.reader)
                if asked.path.endswith("/live"):
                    await self._live(asked, end)
                    return
                await self._one(asked, end)
        except (asyncio.IncompleteReadError, ConnectionResetError):
            pass
        finally:
            self._ends.discard(end)
            self._listening.discard(end)
            end.back.close()

    async def _live(self, asked: Asked, end: _End) -> None:
        """The live stream, unless a fault befalls it: one that is none of its own breaks the line."""
        fault = self._live_faults.pop(0) if self._live_faults else None
        answered = _in_place(fault)
        if answered is not None:
            end.back.write(answer_head(answered) + answered.body)
        elif fault is Fault.SILENT:
            await asyncio.sleep(3600)
        elif fault is Fault.TRUNCATED:
            end.back.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\nevent: gro")
        elif fault is None:
            self._listening.add(end)
            await self._store.live(self._hub, asked, end.back)

    async def _one(self, asked: Asked, end: _End) -> None:
        """One request through whatever befalls it. Raises ``ConnectionResetError`` where the line broke."""
        fault = self._faults.pop(0) if self._faults else None
        await asyncio.sleep(6.0 if fault is Fault.SLOW else LATENCY)
        if fault is Fault.LOST:
            end.reset()
            raise ConnectionResetError
        answered = _in_place(fault)
        if answered is None:
            answered = await self._store.answer(asked)
            if fault is Fault.DOUBLED:
                answered = await self._store.answer(asked)
            elif fault is Fault.AGAIN_LATER:
                self._start(self._later(asked))
        if fault is Fault.UNANSWERED:
            end.reset()
            raise ConnectionResetError
        if fault is Fault.SILENT:
            await asyncio.sleep(3600)
        if fault is Fault.HALF_CLOSED:
            raise ConnectionResetError
        if fault is Fault.SLOW:
            await asyncio.sleep(6.0)
        whole = answer_head(answered) + answered.body
        if fault is Fault.TRUNCATED:
            end.back.write(whole[: len(whole) // 2])
            raise ConnectionResetError
        if fault is not Fault.DRIPPING:
            end.back.write(whole)
            return
        for at in range(0, len(whole), PACE_BYTES):
            end.back.write(whole[at : at + PACE_BYTES])
            await asyncio.sleep(PACE_SECONDS)

    async def _later(self, asked: Asked) -> None:
        await asyncio.sleep(45.0)
        await self._store.answer(asked)


def _in_place(fault: Fault | None) -> Answered | None:
    """What is answered before the store hears of it."""
    if fault is Fault.BROKEN:
        return Answered(500, b"")
    if fault is Fault.BUSY:
        busy = protocol.Problem(code="busy", sentence="The hub is busy.", retry_after=RETRY_AFTER)
        return Answered(503, msgspec.json.encode(busy), {"Retry-After": str(RETRY_AFTER)})
    if fault is Fault.GATEWAY:
        return Answered(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})
    if fault is Fault.PORTAL:
        return Answered(200, b"<html>Accept the terms of this network</html>", {"Content-Type": "text/html"})
    return None
