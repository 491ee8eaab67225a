"""Windows: the notices of a session and of power that the system sends to a window."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from ctypes import wintypes
from typing import Any

from PySide6.QtCore import QAbstractNativeEventFilter, QCoreApplication
from PySide6.QtGui import QWindow

_POWER, _SUSPEND = 0x0218, 0x0004  # WM_POWERBROADCAST, PBT_APMSUSPEND
_SESSION = 0x02B1  # WM_WTSSESSION_CHANGE
# WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOGOFF, WTS_SESSION_LOCK
_GONE = frozenset({0x2, 0x4, 0x6, 0x7})


def says_leaving(message: int, what: int) -> bool:
    """Whether a window's message says that the person leaves: lock, another user, a remote desktop that was
    hung up, sleep."""
    return (message == _SESSION and what in _GONE) or (message == _POWER and what == _SUSPEND)


class WindowsNotices(QAbstractNativeEventFilter):
    """Calls ``leave`` on the window's thread. Windows gives about two seconds before it sleeps."""

    def __init__(self, window: QWindow, leave: Callable[[], None]) -> None:
        super().__init__()
        self._window, self._leave = window, leave

    def start(self) -> None:
        QCoreApplication.instance().installNativeEventFilter(self)  # type: ignore[union-attr]  # there is one
        self._register("WTSRegisterSessionNotification", 0)  # NOTIFY_FOR_THIS_SESSION

    def settled(self) -> None:
        """Windows does not wait to be told."""

    def stop(self) -> None:
        self._register("WTSUnRegisterSessionNotification")
        QCoreApplication.instance().removeNativeEventFilter(self)  # type: ignore[union-attr]  # as above

    def nativeEventFilter(self, kind: Any, message: int) -> Any:
        if bytes(kind) == b"windows_generic_MSG":
            heard = wintypes.MSG.from_address(int(message))
            if says_leaving(heard.message, heard.wParam):
                self._leave()
        return False, 0

    def _register(self, name: str, *more: int) -> None:
        if sys.platform == "win32":
            getattr(ctypes.WinDLL("wtsapi32"), name)(wintypes.HWND(int(self._window.winId())), *more)
