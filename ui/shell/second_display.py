"""The window for the room: dark, large, frameless and full-screen on another display if there is one.

It is a base: the round table fills ``body``. It shows nothing while locked, and holds no controls.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.theme import Look, Mode, Role, Voice, dress, look_of
from ui.widgets.layout import Box, Column, Row
from ui.widgets.text import Text


class SecondDisplay(QWidget):
    """Title and foot around ``body``. Sizes are for reading across a room; they follow its height."""

    def __init__(self, *, marking: str) -> None:
        super().__init__(None, Qt.WindowType.Window | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Second display")
        self.setAccessibleName("Second display")
        self.own_look = Look(Mode.DARK, 1.0)
        self.title = Text("", Role.DISPLAY_TITLE)
        self.head = Row(self.title, gap=24)
        self.case = Text("", Role.DISPLAY, Voice.LABEL)
        self.body = Column(gap=24)
        self.foot_left = Text(
            f"Only what everyone present may see · {marking}", Role.DISPLAY_FOOT, Voice.ASIDE
        )
        self.foot_right = Text("", Role.DISPLAY_FOOT, Voice.ASIDE)
        rows = Column(gap=40, margins=(72, 52, 72, 44))
        rows.put(Row(self.head, None, self.case, gap=24))
        rows.put(self.body, 1)
        rows.put(Row(self.foot_left, None, self.foot_right))
        self._pages = QStackedWidget()
        self._pages.addWidget(Box(rows))
        locked = Text("Locked", Role.DISPLAY, Voice.ASIDE, align=Qt.AlignmentFlag.AlignHCenter)
        self._pages.addWidget(Box(Column(None, locked, None)))
        self.setLayout(Column(self._pages))
        dress(self, self.own_look)

    def show_on_other_screen(self) -> None:
        """Full-screen on a display other than the one in use, or as a window where there is only one."""
        here = QGuiApplication.primaryScreen()
        others = [screen for screen in QGuiApplication.screens() if screen is not here]
        if others:
            self.setGeometry(others[0].geometry())
            self.showFullScreen()
        else:
            self.resize(1280, 720)
            self.show()

    def lock(self) -> None:
        """Show nothing of a case until unlocked."""
        self._pages.setCurrentIndex(1)

    def unlock(self) -> None:
        self._pages.setCurrentIndex(0)

    def refresh_look(self) -> None:
        """Dress what was put in since: call after filling ``body``."""
        dress(self, self.own_look)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), look_of(self).colour("ground"))
