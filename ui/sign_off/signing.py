"""The foot of a draft: the passphrase, the signature, or the return; or the sentence why there is neither."""

from __future__ import annotations

from PySide6.QtCore import Signal

from mash_desktop.desk.sign_off import Decision
from ui.theme import Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import Column, Row
from ui.widgets.text import Text


class SignCard(Card):
    """``signed`` fires with what was typed as the passphrase, which is held nowhere else."""

    signed = Signal(str)
    returned = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.passphrase = Field("Passphrase, to sign this exact text", secret=True)
        self.passphrase.setObjectName("sign.passphrase")
        self.sign = ActionButton("Sign", "Return", "primary", accessible_name="Sign this decision")
        self.sign.setObjectName("sign.sign")
        self.sign.clicked.connect(self._sign)
        self.send_back = ActionButton(
            "Return with a reason", "Ctrl+R", accessible_name="Return this draft with a reason"
        )
        self.send_back.setObjectName("sign.return")
        self.send_back.clicked.connect(self.returned)
        self.why_not = Text("", voice=Voice.LABEL, wrap=True)
        self.why_not.setObjectName("sign.why_not")
        row = Row(gap=10)
        row.put(self.why_not, 1)
        row.put(self.passphrase, 1)
        # Beside the field and not beside its label.
        row.put(Column(Row(self.sign, self.send_back, gap=10), None, margins=(0, 20, 0, 0)))
        self.put(row)

    def show_decision(self, shown: Decision) -> None:
        """What was typed stays while the same draft is shown."""
        self.passphrase.setVisible(shown.may_sign)
        self.sign.setVisible(shown.may_sign)
        self.send_back.setVisible(shown.may_return)
        self.why_not.setVisible(not shown.may_sign)
        self.why_not.setText(shown.why_not_sign)

    def wait(self, waiting: bool) -> None:
        """The passphrase is being proved."""
        self.sign.setEnabled(not waiting)

    def refuse(self, sentence: str) -> None:
        """Say at the field what is wrong; the passphrase is to be typed anew."""
        self.passphrase.set_value("")
        self.passphrase.show_error(sentence)
        self.passphrase.setFocus()

    def forget(self) -> None:
        self.passphrase.set_value("")
        self.passphrase.clear_error()

    def _sign(self) -> None:
        typed = self.passphrase.value()
        if not typed:
            self.refuse("Write your passphrase to sign this decision.")
            return
        self.signed.emit(typed)
