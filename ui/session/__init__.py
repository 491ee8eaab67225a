"""Hears from the operating system that the person leaves: the session is locked or handed on, the computer
goes to sleep. What is done then is the window's.

``watching`` gives the one that fits the platform. It is told by ``settled`` that what was to be locked is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Protocol

from PySide6.QtGui import QWindow

if sys.platform == "win32":
    from ui.session.windows import WindowsNotices
else:
    from ui.session.logind import Logind

__all__ = ["SessionWatch", "watching"]


class SessionWatch(Protocol):
    """One that hears. ``stop`` is called once, after ``start``."""

    def start(self) -> None: ...

    def settled(self) -> None:
        """Everything is locked: the computer may sleep. From any thread."""

    def stop(self) -> None: ...


def watching(window: QWindow, leave: Callable[[], None]) -> SessionWatch:
    """Has ``leave`` called, on any thread, whenever the person leaves."""
    if sys.platform == "win32":
        return WindowsNotices(window, leave)
    return Logind(leave)
