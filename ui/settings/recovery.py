"""The card with which a person gets new recovery codes, and a new authenticator where the old one is lost."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent

from mash_desktop.desk import Desk, settings
from mash_desktop.desk.settings import Renewed
from mash_desktop.documents.square import square
from mash_desktop.domain.errors import Refusal
from ui.shell.shown_once import ShownOnce, Square
from ui.theme import Role, Voice
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import Column, Flow, empty
from ui.widgets.text import Text


class RecoveryCard(Card):
    """Asks for the present proofs, and shows what the hub answers once: until the settings are left."""

    _answered = Signal(object, object)

    def __init__(self, desk: Desk) -> None:
        super().__init__("Recovery codes", "")
        self._desk = desk
        self.put(
            Text(
                "Each signs you in once without the authenticator. A new set makes the old one void.",
                Role.SMALL,
                Voice.LABEL,
                wrap=True,
            )
        )
        self._fields = {
            "password": Field("Password for signing in", secret=True),
            "code": Field("Code from your authenticator, or a recovery code"),
        }
        buttons = []
        for words, key, name, authenticator in (
            ("New codes", "Alt+N", "renew", False),
            ("New authenticator too", "Alt+A", "replace", True),
        ):
            button = ActionButton(words, key, accessible_name=words)
            button.setObjectName(f"settings.{name}")
            button.clicked.connect(partial(self._ask, authenticator))
            buttons.append(button)
        for name, field in self._fields.items():
            field.setObjectName(f"settings.{name}")
            self.put(field)
        self.put(Flow(*buttons))
        self._told = Column(gap=8)
        self.put(self._told)
        self._answered.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def _ask(self, authenticator: bool) -> None:
        empty(self._told)
        for field in self._fields.values():
            field.clear_error()
        password, code = (field.value() for field in self._fields.values())
        try:
            future = settings.renew_codes(self._desk, password, code, authenticator)
        except Refusal as refusal:
            self._refused(refusal)
            return
        future.add_done_callback(self._came)

    def _came(self, done: Future[Renewed]) -> None:
        # On the network's thread; the card may have been dropped by a lock meanwhile.
        if done.cancelled():
            return
        uri = None if done.exception() else done.result().totp_uri
        drawn = square(uri) if uri else ()
        if shiboken6.isValid(self):
            self._answered.emit(done, drawn)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Not when the window is made small, as to look at the authenticator: that is the system's doing.
        if not event.spontaneous():
            empty(self._told)
            self._blank()

    def _blank(self) -> None:
        for field in self._fields.values():
            field.set_value("")
            field.clear_error()

    def _refused(self, refusal: Refusal) -> None:
        field = self._fields[refusal.field or "code"]
        field.show_error(refusal.sentence)
        field.setFocus()

    def _show(self, done: Future[Renewed], drawn: Square) -> None:
        error = done.exception()
        if isinstance(error, Refusal):
            self._refused(error)
        elif error is not None:
            self._told.put(
                Banner("The hub did not answer.", "Whether anything changed is not known; try again.")
            )
        else:
            self._blank()
            made = done.result()
            self._told.put(ShownOnce(made.totp_uri or "", drawn, made.recovery_codes))
