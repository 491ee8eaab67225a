"""Settings of this desktop for this person: theme and text size. They act at once."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from ui.theme import Mode, Role, Voice, look_of
from ui.widgets.card import Card
from ui.widgets.layout import Column, Row
from ui.widgets.painting import focus_ring, panel
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow

_THEMES = (
    (Mode.LIGHT.value, "Light"),
    (Mode.DARK.value, "Dark"),
    (Mode.HIGH_CONTRAST.value, "High contrast"),
)
_STEP = 10


class _SizeSlider(QSlider):
    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(100, 200)
        self.setSingleStep(_STEP)
        self.setPageStep(25)
        self.setAccessibleName("Text size in per cent")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(220), look.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        knob = look.px(18)
        middle = self.height() / 2
        room = self.width() - knob - 8
        share = (self.value() - self.minimum()) / (self.maximum() - self.minimum())
        x = 4 + room * share
        track = QRectF(4, middle - 2, self.width() - 8, 4)
        panel(painter, track, 2, look.colour("edge"), None)
        panel(painter, QRectF(4, middle - 2, x - 4 + knob / 2, 4), 2, look.colour("accent"), None)
        panel(painter, QRectF(x, middle - knob / 2, knob, knob), knob / 2, look.colour("panel"),
              look.colour("accent"), 2)  # fmt: skip
        if self.hasFocus():
            focus_ring(painter, QRectF(self.rect()), look.px(6), look)


class SettingsPage(QWidget):
    """``changed`` with mode and scale; who listens applies and remembers them."""

    changed = Signal(str, float)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Settings")
        self.theme = ChoiceRow(_THEMES, Mode.LIGHT.value, accessible_name="Theme")
        self.theme.chosen.connect(self._tell)
        self.text_size = _SizeSlider()
        self.text_size.valueChanged.connect(self._tell)
        self._percent = Text("", Role.BASE_BOLD)
        look = Card("Theme", "acts at once", self.theme)
        size = Card(
            "Text size",
            self._percent,
            self.text_size,
            Text(
                "Everything grows with it: rows, fields, gaps. Ctrl + and Ctrl − work anywhere.",
                Role.SMALL,
                Voice.ASIDE,
                wrap=True,
            ),
            Text("Mia Carter, 3 Apr 2017 · ISL-26-04417 · 01785 555 0142"),
        )
        self._middle = QWidget()
        self._cards = Column(look, size, None, gap=10)
        self._middle.setLayout(self._cards)
        self.setLayout(Row(self._middle, None, margins=12))
        self.relook()

    def add_cards(self, *cards: Card) -> None:
        """What else there is to set, below."""
        for card in cards:
            self._cards.insertWidget(self._cards.count() - 1, card)

    def relook(self) -> None:
        """Show the look in force, whoever set it."""
        look = look_of(self)
        self._middle.setFixedWidth(min(look.px(560), 900))
        self.theme.set_value(look.mode.value)
        self.text_size.blockSignals(True)
        self.text_size.setValue(round(look.scale * 100))
        self.text_size.blockSignals(False)
        self.text_size.update()
        self._say()

    def _say(self) -> None:
        self._percent.setText(f"{self.text_size.value()} %")

    def _tell(self) -> None:
        self._say()
        self.changed.emit(self.theme.value(), self.text_size.value() / 100)
