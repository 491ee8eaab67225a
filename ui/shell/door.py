"""What every door is made of: a card with a form that emits what was typed and is told how it went.

Doors know no key and no network, and never keep a secret once it has been handed on.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Role, Tone, Voice, look_of
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, IconMark, scrolled
from ui.widgets.field import Field
from ui.widgets.fitted import bring_into_sight
from ui.widgets.layout import Box, Column, Row
from ui.widgets.text import Text

WIDTH = 420
"""Of a card, at the usual size of text."""


class Door(QWidget):
    """A card in the middle of a quiet ground."""

    def __init__(self, icon_name: str, title: str, sentence: str, marking: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.title = Text(title, Role.TITLE)
        self.sentence = Text(sentence, Role.BASE, Voice.LABEL, wrap=True)
        self.notice = Column(gap=8)
        self.card = Card(padding=24, gap=14)
        self.card.put(Row(IconMark(icon_name, 20, Voice.ACCENT), self.title, None, gap=10))
        self.card.put(self.sentence)
        self.card.put(self.notice)
        self._foot = Text(marking, Role.SMALL, Voice.ASIDE, align=Qt.AlignmentFlag.AlignHCenter)
        self._middle = Box(Column(self.card))
        self._middle.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        # At twice the text a long form is taller than the window: it scrolls, and is never squeezed.
        self._above, self._across = Row(None, None), Row(None, self._middle, None, gap=16)
        form = Box(Column(None, self._above, self._across, None, gap=0, margins=(24, 24, 24, 8)))
        rows = Column(gap=0, margins=(0, 0, 0, 16))
        rows.put(scrolled(form), 1)
        rows.put(self._foot)
        self.setLayout(rows)
        self._inputs: tuple[QWidget, ...] = ()
        self._button: ActionButton | None = None
        self._words = ""
        self.relook()

    def relook(self) -> None:
        self._middle.setFixedWidth(look_of(self).px(WIDTH))

    def set_marking(self, marking: str) -> None:
        self._foot.setText(marking)

    def _act(self, button: ActionButton, fields: Sequence[Field]) -> None:
        self._button, self._words, self._inputs = button, button.text(), tuple(fields)
        for field in fields:
            self.card.put(field)
        self.card.put(Row(button, None))

    def _all_typed(self, *asked: tuple[Field, str]) -> bool:
        """Say at each empty field what belongs in it, and put focus in the first."""
        missing = [(field, sentence) for field, sentence in asked if not field.value().strip()]
        for field, sentence in missing:
            field.show_error(sentence)
        if missing:
            missing[0][0].setFocus()
            bring_into_sight(missing[0][0])
        return not missing

    def busy(self, words: str) -> None:
        """Say what is being done; the form waits, and nothing typed in it is lost."""
        self.clear_notice()
        for field in self._inputs:
            field.setEnabled(False)
        if self._button is not None:
            self._button.setText(words)
            self._button.setEnabled(False)
            self._button.updateGeometry()

    def ready(self) -> None:
        for field in self._inputs:
            field.setEnabled(True)
        if self._button is not None:
            self._button.setText(self._words)
            self._button.setEnabled(True)
            self._button.updateGeometry()

    def clear_notice(self) -> None:
        while (taken := self.notice.takeAt(0)) is not None:
            if (widget := taken.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def tell(self, sentence: str, detail: str = "", tone: Tone = Tone.AMBER) -> None:
        """A sentence above the fields: offline, no keyring, revoked."""
        self.ready()
        self.clear_notice()
        self.notice.addWidget(Banner(sentence, detail, tone=tone))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), look_of(self).colour("ground"))
