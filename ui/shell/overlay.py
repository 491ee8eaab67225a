"""A panel floating over a window: it dims what is beneath, takes the keys, and leaves on Escape."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsDropShadowEffect, QWidget

from ui.keys import keys
from ui.theme import look_of
from ui.widgets.painting import panel


class Overlay(QWidget):
    """Put content into ``sheet``; ``open`` and ``dismiss`` show and hide it."""

    dismissed = Signal()

    def __init__(self, over: QWidget, width: int, *, top: int = 64, name: str) -> None:
        super().__init__(over)
        self._over, self._width, self._top = over, width, top
        self._before: QWidget | None = None
        self.setAccessibleName(name)
        self.sheet = _Sheet(self)
        over.installEventFilter(self)
        keys.add_overlay(self)
        self.hide()

    def open(self) -> None:
        self._before = QApplication.focusWidget()
        self._place()
        self.show()
        self.raise_()
        self._place()

    def dismiss(self) -> None:
        """Hide, and give focus back to where it was, unless that has gone meanwhile."""
        if not self.isHidden():
            self.hide()
            before, self._before = self._before, None
            if before is not None and shiboken6.isValid(before) and before.isVisible():
                before.setFocus(Qt.FocusReason.OtherFocusReason)
            self.dismissed.emit()

    def _place(self) -> None:
        over = self._over
        self.setGeometry(over.rect())
        look = look_of(self)
        width = min(look.px(self._width), over.width() - 32)
        top = min(look.px(self._top), over.height() // 8)
        layout = self.sheet.layout()
        height = over.height() - 2 * top
        if layout is not None:
            layout.activate()
            wanted = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else 0
            height = min(height, max(wanted, self.sheet.sizeHint().height()))
        self.sheet.setGeometry((over.width() - width) // 2, top, width, height)

    def relook(self) -> None:
        if not self.isHidden():
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        # Tab goes round within the sheet: what is beneath is not to be reached.
        stops = [
            child
            for child in self.sheet.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus
            and child.isVisible()
            and child.isEnabled()
            and child.focusProxy() is None
        ]
        if stops:
            focused = QApplication.focusWidget()
            at = stops.index(focused) if focused in stops else -1
            step = 1 if forward else -1
            stops[(at + step) % len(stops)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.sheet.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(10, 16, 22, 96))


class _Sheet(QFrame):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(40)
        shadow.setOffset(0, 8)
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = look_of(self)
        panel(QPainter(self), QRectF(self.rect()), look.px(10), look.colour("panel"), look.colour("edge"))
