"""One background thread for work that touches the database, and its results back on the GUI thread.

Knows no desk and no screen: it runs plain callables in the order they came.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from mash_desktop.faults import kind_and_place

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Worker(QObject):
    """Runs tasks one after the other on one thread of its own.

    ``idle`` fires on the GUI thread when the last task's answer has been delivered.
    """

    idle = Signal()
    _done = Signal(object, object, object, object)

    def __init__(self, name: str = "database", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._waiting = 0
        self._closed = False
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def waiting(self) -> int:
        """Tasks whose answer has not yet been delivered."""
        return self._waiting

    def submit(
        self,
        task: Callable[[], T],
        then: Callable[[T], object] | None = None,
        failed: Callable[[Exception], object] | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Queue ``task``. Call from the GUI thread. Answers to an ``owner`` since destroyed are dropped."""
        if self._closed:
            return
        self._waiting += 1
        future = self._executor.submit(task)
        future.add_done_callback(lambda done: self._finished(done, then, failed, owner))

    def _finished(self, future: Future[Any], then: object, failed: object, owner: object) -> None:
        # On the worker's thread. After close nobody is left to be told.
        if not self._closed and not future.cancelled():
            self._done.emit(future, then, failed, owner)

    def _deliver(
        self,
        future: Future[Any],
        then: Callable[[Any], object] | None,
        failed: Callable[[Exception], object] | None,
        owner: QObject | None,
    ) -> None:
        self._waiting -= 1
        try:
            if owner is not None and not shiboken6.isValid(owner):
                return
            error = future.exception()
            if error is None:
                if then is not None:
                    then(future.result())
            elif isinstance(error, Exception):
                if not hasattr(error, "sentence"):
                    _log.error("work failed: %s", kind_and_place(error))
                if failed is not None:
                    failed(error)
            else:
                raise error
        finally:
            if self._waiting == 0:
                self.idle.emit()

    def close(self, *, wait: bool = True) -> None:
        """Finish what has been submitted, since it may be somebody's words, and end the thread. Without
        ``wait``, what has not begun is dropped."""
        self._closed = True
        self._executor.shutdown(wait=wait, cancel_futures=not wait)
