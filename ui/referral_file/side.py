"""The side of the file: the entry that is looked at, and at the foot what may be done, or a form."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QWidget

from mash_desktop.desk.referral_file import Head, Line
from ui.acting_panel import ActingPanel, action
from ui.widgets.layout import Flow

_button = partial(action, "file", "File")


class SideActions(ActingPanel):
    """``show_pieces`` fills it, ``allow`` lets act; ``open_form`` puts a form in place of the actions."""

    def __init__(self) -> None:
        self.note = _button("Note", "N", "note", "Add a note")
        self.escalate = _button("Escalate", "E", "escalate", "Raise a disagreement")
        self.resolve = _button("Resolve", "R", "resolve", "Resolve an escalation")
        self.feedback = _button("Feedback", "W", "feedback", "Say that the referrer was told the outcome")
        self.done = _button("Action done", "D", "done", "Say that an action was done")
        self.withdraw = _button("Withdraw entry", "X", "withdraw", "Withdraw the chosen entry as misfiled")
        self.transfer = _button("Pass on", "T", "transfer", "Pass ownership on")
        self.mark = _button("Marker", "M", "mark", "Set a marker on somebody")
        self.unmark = _button("Clear marker", "U", "unmark", "Clear a marker")
        self.glass = _button("Break the glass", "G", "glass", "Break the glass to see all of it")
        buttons = Flow(
            self.note,
            self.escalate,
            self.resolve,
            self.feedback,
            self.done,
            self.withdraw,
            self.mark,
            self.unmark,
            self.transfer,
            self.glass,
            gap=8,
        )
        super().__init__(buttons, width=400)

    def show_pieces(self, *pieces: QWidget) -> None:
        self.clear()
        for piece in pieces:
            self.put(piece)
        self.put(None)
        self.relook()

    def allow(self, head: Head, line: Line | None) -> None:
        self.note.setEnabled(head.may_note)
        self.escalate.setEnabled(head.may_escalate)
        self.resolve.setVisible(bool(head.escalations) and head.may_resolve)
        self.feedback.setVisible(head.may_tell_referrer)
        self.done.setVisible(bool(head.to_do) and head.may_complete)
        self.withdraw.setVisible(head.may_withdraw)
        self.withdraw.setEnabled(line is not None and line.may_withdraw)
        self.transfer.setVisible(head.may_transfer and bool(head.owners))
        self.mark.setVisible(head.may_mark and bool(head.about))
        self.unmark.setVisible(head.may_mark and bool(head.marked))
        self.glass.setVisible(bool(head.may_break_glass))
