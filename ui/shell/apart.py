"""What keeps this desktop and the hub apart where it is not the line, above every screen while it does.

Name for whoever drives it: ``apart.go``.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from mash_desktop.desk.profile import Status
from ui.shell.main_window import MainWindow
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton

STOPPED = "The hub’s log cannot be trusted, so this desktop has stopped sending and fetching."
TRIED = "Nothing is sent or fetched meanwhile. It is tried again by itself."


class Apart(QObject):
    """The banner in ``window``, while there is one."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._shown: tuple[str, Banner] | None = None

    def show(self, status: Status) -> None:
        sentence = status.distrust or status.trouble
        if sentence == (self._shown[0] if self._shown else ""):
            return
        self.take_away()
        if status.distrust:
            go = ActionButton("What to do", "Ctrl+Shift+D", accessible_name="What to do about the hub’s log")
            go.setObjectName("apart.go")
            go.clicked.connect(partial(self._window.go, "sync"))
            banner = Banner(sentence, STOPPED, go, tone=Tone.RED)
        elif status.trouble:
            banner = Banner(sentence, TRIED, tone=Tone.AMBER)
        else:
            return
        self._shown = (sentence, banner)
        self._window.add_banner(banner)

    def take_away(self) -> None:
        """As on locking."""
        shown, self._shown = self._shown, None
        if shown is not None:
            self._window.remove_banner(shown[1])
