"""A row of fields that share the width by weight, and that breaks where large text leaves too little."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui.theme import look_of

_GAP, _LEAST = 10, 116


class FieldRow(QLayout):
    """``FieldRow(a, b, c, shares=(5, 3, 2))``. ``least`` is the least width of each at 100 %.

    What is lower than its neighbours, as a tick without a label is, stands at the foot of the row.
    """

    def __init__(self, *pieces: QWidget, shares: Sequence[int], least: int = _LEAST) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._shares = list(shares)
        self._least = least
        self.setContentsMargins(0, 0, 0, 0)
        for piece in pieces:
            self.addWidget(piece)

    def add(self, piece: QWidget, share: int) -> None:
        self._shares.append(share)
        self.addWidget(piece)

    def rescale(self) -> None:
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        if not 0 <= index < len(self._items):
            return None
        del self._shares[index]
        return self._items.pop(index)

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        look = look_of(self.parentWidget())
        shown = [item for item in self._items if not item.isEmpty()]
        width = len(shown) * look.px(self._least) + max(len(shown) - 1, 0) * look.px(_GAP)
        return QSize(width, max((item.sizeHint().height() for item in shown), default=0))

    def minimumSize(self) -> QSize:
        shown = [item for item in self._items if not item.isEmpty()]
        height = max((item.minimumSize().height() for item in shown), default=0)
        return QSize(look_of(self.parentWidget()).px(self._least), height)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, int]]]:
        look = look_of(self.parentWidget())
        least, gap = look.px(self._least), look.px(_GAP)
        shown = [(i, s) for i, s in zip(self._items, self._shares, strict=True) if not i.isEmpty()]
        fitting = max((width + gap) // (least + gap), 1)
        # Lines of even length look meant: seven fields of which six fit make four and three.
        lines = -(-len(shown) // fitting) or 1
        each = -(-len(shown) // lines) or 1
        return [shown[at : at + each] for at in range(0, len(shown), each)]

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        gap = look_of(self.parentWidget()).px(_GAP)
        y = rect.y()
        for line in self._lines(rect.width()):
            room, total = rect.width() - gap * (len(line) - 1), sum(share for _, share in line)
            x = rect.x()
            widths = [room * share // total for _, share in line]
            heights = [_height(item, width) for (item, _), width in zip(line, widths, strict=True)]
            height = max(heights)
            for (item, _), width, own in zip(line, widths, heights, strict=True):
                if move:
                    item.setGeometry(QRect(x, y + height - own, width, own))
                x += width + gap
            y += height + gap
        return max(y - gap - rect.y(), 0)


def _height(item: QLayoutItem, width: int) -> int:
    return item.heightForWidth(width) if item.hasHeightForWidth() else item.sizeHint().height()
