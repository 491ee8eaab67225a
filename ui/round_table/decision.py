"""The decision: for each person the final level against that at admission, what will be done, and why."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.round_table import Decided, Deciding, SubjectChoice, Table
from mash_desktop.domain.codes import Cohort, MaracRoute
from mash_desktop.domain.errors import Refusal
from ui.keeping import Soon
from ui.round_table.faces import level_face, move_face
from ui.theme import Role, Voice
from ui.widgets.card import Card
from ui.widgets.choice import ChoiceField
from ui.widgets.field import TextField
from ui.widgets.layout import Box, Column, Row, empty
from ui.widgets.pill import Pill
from ui.widgets.tabs import Tab, TabStrip
from ui.widgets.text import Text

_MARAC = (("", "Not referred"), *((one.value, one.label) for one in MaracRoute))


class _Subject(QWidget):
    """What is decided for one person: the row of levels stands apart from the words."""

    edited = Signal()

    def __init__(self, decided: Decided, table: Table) -> None:
        super().__init__()
        self.decided = decided
        self.final = ChoiceField(
            "", [(one.id, one.label) for one in table.rungs], placeholder="Choose a level",
            accessible_name=f"Final level for {decided.name}",
        )  # fmt: skip
        self.move_pill = Pill()
        self.marac = ChoiceField("Referral to MARAC", _MARAC, accessible_name=f"MARAC for {decided.name}")
        self.intervention = TextField(
            "What will be done", lines=2, accessible_name=f"What will be done for {decided.name}"
        )
        self.rationale = TextField("Why", lines=3, accessible_name=f"Why, for {decided.name}")
        for name, field in self.fields().items():
            field.setObjectName(f"table.{name}.{decided.subject}")
            field.changed.connect(self._edited)
        words = Column(gap=6)
        for field in (self.intervention, self.rationale):
            words.put(field)
        if table.cohort is Cohort.DOMESTIC_ABUSE:
            words.put(self.marac)
        self.setLayout(words)

    def fields(self) -> dict[str, ChoiceField | TextField]:
        return {
            "final": self.final, "intervention": self.intervention, "rationale": self.rationale,
            "marac": self.marac,
        }  # fmt: skip

    def levels(self) -> Column:
        """*Mia, at admission* and its level; below, the final level and how it stands to that."""
        before = Row(Text(self.decided.called, Role.BASE_BOLD), Text("at admission", Role.SMALL, Voice.LABEL))
        before.put(Pill.of(level_face(self.decided.admission)))
        before.put(None)
        final = Row(gap=8)
        final.put(self.final, 1)
        final.put(self.move_pill)
        return Column(before, final, gap=4)

    def _edited(self) -> None:
        self.show_move()
        self.edited.emit()

    def show_move(self) -> None:
        """▲ stepped up, = confirmed, ▼ stepped down: at each choice."""
        face = move_face(self.decided.moves.get(self.final.value(), ""))
        if face is not None:
            self.move_pill.set_face(face)
        self.move_pill.setVisible(face is not None)

    def choice(self) -> SubjectChoice:
        ground = self.marac.value()
        return SubjectChoice(
            self.final.value(),
            self.intervention.value(),
            self.rationale.value(),
            MaracRoute(ground) if ground else None,
        )

    def offer(self, choice: SubjectChoice) -> None:
        self.final.offer(choice.level)
        self.intervention.offer(choice.intervention)
        self.rationale.offer(choice.rationale)
        self.marac.offer(choice.marac.value if choice.marac else "")
        self.show_move()

    def settled(self) -> None:
        """What stands in the fields is no longer somebody's typing."""
        for field in self.fields().values():
            field.typed = False

    def set_open(self, opened: bool) -> None:
        for field in self.fields().values():
            field.control.setEnabled(opened)

    def fault(self, field: str, sentence: str) -> bool:
        """Show the refusal here if this is where it comes from."""
        at = {"intervention": self.intervention, "rationale": self.rationale}.get(field)
        if at is None and not self.final.value():
            self.final.show_error(sentence)
            self.final.setFocus()
            return True
        if at is None or at.value().strip():
            return False
        at.show_error(sentence)
        return True


class DecisionCard(Card):
    """``kept(deciding)`` within a second of an edit; ``relied`` is given by the chronology."""

    kept = Signal()

    def __init__(self) -> None:
        super().__init__(gap=8)
        self.subjects: dict[str, _Subject] = {}
        self._levels = Column(gap=10)
        self.tabs = TabStrip(accessible_name="Decision for whom")
        self.tabs.setObjectName("table.subjects")
        self.tabs.chosen.connect(self.show_subject)
        self._words = Column(gap=0)
        self._box = Box(self._words)
        for piece in (Box(self._levels), self.tabs, self._box):
            self.put(piece)
        self._soon = Soon(self, self.kept.emit)

    def show_table(self, table: Table) -> None:
        """Show the people of this case; words only where nobody is typing."""
        wanted = {one.subject: one for one in table.subjects}
        known = {subject: block.decided for subject, block in self.subjects.items()}
        if known != wanted:
            self._build(table)
        for subject, block in self.subjects.items():
            block.offer(table.deciding.subjects.get(subject, SubjectChoice()))
            block.set_open(table.may_draft)

    def _build(self, table: Table) -> None:
        typed = {subject: block.choice() for subject, block in self.subjects.items()}
        empty(self._levels)
        empty(self._words)
        self.subjects = {}
        for decided in table.subjects:
            block = _Subject(decided, table)
            block.edited.connect(self._soon.wind)
            self._levels.put(Box(block.levels()))
            block.show_move()
            self._words.put(block)
            if decided.subject in typed:
                block.offer(typed[decided.subject])
            block.hide()
            self.subjects[decided.subject] = block
        self.tabs.set_tabs([Tab(one.subject, one.called) for one in table.subjects])
        self.tabs.setVisible(len(table.subjects) > 1)
        if table.subjects:
            self.show_subject(self.tabs.current())

    def show_subject(self, subject: str) -> None:
        for one, block in self.subjects.items():
            block.setVisible(one == subject)
        if subject in self.subjects:
            self.tabs.choose(subject)

    def clear(self) -> None:
        """Another case."""
        self.flush()
        self.subjects = {}
        empty(self._levels)
        empty(self._words)

    def flush(self) -> None:
        if self._soon.isActive():
            self._soon.stop()
            self.kept.emit()

    def stop(self) -> None:
        """The draft is being made: nothing typed before it is kept after it."""
        self._soon.stop()

    def deciding(self, relied: tuple[str, ...]) -> Deciding:
        return Deciding({subject: block.choice() for subject, block in self.subjects.items()}, relied)

    def settled(self) -> None:
        for block in self.subjects.values():
            block.settled()

    def begin(self) -> None:
        for block in self.subjects.values():
            if not block.final.value() and block.final.control.isEnabled():
                block.final.setFocus()
                return
        shown = self.subjects.get(self.tabs.current())
        if shown is not None:
            shown.intervention.setFocus()

    def refuse(self, refusal: Refusal) -> bool:
        """Show a refusal at the first person whom it concerns."""
        for subject, block in self.subjects.items():
            if block.fault(refusal.field or "", refusal.sentence):
                self.show_subject(subject)
                if refusal.field in {"intervention", "rationale"}:
                    block.fields()[refusal.field].setFocus()
                return True
        return False
