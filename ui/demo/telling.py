"""What the demonstration prints: each step with the time it came at, and who did it."""

from __future__ import annotations

import time

from ui.demo import ending


class NotThere(Exception):
    """What a person looked for did not appear."""


class Telling:
    """Prints steps; the clock starts when it is made."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def part(self, title: str) -> None:
        print(f"\n{title}", flush=True)

    def step(self, words: str) -> None:
        ending.heed()
        print(f"{self.elapsed:7.1f} s  {words}", flush=True)

    def done(self, words: str) -> None:
        print(f"\nDone in {self.elapsed:.0f} s. {words}", flush=True)

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._started
