"""How long nobody has been here."""

from __future__ import annotations

import time


class Idle:
    """The time since the last ``touch``. The wall's clock may be set back, and the other may stand still
    while the computer sleeps: whichever says more."""

    def __init__(self) -> None:
        self.touch()

    def touch(self) -> None:
        """Somebody is here."""
        self.steady, self.wall = time.monotonic(), time.time()

    def minutes(self) -> int:
        return int(max(time.monotonic() - self.steady, time.time() - self.wall) // 60)
