"""One chronology: rows that arrive by themselves, filters by agency and person, and what is relied on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal

from mash_desktop.desk.round_table import Line
from ui.round_table.faces import kind_face
from ui.theme import Role, Tone, Voice
from ui.widgets.button import KeyCap
from ui.widgets.card import Card, SectionHeading
from ui.widgets.choice import ChoiceField
from ui.widgets.layout import Box, Row
from ui.widgets.pill import PillFace
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text

_FRESH_MS = 8_000
NEW = PillFace("new", Tone.ACCENT)


class ChronologyCard(Card):
    """``relied_changed`` fires with the evidence in the order of choosing."""

    relied_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__(padding=1, gap=0)
        self._lines: tuple[Line, ...] = ()
        self._stream = ""
        self.fresh: frozenset[str] = frozenset()
        """Keys of the lines that have just arrived."""
        self.relied: tuple[str, ...] = ()
        self.agency = ChoiceField("", [("", "All agencies")], accessible_name="Chronology of which agency")
        self.person = ChoiceField("", [("", "All people")], accessible_name="Chronology about whom")
        for name, choice in (("agency", self.agency), ("person", self.person)):
            choice.setObjectName(f"table.filter.{name}")
            choice.changed.connect(self._show)
        self._count = Text("", Role.ASIDE, Voice.ASIDE)
        head = Row(SectionHeading("One chronology", icon_name="list"), None, self._count, gap=8,
                   margins=(11, 6, 11, 4))  # fmt: skip
        for piece in (self.agency, self.person, KeyCap("F")):
            head.put(piece)
        self.put(Box(head))
        self.table: DenseTable[Line] = DenseTable(
            [
                TableColumn("", lambda line: "✓" if line.evidence in self.relied else "", width=26),
                TableColumn("When", lambda line: line.when),
                TableColumn("From", lambda line: line.source),
                TableColumn("About", lambda line: line.about),
                TableColumn("What", lambda line: line.what, voice=self._voice, stretch=1, lines=2),
                TableColumn("Kind", self._kind_words, pills=self._kinds),
            ],
            key=lambda line: line.key,
            accessible_name="One chronology",
            fits=True,
        )
        self.table.setObjectName("table.chronology")
        self.table.chosen.connect(lambda _: self._show_whole())
        self.put(self.table, 1)
        self.whole = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        self.whole.setObjectName("table.chronology.whole")
        self.put(Box(Row(self.whole, margins=(11, 4, 11, 6))))
        self._fade = QTimer(self)
        self._fade.setSingleShot(True)
        self._fade.setInterval(_FRESH_MS)
        self._fade.timeout.connect(self._faded)

    def _voice(self, line: Line) -> Voice:
        return Voice.ACCENT if line.key in self.fresh else Voice.INK

    def _kinds(self, line: Line) -> list[PillFace]:
        return [kind_face(line), *([NEW] if line.key in self.fresh else [])]

    def _kind_words(self, line: Line) -> str:
        parts = [line.kind, f"{line.weight} significance" if line.weight else ""]
        parts += [
            "new" if line.key in self.fresh else "",
            "relied on" if line.evidence in self.relied else "",
        ]
        return ", ".join(part for part in parts if part)

    def show_lines(self, stream: str, lines: tuple[Line, ...], people: Sequence[tuple[str, str]]) -> None:
        """Show them; those that were not there a moment ago stand out for a while."""
        before = {line.key for line in self._lines}
        if stream == self._stream:
            arrived = frozenset(line.key for line in lines) - before
            if arrived:
                self.fresh |= arrived
                self._fade.start()
        else:
            self.fresh, self._stream = frozenset(), stream
            self.agency.set_value("")
            self.person.set_value("")
        self._lines = lines
        sources = {line.agency: line.source for line in lines}
        told = {subject for line in lines for subject in line.subjects}
        self.agency.set_choices([("", "All agencies"), *sources.items()])
        self.person.set_choices([("", "All people"), *((one, name) for one, name in people if one in told)])
        self._show()

    def shown(self) -> list[Line]:
        agency, person = self.agency.value(), self.person.value()
        return [
            line
            for line in self._lines
            if agency in ("", line.agency) and (not person or person in line.subjects)
        ]

    def _show(self) -> None:
        shown = self.shown()
        self.table.set_rows(shown)
        self._count.setText(f"{len(shown)} of {len(self._lines)} shown")
        self._show_whole()

    def _show_whole(self) -> None:
        line = self.table.current()
        self.whole.setText(f"{line.when}, {line.source} about {line.about}: {line.what}" if line else "")

    def _faded(self) -> None:
        self.fresh = frozenset()
        self.table.viewport().update()

    # --- what is relied on

    def set_relied(self, relied: Sequence[str]) -> None:
        self.relied = tuple(relied)
        self.table.viewport().update()

    def toggle(self) -> str:
        """Rely on the chosen line, or no longer. Returns a sentence where that cannot be."""
        line = self.table.current()
        if line is None:
            return "Choose a line of the chronology first."
        if line.evidence is None:
            return "A decision relies on what was brought to this referral. Name earlier history in the why."
        if line.evidence in self.relied:
            self.relied = tuple(one for one in self.relied if one != line.evidence)
        else:
            self.relied = (*self.relied, line.evidence)
        self.table.viewport().update()
        self.relied_changed.emit(self.relied)
        return ""

    def begin_filter(self) -> None:
        """From one filter to the other, then back to the rows with everything shown."""
        if self.agency.box.hasFocus():
            self.person.setFocus()
        else:
            self.agency.setFocus()
