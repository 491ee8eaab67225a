"""A wire between one desktop and the store that can be cut and mended, to show what a lost line costs."""

from __future__ import annotations

import asyncio
import contextlib
from threading import Event, Thread
from urllib.parse import urlsplit

import msgspec

from mash_desktop.desk.profile import Server


class Wire:
    """Carries bytes to the store at ``server``; ``server`` of the wire itself is its own end."""

    def __init__(self, server: Server) -> None:
        parts = urlsplit(server.url)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 443)
        self._cut = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._ready = Event()
        self._port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, name="wire")
        self._thread.start()
        self._ready.wait()
        self.server = msgspec.structs.replace(server, url=f"https://127.0.0.1:{self._port}")

    def cut(self) -> None:
        """Lose the line: what is open breaks, and nothing new gets through."""
        self._cut = True
        self._loop.call_soon_threadsafe(self._break)

    def mend(self) -> None:
        self._cut = False

    def close(self) -> None:
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _break(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        listening = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self._port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        listening.close()
        self._break()
        if pending := asyncio.all_tasks(self._loop):
            self._loop.run_until_complete(asyncio.wait(pending, timeout=5))

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(*self._target)
        self._writers |= {writer, back}
        try:
            await asyncio.gather(_pump(reader, back), _pump(there, writer))
        finally:
            self._writers -= {writer, back}
            writer.close()
            back.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof() if writer.can_write_eof() else writer.close()
