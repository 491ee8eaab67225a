"""*Telephone now*: above every screen and by sound, for a direct line that the hub has not taken.

Names for whoever drives it: ``telephone.who``, ``telephone.record``.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from mash_desktop.desk import Desk, telephone
from mash_desktop.desk.telephone import Unheard
from ui.shell.main_window import MainWindow
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.field import Field
from ui.widgets.layout import Column, Row, Snug
from ui.work import Worker

LOOK_SECONDS = 5.0
"""How often it is looked for, and rung while nobody has telephoned."""


class TelephoneBanner(Snug):
    """One direct line: whom to ring, and a place to write who answered."""

    def __init__(self, rung: Unheard) -> None:
        super().__init__()
        self.rung = rung
        self.setAccessibleName(rung.sentence)
        about = " · ".join(part for part in (rung.reference, rung.about) if part)
        self.who = Field("Whom you spoke to", accessible_name=f"Whom you spoke to about {about}")
        self.who.setObjectName("telephone.who")
        self.record = ActionButton(
            "Record the call", "Ctrl+Shift+T", "primary", accessible_name=f"Record the call about {about}"
        )
        self.record.setObjectName("telephone.record")
        foot = Row(gap=10)
        foot.put(self.who, 1)
        foot.put(self.record)
        told = f"The direct line has not reached the hub. {about}. It is sent all the same once it can be."
        self.setLayout(Column(Banner(rung.sentence, told, tone=Tone.RED), foot, gap=8))


class Telephoning(QObject):
    """Looks for direct lines that the hub has not taken while a desk is open in ``window``."""

    def __init__(self, window: MainWindow, desk: Desk, worker: Worker) -> None:
        super().__init__(window)
        self._window, self._desk, self._worker = window, desk, worker
        self._shown: TelephoneBanner | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(round(LOOK_SECONDS * 1000))
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Look now, and ring if somebody is to be telephoned."""
        self._worker.submit(partial(telephone.unheard, self._desk), self._show, owner=self)

    def end(self) -> None:
        """On locking: nothing of a case stays on the screen."""
        self._timer.stop()
        self._take_away()
        self.deleteLater()

    def _show(self, found: tuple[Unheard, ...]) -> None:
        first = found[0] if found else None
        if first is not None:
            QApplication.beep()
        if first == (self._shown.rung if self._shown else None):
            return
        self._take_away()
        if first is not None:
            self._shown = banner = TelephoneBanner(first)
            banner.record.clicked.connect(partial(self._record, banner))
            banner.who.entered.connect(partial(self._record, banner))
            self._window.add_banner(banner)

    def _take_away(self) -> None:
        banner, self._shown = self._shown, None
        if banner is not None:
            self._window.remove_banner(banner)

    def _record(self, banner: TelephoneBanner) -> None:
        self._worker.submit(
            partial(telephone.record_call, self._desk, banner.rung, banner.who.value()),
            lambda _: self.look(),
            lambda error: banner.who.show_error(getattr(error, "sentence", "The call could not be kept.")),
            owner=banner,
        )
