"""Whose turn it is at a computer that several people use, and the way on for a profile that opens no more.

``Seats`` tells whose profile the window is to be at. It knows folders and names, and opens nothing.
"""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QShowEvent

from mash_desktop.desk import profiles
from mash_desktop.domain.errors import Refusal
from ui.shell.main_window import MainWindow
from ui.shell.sign_in import Door
from ui.theme import Tone
from ui.widgets.button import ActionButton
from ui.widgets.layout import Column, Flow, empty
from ui.widgets.text import Text
from ui.work import Worker

_NOT_FINISHED = "Somebody whose setting up is not finished"


class ChoosePage(Door):
    """``chosen`` with a folder and a name, or ``new_asked`` by somebody who has no profile here."""

    chosen = Signal(str, str)
    new_asked = Signal()

    def __init__(self) -> None:
        super().__init__(
            "users", "Who is here?", "Each person’s work is shut behind their own passphrase.", ""
        )
        self.people = Column(gap=8)
        self.card.put(self.people)
        self.new = ActionButton("Somebody new", "Ctrl+N", accessible_name="Somebody new", group="Window")
        self.new.clicked.connect(self.new_asked)
        self.card.put(Flow(self.new))

    def show_people(self, people: tuple[profiles.Found, ...]) -> None:
        empty(self.people)
        self.clear_notice()
        for number, one in enumerate(people, 1):
            name = one.name or _NOT_FINISHED
            key = f"Alt+{number}" if number < 10 else ""
            button = ActionButton(name, key, accessible_name=name, group="Window")
            button.setObjectName(f"people.{number}")
            button.clicked.connect(partial(self.chosen.emit, one.folder, one.name))
            self.people.put(button)
            if number == 1:
                button.setFocus()


class LostPage(Door):
    """Says what becomes of a profile that opens no more; ``anew_asked`` or ``left``."""

    anew_asked = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__(
            "circle-alert",
            "It does not open any more",
            "Without the passphrase, or what the computer’s keyring kept, nobody can open this profile: "
            "there is no way round. What had been sent is on the central store, and comes back once you have "
            "set this computer up again.",
            "",
        )
        self.lost = Text("", wrap=True)
        self.card.put(self.lost)
        self.card.put(
            Text(
                "The old profile is set aside, still shut, in case the keyring or the passphrase turns up. "
                "Have your administrator revoke its device, and give you a new code.",
                wrap=True,
            )
        )
        self.anew = ActionButton("Set up anew", "Ctrl+Return", accessible_name="Set up anew", group="Window")
        self.leave = ActionButton("Not now", "Esc", accessible_name="Not now", group="Window")
        self.anew.clicked.connect(self.anew_asked)
        self.leave.clicked.connect(self.left)
        self.card.put(Flow(self.anew, self.leave))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.leave.setFocus()

    def show_unsent(self, unsent: int | None) -> None:
        """What is lost, as far as it is known without opening it."""
        self.clear_notice()
        if unsent is None:
            words = "Whether anything of yours had not been sent is not known: what was not is lost with it."
        elif unsent == 0:
            words = "When it was last locked nothing waited to be sent; what was only being typed is lost."
        else:
            acts = "1 act of yours" if unsent == 1 else f"{unsent} acts of yours"
            words = f"When it was last locked {acts} had not been sent. What is in them is lost with it."
        self.lost.setText(words)


class Seats(QObject):
    """``taken`` with a folder, whose it is, and whether there is a profile in it."""

    taken = Signal(object, str, bool)

    def __init__(self, home: Path, window: MainWindow, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._home, self._window, self._worker = home, window, worker
        self._folder = home
        self.choose_page, self.lost_page = ChoosePage(), LostPage()
        for page in (self.choose_page, self.lost_page):
            window.add_door(page)
        self.choose_page.chosen.connect(self._take)
        self.choose_page.new_asked.connect(self._take_new)
        self.lost_page.left.connect(window.lock)
        self.lost_page.anew_asked.connect(self._set_aside)
        window.unlock_page.other_asked.connect(self.ask)
        window.unlock_page.lost_asked.connect(self._ask_lost)

    def ask(self) -> None:
        """Who is here?"""
        self._worker.submit(partial(profiles.found, self._home), self._show, owner=self)

    def _show(self, people: tuple[profiles.Found, ...]) -> None:
        self.choose_page.show_people(people)
        self._window.show_door(self.choose_page)

    def _take(self, folder: str, name: str) -> None:
        self._folder = Path(folder)
        self.taken.emit(self._folder, name, True)

    def _take_new(self) -> None:
        self._worker.submit(partial(profiles.new_folder, self._home), self._new, owner=self)

    def _new(self, folder: Path) -> None:
        self._folder = folder
        self.taken.emit(folder, "", False)

    def _ask_lost(self) -> None:
        self._worker.submit(partial(profiles.unsent, self._folder), self._show_lost, owner=self)

    def _show_lost(self, unsent: int | None) -> None:
        self.lost_page.show_unsent(unsent)
        self._window.show_door(self.lost_page)

    def _set_aside(self) -> None:
        home, folder = self._home, self._folder

        def anew() -> Path:
            profiles.set_aside(home, folder, date.today())
            return profiles.new_folder(home)

        self._worker.submit(anew, self._new, self._not_aside, owner=self)

    def _not_aside(self, error: Exception) -> None:
        sentence = error.sentence if isinstance(error, Refusal) else "It could not be set aside. Try again."
        self.lost_page.tell(sentence, tone=Tone.AMBER)
