"""How long one connection may keep the service waiting: to say what it asks, to send it, to read the answer.

uvicorn bounds the pause between two requests and the length of a head; who is slow within a request it waits
for without end. Rates are in ``rates``; what is asked is of no concern here.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

PIECE_BYTES = 64 * 1024


def in_pieces(app: ASGI3Application) -> ASGI3Application:
    """The application with what it answers handed on piece by piece, each once there is room for it: whoever
    reads slowly but steadily is served to the end, and whoever does not read shows."""

    async def answering(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        async def hand_on(event: ASGISendEvent) -> None:
            if event["type"] != "http.response.body":
                await send(event)
                return
            body, more = event["body"], event.get("more_body", False)
            for at in range(0, len(body), PIECE_BYTES) or (0,):
                rest = at + PIECE_BYTES < len(body)
                await send({**event, "body": body[at : at + PIECE_BYTES], "more_body": more or rest})

        await app(scope, receive, hand_on)

    return answering


class BoundedConnection(H11Protocol):
    """Hangs up on whoever takes too long. Times are seconds."""

    head_seconds = 10.0
    """From the first moment, or the first byte of a further request, to the end of its head."""
    body_seconds = 120.0
    """From the end of the head to the end of the body, however it drips."""
    reading_seconds = 60.0
    """In which an answer that waits to be read must be read on."""

    _waited_for: Any = None
    _sending: asyncio.TimerHandle | None = None
    _reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._wait_for(h11.IDLE)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._wait_for(None)
        self._stop_reading()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stop_reading()
        self._reading = self.loop.call_later(self.reading_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_reading()

    def _look(self) -> None:
        """Which part of a request is not there yet. Between two requests uvicorn's own clock runs."""
        theirs = self.conn.their_state
        begun, _ = self.conn.trailing_data
        self._wait_for(theirs if theirs is h11.SEND_BODY or (theirs is h11.IDLE and begun) else None)

    def _wait_for(self, part: Any) -> None:
        """Begin to wait for a part; a clock that runs for it runs on, so that dripping wins nothing."""
        if part is self._waited_for:
            return
        if self._sending is not None:
            self._sending.cancel()
        self._waited_for = part
        seconds = self.body_seconds if part is h11.SEND_BODY else self.head_seconds
        self._sending = None if part is None else self.loop.call_later(seconds, self.transport.abort)

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None
