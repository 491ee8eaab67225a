"""A screen in the window, on a real desk, driven by the keys and clicks of a person."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk
from ui.screen import Screen
from ui.shell.main_window import MainWindow
from ui.widgets import Text
from ui.work import Worker

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


class Driven:
    """``settle`` waits until the worker has answered and every change has been shown."""

    def __init__(
        self,
        qtbot: QtBot,
        worker: Worker,
        desk: Desk,
        make: Callable[[Desk, Worker], Screen],
        size: tuple[int, int] = (1366, 768),
    ) -> None:
        self.qtbot, self.worker, self.desk = qtbot, worker, desk
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.said: list[str] = []
        self._changes: list[ChangeSet] = []
        desk.listen(self._changes.append)
        self.screen = make(desk, worker)
        self.screen.says.connect(self.said.append)
        self.window.add_screen(self.screen)
        self.window.resize(*size)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.window.go(self.screen.place_id)
        self.settle()

    def settle(self) -> None:
        while True:
            self.qtbot.waitUntil(lambda: self.worker.waiting == 0)
            QApplication.processEvents()
            if self.worker.waiting:
                continue
            if not self._changes:
                return
            self.window.show_change(self._changes.pop(0))

    def press(self, keys: str, modifier: Qt.KeyboardModifier = NONE) -> None:
        """One key after the other, as letters: ``press("hh")``."""
        for letter in keys:
            QTest.keyClicks(self.focused(), letter, modifier)
        self.settle()

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.focused(), key, modifier)
        self.settle()

    def send(self) -> None:
        self.key(Qt.Key.Key_Return, CONTROL)

    def type(self, words: str) -> None:
        """Into whatever has focus."""
        QTest.keyClicks(self.focused(), words)
        self.settle()

    def focused(self) -> QWidget:
        return self.window.focusWidget() or self.window

    def find(self, name: str) -> QWidget:
        found = self.screen.findChildren(QWidget, name)
        assert found, f"nothing is named {name}"
        return found[-1]

    def write(self, name: str, words: str) -> None:
        """Go to a field and type into it."""
        self.find(name).setFocus()
        self.type(words)

    def click(self, name: str) -> None:
        button = self.find(name)
        assert isinstance(button, QAbstractButton)
        assert button.isEnabled(), f"{name} is asleep"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        self.settle()

    def words(self, widget: QWidget | None = None) -> str:
        """Everything that stands in texts, a line each."""
        texts = (widget or self.screen).findChildren(Text)
        return "\n".join(one.text() for one in texts if one.isVisibleTo(self.window) and one.text())
