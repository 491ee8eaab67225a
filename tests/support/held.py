"""The row of a hub's head, held by a test: whoever would commit waits, until the test lets go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import text

from tests.support.store import ServedStore


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


class Held:
    """The lock on one hub's head."""

    def __init__(self, served: ServedStore, hub: str) -> None:
        self._engine = served.direct.engine
        self._connection = self._engine.connect()
        self._connection.execute(text("select from heads where hub = :hub for update"), {"hub": hub})

    def _waiting(self) -> list[int]:
        """Server processes that wait for a lock."""
        with self._engine.connect() as db:
            return list(
                db.scalars(
                    text(
                        "select pid from pg_stat_activity"
                        " where datname = current_database() and wait_event_type = 'Lock'"
                    )
                )
            )

    def wait_for(self, count: int) -> None:
        """Until so many wait."""
        until(lambda: len(self._waiting()) == count)

    def hang_up_on_who_waits(self) -> None:
        self.wait_for(1)
        (pid,) = self._waiting()
        with self._engine.connect() as db:
            db.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})

    def release(self) -> None:
        self._connection.close()


@contextmanager
def head_held(served: ServedStore, hub: str) -> Iterator[Held]:
    held = Held(served, hub)
    try:
        yield held
    finally:
        held.release()
