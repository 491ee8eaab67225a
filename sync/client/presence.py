"""Where this person is, said to the store again and again while it lasts, and once when they leave.

Nothing is kept and nothing is owed: what does not get through is said again soon, or was no news.
"""

from __future__ import annotations

import asyncio
import contextlib

from mash_desktop.domain.errors import Refusal

from ..protocol import BEAT_SECONDS, LEFT, LOOKING, Presence
from .connection import Connection, Unreachable

REFUSED_SECONDS = 30.0
"""How long to wait where the store would not hear it: the table may be opened meanwhile."""


class Whereabouts:
    """``be_at`` is called on the network's loop, or before it runs."""

    def __init__(self) -> None:
        self._at = ""
        self._moved = asyncio.Event()

    def be_at(self, stream: str) -> None:
        """This person has the referral open, and no other; none where it is empty."""
        self._at = stream
        self._moved.set()

    async def keep_saying(self, connection: Connection) -> None:
        """Until cancelled."""
        path, said = f"/v1/hubs/{connection.server.hub}/presence", ""
        while True:
            self._moved.clear()
            at, seconds = self._at, BEAT_SECONDS
            try:
                if said and said != at:
                    gone, said = said, ""
                    await connection.tell(Presence(stream=gone, doing=LEFT), path)
                if at:
                    await connection.tell(Presence(stream=at, doing=LOOKING), path)
                    said = at
            except Unreachable:
                pass
            except Refusal:
                seconds = REFUSED_SECONDS
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds if at else None):
                    await self._moved.wait()
