"""A made-up hub board: filters, the dense table, a side panel."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from tests.ui.gallery.shell_state import pill
from ui.screen import Screen
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Hairline, Page, SectionHeading, SidePanel
from ui.widgets.layout import Column, Grid, Row
from ui.widgets.pill import Pill, PillFace, RagChip, rag_face
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.tabs import Tab, TabStrip
from ui.widgets.text import Text
from ui.widgets.time_left import TimeLeft
from ui.work import Worker


@dataclass(frozen=True, slots=True)
class Case:
    reference: str
    who: str
    rating: str
    left: TimeLeft
    agencies: tuple[PillFace, ...]
    waits_for: str
    holder: str


CASES = (
    Case(
        "ISL-26-04417",
        "Carter, Mia + 1",
        "red",
        TimeLeft("1 h 12 m", 0.72, Tone.RED),
        (pill("Pol ✓", "green"), pill("Hlth asked", "amber"), pill("Prob –")),
        "health answer",
        "K. Shaw",
    ),
    Case(
        "ISL-26-04409",
        "Bennett household (4)",
        "red",
        TimeLeft("0 h 24 m", 0.9, Tone.RED),
        (pill("Pol ✓", "green"), pill("Hlth ✓", "green"), pill("Educ late", "red")),
        "education answer",
        "K. Shaw",
    ),
    Case(
        "ISL-26-04401",
        "Adeyemi, Tolu",
        "amber",
        TimeLeft("5 h 40 m", 0.35, Tone.AMBER),
        (pill("Pol asked", "amber"), pill("MH ✓", "green")),
        "police answer",
        "—",
    ),
    Case(
        "ISL-26-04398",
        "Whitfield, A. (adult)",
        "amber",
        TimeLeft("late 36 min", 1.0, Tone.AMBER),
        (pill("Pol nil"), pill("MH refused", "violet")),
        "table 15:00",
        "D. Lowe",
    ),
    Case(
        "ISL-26-04390",
        "Hughes / Price",
        "green",
        TimeLeft("2 d 3 h", 0.11, Tone.GREEN),
        (pill("Pol ✓", "green"), pill("Hlth ✓", "green"), pill("Hous ✓", "green")),
        "draft decision",
        "D. Lowe",
    ),
    Case(
        "ISL-26-04388",
        "Lindqvist, Nora",
        "green",
        TimeLeft("2 d 6 h", 0.08, Tone.GREEN),
        (pill("Hlth asked", "amber"),),
        "health answer",
        "—",
    ),
)


def case_columns() -> list[TableColumn[Case]]:
    return [
        TableColumn("Reference", lambda c: c.reference),
        TableColumn("Who", lambda c: c.who, bold=True, stretch=2),
        TableColumn("Rating", lambda c: c.rating, pills=lambda c: [rag_face(c.rating)]),
        TableColumn("Time left", lambda c: c.left.text, time_left=lambda c: c.left),
        TableColumn(
            "Agencies", lambda c: ", ".join(f.text for f in c.agencies), pills=lambda c: c.agencies, stretch=1
        ),
        TableColumn("Waits for", lambda c: c.waits_for),
        TableColumn("With", lambda c: c.holder),
    ]


class HubBoard(Screen):
    place_id, title = "hub", "Hub board"

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker)
        self.tabs = TabStrip(
            [
                Tab("all", "All open", 41),
                Tab("due", "Reds due in an hour", 3),
                Tab("one", "Waiting for one agency", 9),
                Tab("ready", "Ready for the table", 6),
            ],
            accessible_name="Filters",
            aside=Text("At today’s pace 2 will breach: 04409, 04401", Role.SMALL, Voice.ASIDE),
        )
        self.table: DenseTable[Case] = DenseTable(
            case_columns(), key=lambda c: c.reference, accessible_name="Open referrals"
        )
        self.table.set_rows(CASES)
        card = Card(padding=1, gap=0)
        card.put(self.table, 1)
        answers = Card("Asked and answered", gap=0)
        for agency, face, note in (
            ("Staffordshire Police", pill("✓ returned 11:02", "green"), ""),
            ("Health (MPFT)", pill("✓ returned 11:40", "green"), ""),
            ("Education", pill("late 36 min", "red"), "acknowledged 10:05 by S. Iqbal"),
        ):
            grid = Grid(gap=2, margins=(8, 7, 8, 6))
            grid.addWidget(Text(agency), 0, 0)
            grid.addWidget(Pill.of(face), 0, 1)
            grid.setColumnStretch(0, 3)
            grid.setColumnStretch(1, 4)
            if note:
                note_text = Text(note, Role.SMALL, Voice.ASIDE)
                grid.addWidget(note_text, 1, 0, 1, 2, Qt.AlignmentFlag.AlignRight)
            answers.put(grid)
            answers.put(Hairline())
        answers.put(
            Row(
                ActionButton("Chase", "C", accessible_name="Chase Education"),
                ActionButton("Go on without", "W", accessible_name="Go on without Education"),
                None,
                gap=10,
                margins=(0, 8, 0, 0),
            )
        )
        earlier = Card(
            "Earlier today",
            "",
            Text("09:50 admitted by R. Okafor · s17, 6(1)(e), 9(2)(g), Sch 1 p18", Role.SMALL, Voice.ASIDE),
            Text("09:52 rated red: injury to under-one", Role.SMALL, Voice.ASIDE),
            Text("09:58 three agencies asked about four people", Role.SMALL, Voice.ASIDE),
            gap=0,
        )
        side = SidePanel(
            SectionHeading("Bennett household (4)", "ISL-26-04409"),
            Row(RagChip("red", "24 min left"), Pill("admitted 09:50 · child in need"), None, gap=10),
            answers,
            earlier,
            Row(
                ActionButton("Bring to the table", "T", "primary", accessible_name="Bring to the table"),
                ActionButton("Re-rate", "R", accessible_name="Re-rate the Bennett household"),
                None,
                gap=10,
            ),
            None,
            width=380,
        )
        middle = Column(self.tabs, gap=10, margins=12)
        middle.put(card, 1)
        self.setLayout(Column(Page(middle, right=side)))

    def enter(self) -> None:
        self.table.select_key("ISL-26-04409")
        self.table.setFocus()
