"""One screen in a window on a real desk, driven by keys and clicks as a person drives it."""

from __future__ import annotations

from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from ui.screen import Screen
from ui.shell.main_window import MainWindow
from ui.widgets.field import Field, TextField
from ui.widgets.text import Text
from ui.work import Worker

NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier

S = TypeVar("S", bound=Screen)


class Elsewhere(Screen):
    """A place that a screen leads to, with nothing in it."""

    def __init__(self, worker: Worker, place: str) -> None:
        self.place_id = self.title = place
        super().__init__(worker)


class Driven(Generic[S]):
    """``settle`` waits for the worker and shows each change, as the composition does it.

    Every other way to act here settles afterwards. ``others`` are places that the screen may lead to.
    """

    def __init__(
        self,
        qtbot: QtBot,
        worker: Worker,
        desk: Desk,
        screen: S,
        *others: str,
        size: tuple[int, int] = (1366, 768),
    ) -> None:
        self.qtbot, self.worker, self.desk, self.screen = qtbot, worker, desk, screen
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.asked_to_open: list[tuple[str, str]] = []
        self.said: list[str] = []
        self.pending: list[object] = []
        screen.says.connect(self.said.append)
        screen.asks_to_open.connect(lambda place, stream: self.asked_to_open.append((place, stream)))
        self.window.add_screen(screen)
        for place in others:
            self.window.add_screen(Elsewhere(worker, place))
        desk.listen(self.pending.append)
        self.window.resize(*size)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
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
            self.window.show_change(self.pending.pop(0))

    def focused(self) -> QWidget:
        return self.window.focusWidget() or self.window

    def press(self, keys: Qt.Key | str, modifier: Qt.KeyboardModifier = NONE) -> None:
        """Press a key where the focus is, or letters one after the other: ``press("hh")``."""
        if isinstance(keys, str):
            for letter in keys:
                QTest.keyClicks(self.focused(), letter, modifier)
        else:
            QTest.keyClick(self.focused(), keys, modifier)
        self.settle()

    def save(self) -> None:
        self.press(Qt.Key.Key_Return, CONTROL)

    def type(self, words: str) -> None:
        """Type into what has focus; Qt's test keys know ASCII only."""
        QTest.keyClicks(self.focused(), words)
        self.settle()

    def write(self, name: str, words: str) -> None:
        """Go to a field and type at its end."""
        self.find(name).setFocus()
        self.type(words)

    def find(self, name: str) -> QWidget:
        """The widget of this object name that can be seen."""
        found = [one for one in self.window.findChildren(QWidget, name) if one.isVisibleTo(self.window)]
        assert found, f"nothing is named {name}"
        return found[-1]

    def text(self, name: str) -> str:
        field = self.find(name)
        assert isinstance(field, (Field, TextField))
        return field.value()

    def words(self, widget: QWidget | None = None) -> str:
        """Everything that stands in texts, a line each."""
        texts = (widget or self.screen).findChildren(Text)
        return "\n".join(one.text() for one in texts if one.isVisibleTo(self.window) and one.text())

    def click(self, name: str) -> None:
        widget = self.find(name)
        assert widget.isEnabled(), f"{name} is asleep"
        self.press_mouse(widget)

    def press_mouse(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.settle()
