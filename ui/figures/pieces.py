"""The tables of figures, the definitions beside them, and the form that takes them out."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

from mash_desktop.desk.figures import HIDDEN, ColumnSpec, Row, Section
from ui.forms import SideForm
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column
from ui.widgets.layout import Row as Beside
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text
from ui.widgets.time_left import TimeLeft


def table_of(section: Section) -> DenseTable[Row]:
    """The groups down, the section's figures across; a share has a small bar."""
    return DenseTable(
        [
            TableColumn("Local authority", lambda row: row.authority, bold=lambda row: row.total, stretch=1),
            TableColumn("Cohort", lambda row: row.cohort),
            *(_column(spec) for spec in section.columns),
        ],
        key=lambda row: row.key,
        accessible_name=f"{section.label}, by local authority and cohort",
    )


def _column(spec: ColumnSpec) -> TableColumn[Row]:
    def voice(row: Row) -> Voice:
        return Voice.ASIDE if row.cells[spec.id].text in {HIDDEN, "–"} else Voice.INK

    def bar(row: Row) -> TimeLeft | None:
        cell = row.cells[spec.id]
        return None if cell.bar is None else TimeLeft(cell.text, cell.bar, Tone.ACCENT)

    return TableColumn(
        spec.header,
        lambda row: row.cells[spec.id].text,
        bold=lambda row: row.total,
        voice=voice,
        right=not spec.bar,
        time_left=bar if spec.bar else None,
    )


def definitions(section: Section) -> QWidget:
    """What each figure of a section is."""
    card = Card("How it is counted", "")
    for spec in section.columns:
        card.put(
            Box(
                Column(
                    Text(spec.header, Role.SMALL_BOLD),
                    Text(spec.meaning, Role.SMALL, Voice.LABEL, wrap=True),
                    gap=1,
                )
            )
        )
    return card


class ExportForm(SideForm):
    """Where the published view goes."""

    def __init__(self, file: str, period: str) -> None:
        self._file = Field("File", file)
        choose = ActionButton("Choose…", "Alt+O", accessible_name="Choose the file to write", compact=True)
        choose.setObjectName("figures.choose")
        choose.clicked.connect(self._choose)
        super().__init__(
            "figures",
            "Take the published view out",
            "Write CSV",
            Text(
                f"{period}, every local authority and cohort. Counts of 1 to 5, and what they could be told "
                "from, are left out. Two views of overlapping periods can be subtracted from each other: "
                "publish one.",
                Role.SMALL,
                Voice.LABEL,
                wrap=True,
            ),
            self._file,
            Beside(choose, None),
            fields={"file": self._file},
        )

    def _choose(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Figures", self._file.value(), "CSV (*.csv)")
        if name:
            self._file.set_value(name)
            self.edited.emit()
