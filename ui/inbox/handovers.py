"""What was left to the out-of-hours team, until somebody says that they have it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal

from mash_desktop.desk.handover import HandedOver
from ui.theme import Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.layout import Row
from ui.widgets.pill import PillFace, rag_face
from ui.widgets.table import DenseTable, TableColumn


class HandoversCard(Card):
    """``taken`` fires with the hand-over that is taken over, ``opened`` with the one to read."""

    taken = Signal(object)
    opened = Signal(object)

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__("Handed over for the night", "", gap=8)
        self.table: DenseTable[HandedOver] = DenseTable(
            [
                TableColumn("Reference", lambda row: row.reference),
                TableColumn("Who", lambda row: row.who, bold=True, stretch=1),
                TableColumn(
                    "Rating",
                    lambda row: row.rag.label if row.rag else "not rated",
                    pills=lambda row: [rag_face(row.rag.value)] if row.rag else [],
                ),
                TableColumn("To be done tonight", lambda row: row.words, stretch=2),
                TableColumn("Handed over", lambda row: row.made, voice=Voice.LABEL),
                TableColumn(
                    "To take over",
                    lambda row: row.left(now()),
                    pills=lambda row: [
                        PillFace(row.left(now()), Tone.RED if row.late(now()) else Tone.NEUTRAL)
                    ],
                ),
            ],
            key=lambda row: row.handover,
            accessible_name="Handed over and not taken over yet",
        )
        self.table.setObjectName("inbox.handovers")
        self.table.opened.connect(self.opened)
        self.take = ActionButton(
            "Take over",
            "T",
            "primary",
            accessible_name="Take the chosen hand-over over",
            group="Inbox",
        )
        self.take.setObjectName("inbox.take_over")
        self.take.clicked.connect(self._take)
        self.put(self.table, 1)
        self.put(Row(self.take, None))
        self.hide()

    def show_rows(self, rows: tuple[HandedOver, ...]) -> None:
        self.table.set_rows(rows)
        self.setVisible(bool(rows))
        if rows and self.table.current() is None:
            self.table.select_key(rows[0].handover)

    def tick(self) -> None:
        """Time has passed."""
        self.table.viewport().update()

    def _take(self) -> None:
        row = self.table.current()
        if row is not None:
            self.taken.emit(row)
