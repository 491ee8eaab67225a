"""A gallery: the shell around made-up screens that use every widget, for looking at and for the tests.

Run it to write pictures: ``python -m tests.ui.gallery FOLDER``. The people in it are invented.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from ui.picture import picture, pictures
from ui.screen import Screen
from ui.shell.main_window import MainWindow
from ui.shell.second_display import SecondDisplay
from ui.shell.settings import SettingsPage
from ui.shell.state import Place, ShellState
from ui.theme import Mode, Role, Theme, Tone, Voice, current_look
from ui.widgets import (
    ActionButton,
    Banner,
    Box,
    Card,
    Child,
    ChoiceField,
    ChoiceRow,
    Column,
    Couple,
    DenseTable,
    EmptyState,
    ErrorState,
    Field,
    Flow,
    Genogram,
    Grid,
    Hairline,
    Household,
    KeyCap,
    Page,
    Person,
    Pill,
    PillFace,
    RagChip,
    Row,
    SectionHeading,
    SidePanel,
    SkeletonRows,
    Tab,
    TableColumn,
    TabStrip,
    Text,
    TextField,
    TickBox,
    TimeLeft,
    rag_face,
    scrolled,
)
from ui.work import Worker

PLACES = (
    Place("triage", "Triage", "phone-incoming", "Ctrl+1", title="Triage desk"),
    Place("oversight", "Oversight", "eye", "Ctrl+2"),
    Place("hub", "Hub", "layout-grid", "Ctrl+3", 3, "Hub board"),
    Place("requests", "Requests", "inbox", "Ctrl+4", title="Requests to my agency"),
    Place("table", "Table", "users", "Ctrl+5", title="Round table"),
    Place("sign", "Sign", "pen-line", "Ctrl+6", 2, "Sign-off"),
    Place("search", "Search", "search", "Ctrl+7"),
    Place("figures", "Figures", "chart-column", "Ctrl+8"),
    Place("govern", "Govern", "shield-check", "Ctrl+9", title="Governance"),
    Place("settings", "Settings", "settings", "Ctrl+,"),
)


def today(hour: int, minute: int) -> datetime:
    return datetime.now(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)


def state(online: bool = True) -> ShellState:
    return ShellState(
        online=online,
        since=today(13, 51),
        waiting=0 if online else 3,
        verified_at=today(14, 2),
        locks_in=9,
        hub_label="Staffordshire hub",
        marking="OFFICIAL-SENSITIVE",
        person_label="Priya Nair · Triage",
        places=PLACES,
    )


@dataclass(frozen=True, slots=True)
class Case:
    reference: str
    who: str
    rating: str
    left: TimeLeft
    agencies: tuple[PillFace, ...]
    waits_for: str
    holder: str


def pill(text: str, tone: str = "neutral") -> PillFace:
    return PillFace(text, Tone(tone))


CASES = (
    Case("ISL-26-04417", "Carter, Mia + 1", "red", TimeLeft("1 h 12 m", 0.72, Tone.RED),
         (pill("Pol ✓", "green"), pill("Hlth …", "amber"), pill("Prob –")), "health answer", "K. Shaw"),
    Case("ISL-26-04409", "Bennett household (4)", "red", TimeLeft("0 h 24 m", 0.9, Tone.RED),
         (pill("Pol ✓", "green"), pill("Hlth ✓", "green"), pill("Educ late", "red")),
         "education answer", "K. Shaw"),
    Case("ISL-26-04401", "Adeyemi, Tolu", "amber", TimeLeft("5 h 40 m", 0.35, Tone.AMBER),
         (pill("Pol …", "amber"), pill("MH ✓", "green")), "police answer", "—"),
    Case("ISL-26-04398", "Whitfield, A. (adult)", "amber", TimeLeft("late 36 min", 1.0, Tone.AMBER),
         (pill("Pol nil"), pill("MH refused", "violet")), "table 15:00", "D. Lowe"),
    Case("ISL-26-04390", "Hughes / Price", "green", TimeLeft("2 d 3 h", 0.11, Tone.GREEN),
         (pill("Pol ✓", "green"), pill("Hlth ✓", "green"), pill("Hous ✓", "green")),
         "draft decision", "D. Lowe"),
    Case("ISL-26-04388", "Lindqvist, Nora", "green", TimeLeft("2 d 6 h", 0.08, Tone.GREEN),
         (pill("Hlth …", "amber"),), "health answer", "—"),
)  # fmt: skip


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
                grid.addWidget(Text(note, Role.SMALL, Voice.ASIDE), 1, 1)
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
            ChoiceField(
                "May the family know who called?", [("yes", "Yes"), ("no", "No")], "yes"
            ),
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
                TableColumn("Name", lambda r: r.name, bold=True, stretch=2),
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
                Relative("Mia Carter", "3 Apr 2017 (9)", "subject", "subject of concern",
                         pill("2 possible matches", "amber"), True),
                Relative("Joanne Carter", "1988, estimated", "mother, PR", "carer", pill("linked", "green")),
                Relative("“Dean”, surname unknown", "–", "mother’s partner", "alleged to cause harm",
                         pill("unsafe to contact")),
            ]
        )  # fmt: skip
        people = Card("People and household", "type “name birthdate relation”, Enter", relatives, gap=2)
        ask = Column(
            Text("Still to ask", Role.HEADING, Voice.LABEL),
            Text(
                "Were the parents told? · School year · Anyone else at home?",
                Role.SMALL, Voice.ASIDE, wrap=True,
            ),
            gap=2,
        )  # fmt: skip
        routes = Card()
        buttons = Flow(gap=10)
        for text, key, kind in (
            ("Advice", "Alt+1", "plain"),
            ("Early Help", "Alt+2", "plain"),
            ("Social Work Gateway", "Alt+3", "primary"),
            ("Direct line", "Alt+0, Alt+0", "urgent"),
        ):
            buttons.addWidget(ActionButton(text, key, kind, accessible_name=f"Route: {text}"))  # type: ignore[arg-type]
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
        likely.put(Row(Text("Mia Louise Carter, 3 Apr 2017", Role.BASE_BOLD), None, Pill("very likely", Tone.AMBER)))
        likely.put(
            Text("same birth date and surname; middle name added; lived at 14 Mill Lane in 2025",
                 Role.SMALL, Voice.ASIDE, wrap=True)
        )  # fmt: skip
        likely.put(
            Text("2 earlier referrals · last 11 Aug 2026, child in need, closed", wrap=True, bold="11 Aug 2026")
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
            Text("birth day and month swapped; surname begins the same; other school",
                 Role.SMALL, Voice.ASIDE, wrap=True)
        )  # fmt: skip
        guide = Card(gap=0)
        for words, face in (
            ("Injury, account does not fit", pill("s17 – s47", "amber")),
            ("Child fears an adult at home", pill("s17 – s47", "amber")),
            ("Repeat within 12 months", pill("raise", "amber")),
        ):
            guide.put(Row(Text(words), None, Pill.of(face), margins=(8, 6, 8, 7)))
            guide.put(Hairline())
        said = Card(gap=2)
        said.put(Row(Text("Ruth Okafor", Role.BASE_BOLD), Text("14:01", Role.ASIDE, Voice.ASIDE), None, gap=4))
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
            ("Children’s social care", pill("open to table", "green"),
             "Known 2024–25, child in need plan closed Mar 2025"),
            ("Staffordshire Police", pill("open to table", "green"),
             "3 incidents at address since June; 1 withheld, conditions"),
            ("Health (MPFT)", pill("arriving now", "accent"), "typing…"),
            ("Education", pill("open to table", "green"), "Attendance 81 %, two unexplained bruises logged"),
            ("Probation", pill("nothing held"), "searched 13:20"),
            ("Housing", pill("apologies"), "sent information 12:10"),
        ):  # fmt: skip
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
            TextField("Harm and how likely",
                      "Two unexplained injuries in five weeks; child afraid of an adult at home.", lines=2),
            TextField("Protective", "School and grandmother.", lines=1),
            self.unknown,
        )  # fmt: skip
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
                Event("12 Nov 2026", "Education", "Mia", "Bruise to left forearm; account does not fit", pill("seen", "green")),
                Event("6 Nov 2026", "Education", "Mia", "Absent three days, no contact from home", pill("fact")),
                Event("31 Oct 2026", "Police", "Joanne, Dean", "Verbal argument reported by neighbour; no offences", pill("fact", "amber")),
                Event("c. Sept 2026", "Health", "Joanne", "GP notes low mood, missed two appointments", pill("opinion")),
                Event("11 Aug 2026", "Social care", "Mia", "Contact from grandmother; closed with advice", pill("fact", "amber")),
                Event("2 Jun 2026", "Police", "Dean", "Held by police: ask the police representative", pill("intel", "violet")),
                Event("Mar 2025", "Social care", "Mia", "Child in need plan closed, goals met", pill("fact")),
            ]
        )  # fmt: skip
        table = Card(padding=1, gap=0)
        table.put(
            Box(
                Row(
                    SectionHeading("One chronology", icon_name="list"), None,
                    Text("All agencies · All people · 7 of 41 shown", Role.ASIDE, Voice.ASIDE), KeyCap("F"),
                    margins=(11, 8, 11, 4),
                )
            )
        )  # fmt: skip
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
            Card("Relied on", Box(Row(Text("drag or", Role.ASIDE, Voice.ASIDE), KeyCap("E"), gap=4)),
                 Text("12 Nov bruise · 31 Oct incident · Aug contact", Role.SMALL, Voice.ASIDE), gap=2),
            None,
            width=330,
            foot=Box(
                Row(
                    ActionButton("Draft decision", "Ctrl+D", "primary", accessible_name="Draft the decision"),
                    ActionButton("Next case", "N", accessible_name="Next case"), None, gap=10,
                )
            ),
        )  # fmt: skip
        self.setLayout(Column(Page(middle, left=left, right=right)))

    def chips(self) -> tuple[PillFace, ...]:
        return (
            rag_face("red", "1 h 12 m left"),
            pill("Carter, Mia + 1 · case 3 of 6"),
            pill("second display: on", "accent"),
        )

    def enter(self) -> None:
        self.unknown.setFocus()


class Everything(Screen):
    """Each widget that the other made-up screens do not show, in its states."""

    place_id, title = "figures", "Widgets"

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker)
        wrong = Field("NHS number", "943 476 5910")
        wrong.show_error("The check digit does not fit: look at the last two digits again.")
        off = ActionButton("Release", "L", accessible_name="Release to the table")
        off.setEnabled(False)
        fields = Card(
            "Fields", "errors name what is wrong", wrong,
            ChoiceField("Channel", [("tel", "Telephone"), ("web", "Form")], placeholder="choose"),
            ChoiceRow([("no", "No"), ("yes", "Yes"), ("unknown", "Not known")], "yes",
                      accessible_name="Immediate danger"),
            TickBox("Parents were told", True), TickBox("Searched: Niche and PND"),
            Row(off, ActionButton("Attach", "", accessible_name="Attach a document", icon_name="paperclip"), None),
        )  # fmt: skip
        fields.put(None)
        empty = Card()
        empty.put(
            EmptyState(
                "inbox", "No request waits for your agency",
                "When the hub asks about somebody, the request rings here. Until then you can look at what "
                "you have returned.",
                ActionButton("What we returned", "V", accessible_name="What we returned"),
            ),
            1,
        )  # fmt: skip
        broken = Card()
        broken.put(
            ErrorState("The figures could not be read", "The hub cannot be reached. What is on this desktop "
                       "is still here; the figures come from the hub.", lambda: None),
            1,
        )  # fmt: skip
        loading = Card("Open referrals", "reading", SkeletonRows(5, what="Open referrals"))
        loading.put(None)
        pills = Card("Tones")
        pills.put(Row(*(Pill(t.value, t) for t in Tone), None, gap=6))
        pills.put(Row(RagChip("red"), RagChip("amber"), RagChip("green"), RagChip("red", "late 36 min"), None, gap=6))
        pills.put(Text("Ink, content. Łukasz Kőszegi, 01785 555 0142", Role.BASE))
        pills.put(Text("Ink 2, labels", Role.SMALL, Voice.LABEL))
        pills.put(Text("Ink 3, asides", Role.SMALL, Voice.ASIDE))
        pills.put(None)
        dissent = Card("Since you last looked", "", Text("Health answered at 14:34: two A&E attendances. Not yet relied on.",
                       wrap=True, bold="Not yet relied on."), edge=Tone.AMBER, gap=2)  # fmt: skip
        grid = Grid(gap=10)
        for at, card in enumerate((fields, empty, broken, loading, pills, dissent)):
            grid.addWidget(card, at // 3, at % 3)
            grid.setColumnStretch(at % 3, 1)
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        banner = Banner(
            "Somebody else rated this case first.",
            "K. Shaw rated it amber at 14:03 while you were offline. Your reason is kept below.",
            ActionButton("Look", "Alt+L", accessible_name="Look at their rating"),
            ActionButton("Rate again", "Alt+R", accessible_name="Rate again"),
        )
        refused = Banner(
            "The hub refused this: a drafter cannot sign their own decision.", tone=Tone.RED
        )
        self.setLayout(Column(scrolled(Box(Column(banner, refused, grid, margins=12)))))


class Settings(Screen):
    place_id, title = "settings", "Settings"

    def __init__(self, worker: Worker) -> None:
        super().__init__(worker)
        page = SettingsPage(current_look().mode, current_look().scale)
        self.setLayout(Column(page))


class Plain(Screen):
    def __init__(self, worker: Worker, place: Place) -> None:
        super().__init__(worker)
        self.place_id, self.title = place.id, place.name
        self.setLayout(
            Column(EmptyState(place.icon, place.name, "Nothing waits here for you."))
        )


def window(worker: Worker, online: bool = True) -> MainWindow:
    """The shell with all of the made-up screens."""
    made = MainWindow()
    made.show_state(state(online))
    screens: list[Screen] = [HubBoard(worker), TriageDesk(worker), RoundTable(worker), Everything(worker), Settings(worker)]
    taken = {screen.place_id for screen in screens}
    screens += [Plain(worker, place) for place in PLACES if place.id not in taken]
    for screen in screens:
        made.add_screen(screen)
    made.go("hub")
    return made


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
        ("✓ Social care", Voice.INK), ("✓ Police", Voice.INK), ("✓ Education", Voice.INK),
        ("… Health, answering now", Voice.INK), ("– Probation, nothing held", Voice.ASIDE),
    ):  # fmt: skip
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


def main(folder: Path) -> None:
    """Write every picture of the gallery into ``folder``."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    Theme.apply(app, Mode.LIGHT)
    worker = Worker()
    shell = window(worker)
    every = (*Mode,)
    for place in ("hub", "triage", "table", "figures", "settings"):
        shell.go(place)
        pictures(shell, folder, place, modes=every)
    shell.go("triage")
    for scale in (1.5, 2.0):
        Theme.apply(app, Mode.LIGHT, scale)
        for place in ("hub", "triage", "figures"):
            shell.go(place)
            picture(shell, folder / f"{place}-{round(scale * 100)}.png")
    Theme.apply(app, Mode.LIGHT)
    shell.show_state(state(online=False))
    shell.toast("Chased Education at 14:06.", lambda: None)
    picture(shell, folder / "offline-toast.png")
    shell.palette_overlay.open()
    picture(shell, folder / "palette.png")
    shell.palette_overlay.field.setText("re-rate")
    picture(shell, folder / "palette-typed.png")
    shell.palette_overlay.dismiss()
    shell.key_help.open()
    picture(shell, folder / "keys.png")
    shell.lock()
    picture(shell, folder / "locked.png")
    shell.unlock_page.wrong("That is not the passphrase of this desktop. Type it again.")
    picture(shell, folder / "locked-wrong.png")
    shell.show_sign_in()
    shell.sign_in_page.offline()
    picture(shell, folder / "sign-in-offline.png")
    room = second_display()
    picture(room, folder / "second-display.png", (1920, 1080))
    room.close()
    shell.close()
    worker.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
