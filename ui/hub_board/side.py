"""The referral chosen on the board: what was asked and answered, what happened today, and the actions."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from mash_desktop.desk.hub_board import Answer, Case
from mash_desktop.domain.fold.stage import Stage
from mash_desktop.working_time import say_left
from ui.acting_panel import ActingPanel, action
from ui.hub_board.faces import face_of
from ui.theme import Role, Tone, Voice
from ui.widgets.card import Card, Hairline, SectionHeading
from ui.widgets.layout import Box, Column, Flow, Grid
from ui.widgets.pill import Pill, RagChip
from ui.widgets.states import EmptyState
from ui.widgets.text import Text

_button = partial(action, "hub", "Hub board")


class CasePanel(ActingPanel):
    """``show_case`` fills it; a form, while one is open, stands at its foot in place of the actions."""

    def __init__(self) -> None:
        self.rate = _button("Rate", "R", "rate", "Rate the chosen referral")
        self.ask = _button("Ask agencies", "A", "ask", "Ask agencies about the chosen referral")
        self.table = _button(
            "Bring to the table", "T", "table_open", "Bring the chosen referral to the table"
        )
        self.escalate = _button("Escalate", "E", "escalate", "Escalate the chosen referral")
        self.resolve = _button("Resolve", "V", "resolve", "Resolve an escalation of the chosen referral")
        self.chase = _button("Chase", "C", "chase", "Chase an answer")
        self.without = _button("Go on without", "W", "without", "Go on without an answer")
        self.withdraw = _button("Withdraw", "X", "withdraw", "Withdraw a request")
        super().__init__(Flow(self.table, self.rate, self.ask, self.escalate, gap=8), width=380)
        self.case: Case | None = None
        self._chip: RagChip | Pill | None = None
        self._marks: list[tuple[Answer, Pill]] = []
        self._answer_actions = Box(Flow(self.chase, self.without, self.withdraw, gap=8))
        self._answer_actions.setParent(self)
        self.show_case(None, datetime.min)

    def show_case(self, case: Case | None, now: datetime) -> None:
        """Show another referral, or the same one as it stands now."""
        self.case = case
        for kept in (self._answer_actions, self.resolve):
            kept.setParent(self)
            kept.hide()
        self.clear()
        self._marks, self._chip = [], None
        self._show_actions()
        if case is None:
            sentence = "Choose a row: what was asked and answered stands here."
            self.put(EmptyState("layout-grid", "No referral chosen", sentence))
            self.relook()
            return
        self.put(SectionHeading(case.who, case.reference))
        self._chip = self._rating(case, now)
        admitted = " · ".join(part for part in (case.admitted, case.threshold) if part)
        self.put(Flow(self._chip, Pill(admitted), gap=8))
        self.put(self._answers(case, now))
        self.put(_today(case))
        if case.escalations:
            lines = [Text(one.words, Role.SMALL, Voice.LABEL, wrap=True) for one in case.escalations]
            self.put(Card("Escalated", self.resolve, *lines, edge=Tone.VIOLET, gap=2))
            self.resolve.show()
        self.put(None)
        self.relook()

    def tick(self, now: datetime) -> None:
        """A minute has passed."""
        case = self.case
        if case is not None and isinstance(self._chip, RagChip) and case.rag is not None:
            self._chip.set_rating(case.rag.value, _left(case, now))
        for answer, pill in self._marks:
            pill.set_face(face_of(answer.mark(now)))

    def let_act(self, may: bool) -> None:
        self._answer_actions.setVisible(may and self._answer_actions.parentWidget() is not self)
        super().let_act(may)

    def _show_actions(self) -> None:
        case = self.case
        self.rate.setText("Re-rate" if case and case.rag else "Rate")
        self.rate.updateGeometry()
        self.rate.setEnabled(bool(case and case.may_rate))
        self.ask.setEnabled(bool(case and case.may_ask))
        at_table = bool(case and case.stage in (Stage.TABLE, Stage.DRAFTED))
        self.table.setText("Open the table" if at_table else "Bring to the table")
        self.table.updateGeometry()
        self.table.setEnabled(bool(case and (case.may_open_table or at_table)))
        self.escalate.setEnabled(bool(case and case.may_escalate))
        waiting = case.waiting() if case else ()
        asks = bool(case and case.may_ask and waiting)
        self.chase.setEnabled(asks)
        self.without.setEnabled(asks)
        self.withdraw.setEnabled(asks and any(one.may_withdraw for one in waiting))
        self._choose_primary()

    def _choose_primary(self) -> None:
        """The one next step: rate what is unrated, ask where nobody was asked, else the table."""
        case = self.case
        unrated = bool(case and case.rag is None and case.may_rate)
        unasked = bool(case and not unrated and not case.answers and case.may_ask)
        self.rate.set_kind("primary" if unrated else "plain")
        self.ask.set_kind("primary" if unasked else "plain")
        self.table.set_kind("plain" if unrated or unasked else "primary")

    def _rating(self, case: Case, now: datetime) -> RagChip | Pill:
        if case.rag is None:
            return Pill("to rate", Tone.ACCENT)
        return RagChip(case.rag.value, _left(case, now))

    def _answers(self, case: Case, now: datetime) -> Card:
        card = Card("Asked and answered", gap=0)
        if not case.answers:
            card.put(Text("No agency has been asked yet.", Role.SMALL, Voice.ASIDE, wrap=True))
            return card
        for answer in case.answers:
            pill = Pill.of(face_of(answer.mark(now)))
            self._marks.append((answer, pill))
            row = Grid(gap=2, margins=(8, 7, 8, 6))
            row.addWidget(Text(answer.name, wrap=True), 0, 0)
            row.addWidget(pill, 0, 1)
            row.setColumnStretch(0, 1)
            for number, note in enumerate(answer.notes, 1):
                row.addWidget(Text(note, Role.SMALL, Voice.ASIDE, wrap=True), number, 0, 1, 2)
            card.put(row)
            card.put(Hairline())
        if case.may_ask and case.waiting():
            actions = Column(self._answer_actions, margins=(0, 8, 0, 0))
            self._answer_actions.show()
            card.put(actions)
        return card


def _left(case: Case, now: datetime) -> str:
    return say_left(case.clock.left(now)) if case.clock is not None else "untimed"


def _today(case: Case) -> Card:
    lines = [Text(line, Role.SMALL, Voice.ASIDE, wrap=True) for line in case.today]
    if not lines:
        lines = [Text("Nothing has happened to it today.", Role.SMALL, Voice.ASIDE, wrap=True)]
    return Card("Earlier today", "", *lines, gap=2)
