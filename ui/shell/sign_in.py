"""The door of the hub: signing in to it, which is asked once a day."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent

from ui.shell.door import WIDTH, Door
from ui.shell.shown_once import ShownOnce, Square
from ui.theme import Role, Voice, look_of
from ui.widgets.button import ActionButton
from ui.widgets.field import Field
from ui.widgets.layout import Column, Row
from ui.widgets.text import Text


class SignInPage(Door):
    """``asked`` with password and code; ``directory_asked`` for the system browser.

    ``code_given`` when somebody has a one-time code for this computer in place of them; ``left`` when they
    turn back from signing in.
    """

    asked = Signal(str, str)
    directory_asked = Signal()
    code_given = Signal()
    left = Signal()
    shown_once: ShownOnce | None = None

    def __init__(self, marking: str = "") -> None:
        super().__init__(
            "log-in",
            "Sign in to the hub",
            "Once a day, and after a long absence. In between the passphrase is enough.",
            marking,
        )
        self.account = Text("", Role.BASE_BOLD, wrap=True)
        self.hub = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        self.card.put(Column(self.account, self.hub, gap=2))
        self.password = Field("Password", secret=True)
        self.code = Field("Code from your authenticator, or a recovery code", placeholder="6 digits")
        self.button = ActionButton("Sign in", "Return", "primary", accessible_name="Sign in", group="Window")
        self._act(self.button, [self.password, self.code])
        self.button.clicked.connect(self._ask)
        self.by_directory = ActionButton(
            "", "Ctrl+Return", accessible_name="Sign in with the browser", group="Window"
        )
        self.by_directory.clicked.connect(self._ask_directory)
        self.by_directory.hide()
        self.by_code = ActionButton(
            "I was given a code",
            "Ctrl+E",
            accessible_name="Set this computer up again with a code",
            group="Window",
        )
        self.by_code.clicked.connect(self.code_given)
        self.leave = ActionButton("Not now", "Esc", accessible_name="Not now", group="Window")
        self.leave.clicked.connect(self.left)
        self.leave.hide()
        # A row each: a directory's name may be long.
        self.card.put(Row(self.by_directory, None))
        self.card.put(Row(self.by_code, None))
        self.card.put(Row(self.leave, None))

    def show_account(self, name: str, hub_url: str) -> None:
        """Who signs in here, and where: as this computer was set up."""
        self.account.setText(name)
        self.hub.setText(f"at {hub_url}")

    def offer(self, directory: str) -> None:
        """Offer signing in through the hub's directory, where it has one; ``directory`` is its name."""
        self.by_directory.setText(f"Sign in with {directory}")
        self.by_directory.setToolTip(directory)
        self.by_directory.setVisible(bool(directory))
        self.by_directory.updateGeometry()

    def may_leave(self, may: bool) -> None:
        """Whether one can turn back from here."""
        self.leave.setVisible(may)

    def _ask_directory(self) -> None:
        self.busy("Waiting for your browser")
        self.by_directory.setEnabled(False)
        self.by_code.setEnabled(False)
        self.leave.show()
        self.directory_asked.emit()

    def ready(self) -> None:
        super().ready()
        self.by_directory.setEnabled(True)
        self.by_code.setEnabled(True)

    def _ask(self) -> None:
        if not self._all_typed(
            (self.password, "Type your password."),
            (self.code, "Type the 6 digits that your authenticator shows now."),
        ):
            return
        self.busy("Signing in")
        self.asked.emit(self.password.value(), self.code.value().strip())

    def wrong(self, sentence: str, field: str = "code") -> None:
        """Refused: which of them was wrong is said only where the store says it."""
        self.ready()
        at = self.password if field == "password" else self.code
        at.show_error(sentence)
        at.setFocus()
        at.line.selectAll()

    def keep(self, authenticator: str, square: Square, codes: Sequence[str]) -> None:
        """What the hub says once: it stands before the form until somebody is signed in."""
        self._forget_shown()
        self.shown_once = ShownOnce(authenticator, square, codes)
        self._across.setAlignment(self._middle, Qt.AlignmentFlag.AlignTop)
        self.relook()

    def _forget_shown(self) -> None:
        if self.shown_once is not None:
            self.shown_once.hide()
            self.shown_once.deleteLater()
            self.shown_once = None
            self._above.setContentsMargins(0, 0, 0, 0)

    def relook(self) -> None:
        super().relook()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Beside the form where there is room for both, otherwise above it."""
        if self.shown_once is None:
            return
        look = look_of(self)
        self.shown_once.setFixedWidth(look.px(WIDTH))
        beside = self.width() >= look.px(2 * WIDTH + 80)
        row = self._across if beside else self._above
        if row.indexOf(self.shown_once) < 0:
            row.insertWidget(1, self.shown_once, alignment=Qt.AlignmentFlag.AlignTop)
        self._above.setContentsMargins(0, 0, 0, 0 if beside else look.px(16))

    def offline(self) -> None:
        """The store cannot be reached: say what still works."""
        self.tell(
            "The hub cannot be reached.",
            "Check the line. What is on this desktop still opens with the passphrase.",
        )

    def clear(self) -> None:
        """Nothing typed stays; what is shown once does, behind the lock, since it is nowhere else."""
        self.ready()
        self.clear_notice()
        self.password.set_value("")
        self.code.set_value("")

    def forget(self) -> None:
        self.clear()
        self._forget_shown()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.password.setFocus()
