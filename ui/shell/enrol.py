"""The third door: a new profile on this computer, tied to a person by a one-time code."""

from __future__ import annotations

from PySide6.QtCore import Signal

from ui.shell.door import Door
from ui.widgets.button import ActionButton
from ui.widgets.field import Field
from ui.widgets.layout import Row


class EnrolPage(Door):
    """``asked`` with hub address, fingerprint, one-time code, password and passphrase; ``left`` when somebody
    who chose to come here turns back."""

    asked = Signal(str, str, str, str, str)
    left = Signal()

    def __init__(self, hub_url: str = "", marking: str = "") -> None:
        super().__init__(
            "key-round",
            "Set this computer up",
            "Your administrator gave you a code for this. It is done once on each computer.",
            marking,
        )
        self.hub_url = Field("Hub address", hub_url, placeholder="https://isl.example.gov.uk")
        self.fingerprint = Field("Hub fingerprint")
        self.code = Field("One-time code")
        self.password = Field("Password for signing in, empty if a directory signs you in", secret=True)
        self.passphrase = Field("Passphrase for this computer, 12 characters or more", secret=True)
        self.button = ActionButton("Set up", "Return", "primary", accessible_name="Set up", group="Window")
        self._act(self.button, [self.hub_url, self.fingerprint, self.code, self.password, self.passphrase])
        self.button.clicked.connect(self._ask)
        self.leave = ActionButton("Not now", "Esc", accessible_name="Not now", group="Window")
        self.leave.clicked.connect(self.left)
        self.leave.hide()
        self.card.put(Row(self.leave, None))

    def _ask(self) -> None:
        asked = (
            (self.hub_url, "Type the address of your hub, as your administrator gave it."),
            (self.fingerprint, "Type the fingerprint that came with the code."),
            (self.code, "Type the one-time code."),
            (self.passphrase, "Choose a passphrase for this computer."),
        )
        if not self._all_typed(*((field, words) for field, words in asked if not field.isHidden())):
            return
        self.busy("Setting up")
        self.asked.emit(
            self.hub_url.value().strip(),
            self.fingerprint.value().strip(),
            self.code.value().strip(),
            self.password.value(),
            self.passphrase.value(),
        )

    def first(self) -> None:
        """For somebody who has no profile here yet."""
        self.forget()
        self.leave.show()
        for field in (self.hub_url, self.fingerprint, self.passphrase):
            field.show()

    def again(self, sentence: str, *, may_leave: bool = False) -> None:
        """This computer was set up before: say why it has to be once more, and ask only what that needs."""
        self.leave.setVisible(may_leave)
        for field in (self.hub_url, self.fingerprint, self.passphrase):
            field.hide()
        self.tell(sentence, "What you had not sent waits here. Your administrator gives you a new code.")

    def failed(self, sentence: str) -> None:
        """Say what went wrong; what was typed stays."""
        self.tell(sentence)

    def forget(self) -> None:
        """Once set up, no secret stays in the window."""
        self.ready()
        self.clear_notice()
        for field in (self.code, self.password, self.passphrase):
            field.set_value("")
            field.clear_error()
