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
        self._closed = asyncio.Event()
        self._thread = Thread(target=self._run, name="wire", daemon=True)
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
        self._cut = True
        self._loop.call_soon_threadsafe(self._closed.set)
        self._thread.join()

    def _break(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        listening = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self._port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        await self._closed.wait()
        listening.close()
        # Whoever has just come is nobody's task yet.
        await asyncio.sleep(0.1)
        carrying = asyncio.all_tasks() - {asyncio.current_task()}
        self._break()
        for each in carrying:
            each.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)
        # What was aborted is closed in the loop's next turn.
        await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        # What breaks or ends a line is no fault here; asyncio would log it as one.
        with contextlib.suppress(OSError, asyncio.CancelledError):
            try:
                if self._cut:
                    return
                there, back = await asyncio.open_connection(*self._target)
                ends.add(back)
                self._writers |= ends
                await asyncio.gather(_pump(reader, back), _pump(there, writer))
            finally:
                self._writers -= ends
                for end in ends:
                    end.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof() if writer.can_write_eof() else writer.close()
