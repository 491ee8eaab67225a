"""What every screen is: a widget with a title, chips, and one way to have work done off the GUI thread.

A screen knows the desk it was given and the widgets; it does not know the window around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.widgets.pill import PillFace
from ui.work import Worker

T = TypeVar("T")
_TICK_MS = 30_000


class Forms(Protocol):
    """What a screen knows of the forms that are opened on it (``ui.forms.OpenForm``)."""

    @property
    def name(self) -> str: ...
    def want(self, name: str, reference: str, /) -> None: ...


class Screen(QWidget):
    """Derive, set ``place_id`` and ``title``, build widgets in ``__init__``, read in ``enter``.

    ``chips_changed`` asks the top bar to read ``title`` and ``chips()`` again. ``asks_to_open`` asks the
    shell for another place, with a reference to what is to be opened there; ``asks_to_connect`` for the hub,
    anew. ``says`` is a toast; ``says_undoably`` brings along what takes the thing back. ``gone_from_sight``
    fires when it is hidden.
    """

    place_id: str = ""
    title: str = ""

    chips_changed = Signal()
    asks_to_open = Signal(str, str)
    says = Signal(str)
    says_undoably = Signal(str, object)
    asks_to_connect = Signal()
    gone_from_sight = Signal()

    def __init__(self, worker: Worker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self.forms: Forms | None = None
        self._ticking = QTimer(self)
        self._ticking.setInterval(_TICK_MS)
        self._ticking.timeout.connect(self.tick)

    def chips(self) -> Sequence[PillFace]:
        """What is open, for the top bar."""
        return ()

    def bar_widgets(self) -> Sequence[QWidget]:
        """Buttons that belong in the top bar behind the chips; the same widgets at each call."""
        return ()

    def enter(self) -> None:
        """The place has been chosen: read what it shows, and put focus where work begins."""

    def open(self, reference: str) -> None:
        """Another place asks this one to show the thing of this reference."""

    def chosen(self) -> str | None:
        """The reference of what is chosen here, as ``open`` takes it, empty for nothing: an id and no words,
        since it is remembered while the profile is locked. ``None`` on a screen that does not tell."""
        return None

    def show_change(self, change_set: object) -> None:
        """Something has changed at the desk: refresh what it concerns, nothing else."""

    def tick(self) -> None:
        """Half a minute has passed while the screen was seen: reckon again what time changes."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._ticking.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._ticking.stop()
        self.gone_from_sight.emit()

    def show_status(self, status: object) -> None:
        """The line to the hub has changed."""

    def run(
        self,
        task: Callable[[], T],
        then: Callable[[T], object],
        failed: Callable[[Exception], object] | None = None,
    ) -> None:
        """Do ``task`` on the database thread; ``then`` or ``failed`` come back on the GUI thread.

        Neither comes back once the screen is gone. Without ``failed`` an error goes to the log, and its
        sentence to the foot of the window.
        """
        self._worker.submit(task, then, failed or self._tell, owner=self)

    def _tell(self, error: Exception) -> None:
        sentence = getattr(error, "sentence", "")
        self.says.emit(sentence or "That did not work. What you typed is kept; try again.")
