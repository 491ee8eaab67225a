"""After a lock each place shows what was chosen there, and the form that was open, with its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from mash_desktop.domain.acts import Author
from mash_desktop.domain.entries.outcome import OutcomeSent
from tests.domain.story import CONSULTANT, FACILITATOR, GATEWAY, MANAGER, OPERATOR, POLICE, Story
from tests.support.desks import ADMINISTRATOR, OFFICER, desk_of
from ui.forms import OpenForm
from ui.places import factories
from ui.screen import Screen
from ui.shell.main_window import MainWindow
from ui.widgets.field import TextField
from ui.widgets.table import DenseTable
from ui.widgets.tabs import TabStrip
from ui.work import Worker

MADE = factories()
STEPS = ["taken", "triaged", "admitted", "rated", "asked", "answered", "tabled", "drafted", "signed"]
WORDS = "Rang twice; the aunt answers after five."


@pytest.fixture
def stories() -> list[Story]:
    """Two referrals at each stage that these places show."""
    made = []
    for number, last in enumerate(("triaged", "asked", "tabled", "drafted", "signed") * 2, 1):
        story = Story(f"referral:{number}", first=number * 1000)
        for step in STEPS[: STEPS.index(last) + 1]:
            getattr(story, step)()
        if last == "signed":
            sent = OutcomeSent(agency="scc-children", team="social-work-gateway", words="See her.")
            story.tell(FACILITATOR, sent)
        made.append(story)
    return made


class Place:
    """A place of a desk in a window that is locked and unlocked as a person's is."""

    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk, place: str) -> None:
        self.qtbot, self.worker, self.place = qtbot, worker, place
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.make: Callable[[], Screen] = lambda: MADE[place](desk, worker)
        self.window.promise_screen(place, self.make)
        with qtbot.waitActive(self.window):
            self.window.show()
            self.window.activateWindow()
        self.window.go(place)
        self.settle()

    @property
    def screen(self) -> Screen:
        return self.window.screen_of(self.place)

    def settle(self) -> None:
        for _ in range(4):
            self.qtbot.waitUntil(lambda: self.worker.waiting == 0)
            QApplication.processEvents()

    def child(self, kind: type[Any], name: str = "") -> Any:
        found = self.screen.findChildren(kind)
        return next(one for one in found if one.isVisible() and name in ("", one.objectName()))

    def turn_to(self, tab: str) -> None:
        strip: TabStrip = self.child(TabStrip)
        strip.button(tab).click()
        self.settle()

    def choose(self, at: int) -> None:
        table: DenseTable[Any] = self.child(DenseTable)
        assert table.select_key(table.rows_model.key(table.rows()[at]))
        self.settle()

    def press(self, button: str) -> None:
        self.child(QAbstractButton, button).click()
        self.settle()

    def type(self) -> None:
        field: TextField = self.child(TextField)
        field.text.setFocus()
        QTest.keyClicks(field.text, WORDS)

    def lock_and_unlock(self) -> None:
        window = self.window
        window.lock()
        left = (window.current_place(), window.current_reference(), window.current_form())
        window.drop_screens()
        self.settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert self.window.findChildren(Screen) == []
        window.promise_screen(self.place, self.make)
        window.unlock()
        window.come_back(*left)
        self.settle()

    def words(self) -> str:
        return next((one.value() for one in self.screen.findChildren(TextField) if one.isVisible()), "")


@pytest.fixture
def opened(
    qtbot: QtBot, worker: Worker, tmp_path: Path, stories: list[Story]
) -> Iterator[Callable[[Author, str], Place]]:
    desks: list[Desk] = []

    def open_place(author: Author, place: str) -> Place:
        desks.append(desk_of(author, tmp_path, *stories))
        return Place(qtbot, worker, desks[0], place)

    yield open_place
    for desk in desks:
        desk.cache.close()


@pytest.mark.parametrize(
    ("author", "place", "tab", "button"),
    [
        (MANAGER, "hub", "", "hub.rate"),
        (MANAGER, "hub", "", "hub.ask"),
        (CONSULTANT, "oversight", "", "oversight.advise"),
        (CONSULTANT, "oversight", "", "oversight.admit"),
        (GATEWAY, "inbox", "", "inbox.back"),
        (CONSULTANT, "sign", "", "sign.return"),
        (OFFICER, "govern", "retention", "govern.withdraw"),
        (ADMINISTRATOR, "admin", "people", "admin.end"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_after_a_lock_the_row_is_chosen_and_the_form_open_with_its_words(
    opened: Callable[[Author, str], Place], author: Author, place: str, tab: str, button: str
) -> None:
    there = opened(author, place)
    if tab:
        there.turn_to(tab)
    there.choose(1)
    there.press(button)
    form = there.window.current_form()
    assert form
    there.type()
    chosen, words = there.screen.chosen(), there.words()
    assert WORDS in words
    there.lock_and_unlock()
    assert (there.screen.chosen(), there.window.current_form(), there.words()) == (chosen, form, words)
    forms = there.screen.forms
    assert isinstance(forms, OpenForm)
    current: object = forms.current
    assert isinstance(current, QWidget)
    assert current.isAncestorOf(there.window.focusWidget())


def test_after_a_lock_a_file_is_open_again_with_its_form(opened: Callable[[Author, str], Place]) -> None:
    there = opened(MANAGER, "file")
    there.window.open("file", "referral:2")
    there.settle()
    there.press("file.note")
    there.type()
    there.lock_and_unlock()
    assert (there.screen.chosen(), there.window.current_form()) == ("referral:2", "note")
    assert there.words() == WORDS


@pytest.mark.parametrize(("author", "place"), [(POLICE, "requests"), (FACILITATOR, "table")])
def test_after_a_lock_a_place_without_such_forms_shows_what_was_chosen(
    opened: Callable[[Author, str], Place], author: Author, place: str
) -> None:
    there = opened(author, place)
    if place == "requests":
        there.choose(1)
    chosen = there.screen.chosen()
    assert chosen
    there.lock_and_unlock()
    assert there.screen.chosen() == chosen


def test_after_a_lock_the_contact_is_on_the_glass_that_was_there_last(
    opened: Callable[[Author, str], Place],
) -> None:
    there = opened(OPERATOR, "triage")
    for stream in ("referral:1", "referral:6"):
        there.window.open("triage", stream)
        there.settle()
    there.screen.open("referral:1")  # from its own list
    there.settle()
    assert there.window.current_reference() == "referral:1"
    there.lock_and_unlock()
    assert there.screen.chosen() == "referral:1"


def test_a_form_that_may_not_be_opened_any_more_stays_closed(
    opened: Callable[[Author, str], Place],
) -> None:
    there = opened(MANAGER, "hub")
    chosen = there.window.current_reference()
    there.window.come_back("hub", chosen, "resolve")
    there.settle()
    assert (there.screen.chosen(), there.window.current_form()) == (chosen, "")
