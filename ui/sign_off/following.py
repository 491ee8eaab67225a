"""What follows a signature: a row for each thing that is done or left to do, with its button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.papers import Copy
from mash_desktop.desk.sign_off import After
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.layout import Flow, Grid, Row
from ui.widgets.text import Text


class AfterCard(Card):
    """``show_after`` fills it. The buttons are made once, so that their keys and focus stay."""

    def __init__(self, act: Callable[[str], object], paper: Callable[[str], object]) -> None:
        super().__init__("What follows", gap=8)

        def button(name: str, text: str, key: str, said: str, does: Callable[[str], object]) -> ActionButton:
            made = ActionButton(text, key, accessible_name=said, group="Sign-off")
            made.setObjectName(f"sign.{name}")
            made.clicked.connect(lambda: does(name))
            return made

        self.send = button("send", "Send to receiving team", "S", "Send to the receiving team", act)
        self.feedback = button("feedback", "Feedback", "F", "Feedback to the referrer", act)
        self.letter = button("letter", "Letter", "L", "Make the letter to the referrer", act)
        self.tell = button("tell", "Tell agencies", "T", "Tell agencies working with the family", act)
        self.amend = button("amend", "Amend", "M", "Amend the decision", act)
        self.close_it = button("close", "Close", "C", "Close the referral", act)
        self.papers = {
            "full": button("full", "Full copy", "P", "Make the full copy of the summary", paper),
            "receiving_team": button(
                "receiving_team", "Receiving team’s copy", "V", "Make the receiving team’s copy", paper
            ),
            "round_table": button("round_table", "Round-table record", "B", "Make the record", paper),
        }
        self.conclude = button("conclude", "Conclude", "N", "Conclude the adult’s enquiry", act)
        self.enquiry = button("enquiry", "Cause an enquiry", "Q", "Ask another body to make an enquiry", act)
        self.report = button("report", "Report", "R", "What an enquiry by others found", act)
        self.opening = {
            "send": self.send,
            "feedback": self.feedback,
            "letter": self.letter,
            "tell": self.tell,
            "amend": self.amend,
            "close": self.close_it,
            "conclude": self.conclude,
            "enquiry": self.enquiry,
            "report": self.report,
        }
        """Those that open a form and do nothing else, by its name."""
        self._lines = {name: Text("", wrap=True) for name in ("sent", "told", "agencies", "adult", "closing")}
        grid = Grid(gap=8)
        grid.setColumnStretch(1, 1)
        paper_row = Flow(*self.papers.values(), gap=8)
        rows: tuple[tuple[str, str, tuple[QWidget, ...]], ...] = (
            ("Receiving team", "sent", (self.send,)),
            ("Referrer", "told", (self.feedback, self.letter)),
            ("Agencies", "agencies", (self.tell,)),
            ("Enquiry", "adult", (self.enquiry, self.report, self.conclude)),
            ("Afterwards", "closing", (self.amend, self.close_it)),
        )
        for at, (label, line, buttons) in enumerate(rows):
            heading = Text(label, Role.SMALL, Voice.LABEL)
            if line == "adult":
                self._adult: tuple[QWidget, ...] = (heading, self._lines[line], *buttons)
            grid.addWidget(heading, at, 0)
            grid.addWidget(self._lines[line], at, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addLayout(Row(None, *buttons), at, 2)
        self.put(grid)
        self.put(Text("Papers", Role.SMALL, Voice.LABEL))
        self.put(paper_row)

    def show_after(self, then: After, copies: tuple[Copy, ...]) -> None:
        self._say("sent", "\n".join(then.sent) or "Not sent yet.", bool(then.sent))
        self._say("told", then.told or "Not told yet.", bool(then.told))
        self._say("agencies", then.agencies_told or "Nobody told yet.", bool(then.agencies_told))
        self._say("adult", "\n".join(then.enquiries) or "Not concluded yet.", bool(then.enquiries))
        for piece in self._adult:
            piece.setVisible(then.may_conclude or bool(then.enquiries))
        self.conclude.setEnabled(then.may_conclude)
        self.enquiry.setEnabled(then.may_conclude)
        self.report.setVisible(bool(then.open_enquiries) and then.may_conclude)
        self._say("closing", then.why_not_close, False)
        self.send.setEnabled(then.may_send)
        self.feedback.setEnabled(then.may_tell_referrer)
        self.tell.setEnabled(then.may_tell_agencies)
        self.amend.setEnabled(then.may_amend)
        self.close_it.setEnabled(then.may_close)
        why = {copy.id: copy.why_not for copy in copies}
        self.letter.setEnabled(not why["referrer"])
        for copy, button in self.papers.items():
            button.setEnabled(not why[copy])
        self.send.set_kind("primary" if then.may_send else "plain")
        told_next = then.may_tell_referrer and not then.told and not then.may_send
        self.feedback.set_kind("primary" if told_next else "plain")

    def _say(self, name: str, words: str, done: bool) -> None:
        self._lines[name].setText(words)
        self._lines[name].set_voice(Voice.INK if done else Voice.ASIDE)
