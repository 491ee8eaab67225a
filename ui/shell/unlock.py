"""The door of this computer, which the passphrase opens."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent

from ui.shell.door import Door
from ui.widgets.button import ActionButton
from ui.widgets.field import Field
from ui.widgets.layout import Flow


class UnlockPage(Door):
    """``asked`` with the passphrase; answer with ``busy``, ``wrong`` or ``tell``."""

    asked = Signal(str)
    other_asked = Signal()
    """By somebody else who uses this computer."""
    lost_asked = Signal()
    """By somebody who cannot open it any more."""

    def __init__(self, marking: str = "") -> None:
        super().__init__(
            "lock", "Locked", "What you were doing is as you left it. Nothing typed is lost.", marking
        )
        self.passphrase = Field("Passphrase", secret=True)
        self.button = ActionButton("Unlock", "Return", "primary", accessible_name="Unlock", group="Window")
        self._act(self.button, [self.passphrase])
        self.button.clicked.connect(self._ask)
        self.other = ActionButton("Somebody else", "Ctrl+O", accessible_name="Somebody else", group="Window")
        self.lost = ActionButton(
            "It does not open", "Ctrl+H", accessible_name="It does not open", group="Window"
        )
        self.other.clicked.connect(self.other_asked)
        self.lost.clicked.connect(self.lost_asked)
        # Nobody who only walks by puts a colleague's profile away: it is offered once it has not opened.
        self.lost.hide()
        self.card.put(Flow(self.other, self.lost))

    def set_person(self, person: str, hub: str) -> None:
        self.title.setText(f"Locked · {person}" if person else "Locked")
        where = f"{hub}. " if hub else ""
        self.sentence.setText(f"{where}What you were doing is as you left it. Nothing typed is lost.")

    def _ask(self) -> None:
        passphrase = self.passphrase.value()
        if not passphrase:
            self.passphrase.show_error("Type your passphrase.")
            return
        self.busy("Opening")
        self.asked.emit(passphrase)

    def wrong(self, sentence: str) -> None:
        """The passphrase did not open: say so at the field, and let it be typed over."""
        self.ready()
        self.lost.show()
        self.passphrase.show_error(sentence)
        self.passphrase.setFocus()
        self.passphrase.line.selectAll()

    def forget(self) -> None:
        """Once opened, nothing of the passphrase stays in the window."""
        self.ready()
        self.clear_notice()
        self.passphrase.set_value("")
        self.passphrase.clear_error()
        self.lost.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.passphrase.setFocus()
