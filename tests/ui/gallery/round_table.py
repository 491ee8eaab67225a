"""A made-up round table: three columns, the household, one chronology; and the second display."""

from __future__ import annotations

from dataclasses import dataclass

from tests.ui.gallery.shell_state import pill
from ui.screen import Screen
from ui.shell.second_display import SecondDisplay
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton, KeyCap
from ui.widgets.card import Card, Hairline, Page, SectionHeading, SidePanel
from ui.widgets.field import TextField
from ui.widgets.genogram import Child, Couple, Genogram, Household, Person
from ui.widgets.layout import Box, Column, Grid, Row
from ui.widgets.pill import Pill, PillFace, RagChip, rag_face
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text
from ui.work import Worker


@dataclass(frozen=True, slots=True)
class Event:
    when: str
    source: str
    about: str
    what: str
    kind: PillFace


HOUSEHOLD = Household(
    people=(
        Person("lee", "Lee, 40", "M"),
        Person("jo", "Joanne, 38", "F"),
        Person("dean", "Dean, ?", "M", identified=False),
        Person("tyler", "Tyler, 6", "M"),
        Person("mia", "Mia, 9", "F", subject=True),
    ),
    couples=(Couple("lee", "jo", ended=True), Couple("jo", "dean", note="since June")),
    children=(Child("tyler", ("lee", "jo")), Child("mia", ("lee", "jo"))),
)


class RoundTable(Screen):
    place_id, title = "table", "Round table"

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker)
        agencies = []
        for name, face, note in (
            (
                "Children’s social care",
                pill("open to table", "green"),
                "Known 2024–25, child in need plan closed Mar 2025",
            ),
            (
                "Staffordshire Police",
                pill("open to table", "green"),
                "3 incidents at address since June; 1 withheld, conditions",
            ),
            ("Health (MPFT)", pill("arriving now", "accent"), "typing…"),
            ("Education", pill("open to table", "green"), "Attendance 81 %, two unexplained bruises logged"),
            ("Probation", pill("nothing held"), "searched 13:20"),
            ("Housing", pill("apologies"), "sent information 12:10"),
        ):
            card = Card(padding=10, gap=4)
            card.put(Row(Text(name, Role.BASE_BOLD), None, Pill.of(face)))
            card.put(Text(note, Role.SMALL, Voice.ASIDE, wrap=True))
            agencies.append(card)
        left = SidePanel(
            SectionHeading("Around the table", "5 present · 1 apology", icon_name="users"),
            *agencies,
            None,
            width=300,
            side="left",
        )
        genogram = Card("Household")
        genogram.put(Genogram(HOUSEHOLD), 1)
        self.unknown = TextField("What we do not know", "Dean’s full name and history", lines=1)
        analysis = Card(
            "Analysis",
            "autosaved",
            TextField(
                "Harm and how likely",
                "Two unexplained injuries in five weeks; child afraid of an adult at home.",
                lines=2,
            ),
            TextField("Protective", "School and grandmother.", lines=1),
            self.unknown,
        )
        analysis.setMaximumWidth(340)
        chronology: DenseTable[Event] = DenseTable(
            [
                TableColumn("When", lambda e: e.when),
                TableColumn("From", lambda e: e.source),
                TableColumn("About", lambda e: e.about),
                TableColumn("What", lambda e: e.what, stretch=1),
                TableColumn("Kind", lambda e: e.kind.text, pills=lambda e: [e.kind]),
            ],
            key=lambda e: e.when + e.what,
            accessible_name="One chronology",
        )
        chronology.set_rows(
            [
                Event(
                    "12 Nov 2026",
                    "Education",
                    "Mia",
                    "Bruise to left forearm; account does not fit",
                    pill("seen", "green"),
                ),
                Event(
                    "6 Nov 2026", "Education", "Mia", "Absent three days, no contact from home", pill("fact")
                ),
                Event(
                    "31 Oct 2026",
                    "Police",
                    "Joanne, Dean",
                    "Verbal argument reported by neighbour; no offences",
                    pill("fact", "amber"),
                ),
                Event(
                    "c. Sept 2026",
                    "Health",
                    "Joanne",
                    "GP notes low mood, missed two appointments",
                    pill("opinion"),
                ),
                Event(
                    "11 Aug 2026",
                    "Social care",
                    "Mia",
                    "Contact from grandmother; closed with advice",
                    pill("fact", "amber"),
                ),
                Event(
                    "2 Jun 2026",
                    "Police",
                    "Dean",
                    "Held by police: ask the police representative",
                    pill("intel", "violet"),
                ),
                Event("Mar 2025", "Social care", "Mia", "Child in need plan closed, goals met", pill("fact")),
            ]
        )
        table = Card(padding=1, gap=0)
        table.put(
            Box(
                Row(
                    SectionHeading("One chronology", icon_name="list"),
                    None,
                    Text("All agencies · All people · 7 of 41 shown", Role.ASIDE, Voice.ASIDE),
                    KeyCap("F"),
                    margins=(11, 8, 11, 4),
                )
            )
        )
        table.put(chronology, 1)
        top = Row(gap=10)
        top.put(genogram, 1)
        top.put(analysis, 1)
        middle = Column(gap=10, margins=12)
        middle.put(top)
        middle.put(table, 1)
        levels = Card(gap=8)
        for who, final, step in (
            ("Mia", pill("child protection s47", "red"), pill("▲ stepped up", "violet")),
            ("Tyler", pill("child in need s17", "amber"), pill("= confirmed")),
        ):
            grid = Grid(gap=6)
            for side in (0, 1):
                grid.setColumnStretch(side, 1)
            grid.addWidget(Text(f"{who}: at admission", Role.SMALL, Voice.LABEL), 0, 0)
            grid.addWidget(Text("Final", Role.SMALL, Voice.LABEL), 0, 1)
            grid.addWidget(Pill("child in need s17", Tone.AMBER), 1, 0)
            grid.addWidget(Pill.of(final), 1, 1)
            grid.addWidget(Pill.of(step), 2, 0)
            levels.put(grid)
        views = Card("Views", gap=0)
        for agency, face in (("Police", pill("s47", "red")), ("Education", pill("s47", "red"))):
            views.put(Row(Text(agency), None, Pill.of(face), margins=(8, 6, 8, 6)))
            views.put(Hairline())
        right = SidePanel(
            SectionHeading("Decision", icon_name="scale"),
            levels,
            views,
            Card(
                "Relied on",
                Box(Row(Text("drag or", Role.ASIDE, Voice.ASIDE), KeyCap("E"), gap=4)),
                Text("12 Nov bruise · 31 Oct incident · Aug contact", Role.SMALL, Voice.ASIDE),
                gap=2,
            ),
            None,
            width=330,
            foot=Box(
                Row(
                    ActionButton("Draft decision", "Ctrl+D", "primary", accessible_name="Draft the decision"),
                    ActionButton("Next case", "N", accessible_name="Next case"),
                    None,
                    gap=10,
                )
            ),
        )
        self.setLayout(Column(Page(middle, left=left, right=right)))

    def chips(self) -> tuple[PillFace, ...]:
        return (
            rag_face("red", "1 h 12 m left"),
            pill("Carter, Mia + 1 · case 3 of 6"),
            pill("second display: on", "accent"),
        )

    def enter(self) -> None:
        self.unknown.setFocus()


def second_display() -> SecondDisplay:
    made = SecondDisplay(marking="OFFICIAL-SENSITIVE")
    made.title.setText("Carter, Mia and Tyler")
    made.head.put(RagChip("red", "1 h 12 m", role=Role.DISPLAY_BOLD))
    made.case.setText("Case 3 of 6")
    known = Column(Text("What we know together", Role.DISPLAY_SMALL, Voice.LABEL), gap=8)
    for when, what, whence in (
        ("12 Nov", "Bruise to Mia’s forearm; account does not fit", "Education"),
        ("31 Oct", "Argument reported; no offences", "Police"),
        ("Sept", "Mother: low mood, missed appointments", "Health"),
        ("11 Aug", "Grandmother’s contact, advice given", "Social care"),
    ):
        grid = Grid(gap=16, margins=(8, 4, 8, 0))
        for at, (words, voice) in enumerate(((when, Voice.INK), (what, Voice.INK), (whence, Voice.LABEL))):
            grid.addWidget(Text(words, Role.DISPLAY, voice), 0, at)
            grid.setColumnStretch(at, (2, 7, 2)[at])
        known.put(grid)
        known.put(Hairline())
    known.put(None)
    around = Column(Text("Around the table", Role.DISPLAY_SMALL, Voice.LABEL), gap=14)
    for words, voice in (
        ("✓ Social care", Voice.INK),
        ("✓ Police", Voice.INK),
        ("✓ Education", Voice.INK),
        ("… Health, answering now", Voice.INK),
        ("– Probation, nothing held", Voice.ASIDE),
    ):
        around.put(Text(words, Role.DISPLAY, voice))
    around.put(Text("Still unknown", Role.DISPLAY_SMALL, Voice.LABEL))
    around.put(Text("Dean’s full name and history", Role.DISPLAY))
    around.put(None)
    halves = Row(gap=56)
    halves.put(known, 4)
    halves.put(around, 3)
    made.body.put(halves, 1)
    made.foot_right.setText("Basis: Children Act 1989 s17 · 6(1)(e) · 9(2)(g), Sch 1 para 18")
    made.refresh_look()
    return made
