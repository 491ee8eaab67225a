"""Something done again and again on a thread of its own for as long as an instance serves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class Repeating:
    """Does ``task`` every so many seconds. Where it fails, ``failed`` is logged, and it is done again."""

    def __init__(self, name: str, seconds: float, task: Callable[[], object], failed: str) -> None:
        self._seconds, self._task, self._failed = seconds, task, failed
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it, once what is being done is done."""
        self._over.set()
        self._thread.join()

    @property
    def ending(self) -> bool:
        """Whether it was told to end: for a task that takes its time."""
        return self._over.is_set()

    def _run(self) -> None:
        while not self._over.wait(self._seconds):
            try:
                self._task()
            except Exception as error:
                logger.warning(self._failed, extra={"error": type(error).__name__})
