"""A made-up triage desk: fields, a growing table, routes, what is found while typing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from tests.ui.gallery.shell_state import pill
from ui.screen import Screen
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton, KeyCap, Kind
from ui.widgets.card import Card, Hairline, Page, SectionHeading, SidePanel
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Box, Column, Flow, Grid, Row
from ui.widgets.pill import Pill, PillFace
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text
from ui.work import Worker


@dataclass(frozen=True, slots=True)
class Relative:
    name: str
    born: str
    relation: str
    why: str
    match: PillFace | None
    subject: bool = False


class TriageDesk(Screen):
    place_id, title = "triage", "Triage desk"

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker)
        self.new = ActionButton("New contact", "Ctrl+N", accessible_name="New contact", compact=True)
        calling = Grid(gap=10)
        for at, (label, value, stretch) in enumerate(
            (
                ("Name and role", "Helen Marsh, deputy head, St Chad’s Primary", 7),
                ("Call back", "01785 555 0142", 2),
            )
        ):
            calling.addWidget(Field(label, value), 0, at)
            calling.setColumnStretch(at, stretch)
        calling.addWidget(
            ChoiceField("May the family know who called?", [("yes", "Yes"), ("no", "No")], "yes"),
            0,
            2,
        )
        calling.setColumnStretch(2, 3)
        self.words = TextField(
            "",
            "Mia came in with a bruise on her left forearm, says she “fell on the stairs”. Second time this "
            "month. Mum’s new partner collects her. Mia did not want to go home with him on Friday.",
            lines=4,
            accessible_name="What happened, in the caller’s words",
        )
        happened = Card(
            "What happened, in the caller’s words",
            Box(Row(Text("Fact · Seen · Opinion", Role.ASIDE, Voice.ASIDE), KeyCap("Ctrl+1–3"), gap=10)),
            self.words,
            Row(
                Field("Where is the child now, and with whom?", "At school with the caller until 15:15"),
                Field("When does the person next have access?", "Today 15:15, collection"),
                gap=10,
            ),
        )
        happened.put(None)
        relatives: DenseTable[Relative] = DenseTable(
            [
                TableColumn("Name", lambda r: r.name, bold=lambda r: r.subject, stretch=2),
                TableColumn("Born", lambda r: r.born, stretch=1),
                TableColumn("Relation", lambda r: r.relation, stretch=1),
                TableColumn("Why in scope", lambda r: r.why, stretch=1),
                TableColumn(
                    "",
                    lambda r: r.match.text if r.match else "",
                    pills=lambda r: [r.match] if r.match else [],
                    stretch=1,
                ),
            ],
            key=lambda r: r.name,
            accessible_name="People and household",
            grows=True,
        )
        relatives.set_rows(
            [
                Relative(
                    "Mia Carter",
                    "3 Apr 2017 (9)",
                    "subject",
                    "subject of concern",
                    pill("2 possible matches", "amber"),
                    True,
                ),
                Relative("Joanne Carter", "1988, estimated", "mother, PR", "carer", pill("linked", "green")),
                Relative(
                    "“Dean”, surname unknown",
                    "–",
                    "mother’s partner",
                    "alleged to cause harm",
                    pill("unsafe to contact"),
                ),
            ]
        )
        people = Card("People and household", "type “name birthdate relation”, Enter", relatives, gap=2)
        ask = Column(
            Text("Still to ask", Role.HEADING, Voice.LABEL),
            Text(
                "Were the parents told? · School year · Anyone else at home?",
                Role.SMALL,
                Voice.ASIDE,
                wrap=True,
            ),
            gap=2,
        )
        routes = Card()
        buttons = Flow(gap=10)
        shown: tuple[tuple[str, str, Kind], ...] = (
            ("Advice", "Alt+1", "plain"),
            ("Early Help", "Alt+2", "plain"),
            ("Social Work Gateway", "Alt+3", "primary"),
            ("Direct line", "Alt+0, Alt+0", "urgent"),
        )
        for text, key, kind in shown:
            buttons.addWidget(ActionButton(text, key, kind, accessible_name=f"Route: {text}"))
        row = Row(gap=10)
        row.put(ask, 1)
        row.put(Box(buttons), 4)
        routes.put(row)
        middle = Column(gap=10, margins=12)
        middle.put(Card("Who is calling", "2A School · received 13:58", calling))
        middle.put(happened, 1)
        middle.put(people)
        middle.put(routes)
        likely = Card(edge=Tone.AMBER, gap=4)
        likely.put(
            Row(Text("Mia Louise Carter, 3 Apr 2017", Role.BASE_BOLD), None, Pill("very likely", Tone.AMBER))
        )
        likely.put(
            Text(
                "same birth date and surname; middle name added; lived at 14 Mill Lane in 2025",
                Role.SMALL,
                Voice.ASIDE,
                wrap=True,
            )
        )
        likely.put(
            Text(
                "2 earlier referrals · last 11 Aug 2026, child in need, closed", wrap=True, bold="11 Aug 2026"
            )
        )
        likely.put(Pill("Repeat within 12 months", Tone.VIOLET))
        likely.put(
            Flow(
                ActionButton("Same", "Alt+S", accessible_name="Same person", compact=True),
                ActionButton("Not same", "Alt+X", accessible_name="Not the same person", compact=True),
                ActionButton("Unsure", "Alt+U", accessible_name="Unsure whether the same", compact=True),
                gap=6,
            )
        )
        possible = Card(gap=4)
        possible.put(Row(Text("Mia Cartwright, 4 Mar 2017", Role.BASE_BOLD), None, Pill("possible")))
        possible.put(
            Text(
                "birth day and month swapped; surname begins the same; other school",
                Role.SMALL,
                Voice.ASIDE,
                wrap=True,
            )
        )
        guide = Card(gap=0)
        for words, face in (
            ("Injury, account does not fit", pill("s17 – s47", "amber")),
            ("Child fears an adult at home", pill("s17 – s47", "amber")),
            ("Repeat within 12 months", pill("raise", "amber")),
        ):
            guide.put(Row(Text(words), None, Pill.of(face), margins=(8, 6, 8, 7)))
            guide.put(Hairline())
        said = Card(gap=2)
        said.put(
            Row(Text("Ruth Okafor", Role.BASE_BOLD), Text("14:01", Role.ASIDE, Voice.ASIDE), None, gap=4)
        )
        said.put(Text("Ask who collects her today. If it is him, use the direct line, I’m free.", wrap=True))
        side = SidePanel(
            SectionHeading("History found while you type", "cache 12 ms · store 0.2 s", icon_name="history"),
            likely,
            possible,
            SectionHeading("Threshold guide", "you decide; the guide reminds", icon_name="list-checks"),
            guide,
            SectionHeading("From the consultant", icon_name="message-circle"),
            said,
            None,
        )
        self.setLayout(Column(Page(middle, right=side)))

    def chips(self) -> tuple[PillFace, ...]:
        return (pill("Carter, Mia · call 04:12", "accent"), pill("Parked: anonymous, Stafford"))

    def bar_widgets(self) -> tuple[QWidget, ...]:
        return (self.new,)

    def enter(self) -> None:
        self.words.setFocus()
