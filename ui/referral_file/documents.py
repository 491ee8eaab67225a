"""Attached documents, brought from the store where they are not here; and the papers that can be made."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.attachments import Attached
from mash_desktop.desk.papers import Copy
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.layout import Column, Grid, Row
from ui.widgets.pill import PillFace
from ui.widgets.states import EmptyState
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text

_KEYS = {"full": "P", "receiving_team": "V", "referrer": "L", "round_table": "B"}


class Documents(QWidget):
    """``show_documents`` fills it; ``opened`` fires with the document to look at."""

    opened = Signal(object)

    def __init__(self, paper: Callable[[str], object]) -> None:
        super().__init__()
        self.table: DenseTable[Attached] = DenseTable(
            [
                TableColumn("Document", lambda one: one.title, bold=True, stretch=1),
                TableColumn("Kind", lambda one: one.kind),
                TableColumn("Size", lambda one: one.size_words, right=True),
                TableColumn("Attached by", lambda one: one.by, voice=Voice.LABEL),
                TableColumn("", lambda one: _state(one).text, pills=lambda one: [_state(one)]),
            ],
            key=lambda one: one.document,
            accessible_name="Attached documents",
        )
        self.table.setObjectName("file.documents")
        self.table.opened.connect(self.opened)
        self.attach = ActionButton(
            "Attach a document", "A", accessible_name="Attach a document", icon_name="paperclip"
        )
        self.attach.setObjectName("file.attach")
        self.progress = Text("", Role.SMALL, Voice.LABEL)
        self._card = Card(padding=1, gap=0)
        self._card.put(self.table, 1)
        sentence = "A PDF or a picture attached here is sealed, and seen by who may see this referral."
        self._none = EmptyState("paperclip", "No document is attached", sentence)
        self._papers = Card("Papers", "made from the record as it stands", gap=8)
        grid = Grid(gap=8)
        grid.setColumnStretch(1, 1)
        self._buttons: dict[str, ActionButton] = {}
        self._why: dict[str, Text] = {}
        for at, (copy, key) in enumerate(_KEYS.items()):
            button = ActionButton("", key, accessible_name=copy, group="Papers")
            button.setObjectName(f"file.{copy}")
            button.clicked.connect(lambda _=False, copy=copy: paper(copy))
            self._buttons[copy], self._why[copy] = button, Text("", Role.SMALL, Voice.ASIDE, wrap=True)
            grid.addWidget(button, at, 0)
            grid.addWidget(self._why[copy], at, 1)
        self._papers.put(grid)
        head = Row(self.attach, self.progress, None, gap=10)
        rows = Column(head, gap=10)
        rows.put(self._none, 1)
        rows.put(self._card, 1)
        rows.put(self._papers)
        self.setLayout(rows)

    def show_documents(self, documents: tuple[Attached, ...], copies: tuple[Copy, ...]) -> None:
        self.table.set_rows(documents)
        self._card.setVisible(bool(documents))
        self._none.setVisible(not documents)
        for copy in copies:
            button = self._buttons[copy.id]
            button.setText(copy.label)
            button.setAccessibleName(f"Make: {copy.label}")
            button.updateGeometry()
            button.setEnabled(not copy.why_not)
            self._why[copy.id].setText(copy.why_not or copy.made)


def _state(one: Attached) -> PillFace:
    if one.pending:
        return PillFace("waits to be sent", Tone.AMBER)
    if one.missing:
        return PillFace("at the store", Tone.NEUTRAL)
    return PillFace("here", Tone.GREEN)
