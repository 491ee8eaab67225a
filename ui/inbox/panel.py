"""The chosen one: what was decided for whom, what is to be done, and the buttons for what comes next."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QWidget

from mash_desktop.desk.inbox import Open
from ui.acting_panel import ActingPanel, action
from ui.sign_off.reading import pill, subject_card
from ui.theme import Role, Tone, Voice
from ui.widgets.card import Card, SectionHeading
from ui.widgets.layout import Flow, Row
from ui.widgets.pill import RagChip
from ui.widgets.states import EmptyState
from ui.widgets.text import Text

_button = partial(action, "inbox", "Inbox")


class OpenPanel(ActingPanel):
    """``show_open`` fills it; a form stands at its foot in place of the actions."""

    def __init__(self) -> None:
        self.accept = _button("Accept", "A", "accept", "Accept the chosen referral")
        self.back = _button("Return", "R", "back", "Return the chosen referral with a reason")
        self.first = _button("First action", "F", "first", "Record the first action")
        self.finish = _button("Close", "C", "close", "Close the chosen referral")
        self.paper = _button("Summary", "P", "receiving_team", "Make this team’s copy of the summary")
        self.file = _button("Open the file", "O", "file", "Open the referral’s file")
        self._why_not = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        actions = Flow(self.accept, self.back, self.first, self.finish, self.paper, self.file, gap=8)
        super().__init__(self._why_not, actions, width=430)
        self.shown: Open | None = None
        self._waits: Text | None = None
        self.show_open(None, datetime.min)

    def show_open(self, shown: Open | None, now: datetime) -> None:
        self.shown = shown
        self.clear()
        self._waits = None
        self._show_actions()
        if shown is None:
            sentence = "Choose a row: what was decided, and why, stands here."
            self.put(EmptyState("inbox", "No referral chosen", sentence))
        else:
            self._put_open(shown, now)
        self.relook()

    def _put_open(self, shown: Open, now: datetime) -> None:
        row = shown.row
        self.put(SectionHeading(row.who, row.reference))
        chips: list[QWidget] = [RagChip(row.rag.value)] if row.rag else []
        self._waits = Text("", Role.SMALL, Voice.LABEL)
        self.put(Flow(*chips, pill(row.state), gap=8))
        self.put(self._waits)
        self.tick(now)
        sent = Card(f"Sent {row.sent}", "", gap=4)
        sent.put(Text(f"by {shown.sent_by}", Role.SMALL, Voice.ASIDE, wrap=True))
        if shown.words:
            sent.put(Text(shown.words, wrap=True))
        self.put(sent)
        if shown.decision is not None:
            for one in shown.decision.subjects:
                self.put(subject_card(one, narrow=True))
        elif shown.levels:
            card = Card("Level of need", gap=6)
            for name, face in shown.levels:
                card.put(Row(Text(name), None, pill(face)))
            self.put(card)
        if shown.others:
            lines = [Text(line, wrap=True) for line in shown.others]
            self.put(Card("Others in this decision", "", *lines, gap=4))
        if shown.actions:
            lines = [Text(line, wrap=True) for line in shown.actions]
            self.put(Card("Actions agreed", "", *lines, gap=4))
        if shown.decision is not None and shown.decision.dissent:
            lines = [Text(line, wrap=True) for line in shown.decision.dissent]
            self.put(Card("Dissent", "", *lines, edge=Tone.VIOLET, gap=4))
        lines = [Text(line, Role.SMALL, Voice.ASIDE, wrap=True) for line in shown.history]
        self.put(Card("With this team", "", *lines, gap=2))
        self.put(None)

    def tick(self, now: datetime) -> None:
        """A minute has passed."""
        if self._waits is not None and self.shown is not None:
            self._waits.setText(self.shown.row.waits(now).capitalize())

    def _show_actions(self) -> None:
        shown = self.shown
        self.accept.setEnabled(bool(shown and shown.may_accept))
        self.back.setEnabled(bool(shown and shown.may_return))
        self.first.setEnabled(bool(shown and shown.may_act))
        self.finish.setEnabled(bool(shown and shown.may_close))
        self.paper.setEnabled(shown is not None)
        self.file.setEnabled(shown is not None)
        self._why_not.setText(shown.why_not_close if shown else "")
        self._why_not.setVisible(bool(shown and shown.why_not_close))
        acted = bool(shown and shown.row.acted_at)
        self.accept.set_kind("primary" if shown and shown.may_accept else "plain")
        self.first.set_kind("primary" if shown and shown.may_act and not acted else "plain")
        self.finish.set_kind("primary" if shown and shown.may_close and acted else "plain")
