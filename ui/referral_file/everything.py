"""Everything that happened, a row an entry, with filters; and the entry chosen, in full."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.referral_file import FilePerson, Line, agencies_of, shown, topics_of
from ui.sign_off.reading import face_of
from ui.theme import Role, Tone, Voice
from ui.widgets.card import Card
from ui.widgets.choice import ChoiceField
from ui.widgets.layout import Column, Grid, Row
from ui.widgets.pill import Pill
from ui.widgets.states import EmptyState
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text

_ALL = "all"


class Everything(QWidget):
    """``show_lines`` fills it; ``chosen`` fires with the line that is looked at."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()
        self.topic = ChoiceField("", [(_ALL, "Every part")], _ALL, accessible_name="Part of the process")
        self.agency = ChoiceField("", [(_ALL, "Every agency")], _ALL, accessible_name="Agency")
        self.person = ChoiceField("", [(_ALL, "Everybody")], _ALL, accessible_name="Person")
        row = Row(gap=8)
        for name, field in (("topic", self.topic), ("agency", self.agency), ("person", self.person)):
            field.setObjectName(f"file.{name}")
            field.changed.connect(self._filter)
            row.put(field, 1)
        self._count = Text("", Role.SMALL, Voice.ASIDE)
        row.put(self._count)
        self.table: DenseTable[Line] = DenseTable(
            [
                TableColumn("When", lambda line: line.when, voice=Voice.LABEL),
                TableColumn("From", lambda line: line.source),
                TableColumn("Who", lambda line: line.who, voice=Voice.LABEL),
                TableColumn("What", lambda line: line.line, stretch=1),
                TableColumn(
                    "",
                    lambda line: line.state.text if line.state else "",
                    pills=lambda line: [face_of(line.state)] if line.state else [],
                ),
            ],
            key=lambda line: line.key,
            accessible_name="Everything that happened, the latest first",
        )
        self.table.setObjectName("file.table")
        self.table.chosen.connect(self.chosen)
        self._card = Card(padding=1, gap=0)
        self._card.put(self.table, 1)
        sentence = "Choose another part, agency or person."
        self._none = EmptyState("list", "Nothing of that kind", sentence)
        self._none.hide()
        rows = Column(row, gap=10)
        rows.put(self._none, 1)
        rows.put(self._card, 1)
        self.setLayout(rows)

    def show_lines(self, lines: tuple[Line, ...], people: tuple[FilePerson, ...]) -> None:
        """What is chosen and filtered stays."""
        self._lines = lines
        topics = [(topic, f"{label} ({count})") for topic, label, count in topics_of(lines)]
        self._offer(self.topic, [(_ALL, "Every part"), *topics])
        self._offer(self.agency, [(_ALL, "Every agency"), *agencies_of(lines)])
        self._offer(self.person, [(_ALL, "Everybody"), *((one.subject, one.name) for one in people)])
        self._filter()

    def _offer(self, field: ChoiceField, choices: list[tuple[str, str]]) -> None:
        field.set_choices(choices)
        if not field.value():
            field.set_value(_ALL)

    def _filter(self) -> None:
        wanted = [field.value() for field in (self.topic, self.agency, self.person)]
        rows = shown(self._lines, *("" if value == _ALL else value for value in wanted))
        self.table.set_rows(rows)
        self._card.setVisible(bool(rows))
        self._none.setVisible(not rows)
        self._count.setText(f"{len(rows)} of {len(self._lines)}")
        if rows and self.table.current() is None:
            self.table.select_key(rows[0].key)
        current = self.table.current()
        if current is not None:
            self.chosen.emit(current)


def entry_card(line: Line) -> Card:
    """One entry in full: the words first, then who, when and where in the log."""
    card = Card(line.what, gap=6, edge=Tone(line.state.tone) if line.state else None)
    if line.state is not None:
        card.put(Row(Pill.of(face_of(line.state)), None))
    if line.refusal:
        card.put(Text(line.refusal, voice=Voice.RED, wrap=True))
    if line.words:
        card.put(Text(line.words, wrap=True))
    grid = Grid(gap=4, margins=(0, 4, 0, 0))
    grid.setColumnStretch(1, 1)
    for at, (label, text) in enumerate(line.details):
        grid.addWidget(Text(label, Role.SMALL, Voice.LABEL), at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(Text(text, Role.SMALL, Voice.ASIDE, wrap=True), at, 1)
    card.put(grid)
    return card
