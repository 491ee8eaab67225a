"""What must be told across a screen: a banner stays until it is dealt with, a toast goes by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRectF, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QWidget

from ui.theme import Role, Tone, Voice, look_of
from ui.widgets.button import ActionButton
from ui.widgets.card import IconMark
from ui.widgets.layout import Column, Row, Snug
from ui.widgets.painting import panel
from ui.widgets.text import Text

_ICONS = {
    Tone.RED: "circle-x",
    Tone.AMBER: "triangle-alert",
    Tone.GREEN: "circle-check",
    Tone.ACCENT: "info",
    Tone.VIOLET: "info",
    Tone.NEUTRAL: "info",
}


class Banner(Snug):
    """A refused act, a conflict, a lease that ends: what it is, what to do, and the buttons for it."""

    def __init__(
        self,
        sentence: str,
        detail: str = "",
        *actions: ActionButton,
        tone: Tone = Tone.AMBER,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setAccessibleName(f"{sentence} {detail}".strip())
        told = [Text(sentence, Role.BASE_BOLD, wrap=True)]
        if detail:
            told.append(Text(detail, Role.BASE, Voice.LABEL, wrap=True))
        # In the middle of the height that its buttons take.
        words = Column(None, *told, None, gap=2)
        voice = Voice.LABEL if tone is Tone.NEUTRAL else Voice(tone.value)
        row = Row(IconMark(_ICONS[tone], 20, voice), gap=10, margins=(14, 8, 8, 8))
        row.put(words, 1)
        for action in actions:
            row.put(action)
        self.setLayout(row)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        rect = QRectF(self.rect())
        ink = look.tone(self._tone)
        edge = QColor(ink)
        edge.setAlphaF(1.0 if look.tokens.outlined else 0.35)
        panel(painter, rect, look.px(8), look.wash(self._tone), edge)


class Toast(QFrame):
    """Over the status bar, where it covers no content: what was done, and how to undo it, for a while."""

    def __init__(self, over: QWidget, seconds: int = 8) -> None:
        super().__init__(over)
        self._over = over
        self._text = Text("", Role.BASE)
        self._row = Row(self._text, gap=12, margins=(14, 4, 8, 4))
        self.setLayout(self._row)
        self._undo: ActionButton | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(seconds * 1000)
        self._timer.timeout.connect(self.hide)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 4)
        shadow.setColor(QColor(0, 0, 0, 70))
        self.setGraphicsEffect(shadow)
        over.installEventFilter(self)
        self.hide()

    def say(self, sentence: str, undo: Callable[[], object] | None = None) -> None:
        """Show a sentence; ``undo`` adds a button (Ctrl Z) that takes it back."""
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        if self._undo is not None:
            self._undo.hide()
            self._undo.deleteLater()
            self._undo = None
        if undo is not None:
            self._undo = ActionButton("Undo", "Ctrl+Z", accessible_name=f"Undo: {sentence}", compact=True)
            self._undo.clicked.connect(undo)
            self._undo.clicked.connect(self.hide)
            self._row.addWidget(self._undo)
        self._place()
        self.show()
        self.raise_()
        self._timer.start()

    def _place(self) -> None:
        over = self._over
        size = self._row.totalSizeHint()
        width = min(size.width() + 8, over.width() - 32)
        foot = over.height() - size.height() - look_of(self).px(2)
        self.setGeometry((over.width() - width) // 2, foot, width, size.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = look_of(self)
        panel(QPainter(self), QRectF(self.rect()), look.px(8), look.colour("panel"), look.colour("edge"))
