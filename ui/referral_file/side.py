"""The side of the file: the entry that is looked at, and at the foot what may be done, or a form."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mash_desktop.desk.referral_file import Head, Line
from ui.widgets import ActionButton, Box, Column, Flow, SidePanel


def _button(text: str, key: str, name: str, said: str) -> ActionButton:
    made = ActionButton(text, key, accessible_name=said, group="File")
    made.setObjectName(f"file.{name}")
    return made


class SideActions(SidePanel):
    """``show_pieces`` fills it, ``allow`` lets act; ``open_form`` puts a form in place of the actions."""

    def __init__(self) -> None:
        self.note = _button("Note", "N", "note", "Add a note")
        self.escalate = _button("Escalate", "E", "escalate", "Raise a disagreement")
        self.resolve = _button("Resolve", "R", "resolve", "Resolve an escalation")
        self.withdraw = _button("Withdraw entry", "X", "withdraw", "Withdraw the chosen entry as misfiled")
        self.transfer = _button("Pass on", "T", "transfer", "Pass ownership on")
        buttons = Flow(self.note, self.escalate, self.resolve, self.withdraw, self.transfer, gap=8)
        self._actions = Box(buttons)
        self._form: QWidget | None = None
        self._foot = Column(self._actions, gap=0)
        super().__init__(width=400, foot=Box(self._foot))

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
        self.withdraw.setVisible(head.may_withdraw)
        self.withdraw.setEnabled(line is not None and line.may_withdraw)
        self.transfer.setVisible(head.may_transfer and bool(head.owners))

    def open_form(self, form: QWidget) -> None:
        self._form = form
        self._actions.hide()
        self._foot.put(form)
        form.show()
        self.relook()

    def close_form(self) -> None:
        form, self._form = self._form, None
        if form is not None:
            self._foot.removeWidget(form)
            form.hide()
            form.deleteLater()
            self._actions.show()
            self.relook()
