"""One screen in a window on a real desk, driven by keys and clicks as a person drives it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from ui.screen import Screen
from ui.shell.main_window import MainWindow
from ui.widgets import Field, TextField
from ui.work import Worker

_NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class Elsewhere(Screen):
    """A place that a screen leads to, with nothing in it."""

    def __init__(self, worker: Worker, place: str) -> None:
        self.place_id = self.title = place
        super().__init__(worker)


class Driven:
    """``settle`` waits for the worker and shows each change, as the composition does it.

    Every other way to act here settles afterwards.
    """

    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk, screen: Screen, *others: str) -> None:
        self.qtbot, self.worker, self.desk = qtbot, worker, desk
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.asked_to_open: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.pending: list[object] = []
        screen.says.connect(self.said.append)
        screen.asks_to_open.connect(lambda place, stream: self.asked_to_open.append((place, stream)))
        self._screen = screen
        self.window.add_screen(screen)
        for place in others:
            self.window.add_screen(Elsewhere(worker, place))
        desk.listen(self.pending.append)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.go(screen.place_id)
        self.settle()

    def settle(self) -> None:
        while True:
            self.qtbot.waitUntil(lambda: self.worker.waiting == 0)
            QApplication.processEvents()
            if self.worker.waiting:
                continue
            if not self.pending:
                return
            self._screen.show_change(self.pending.pop(0))

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = _NO_MODIFIER) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(self.window.focusWidget() or self.window, key, modifier)
        self.settle()

    def save(self) -> None:
        self.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def find(self, name: str) -> QWidget:
        """The widget of this object name that can be seen."""
        found = [one for one in self.window.findChildren(QWidget, name) if one.isVisibleTo(self.window)]
        assert found, name
        return found[-1]

    def text(self, name: str) -> str:
        field = self.find(name)
        assert isinstance(field, (Field, TextField))
        return field.value()

    def click(self, name: str) -> None:
        self.press_mouse(self.find(name))

    def press_mouse(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.settle()

    def type(self, name: str, words: str) -> None:
        """Type at the end of a field; Qt's test keys know ASCII only."""
        field = self.find(name)
        assert isinstance(field, (Field, TextField))
        field.control.setFocus()
        QTest.keyClicks(field.control, words)
