"""The systems that were searched: those named before as ticks, and a field for one more."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.theme import Role, Voice
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.text import Text
from ui.widgets.tick import TickBox


class SystemsBlock(QWidget):
    """``systems()`` are those ticked. A new name is ticked on Enter, or when the field is left."""

    edited = Signal()

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__()
        self._ticks: dict[str, TickBox] = {}
        self._flow = Flow(gap=4)
        self.more = Field("", placeholder="Another system, Enter", accessible_name="Another system searched")
        self.more.setObjectName("requests.systems.more")
        self._named_before = Box(self._flow)
        self._named_before.hide()
        row = Row(self._named_before, gap=8)
        row.put(self.more, 1)
        self.setLayout(Column(Text("Systems searched", Role.SMALL, Voice.LABEL), row, gap=4))
        for name in known:
            self._tick(name, False)
        self.more.entered.connect(self._named)
        self.more.left.connect(self._named)
        self.more.changed.connect(self.edited)

    def systems(self) -> tuple[str, ...]:
        """What is ticked, and a name that stands in the field."""
        named = [name for name, tick in self._ticks.items() if tick.isChecked()]
        return tuple(dict.fromkeys([*named, *filter(None, [self.more.value().strip()])]))

    def fill(self, systems: Iterable[str]) -> None:
        for name in systems:
            self._tick(name, True)

    def refuse(self, sentence: str) -> None:
        self.more.show_error(sentence)
        self.more.setFocus()

    def _tick(self, name: str, on: bool) -> None:
        tick = self._ticks.get(name)
        if tick is None:
            tick = self._ticks[name] = TickBox(name, accessible_name=f"Searched {name}")
            tick.setObjectName(f"requests.systems.{name}")
            tick.clicked.connect(self._ticked)
            self._flow.addWidget(tick)
            self._named_before.show()
        tick.setChecked(on)

    def _ticked(self) -> None:
        self.more.clear_error()
        self.edited.emit()

    def _named(self) -> None:
        name = self.more.value().strip()
        if name:
            self._tick(name, True)
            self.more.set_value("")
            self.edited.emit()
