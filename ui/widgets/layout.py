"""Rows and columns whose gaps and margins follow the text size.

Everything is laid out with these, so that no screen multiplies a pixel itself. Lengths are those at 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QLayout, QLayoutItem, QSizePolicy, QWidget

from ui.theme import look_of

_LAID_OUT = Qt.WidgetAttribute.WA_Resized


def _sides(margins: int | tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    return (margins,) * 4 if isinstance(margins, int) else margins


class _Box(QBoxLayout):
    def __init__(
        self,
        direction: QBoxLayout.Direction,
        pieces: Iterable[QWidget | QLayout | None],
        gap: int,
        margins: int | tuple[int, int, int, int],
    ) -> None:
        super().__init__(direction)
        self._gap, self._margins = gap, _sides(margins)
        self.rescale()
        for piece in pieces:
            self.put(piece)

    def put(self, piece: QWidget | QLayout | None, stretch: int = 0) -> None:
        """Append a widget or a layout; None is a stretch that takes what room is left."""
        if piece is None:
            self.addStretch(1)
        elif isinstance(piece, QWidget):
            self.addWidget(piece, stretch)
        else:
            self.addLayout(piece, stretch)

    def rescale(self) -> None:
        look = look_of(self.parentWidget())
        self.setSpacing(look.px(self._gap))
        left, top, right, bottom = (look.px(side) for side in self._margins)
        self.setContentsMargins(left, top, right, bottom)


class Row(_Box):
    """Left to right: ``Row(label, None, button)`` pushes the button to the right."""

    def __init__(
        self,
        *pieces: QWidget | QLayout | None,
        gap: int = 8,
        margins: int | tuple[int, int, int, int] = 0,
    ) -> None:
        super().__init__(QBoxLayout.Direction.LeftToRight, pieces, gap, margins)


class Column(_Box):
    """Top to bottom; None is a stretch."""

    def __init__(
        self,
        *pieces: QWidget | QLayout | None,
        gap: int = 10,
        margins: int | tuple[int, int, int, int] = 0,
    ) -> None:
        super().__init__(QBoxLayout.Direction.TopToBottom, pieces, gap, margins)


class Grid(QGridLayout):
    """A grid with scaled gaps; fill it with ``addWidget(widget, row, column)``."""

    def __init__(self, *, gap: int = 10, margins: int | tuple[int, int, int, int] = 0) -> None:
        super().__init__()
        self._gap, self._margins = gap, _sides(margins)
        self.rescale()

    def rescale(self) -> None:
        look = look_of(self.parentWidget())
        self.setSpacing(look.px(self._gap))
        left, top, right, bottom = (look.px(side) for side in self._margins)
        self.setContentsMargins(left, top, right, bottom)


class Box(QWidget):
    """A bare widget around a layout, where Qt wants a widget."""

    def __init__(self, layout: QLayout, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLayout(layout)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)


class Snug(QFrame):
    """A frame exactly as tall as its wrapped words need at the width it has got.

    Qt's fixed policy alone would keep the height of the unwrapped words and cut the rest off.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        hint, layout = super().sizeHint(), self.layout()
        if layout is not None and layout.hasHeightForWidth() and self.testAttribute(_LAID_OUT):
            hint.setHeight(layout.totalHeightForWidth(self.width()))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()


class Flow(QLayout):
    """Left to right as far as there is room, then on a further line: for pills and buttons."""

    def __init__(self, *widgets: QWidget, gap: int = 8) -> None:
        super().__init__()
        self._gap = gap
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        for widget in widgets:
            self.addWidget(widget)

    def rescale(self) -> None:
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        gaps = look_of(self.parentWidget()).px(self._gap) * max(len(shown) - 1, 0)
        return QSize(
            sum(size.width() for size in shown) + gaps, max((size.height() for size in shown), default=0)
        )

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        gap = look_of(self.parentWidget()).px(self._gap)
        x, y, height = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if x > rect.x() and x + size.width() > rect.right() + 1:
                x, y, height = rect.x(), y + height + gap, 0
            if move:
                item.setGeometry(QRect(x, y, min(size.width(), rect.width()), size.height()))
            x += size.width() + gap
            height = max(height, size.height())
        return y + height - rect.y()


def empty(layout: QLayout) -> None:
    """Take everything out of a layout and destroy it, before it is filled anew."""
    while (taken := layout.takeAt(0)) is not None:
        if (widget := taken.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := taken.layout()) is not None:
            empty(inner)
            inner.deleteLater()
