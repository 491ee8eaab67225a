"""The key help (F1): every key that works here, grouped. It lists what is bound; nothing is written twice."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ui.keys import Binding, keys
from ui.shell.overlay import Overlay
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton, KeyCap
from ui.widgets.card import SectionHeading, scrolled
from ui.widgets.layout import Box, Column, Row, empty
from ui.widgets.text import Text

_HERE = "On this screen"


class KeyHelp(Overlay):
    """Two columns of keys and what they do."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, 860, top=48, name="Keys")
        self._columns = Row(gap=32)
        close = ActionButton("Close", "Esc", accessible_name="Close the list of keys")
        close.clicked.connect(self.dismiss)
        self.close_button = close
        head = Row(Text("Keys", Role.TITLE), None, close)
        note = Text(
            "Letters on their own never act while you type in a field.", Role.SMALL, Voice.ASIDE, wrap=True
        )
        self.sheet.setLayout(
            Column(head, note, scrolled(Box(self._columns)), gap=10, margins=(20, 16, 20, 16))
        )

    def open(self) -> None:
        self._fill(keys.commands(self.window()))
        super().open()
        self.close_button.setFocus()

    def _fill(self, bindings: list[Binding]) -> None:
        empty(self._columns)
        groups: dict[str, list[Binding]] = {}
        for binding in bindings:
            if binding.cap:
                groups.setdefault(binding.group or _HERE, []).append(binding)
        left, right = Column(gap=6), Column(gap=6)
        here = groups.pop(_HERE, [])
        self._group(left, _HERE, here)
        for name, bound in groups.items():
            self._group(right if here else min((left, right), key=lambda c: c.count()), name, bound)
        for column in (left, right):
            column.put(None)
            self._columns.put(column, 1)

    def _group(self, column: Column, name: str, bindings: list[Binding]) -> None:
        if not bindings:
            return
        column.put(Box(Row(SectionHeading(name), margins=(0, 8 if column.count() else 0, 0, 0))))
        for binding in bindings:
            column.put(Row(Text(binding.label), None, KeyCap(binding.key)))
