"""The referrals that were read or changed last, so that a save about one of them need not read it anew.

Held here is what stands in the cache: a write forgets what it touches before it commits, and what a reader
has read is remembered only if no write was under way beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock

from ..domain.entries import Body, Made

MOST = 8


class Recent:
    """Entries of a few referrals, by stream, as the cache has them. Any thread may call it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[str, tuple[Made[Body], ...]] = {}

    def remember(self, stream: str, entries: tuple[Made[Body], ...]) -> None:
        """The one remembered longest ago is forgotten for it."""
        with self._lock:
            self._held.pop(stream, None)
            self._held[stream] = entries
            if len(self._held) > MOST:
                del self._held[next(iter(self._held))]

    def forget(self, streams: Iterable[str]) -> dict[str, tuple[Made[Body], ...]]:
        """What was remembered of these."""
        with self._lock:
            return {stream: self._held.pop(stream) for stream in streams if stream in self._held}

    def forget_all(self) -> None:
        with self._lock:
            self._held.clear()
