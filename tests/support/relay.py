"""Stands between one desktop and the store, ends the TLS of both, and alters what passes: a store that lies,
falters, or speaks another version. What it passes on unaltered is the real store's."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Thread

import httpx
import msgspec

from sync.client import Server
from sync.store.serving import make_certificate


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answered:
    """An answer; ``None`` in its place breaks the line after the store has done what was asked."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


Alter = Callable[[Asked, Answered], Answered | None]


class Relay:
    """``server`` is its own end, with a certificate of its own."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.alter: Alter = lambda asked, answered: answered
        self.before: Callable[[Asked], Asked | Answered] = lambda asked: asked
        """What becomes of a request; an answer in its place never reaches the store."""
        self.events: bytes | None = None
        """What the live stream says in place of the store's."""
        self.asked: list[Asked] = []
        self.slow = 0.0
        """Seconds that each answer takes."""
        self._upstream = server
        certificate, key = make_certificate(folder, ("127.0.0.1",))
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        self._loop = asyncio.new_event_loop()
        self._ready = Event()
        self._port = 0
        self._stop = asyncio.Event()
        self._thread = Thread(target=self._run, name="relay")
        self._thread.start()
        self._ready.wait()
        self.server = msgspec.structs.replace(
            server, url=f"https://127.0.0.1:{self._port}", certificate=certificate.read_text()
        )

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        upstream = self._upstream
        async with httpx.AsyncClient(base_url=upstream.url, verify=upstream.context(), timeout=30) as client:
            tasks: set[asyncio.Task[None]] = set()

            def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                task = self._loop.create_task(self._talk(client, reader, writer))
                tasks.add(task)
                task.add_done_callback(tasks.discard)

            listening = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=self._tls)
            self._port = listening.sockets[0].getsockname()[1]
            self._ready.set()
            await self._stop.wait()
            listening.close()
            # Who has just come is still shaking hands, and is nobody's task until that is done.
            await asyncio.sleep(0.1)
            for task in tuple(tasks):
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _talk(
        self, client: httpx.AsyncClient, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, OSError, httpx.HTTPError):
                while True:
                    asked = await read_request(reader)
                    self.asked.append(asked)
                    if asked.path.endswith("/live"):
                        await self._live(client, asked, writer)
                        return
                    answered = await self._answer(client, asked)
                    if answered is None:
                        return
                    writer.write(answer_head(answered) + answered.body)
                    await writer.drain()
        finally:
            writer.transport.abort()

    async def _answer(self, client: httpx.AsyncClient, asked: Asked) -> Answered | None:
        passed = self.before(asked)
        await asyncio.sleep(self.slow)
        if isinstance(passed, Answered):
            return passed
        response = await client.request(
            passed.method, passed.path, content=passed.body, headers=passed.headers
        )
        kept = {k: v for k, v in response.headers.items() if k in {"content-type", "retry-after"}}
        return self.alter(asked, Answered(response.status_code, response.content, kept))

    async def _live(self, client: httpx.AsyncClient, asked: Asked, writer: asyncio.StreamWriter) -> None:
        passed = self.before(asked)
        if isinstance(passed, Answered):
            writer.write(answer_head(passed) + passed.body)
            await writer.drain()
            return
        begin = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        if self.events is not None:
            writer.write(begin + self.events)
            await writer.drain()
            return
        async with client.stream("GET", passed.path, headers=passed.headers) as response:
            if not response.is_success:
                answered = Answered(response.status_code, await response.aread())
                writer.write(answer_head(answered) + answered.body)
                await writer.drain()
                return
            writer.write(begin)
            async for some in response.aiter_raw():
                writer.write(some)
                await writer.drain()


async def read_request(reader: asyncio.StreamReader) -> Asked:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    kept: dict[str, str] = {
        name: headers[name] for name in ("authorization", "mash-protocol", "accept") if name in headers
    }
    return Asked(method, path, kept, body)


def answer_head(answered: Answered) -> bytes:
    headers = {**answered.headers, "content-length": str(len(answered.body))}
    lines = [f"HTTP/1.1 {answered.status} -", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def spoken(version: str) -> Callable[[Asked], Asked]:
    """As a desktop of another protocol version would have asked."""
    return lambda asked: replace(asked, headers={**asked.headers, "mash-protocol": version})
