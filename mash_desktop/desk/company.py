"""Who else has a referral open now, as the hub tells it: held in memory, and no longer than it is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

import msgspec

from sync.protocol import LEFT, SILENT_SECONDS, Presence


class Other(msgspec.Struct, frozen=True):
    """Somebody else. ``agency`` is an id."""

    person: str
    name: str
    agency: str


class Company:
    """Any thread may ask and tell. ``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._heard: dict[str, dict[Other, float]] = {}
        """Until when each is taken to be there, by referral."""

    def heard(self, told: Presence) -> bool:
        """Take in what the hub said. Whether that changed who is there."""
        other = Other(told.person, told.name, told.agency)
        with self._lock:
            there = self._there(told.stream)
            if told.doing == LEFT:
                return there.pop(other, None) is not None
            new = other not in there
            there[other] = self._clock() + SILENT_SECONDS
            return new

    def at(self, stream: str) -> tuple[Other, ...]:
        """Who else is there, by name."""
        with self._lock:
            return tuple(sorted(self._there(stream), key=lambda one: (one.name, one.person)))

    def _there(self, stream: str) -> dict[Other, float]:
        now = self._clock()
        self._heard = {
            at: left
            for at, others in self._heard.items()
            if (left := {other: until for other, until in others.items() if until > now})
        }
        return self._heard.setdefault(stream, {})
