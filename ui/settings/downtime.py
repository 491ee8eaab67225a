"""The card with which a person has a list of open reds made each day, for when everything is down."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from mash_desktop.desk import Desk, downtime
from mash_desktop.domain.errors import Refusal
from ui.theme import Role, Tone, Voice
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import Column, Flow, empty
from ui.widgets.text import Text
from ui.work import Worker


class DowntimeCard(Card):
    """Names for whoever drives it: ``downtime.folder``, ``downtime.browse`` (Alt B), ``downtime.password``,
    ``downtime.begin`` (Alt L), ``downtime.end`` (Alt E)."""

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__("List of open reds for an outage", "")
        self._desk, self._worker = desk, worker
        self.put(
            Text(
                "Made each day when this desktop is first open, as a PDF under a password: it opens and "
                "prints in any program for PDFs, without this one. Choose a folder that an outage leaves "
                "within reach.",
                Role.SMALL,
                Voice.LABEL,
                wrap=True,
            )
        )
        self.folder = Field("Folder for the list", placeholder="Choose a folder, or write its path")
        self.password = Field("Password for the list", secret=True, aside="At least twelve characters")
        self.browse = ActionButton("Browse", "Alt+B", accessible_name="Choose the folder for the list")
        self.begin = ActionButton("Make it each day", "Alt+L", accessible_name="Make the list each day")
        self.end = ActionButton("Stop", "Alt+E", accessible_name="Stop making the list")
        for name in ("folder", "password", "browse", "begin", "end"):
            getattr(self, name).setObjectName(f"downtime.{name}")
        self.put(self.folder)
        self.put(self.password)
        self.put(Flow(self.begin, self.browse, self.end))
        self._told = Column(gap=8)
        self.put(self._told)
        self.browse.clicked.connect(self._browse)
        self.begin.clicked.connect(self._begin)
        self.end.clicked.connect(self._end)
        self.end.hide()
        self._look()

    def _look(self) -> None:
        self._worker.submit(partial(downtime.listed, self._desk), self._show, owner=self)

    def _show(self, listed: downtime.Listed | None) -> None:
        self.end.setVisible(listed is not None)
        if listed is None:
            return
        if not self.folder.value():
            self.folder.set_value(listed.folder)
        empty(self._told)
        self._told.put(
            Banner(
                f"The last list: {listed.last}." if listed.last else "The first list has yet to be made.",
                "Each new one takes the place of the one before.",
                tone=Tone.NEUTRAL,
            )
        )

    def _browse(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder for the list", self.folder.value())
        if chosen:
            self.folder.set_value(chosen)
            self.password.setFocus()

    def _begin(self) -> None:
        for field in (self.folder, self.password):
            field.clear_error()
        asked = partial(downtime.begin, self._desk, self.folder.value(), self.password.value())
        self._worker.submit(asked, self._begun, self._refused, owner=self)

    def _begun(self, _: Path) -> None:
        self.password.set_value("")
        self._look()

    def _end(self) -> None:
        empty(self._told)
        self._told.put(
            Banner("No more lists are made.", "The last one is where it was: destroy it.", tone=Tone.NEUTRAL)
        )
        self._worker.submit(partial(downtime.end, self._desk), lambda _: self._look(), owner=self)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, Refusal):
            field = self.password if error.field == "password" else self.folder
            field.show_error(error.sentence)
            field.setFocus()
        else:
            self.folder.show_error("The list could not be made. Choose another folder, then try again.")
