"""*Telephone now*: above every screen and by sound, for a direct line that the hub has not taken; and,
without a word of the case, above every door once its desk is locked.

Names for whoever drives it: ``telephone.who``, ``telephone.record``, ``telephone.dismiss``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QApplication

from mash_desktop.desk import Desk, telephone
from mash_desktop.desk.telephone import Unheard
from ui.keeping import Keeper
from ui.shell.left_over import LeftOver
from ui.shell.main_window import MainWindow
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.field import Field
from ui.widgets.layout import Column, Row, Snug, empty
from ui.work import Worker

T = TypeVar("T")

LOOK_SECONDS = 5.0
"""How often it is looked for, and rung while nobody has telephoned."""


class TelephoneBanner(Snug):
    """One direct line: whom to ring, and a place to write who answered. What is typed there is kept."""

    def __init__(self, rung: Unheard, desk: Desk, worker: Worker) -> None:
        super().__init__()
        self.rung, self._worker = rung, worker
        self._about = " · ".join(part for part in (rung.reference, rung.about) if part)
        self._head = Column(gap=0)
        self.turned: ActionButton | None = None
        """Dismisses it, once it waits no longer."""
        about = f"about {self._about}"
        self.who = Field("Whom you spoke to", accessible_name=f"Whom you spoke to {about}")
        self.who.setObjectName("telephone.who")
        self.record = ActionButton(
            "Record the call", "Ctrl+Shift+T", "primary", accessible_name=f"Record the call {about}"
        )
        self.record.setObjectName("telephone.record")
        foot = Row(gap=10)
        foot.put(self.who, 1)
        foot.put(Column(self.record, None, margins=(0, 20, 0, 0)))
        self.setLayout(Column(self._head, foot, gap=8))
        self._say(rung.sentence, "The direct line has not reached the hub", Tone.RED)
        self.keeper = Keeper(
            self, desk, rung.draft, lambda: telephone.typed(rung, self.who.value()), self._fill, self
        )
        self.who.changed.connect(self.keeper.touched)
        self.keeper.offer()

    def run(self, task: Callable[[], T], then: Callable[[T], object]) -> None:
        self._worker.submit(task, then, owner=self)

    def _fill(self, kept: dict[str, str]) -> None:
        self.who.offer(kept["who"])

    def _say(self, sentence: str, told: str, tone: Tone, *actions: ActionButton) -> None:
        self.setAccessibleName(sentence)
        empty(self._head)
        sent = " It is sent all the same once it can be." if not actions else ""
        self._head.put(Banner(sentence, f"{told}. {self._about}.{sent}", *actions, tone=tone))

    def turn(self, since: str) -> ActionButton:
        """It waits no longer; the call is to be recorded still, or dismissed."""
        self.turned = dismiss = ActionButton(
            "Dismiss", "Ctrl+Shift+D", accessible_name=f"Record no call about {self._about}"
        )
        dismiss.setObjectName("telephone.dismiss")
        self._say(f"{since}: record whom you spoke to", "You had begun to write it", Tone.AMBER, dismiss)
        return dismiss

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.keeper.leave()


class Telephoning(QObject):
    """Looks for direct lines that the hub has not taken while a desk is open in ``window``. ``looked`` says
    of them what may be said where no case is shown."""

    looked = Signal(str)

    def __init__(self, window: MainWindow, desk: Desk, worker: Worker) -> None:
        super().__init__(window)
        self._window, self._desk, self._worker = window, desk, worker
        self._shown: TelephoneBanner | None = None
        self.left = ""
        """What would stay behind if the window were closed, said without a word of the case."""
        self._left_over = LeftOver(window, desk, worker)
        self._timer = _every(LOOK_SECONDS, self, self._look_and_ring)
        self._timer.start()
        self._look_and_ring()

    def look(self, ring: bool = False) -> None:
        """Look now, and ``ring`` if somebody is to be telephoned."""
        self._worker.submit(partial(telephone.calls, self._desk), partial(self._show, ring), owner=self)

    def _look_and_ring(self) -> None:
        self.look(ring=True)

    def end(self) -> None:
        """On locking: nothing of a case stays on the screen."""
        self._timer.stop()
        self._left_over.end()
        self._take_away()
        self.deleteLater()

    def _show(self, ring: bool, calls: telephone.Calls) -> None:
        self.left = telephone.outside(calls.untaken)
        self.looked.emit(self.left)
        late = next((one for one in calls.untaken if one.late), None)
        if late is not None and ring:
            QApplication.beep()
        shown, begun = self._shown, next(iter(calls.begun), None)
        if late is None and shown is not None and shown.who.value().strip():
            # What stands there is being typed, maybe: it stays under the hand.
            if shown.turned is None and shown.rung.act not in {one.act for one in calls.untaken}:
                since = partial(telephone.since, self._desk, shown.rung)
                self._worker.submit(since, partial(self._turn, shown), owner=shown)
            return
        first = late or (begun.rung if begun is not None else None)
        if first == (shown.rung if shown is not None else None):
            return
        self._take_away()
        if first is not None:
            self._shown = banner = TelephoneBanner(first, self._desk, self._worker)
            if late is None and begun is not None:
                self._turn(banner, begun.since)
            banner.record.clicked.connect(partial(self._record, banner))
            banner.who.entered.connect(partial(self._record, banner))
            self._window.add_banner(banner)

    def _turn(self, banner: TelephoneBanner, since: str) -> None:
        banner.turn(since).clicked.connect(partial(self._dismiss, banner))

    def _take_away(self) -> None:
        banner, self._shown = self._shown, None
        if banner is not None:
            self._window.remove_banner(banner)

    def _record(self, banner: TelephoneBanner) -> None:
        banner.keeper.pause()
        self._worker.submit(
            partial(telephone.record_call, self._desk, banner.rung, banner.who.value()),
            lambda _: self._done(banner),
            partial(self._not_recorded, banner),
            owner=banner,
        )

    def _not_recorded(self, banner: TelephoneBanner, error: Exception) -> None:
        banner.keeper.resume()
        banner.who.show_error(getattr(error, "sentence", "The call could not be kept."))

    def _dismiss(self, banner: TelephoneBanner) -> None:
        banner.keeper.pause()
        self._worker.submit(
            partial(telephone.dismiss, self._desk, banner.rung), lambda _: self._done(banner), owner=banner
        )

    def _done(self, banner: TelephoneBanner) -> None:
        if banner is self._shown:
            self._take_away()
        self.look()


class StaysBehind(QObject):
    """Says above every door that a direct line was left behind it, and rings until its profile is open again;
    and says so of one that would be left by closing the window.

    Whoever opens another profile in the window has read it: it is said above their screens too, silently.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._folder = Path()
        self._sentence = self._closing = ""
        self._timer = _every(LOOK_SECONDS, self, self._ring)

    def say(self, folder: Path, sentence: str) -> None:
        """``sentence`` is all that may be said of the lines of this profile: nothing, where none stays."""
        if not sentence:
            self.opened(folder)
        elif sentence != self._sentence:
            self._folder, self._sentence, self._closing = folder, sentence, ""
            self._show()
            self._timer.start()
            self._ring()

    def opened(self, folder: Path) -> None:
        """The profile is open again: its desk tells the rest."""
        if folder == self._folder:
            self._folder, self._sentence = Path(), ""
            self._timer.stop()
            self._show()

    def may_close(self, left: str) -> bool:
        """Whether the window may be closed over what is ``left``: it is told first, and whoever closes once
        more has read it."""
        left = self._sentence or left
        if left == self._closing:
            return True
        self._closing = left
        self._show()
        return not left

    def looked(self, left: str) -> None:
        """What would be left now."""
        if self._closing and self._closing != (self._sentence or left):
            self._closing = ""
            self._show()

    def _show(self) -> None:
        self._window.say_above(
            self._closing or self._sentence,
            "Closed, this window neither sends it nor rings. Close it once more to leave it so."
            if self._closing
            else "It is sent once its desktop is open and on the line. Whoever rings writes it down then.",
        )

    def _ring(self) -> None:
        if self._window.locked:
            QApplication.beep()


def _every(seconds: float, owner: QObject, do: Callable[[], object]) -> QTimer:
    timer = QTimer(owner)
    timer.setInterval(round(seconds * 1000))
    timer.timeout.connect(do)
    return timer
