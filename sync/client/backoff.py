"""How long to wait before trying again: full jitter under a rising ceiling."""

from __future__ import annotations

import random

FIRST = 0.5
CEILING = 60.0
MOST_ASKED_FOR = 900.0
"""The longest wait that a store may ask for: whatever it says, somebody is waiting."""


class Backoff:
    """Doubling waits from half a second to a minute, each drawn evenly from nought to its bound."""

    def __init__(self, source: random.Random | None = None) -> None:
        self._source = source or random.SystemRandom()
        self._tries = 0

    def next(self, asked_for: float | None = None) -> float:
        """Seconds to wait now; never less than what the store asked for, within reason."""
        bound = min(CEILING, FIRST * 2 ** min(self._tries, 16))
        self._tries += 1
        return max(self._source.uniform(0.05, bound), min(asked_for or 0.0, MOST_ASKED_FOR))

    def reset(self) -> None:
        self._tries = 0
