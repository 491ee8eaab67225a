"""The card with which a person changes the passphrase of this computer."""

from __future__ import annotations

from functools import partial

from mash_desktop.desk import Desk, settings
from mash_desktop.domain.errors import Refusal
from ui.theme import Role, Tone, Voice
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import Column, Flow, empty
from ui.widgets.text import Text
from ui.work import Worker


class PassphraseCard(Card):
    """Names for whoever drives it: ``passphrase.old``, ``passphrase.new``, ``passphrase.again``,
    ``passphrase.change`` (Alt P). Nothing typed stays in it."""

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__("Passphrase of this computer", "")
        self._desk, self._worker = desk, worker
        self.put(
            Text(
                "It opens what is kept here, and nothing else. If it has become known together with this "
                "computer, have the device revoked instead and set up anew.",
                Role.SMALL,
                Voice.LABEL,
                wrap=True,
            )
        )
        self._fields = {
            "old": Field("Present passphrase", secret=True),
            "new": Field("New passphrase, 12 characters or more", secret=True),
            "again": Field("New passphrase again", secret=True),
        }
        for name, field in self._fields.items():
            field.setObjectName(f"passphrase.{name}")
            self.put(field)
        self.button = ActionButton("Change it", "Alt+P", accessible_name="Change the passphrase")
        self.button.setObjectName("passphrase.change")
        self.button.clicked.connect(self._ask)
        self.put(Flow(self.button))
        self._told = Column(gap=8)
        self.put(self._told)

    def _ask(self) -> None:
        empty(self._told)
        for field in self._fields.values():
            field.clear_error()
        self.button.setEnabled(False)
        typed = (field.value() for field in self._fields.values())
        asked = partial(settings.change_passphrase, self._desk, *typed)
        self._worker.submit(asked, self._changed, self._refused, owner=self)

    def _changed(self, _: None) -> None:
        self.button.setEnabled(True)
        for field in self._fields.values():
            field.set_value("")
        self._told.put(
            Banner("The passphrase is changed.", "The old one opens nothing now.", tone=Tone.GREEN)
        )

    def _refused(self, error: Exception) -> None:
        self.button.setEnabled(True)
        field = self._fields["old"]
        if isinstance(error, Refusal):
            field = self._fields.get(error.field or "old", field)
            field.show_error(error.sentence)
        else:
            field.show_error("It could not be changed. The present passphrase still holds.")
        field.setFocus()
