"""Small yes-or-no and one-of-few controls: the tick box and the row of choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.theme import Role, Tone, look_of
from ui.widgets.painting import draw_line, focus_ring, line_width, panel


class TickBox(QCheckBox):
    """A yes or no with its words; Space toggles."""

    def __init__(
        self, text: str, checked: bool = False, *, accessible_name: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self.setChecked(checked)
        self.setAccessibleName(accessible_name or text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = look_of(self)
        width = look.px(24) + line_width(self.text(), look.font(Role.BASE)) + look.px(6)
        return QSize(round(width), look.px(26))

    def hitButton(self, pos: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        side = look.px(16)
        box = QRectF(look.px(3), (self.height() - side) / 2, side, side)
        fill = look.colour("accent" if self.isChecked() and self.isEnabled() else "panel")
        edge = look.colour("ink3" if not self.isEnabled() else "accent" if self.isChecked() else "edge")
        panel(painter, box, look.px(4), fill, edge)
        if self.isChecked():
            mark = look.colour("on_strong" if self.isEnabled() else "ink3")
            draw_line(painter, box, "✓", look.font(Role.SMALL_BOLD), mark, Qt.AlignmentFlag.AlignHCenter)
        ink = look.colour("ink" if self.isEnabled() else "ink3")
        words = QRectF(box.right() + look.px(8), 0, self.width(), self.height())
        draw_line(painter, words, self.text(), look.font(Role.BASE), ink)
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), look.px(6), look)


class _ChoiceButton(QPushButton):
    def __init__(self, text: str, name: str, tone: Tone | None) -> None:
        super().__init__(text)
        self._tone = tone
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(
            round(line_width(self.text(), look.font(Role.BASE_BOLD)) + 2 * look.px(10) + 1), look.px(30)
        )

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            event.ignore()  # the row moves the choice; Qt would move the focus alone
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        rect, radius = QRectF(self.rect()), look.px(6)
        on, tone = self.isChecked(), self._tone or Tone.ACCENT
        fill = look.wash(tone) if on else look.colour("selection" if self.underMouse() else "panel")
        panel(painter, rect, radius, fill, look.tone(tone) if on else look.colour("edge"))
        ink = look.tone(tone) if on or self._tone else look.colour("ink")
        if not self.isEnabled():
            ink = look.colour("ink3")
        draw_line(
            painter,
            rect,
            self.text(),
            look.font(Role.BASE_BOLD if on else Role.BASE),
            ink,
            Qt.AlignmentFlag.AlignHCenter,
        )
        if self.hasFocus():
            focus_ring(painter, rect, radius, look)


class ChoiceRow(QWidget):
    """One of a few, all in sight: arrows move, ``chosen`` fires with the code. ``tones`` colours a choice."""

    chosen = Signal(str)

    def __init__(
        self,
        choices: Sequence[tuple[str, str]],
        value: str = "",
        *,
        accessible_name: str,
        tones: Mapping[str, Tone] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._buttons: dict[str, _ChoiceButton] = {}
        for code, words in choices:
            button = _ChoiceButton(words, f"{accessible_name}: {words}", (tones or {}).get(code))
            button.setChecked(code == value)
            button.clicked.connect(lambda _=False, code=code: self.chosen.emit(code))
            self._buttons[code] = button
            row.addWidget(button)
        row.addStretch(1)
        first = self._buttons.get(value) or next(iter(self._buttons.values()))
        self.setFocusProxy(first)

    def value(self) -> str:
        return next((code for code, button in self._buttons.items() if button.isChecked()), "")

    def set_value(self, value: str) -> None:
        if value in self._buttons:
            self._buttons[value].setChecked(True)

    def button(self, code: str) -> QPushButton:
        return self._buttons[code]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        focused = [code for code, button in self._buttons.items() if button.hasFocus()]
        if step is None or not focused:
            super().keyPressEvent(event)
            return
        codes = list(self._buttons)
        to = codes[(codes.index(focused[0]) + step) % len(codes)]
        self._buttons[to].setFocus(Qt.FocusReason.TabFocusReason)
        self._buttons[to].click()
