"""The contacts that wait to be routed: the parked ones, colleagues', and those that came in bulk."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from mash_desktop.desk.triage import Waiting
from ui.theme import Tone
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, SectionHeading
from ui.widgets.layout import Box, Column
from ui.widgets.pill import PillFace
from ui.widgets.states import EmptyState, SkeletonRows
from ui.widgets.table import DenseTable, TableColumn


def _faces(row: Waiting) -> list[PillFace]:
    faces = [PillFace("open here", Tone.ACCENT)] if row.mine else []
    return [*faces, PillFace("immediate danger", Tone.RED)] if row.danger else faces


class QueuePage(QWidget):
    """``taken_up`` fires with a stream; ``end_neared`` when a further page is wanted."""

    taken_up = Signal(str)
    new_asked = Signal()
    end_neared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.table: DenseTable[Waiting] = DenseTable(
            [
                TableColumn("Received", lambda r: r.received, width=150),
                TableColumn("Who", lambda r: r.who, bold=True, stretch=3),
                TableColumn("About", lambda r: r.cohort, stretch=1),
                TableColumn("Place", lambda r: r.place, stretch=2),
                TableColumn("Reference", lambda r: r.reference, stretch=1),
                TableColumn("", lambda r: ", ".join(f.text for f in _faces(r)), pills=_faces, stretch=2),
            ],
            key=lambda r: r.stream,
            accessible_name="Contacts that wait to be routed",
        )
        self.table.setObjectName("triage.waiting")
        self.table.opened.connect(lambda row: self.taken_up.emit(row.stream))
        self.table.end_neared.connect(self.end_neared)
        self.heading = SectionHeading(
            "Waiting to be routed", "longest first · Enter takes one up", icon_name="list"
        )
        new = ActionButton("New contact", "", "primary", accessible_name="Begin a new contact")
        new.setObjectName("triage.empty.new")
        new.clicked.connect(self.new_asked)
        empty = EmptyState(
            "phone-incoming",
            "No contact waits",
            "Contacts are taken here while the caller speaks. Those that colleagues or other systems "
            "began wait in this place until somebody routes them. Ctrl N begins a new one.",
            new,
        )
        card = Card(padding=1, gap=0)
        card.put(self.table, 1)
        listed = Column(self.heading, gap=10, margins=12)
        listed.put(card, 1)
        self._pages = QStackedLayout(self)
        self._loading = Box(Column(SkeletonRows(8, what="Waiting contacts"), None, margins=12))
        self._empty = Box(Column(empty, margins=12))
        self._listed = Box(listed)
        for page in (self._loading, self._empty, self._listed):
            self._pages.addWidget(page)

    def show_rows(self, rows: Sequence[Waiting]) -> None:
        self.table.set_rows(rows)
        self._pages.setCurrentWidget(self._listed if rows else self._empty)

    def begin(self) -> None:
        """Put focus where work begins."""
        if self._pages.currentWidget() is self._listed:
            self.table.setFocus()
