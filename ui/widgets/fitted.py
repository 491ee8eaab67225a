"""What fits into the height there is: a page's middle, rows on a wall; and what a key led to, in sight."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QSizePolicy, QWidget

from ui.widgets.layout import Box
from ui.widgets.text import Text


class Fitted(Box):
    """Beside panels exactly as tall as the room there is; below them as tall as it wants to be.

    Wrapped words make a layout ask for the height that its width needs, and a scroll area then grants it.
    """

    def hasHeightForWidth(self) -> bool:
        parent = self.parentWidget()
        layout = parent.layout() if parent is not None else None
        below = QBoxLayout.Direction.TopToBottom
        return isinstance(layout, QBoxLayout) and layout.direction() == below and super().hasHeightForWidth()


class AsManyAsFit(QWidget):
    """Rows from the top while there is room; ``more`` says how many are left out, *and 3 earlier*."""

    def __init__(self, rows: Sequence[QWidget], more: Text, words: Callable[[int], str], gap: int) -> None:
        super().__init__()
        self._rows, self._more, self._words, self._gap = tuple(rows), more, words, gap
        for row in (*self._rows, more):
            row.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def left_out(self) -> int:
        """How many rows found no room."""
        return sum(row.isHidden() for row in self._rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def relook(self) -> None:
        self._arrange()

    def _arrange(self) -> None:
        width, room = self.width(), self.height()
        heights = [max(row.heightForWidth(width), row.sizeHint().height() * (not row.hasHeightForWidth()))
                   for row in self._rows]  # fmt: skip
        line = self._more.sizeHint().height()
        shown, y = 0, 0
        for at, height in enumerate(heights):
            last = at == len(heights) - 1
            if y + height + (0 if last else self._gap + line) > room:
                break
            self._rows[at].setGeometry(0, y, width, height)
            y += height + self._gap
            shown += 1
        for at, row in enumerate(self._rows):
            row.setVisible(at < shown)
        left = len(self._rows) - shown
        self._more.setText(self._words(left) if left else "")
        self._more.setGeometry(0, y, width, line)
        self._more.setVisible(left > 0)


def bring_into_sight(widget: QWidget) -> None:
    """Scroll whatever holds a widget until it is seen."""
    at = widget.parentWidget()
    while at is not None:
        if isinstance(at, QScrollArea):
            at.ensureWidgetVisible(widget, 0, min(at.height() // 4, widget.height()))
        at = at.parentWidget()
