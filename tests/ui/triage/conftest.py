"""A triage desk in the shell's window, over a real encrypted cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from mash_desktop.desk import Desk
from tests.domain.story import OPERATOR
from tests.support.desks import desk_of
from tests.support.families import earlier_carter, known_before
from ui.shell.main_window import MainWindow
from ui.triage import TriageDesk, keeping
from ui.work import Worker

CTRL, ALT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.NoModifier,
)


class _Relay(QObject):
    """Brings changes to the window's thread, as the composition does."""

    changed = Signal(object)


class Hands:
    """Types and presses in one window, wherever its focus is."""

    def __init__(self, qtbot: QtBot, window: QWidget, worker: Worker) -> None:
        self._bot, self._window, self._worker = qtbot, window, worker

    @property
    def focus(self) -> QWidget:
        focused = QApplication.focusWidget()
        return focused if focused is not None else self._window

    def type(self, words: str) -> None:
        QTest.keyClicks(self.focus, words)

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.focus, key, modifier)

    def tab(self, times: int = 1) -> None:
        for _ in range(times):
            self.press(Qt.Key.Key_Tab)

    def wait(self, until: Callable[[], bool]) -> None:
        self._bot.waitUntil(until, timeout=20_000)

    def rest(self) -> None:
        """Until the database has nothing left to do."""
        self._bot.waitUntil(lambda: self._worker.waiting == 0, timeout=20_000)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = desk_of(OPERATOR, tmp_path, earlier_carter())
    known_before(made)
    return made


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test's pause in typing is shorter than a person's."""
    monkeypatch.setattr(keeping, "LEAVE_MS", 400)


@pytest.fixture
def show(qtbot: QtBot, worker: Worker, desk: Desk) -> Iterator[Callable[[], tuple[TriageDesk, Hands]]]:
    """Make a window with the triage desk in it, as a start does; each call is a start anew."""

    def start() -> tuple[TriageDesk, Hands]:
        window = MainWindow()
        qtbot.addWidget(window)
        screen = TriageDesk(desk, worker)
        window.add_screen(screen)
        relay = _Relay(window)
        relay.changed.connect(screen.show_change)
        desk.listen(lambda change: relay.changed.emit(change) if isValid(relay) else None)
        window.resize(1366, 768)
        window.show()
        window.activateWindow()
        qtbot.waitActive(window).__enter__()
        window.go("triage")
        hands = Hands(qtbot, window, worker)
        hands.rest()
        return screen, hands

    yield start
    qtbot.waitUntil(lambda: worker.waiting == 0, timeout=20_000)
