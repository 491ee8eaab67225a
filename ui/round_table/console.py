"""The console's widgets in their places; it shows a case and says what is typed, and asks nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget

from mash_desktop.desk.round_table import Deciding, HouseholdSeen, Table
from mash_desktop.domain.errors import Refusal
from ui.round_table.analysis import AnalysisCard
from ui.round_table.beside import ActionsCard, InlineForm, ReliedCard, ViewsCard
from ui.round_table.chronology import ChronologyCard
from ui.round_table.decision import DecisionCard
from ui.round_table.seats import SeatsPanel
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Page, SectionHeading, SidePanel
from ui.widgets.field import Field
from ui.widgets.fitted import Fitted, bring_into_sight
from ui.widgets.genogram import Child, Couple, Genogram, Household, Person
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.text import Text


class Console(Box):
    """Left the seats, in the middle what is known, right the decision."""

    def __init__(self) -> None:
        self.seats = SeatsPanel()
        self.genogram = Genogram()
        self.analysis = AnalysisCard()
        self.chronology = ChronologyCard()
        self.decision = DecisionCard()
        self.views, self.relied, self.to_do = ViewsCard(), ReliedCard(), ActionsCard()
        place = Field("Where it is held", placeholder="Room 2")
        self.opening = InlineForm(
            "opening", "the table", {"place": place}, save="Open the table", kind="primary", closes=False
        )
        reason = Field("Why the decision does not wait")
        self.without = InlineForm("without", "an answer", {"reason": reason}, save="Go on without")
        place.setObjectName("table.place")
        self.draft = ActionButton("Draft decision", "Ctrl+D", "primary", accessible_name="Draft the decision")
        self.next = ActionButton("Next case", "N", accessible_name="Next case")
        self.draft.setObjectName("table.draft")
        self.next.setObjectName("table.next")
        self.forms = (self.opening, self.without, self.views.form, self.to_do.form, self.to_do.done_form)
        super().__init__(self._lay_out())
        self._table: Table | None = None
        self._wire()

    def _lay_out(self) -> Column:
        self._open_card = Card("Open the table", "", edge=Tone.ACCENT)
        self._open_card.put(
            Text(
                "From then on each agency that was asked receives what the others released.",
                Role.SMALL, Voice.LABEL, wrap=True,
            )
        )  # fmt: skip
        self._open_card.put(self.opening)
        self._back = Card("", "", edge=Tone.VIOLET)
        self._back_by, self._back_reason = Text("", Role.SMALL, Voice.LABEL), Text("", wrap=True)
        self._back.put(self._back_by)
        self._back.put(self._back_reason)
        self._drafted = Card("", "", edge=Tone.GREEN)
        self._drafted_words = Text("", wrap=True)
        self._drafted.put(self._drafted_words)
        self._awaited = Card("", "", edge=Tone.AMBER)
        self._awaited_words = Text("", wrap=True)
        self._awaited.put(self._awaited_words)
        self._awaited.put(self.without)
        self._fault = Text("", Role.SMALL, Voice.RED, wrap=True)
        for hidden in (self._open_card, self._back, self._drafted, self._awaited, self._fault):
            hidden.hide()
        household = Card("Household", "")
        household.put(self.genogram, 1)
        top = Row(gap=10)
        top.put(household, 1)
        top.put(self.analysis, 1)
        above = Box(top)
        # Each asks for what it has to show and gives way equally; room to spare is the chronology's.
        above.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        middle = Column(above, gap=10, margins=12)
        middle.put(self.chronology, 1)
        self._heading = SectionHeading("Decision", "", icon_name="scale")
        right = SidePanel(
            self._heading,
            self._open_card,
            self._back,
            self._drafted,
            self._awaited,
            self.decision,
            self.views,
            self.relied,
            self.to_do,
            None,
            width=336,
            foot=Box(Column(self._fault, Flow(self.draft, self.next, gap=10), gap=6)),
        )
        return Column(Page(Fitted(middle), left=self.seats, right=right), gap=0)

    def _wire(self) -> None:
        views, to_do = self.views, self.to_do
        views.add.clicked.connect(lambda: self._begin(views.form, views.begin))
        for button, form in ((to_do.add, to_do.form), (to_do.done, to_do.done_form)):
            button.clicked.connect(partial(self._begin, form, partial(to_do.begin, form)))
        for form in (views.form, to_do.form, to_do.done_form):
            form.closed.connect(self.show_again)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def _follow(self, _: QWidget | None, focused: QWidget | None) -> None:
        """Bring into sight what a key has led to."""
        if focused is not None and self.isAncestorOf(focused):
            bring_into_sight(focused)

    def _begin(self, form: InlineForm, begin: Callable[[], None], _: bool = False) -> None:
        """One form at a time: the keys to save and to close are one form's."""
        for other in self.forms:
            if other not in (form, self.opening):
                other.close_form()
        begin()
        # Where it stands is known once it has been laid out.
        QTimer.singleShot(0, form, partial(bring_into_sight, form))

    def begin(self) -> None:
        """Where work begins: open the table, else the chronology."""
        if self._table is not None and self._table.may_open:
            self.opening.begin()
        else:
            self.chronology.table.setFocus()

    # --- what is shown

    def clear(self) -> None:
        """Another case: nothing of the one before stays in a field."""
        self.analysis.clear()
        self.decision.clear()
        for form in self.forms:
            form.clear()
            form.setVisible(form is self.opening)
        self._awaited.hide()
        self._fault.hide()
        self._table = None

    def typed(self) -> dict[str, str]:
        """What stands in the small forms, by form and field."""
        return {
            f"{form.name}.{name}": field.value() for form in self.forms for name, field in form.fields.items()
        }

    def offer(self, typed: Mapping[str, str]) -> None:
        """Put back what was typed in them before."""
        for form in self.forms:
            for name, field in form.fields.items():
                field.offer(typed.get(f"{form.name}.{name}", ""))

    def show_table(self, table: Table) -> None:
        before, self._table = self._table, table
        told = before is not None and (before.drafted, before.returned_reason) != (
            table.drafted,
            table.returned_reason,
        )
        self.seats.show_seats(table.around, table.others, table.may_record)
        self.genogram.set_household(_drawn(table.household))
        self.analysis.show_analysis(table.analysis, table.cohort, table.may_record)
        self.chronology.show_lines(table.stream, table.lines, table.people)
        self.decision.show_table(table)
        if before is None or not table.may_draft:
            self.chronology.set_relied(table.deciding.relied)
        else:
            self.chronology.set_relied([one for one in self.chronology.relied if one in table.evidence])
        self.show_again()
        if told:
            bring_into_sight(self._heading)

    def show_again(self) -> None:
        """What depends on the case and on which form is open."""
        table = self._table
        if table is None:
            return
        self._heading.set_aside(f"opened {table.opened}" if table.opened else "")
        self._open_card.setVisible(table.may_open)
        self.opening.setVisible(table.may_open)
        self._back.setVisible(bool(table.returned_reason))
        self._back_by.setText(f"Returned by {table.returned_by}")
        self._back_reason.setText(table.returned_reason)
        self._drafted.setVisible(bool(table.drafted))
        self._drafted_words.setText(f"Drafted {table.drafted}. It waits for sign-off.")
        if not table.awaited:
            self._awaited.hide()
        self.views.show_table(table)
        self.to_do.show_table(table)
        self.show_relied()
        self.draft.setEnabled(table.may_draft)
        self.draft.set_kind("plain" if table.may_open else "primary")

    def show_relied(self) -> None:
        table = self._table
        if table is not None:
            lines = [table.line(one) for one in self.chronology.relied]
            self.relied.show_relied([line for line in lines if line is not None])

    # --- what is decided

    def deciding(self) -> Deciding:
        return self.decision.deciding(self.chronology.relied)

    def refuse_draft(self, refusal: Refusal) -> None:
        """Say why it cannot be drafted, where it can be mended."""
        self._fault.hide()
        if refusal.code == "answers-awaited":
            for form in (self.views.form, self.to_do.form, self.to_do.done_form):
                form.close_form()
            self._awaited_words.setText(refusal.sentence)
            self._awaited.show()
            self.without.begin()
        elif refusal.field == "relies_on":
            self.relied.refuse(refusal.sentence)
            self.chronology.table.setFocus()
        elif not self.decision.refuse(refusal):
            self._fault.setText(refusal.sentence)
            self._fault.show()


def _drawn(seen: HouseholdSeen) -> Household:
    return Household(
        people=tuple(
            Person(one.id, one.label, one.sex, one.of_concern, one.identified) for one in seen.people
        ),
        couples=tuple(Couple(bond.one, bond.other, bond.ended, bond.note) for bond in seen.bonds),
        children=tuple(Child(one.child, one.parents) for one in seen.descents),
    )
