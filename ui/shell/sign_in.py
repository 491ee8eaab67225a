"""The two doors: unlocking this desktop with the passphrase, and signing in to the hub.

Both are plain forms that emit what was typed and are told how it went. They know no key and no network, and
never keep a secret once it has been handed on.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.shell.shown_once import ShownOnce, Square
from ui.theme import Role, Tone, Voice, look_of
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, IconMark, scrolled
from ui.widgets.field import Field
from ui.widgets.fitted import bring_into_sight
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.text import Text

_WIDTH = 420


class Door(QWidget):
    """A card in the middle of a quiet ground."""

    def __init__(self, icon_name: str, title: str, sentence: str, marking: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.title = Text(title, Role.TITLE)
        self.sentence = Text(sentence, Role.BASE, Voice.LABEL, wrap=True)
        self.notice = Column(gap=8)
        self.card = Card(padding=24, gap=14)
        self.card.put(Row(IconMark(icon_name, 20, Voice.ACCENT), self.title, None, gap=10))
        self.card.put(self.sentence)
        self.card.put(self.notice)
        self._foot = Text(marking, Role.SMALL, Voice.ASIDE, align=Qt.AlignmentFlag.AlignHCenter)
        self._middle = Box(Column(self.card))
        self._middle.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        # At twice the text a long form is taller than the window: it scrolls, and is never squeezed.
        self._above, self._across = Row(None, None), Row(None, self._middle, None, gap=16)
        form = Box(Column(None, self._above, self._across, None, gap=0, margins=(24, 24, 24, 8)))
        rows = Column(gap=0, margins=(0, 0, 0, 16))
        rows.put(scrolled(form), 1)
        rows.put(self._foot)
        self.setLayout(rows)
        self._inputs: tuple[QWidget, ...] = ()
        self._button: ActionButton | None = None
        self._words = ""
        self.relook()

    def relook(self) -> None:
        self._middle.setFixedWidth(look_of(self).px(_WIDTH))

    def set_marking(self, marking: str) -> None:
        self._foot.setText(marking)

    def _act(self, button: ActionButton, fields: Sequence[Field]) -> None:
        self._button, self._words, self._inputs = button, button.text(), tuple(fields)
        for field in fields:
            self.card.put(field)
        self.card.put(Row(button, None))

    def _all_typed(self, *asked: tuple[Field, str]) -> bool:
        """Say at each empty field what belongs in it, and put focus in the first."""
        missing = [(field, sentence) for field, sentence in asked if not field.value().strip()]
        for field, sentence in missing:
            field.show_error(sentence)
        if missing:
            missing[0][0].setFocus()
            bring_into_sight(missing[0][0])
        return not missing

    def busy(self, words: str) -> None:
        """Say what is being done; the form waits, and nothing typed in it is lost."""
        self.clear_notice()
        for field in self._inputs:
            field.setEnabled(False)
        if self._button is not None:
            self._button.setText(words)
            self._button.setEnabled(False)
            self._button.updateGeometry()

    def ready(self) -> None:
        for field in self._inputs:
            field.setEnabled(True)
        if self._button is not None:
            self._button.setText(self._words)
            self._button.setEnabled(True)
            self._button.updateGeometry()

    def clear_notice(self) -> None:
        while (taken := self.notice.takeAt(0)) is not None:
            if (widget := taken.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def tell(self, sentence: str, detail: str = "", tone: Tone = Tone.AMBER) -> None:
        """A sentence above the fields: offline, no keyring, revoked."""
        self.ready()
        self.clear_notice()
        self.notice.addWidget(Banner(sentence, detail, tone=tone))

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), look_of(self).colour("ground"))


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
        self.shown_once.setFixedWidth(look.px(_WIDTH))
        beside = self.width() >= look.px(2 * _WIDTH + 80)
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
