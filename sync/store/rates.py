"""How often one device, or one address that has no session, may ask this instance for something.

A bucket for each: it fills steadily, and what was saved up may be spent at once. Each instance counts for
itself; delays after failed sign-ins are another matter, and shared.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable
from threading import Lock

from .refusals import TooSoon

_MOST_KEPT = 10_000


class Rates:
    """``per_second`` in the long run, and ten seconds' worth at once."""

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_second
        self._most = 10 * per_second
        self._clock = clock
        self._lock = Lock()
        self._left: dict[Hashable, tuple[float, float]] = {}
        """What each had left, and when that was."""

    def take(self, who: Hashable) -> None:
        """One request of ``who``. Raises ``TooSoon`` (*too-many-requests*)."""
        with self._lock:
            now = self._clock()
            left = self._now(who, now)
            if left < 1:
                wait = math.ceil((1 - left) / self._per_second)
                raise TooSoon(
                    "too-many-requests", f"Too many requests. Wait {wait} seconds, then try again.", wait
                )
            if len(self._left) >= _MOST_KEPT:
                # A full bucket is like one that nobody has.
                self._left = {
                    one: kept for one, kept in self._left.items() if self._now(one, now) < self._most
                }
            self._left[who] = left - 1, now

    def _now(self, who: Hashable, now: float) -> float:
        left, at = self._left.get(who, (self._most, now))
        return min(self._most, left + (now - at) * self._per_second)
