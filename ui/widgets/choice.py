"""A field with a few answers to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyleOptionComboBox, QStylePainter, QWidget

from ui.keys import TypedHere
from ui.theme import icon_pixmap, look_of
from ui.widgets.field import BaseField


class _Choice(QComboBox):
    def __init__(self) -> None:
        super().__init__()
        self._letters = TypedHere(self)
        self.installEventFilter(self._letters)

    def wheelEvent(self, event: QWheelEvent) -> None:
        # A wheel meant for the page must not change an answer.
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter, option = look_of(self), QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        size = look.px(16)
        room = self.width() - size - look.px(22)
        # The style would cut long words off in the middle of a letter.
        option.currentText = self.fontMetrics().elidedText(
            option.currentText or self.placeholderText(), Qt.TextElideMode.ElideRight, room
        )
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        pixmap = icon_pixmap("chevron-down", look.colour("ink2"), size, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - size - look.px(6), round((self.height() - size) / 2), pixmap)


class ChoiceField(BaseField):
    """One of a few answers, by ``(code, words)``; ``value`` is the code, empty while unanswered."""

    def __init__(
        self,
        label: str,
        choices: Sequence[tuple[str, str]],
        value: str = "",
        *,
        placeholder: str = "",
        aside: str | QWidget = "",
        accessible_name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self.box = _Choice()
        self.box.setPlaceholderText(placeholder or "–")
        super().__init__(label, self.box, accessible_name, aside, parent)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(6)
        self.set_choices(choices)
        self.set_value(value)
        self.box.activated.connect(self._edited)

    def set_choices(self, choices: Sequence[tuple[str, str]]) -> None:
        """Replace the answers on offer; the one given stays if it is still among them."""
        kept = self.value()
        self.box.clear()
        for code, words in choices:
            self.box.addItem(words, code)
        self.box.setCurrentIndex(self.box.findData(kept))

    def value(self) -> str:
        return str(self.box.currentData() or "")

    def set_value(self, value: str) -> None:
        self.box.setCurrentIndex(self.box.findData(value))
        self.typed = False
