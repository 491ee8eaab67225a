"""The door of a profile that has been too long without the hub, and the card with which officers extend it.

Nothing of a case is shown by either. The files that officers sign go by hand from one computer to another.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFileDialog

from mash_desktop.desk import Desk, lease
from mash_desktop.domain.errors import Refusal
from ui.keeping import Keeper
from ui.shell.door import Door
from ui.theme import Role, Tone, Voice
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.field import Field
from ui.widgets.layout import Column, Flow, empty
from ui.widgets.text import Text
from ui.work import Worker

T = TypeVar("T")

_FILES = "Extensions (*.mash-extension)"
_LARGEST = 64 * 1024


class LeasePage(Door):
    """``sign_in_asked``, or ``extended`` once two officers' files were taken."""

    sign_in_asked = Signal()
    extended = Signal()

    def __init__(self) -> None:
        super().__init__("clock", "Too long without the hub", "", "")
        self.waiting = Text("", wrap=True)
        self.card.put(self.waiting)
        self.code = Text("", Role.BASE_BOLD)
        self.card.put(Text("This desktop’s code, for the officers who extend it", Role.SMALL, Voice.LABEL))
        self.card.put(self.code)
        self.sign_in = ActionButton("Sign in", "Return", "primary", accessible_name="Sign in", group="Window")
        self.use = ActionButton(
            "Use two officers’ files", "Alt+U", accessible_name="Use two officers’ files", group="Window"
        )
        self.card.put(Flow(self.sign_in, self.use))
        self._officers = Column(gap=8)
        self.card.put(self._officers)
        self.sign_in.clicked.connect(self.sign_in_asked)
        self.use.clicked.connect(self._choose)
        self._desk: Desk | None = None
        self._extend: lease.Lease | None = None
        self._worker: Worker | None = None

    def show_over(
        self, desk: Desk, kept: lease.Lease, worker: Worker, refusal: Refusal, waiting: int
    ) -> None:
        """Say why nothing is shown, and that what waits is kept. Said again while it lasts: what is typed
        here stays, and so does what was told."""
        self.sentence.setText(refusal.sentence)
        acts = "1 act of yours waits" if waiting == 1 else f"{waiting or 'No'} acts of yours wait"
        self.waiting.setText(f"{acts} to be sent." if waiting else "Nothing of yours waits to be sent.")
        if desk is self._desk:
            return
        self._desk, self._extend, self._worker = desk, kept, worker
        self.code.setText(lease.code_of(desk.me))
        empty(self._officers)
        if lease.may_extend(desk):
            self._officers.put(ExtensionCard(desk, worker))

    def forget(self) -> None:
        self._desk = self._extend = self._worker = None
        for text in (self.sentence, self.waiting, self.code):
            text.setText("")
        self.clear_notice()
        empty(self._officers)

    def _choose(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "The officers’ files", "", f"{_FILES};;All files (*)")
        if names:
            self.take([Path(name) for name in names])

    def take(self, files: list[Path]) -> None:
        """Read on by the word of these files."""
        desk, kept, worker = self._desk, self._extend, self._worker
        if desk is None or kept is None or worker is None:
            return
        worker.submit(
            lambda: kept.extend(desk.me, [_read(file) for file in files]),
            lambda _: self.extended.emit(),
            partial(self._not_extended, desk),
            owner=self,
        )

    def _not_extended(self, desk: Desk, error: Exception) -> None:
        if desk is self._desk:
            self.tell(_sentence(error))


class ExtensionCard(Card):
    """Signs that a colleague's desktop may be read on. For officers; a second one has to sign as well."""

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__("Let a colleague read on without the hub", "")
        self._desk, self._worker = desk, worker
        self.put(
            Text(
                "In a long outage. Two officers sign, each on their own desktop; it is recorded.",
                Role.SMALL,
                Voice.LABEL,
                wrap=True,
            )
        )
        self.code = Field("Code of the colleague’s desktop, as they read it to you")
        self.reason = Field("Why it is needed")
        self.button = ActionButton("Sign an extension", "Alt+X", accessible_name="Sign an extension")
        for name, part in {"code": self.code, "reason": self.reason, "extend": self.button}.items():
            part.setObjectName(f"lease.{name}")
        self.put(self.code)
        self.put(self.reason)
        self.put(Flow(self.button))
        self.told = Column(gap=8)
        self.put(self.told)
        self.button.clicked.connect(self._ask)
        self._keeper = Keeper(self, desk, "lease/extension", self._typed, self._fill, self)
        self.reason.changed.connect(self._keeper.touched)
        self._keeper.offer()

    def run(self, task: Callable[[], T], then: Callable[[T], object]) -> None:
        self._worker.submit(task, then, owner=self)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._keeper.leave()

    def _typed(self) -> dict[str, str]:
        """What is kept; the code is good for some minutes, and is not."""
        return {"reason": self.reason.value()}

    def _fill(self, values: dict[str, str]) -> None:
        self.reason.offer(values["reason"])

    def _ask(self) -> None:
        self._keeper.pause()
        empty(self.told)
        for field in (self.code, self.reason):
            field.clear_error()
        asked = partial(lease.sign_extension, self._desk, self.code.value(), self.reason.value())
        self._worker.submit(asked, self._signed, self._refused, owner=self)

    def _signed(self, slip: lease.Slip) -> None:
        save = ActionButton("Save file", "Alt+F", accessible_name=f"Save the file for {slip.person}")
        save.clicked.connect(partial(self._save, slip))
        told = "Give them the file by hand."
        self.told.put(Banner(f"Signed for {slip.person}.", told, save, tone=Tone.GREEN))
        for field in (self.code, self.reason):
            field.set_value("")
        self._keeper.resume()
        self._save(slip)

    def _save(self, slip: lease.Slip) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, f"Extension for {slip.person}", "officer.mash-extension", _FILES
        )
        if name:
            self._worker.submit(partial(_write, Path(name), slip.text), None, self._refused, owner=self)

    def _refused(self, error: Exception) -> None:
        self._keeper.resume()
        field = self.reason if isinstance(error, Refusal) and error.field == "reason" else self.code
        field.show_error(_sentence(error))
        field.setFocus()


def _read(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_LARGEST).decode("ascii", "replace")


def _write(file: Path, text: str) -> None:
    file.write_text(text, "ascii")


def _sentence(error: Exception) -> str:
    if isinstance(error, Refusal):
        return error.sentence
    return "The file cannot be read or written. Choose another folder, then try again."
