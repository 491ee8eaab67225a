"""Rings, above every screen, for a hand-over that the out-of-hours team has not taken over in time.

Its button, for whoever drives it: ``handover.go``.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from mash_desktop.desk import Desk, handover
from mash_desktop.desk.handover import HandedOver
from ui.shell.main_window import MainWindow
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.work import Worker

LOOK_SECONDS = 15.0
"""How often it is looked for, and rung while nobody has taken it over."""


class LeftOver(QObject):
    """Looks for hand-overs that are late while a desk is open in ``window``."""

    def __init__(self, window: MainWindow, desk: Desk, worker: Worker) -> None:
        super().__init__(window)
        self._window, self._desk, self._worker = window, desk, worker
        self._shown: tuple[str, Banner] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(round(LOOK_SECONDS * 1000))
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Look now, and ring if one is late."""
        self._worker.submit(partial(handover.ringing, self._desk), self._show, owner=self)

    def end(self) -> None:
        """On locking: nothing of a case stays on the screen."""
        self._timer.stop()
        self._take_away()
        self.deleteLater()

    def _show(self, found: tuple[HandedOver, ...]) -> None:
        if found:
            QApplication.beep()
        first = found[0] if found else None
        if (first.handover if first else "") == (self._shown[0] if self._shown else ""):
            return
        self._take_away()
        if first is not None:
            go = ActionButton("Go to it", "Ctrl+Shift+H", accessible_name=f"Go to {first.who}, handed over")
            go.setObjectName("handover.go")
            go.clicked.connect(lambda: self._window.open("inbox", first.stream))
            told = f"Left to {first.team} {first.made}, to be taken over by now. {first.words}"
            banner = Banner(f"Not taken over: {first.reference}, {first.who}", told, go, tone=Tone.RED)
            self._shown = (first.handover, banner)
            self._window.add_banner(banner)

    def _take_away(self) -> None:
        shown, self._shown = self._shown, None
        if shown is not None:
            self._window.remove_banner(shown[1])
