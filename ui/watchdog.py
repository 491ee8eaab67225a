"""Watches that the GUI thread stays free: logs each time the event loop was blocked too long.

It says that and for how long; finding out where is the reader's work, with the log's neighbouring lines.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

_log = logging.getLogger(__name__)
_TICK_MS = 50


class Watchdog(QObject):
    """``blocked`` fires, and a warning is logged, with the milliseconds by which a tick came late."""

    blocked = Signal(int)

    def __init__(
        self,
        limit_ms: int = 200,
        *,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._limit, self._clock = limit_ms, clock
        self._last: float | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)

    def start(self) -> None:
        self._last = self._clock()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._last = None

    def tick(self) -> None:
        """One heartbeat: the time since the last, less what was due, is how long the loop stood still."""
        now = self._clock()
        if self._last is not None:
            late = round((now - self._last) * 1000) - _TICK_MS
            if late > self._limit:
                _log.warning("the window stood still for %d ms", late)
                self.blocked.emit(late)
        self._last = now
