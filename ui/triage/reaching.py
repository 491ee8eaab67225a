"""How one person is reached, in the form of a person: each way with whether it is safe, and one more.

Each is kept at once; the screen talks to the desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.triage.reaching import MEDIA, Reach
from ui.triage.fields import FieldRow
from ui.widgets.button import ActionButton
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Flow, empty

_SAFE = (("yes", "Safe to use"), ("no", "Not safe"))


class ReachPart(QWidget):
    """``added`` fires with medium, value and whether it is safe; ``said`` with a detail and whether it is."""

    added = Signal(str, str, str)
    said = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[str, ChoiceField] = {}
        self._row = Flow(gap=10)
        self._box = Box(self._row)
        self._medium = ChoiceField("Reached by", MEDIA, MEDIA[0][0])
        self._value, self._safe = Field("Number or address"), ChoiceField("Safe to use?", _SAFE)
        for name, field in (("medium", self._medium), ("value", self._value), ("safe", self._safe)):
            field.control.setObjectName(f"triage.person.reach.{name}")
        add = ActionButton("Add", "Alt+P", accessible_name="Add this way to reach the person", compact=True)
        add.setObjectName("triage.person.add_reach")
        add.clicked.connect(self._add)
        new = FieldRow(self._medium, self._value, self._safe, add, shares=(3, 6, 3, 2))
        self.setLayout(Column(self._box, new, gap=8))

    def show_ways(self, ways: Sequence[Reach]) -> None:
        if list(self._held) != [way.detail for way in ways]:
            empty(self._row)
            self._held = {}
            for way in ways:
                field = ChoiceField(way.words, _SAFE)
                field.setObjectName(f"triage.person.reach.{way.detail}")
                field.changed.connect(partial(self._say, way.detail))
                self._held[way.detail] = field
                self._row.addWidget(field)
        for way in ways:
            self._held[way.detail].set_value(way.safe)
        self._box.setVisible(bool(ways))

    def _say(self, detail: str) -> None:
        self.said.emit(detail, self._held[detail].value())

    def _add(self) -> None:
        self.added.emit(self._medium.value(), self._value.value(), self._safe.value())

    def clear(self) -> None:
        """Another person is shown, or what was typed has been kept."""
        self._value.set_value("")
        self._value.clear_error()
        self._safe.set_value("")

    def refuse(self, sentence: str) -> None:
        self._value.show_error(sentence)
