"""How long to wait before trying again: full jitter under a rising ceiling."""

from __future__ import annotations

import random

FIRST = 0.5
CEILING = 60.0


class Backoff:
    """Doubling waits from half a second to a minute, each drawn evenly from nought to its bound."""

    def __init__(self, source: random.Random | None = None) -> None:
        self._source = source or random.SystemRandom()
        self._tries = 0

    def next(self, asked_for: float | None = None) -> float:
        """Seconds to wait now; never less than what the store asked for."""
        bound = min(CEILING, FIRST * 2 ** min(self._tries, 16))
        self._tries += 1
        return max(self._source.uniform(0.05, bound), asked_for or 0.0)

    def reset(self) -> None:
        self._tries = 0
