"""What a place shows when it has nothing to show: empty, loading, or in error. All three are sentences."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Role, Voice, look_of
from ui.widgets.button import ActionButton
from ui.widgets.card import IconMark
from ui.widgets.layout import Column, Row
from ui.widgets.painting import panel
from ui.widgets.text import Text


class _State(QWidget):
    def __init__(
        self,
        icon_name: str,
        voice: Voice,
        title: str,
        sentence: str,
        action: ActionButton | None,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(f"{title}. {sentence}")
        self.title = Text(title, Role.TITLE, Voice.INK, wrap=True, align=Qt.AlignmentFlag.AlignHCenter)
        self.sentence = Text(sentence, Role.BASE, Voice.LABEL, wrap=True, align=Qt.AlignmentFlag.AlignHCenter)
        rows = Column(None, Row(None, IconMark(icon_name, 28, voice), None), gap=10, margins=24)
        rows.put(self.title)
        rows.put(self.sentence)
        if action is not None:
            rows.put(Row(None, action, None))
        rows.put(None)
        self.setLayout(rows)


class EmptyState(_State):
    """``EmptyState("inbox", "No request waits", "Requests to your agency appear here.", button)``."""

    def __init__(
        self,
        icon_name: str,
        title: str,
        sentence: str,
        action: ActionButton | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(icon_name, Voice.ASIDE, title, sentence, action, parent)


class ErrorState(_State):
    """What went wrong and what to do; ``retry`` adds the button for it (key R)."""

    def __init__(
        self,
        title: str,
        sentence: str,
        retry: Callable[[], object] | None = None,
        *,
        parent: QWidget | None = None,
    ) -> None:
        button = None
        if retry is not None:
            button = ActionButton("Try again", "R", accessible_name="Try again")
            button.clicked.connect(retry)
        super().__init__("circle-alert", Voice.RED, title, sentence, button, parent)


class SkeletonRows(QWidget):
    """Rows to come: quiet bars where words will stand. Still, so that it distracts nobody."""

    _SHARES = (0.62, 0.48, 0.7, 0.55, 0.4)

    def __init__(self, rows: int = 6, *, what: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self.setAccessibleName(f"{what} are being read")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(320), look.px(34) * self._rows)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        row, bar, pad = look.px(34), look.px(10), look.px(8)
        fill = look.colour("line")
        for at in range(self._rows):
            middle = at * row + row / 2
            first = QRectF(pad, middle - bar / 2, self.width() * 0.14, bar)
            panel(painter, first, bar / 2, fill, None)
            left = first.right() + pad * 2
            share = self._SHARES[at % len(self._SHARES)]
            second = QRectF(left, middle - bar / 2, (self.width() - left - pad) * share, bar)
            panel(painter, second, bar / 2, fill, None)
            painter.fillRect(QRectF(0, (at + 1) * row - 1, self.width(), 1), fill)
