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
from mash_desktop.domain.partial_date import PartialDate
from ui.shell.door import Door
from ui.shell.main_window import MainWindow
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton
from ui.widgets.layout import Column, Flow, empty
from ui.widgets.text import Text
from ui.work import Worker

_NOT_FINISHED = "Somebody whose setting up is not finished"


class ChoosePage(Door):
    """``chosen`` with a folder and a name, ``back_asked`` with those of a profile that was set aside, or
    ``new_asked`` by somebody who has no profile here."""

    chosen = Signal(str, str)
    back_asked = Signal(str, str)
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
        """Those who take turns, and after them the profiles that were set aside."""
        empty(self.people)
        self.clear_notice()
        for number, one in enumerate(people, 1):
            name = one.name or _NOT_FINISHED
            key = f"Alt+{number}" if number < 10 else ""
            if one.aside is None:
                asked, button = self.chosen, ActionButton(name, key, accessible_name=name, group="Window")
            else:
                said = f"{name}, set aside {PartialDate.of(one.aside).display()}"
                self.people.put(Text(said, Role.SMALL, Voice.LABEL, wrap=True))
                spoken = f"Take it back: {said}"
                asked = self.back_asked
                button = ActionButton("Take it back", key, accessible_name=spoken, group="Window")
            button.setObjectName(f"people.{number}")
            button.clicked.connect(partial(asked.emit, one.folder, one.name))
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
        self._whose = ""
        self.lost = Text("", wrap=True)
        self.card.put(self.lost)
        self.card.put(
            Text(
                "The old profile is set aside, still shut, in case the keyring or the passphrase turns up: "
                "it can be taken back under “Who is here?”. Have your administrator revoke its device, and "
                "give you a new code.",
                wrap=True,
            )
        )
        self.anew = ActionButton("Set up anew", "Ctrl+Return", accessible_name="Set up anew", group="Window")
        self.sure = ActionButton(
            "It is mine: set it aside", "Alt+S", accessible_name="It is mine: set it aside", group="Window"
        )
        self.leave = ActionButton("Not now", "Esc", accessible_name="Not now", group="Window")
        self.anew.clicked.connect(self._ask_whose)
        self.sure.clicked.connect(self.anew_asked)
        self.leave.clicked.connect(self.left)
        self.card.put(Flow(self.anew, self.sure, self.leave))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.leave.setFocus()

    def _ask_whose(self) -> None:
        self.tell(
            f"This is {self._whose}’s profile." if self._whose else "This is the profile of whoever uses it.",
            "Their work goes out of sight until it is taken back. Go on only if it is yours.",
        )
        self._sure(True)
        self.leave.setFocus()

    def _sure(self, asked: bool) -> None:
        self.anew.setVisible(not asked)
        self.sure.setVisible(asked)

    def show_lost(self, whose: str, unsent: int | None) -> None:
        """What is lost, as far as it is known without opening it."""
        self.clear_notice()
        self._whose = whose
        self._sure(False)
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
        self.choose_page.back_asked.connect(self._take_back)
        self.choose_page.new_asked.connect(self._take_new)
        self.lost_page.left.connect(window.lock)
        self.lost_page.anew_asked.connect(self._set_aside)
        window.unlock_page.other_asked.connect(self.ask)
        window.unlock_page.lost_asked.connect(self._ask_lost)

    def ask(self) -> None:
        """Who is here?"""
        home = self._home
        self._worker.submit(lambda: profiles.found(home) + profiles.found_aside(home), self._show, owner=self)

    def _show(self, people: tuple[profiles.Found, ...]) -> None:
        self.choose_page.show_people(people)
        self._window.show_door(self.choose_page)

    def _take(self, folder: str, name: str) -> None:
        self._folder = Path(folder)
        self.taken.emit(self._folder, name, True)

    def _take_back(self, folder: str, name: str) -> None:
        self._worker.submit(
            partial(profiles.take_back, self._home, Path(folder)),
            lambda back: self._take(str(back), name),
            partial(_not_moved, self.choose_page),
            owner=self,
        )

    def _take_new(self) -> None:
        self._worker.submit(partial(profiles.new_folder, self._home), self._new, owner=self)

    def _new(self, folder: Path) -> None:
        self._folder = folder
        self.taken.emit(folder, "", False)

    def _ask_lost(self) -> None:
        folder = self._folder
        self._worker.submit(
            lambda: (profiles.whose(folder), profiles.unsent(folder)), self._show_lost, owner=self
        )

    def _show_lost(self, told: tuple[str, int | None]) -> None:
        self.lost_page.show_lost(*told)
        self._window.show_door(self.lost_page)

    def _set_aside(self) -> None:
        home, folder = self._home, self._folder

        def anew() -> Path:
            profiles.set_aside(home, folder, date.today())
            return profiles.new_folder(home)

        self._worker.submit(anew, self._new, partial(_not_moved, self.lost_page), owner=self)


def _not_moved(page: Door, error: Exception) -> None:
    page.tell(error.sentence if isinstance(error, Refusal) else "It could not be moved. Try again.")
