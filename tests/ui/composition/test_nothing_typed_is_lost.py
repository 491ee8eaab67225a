"""What is typed anywhere is in the cache within a second, and there again after the program has ended.

Every place of every role is opened, every button of it pressed, and each field that then can be typed in is;
and the one above the screens, while it is there.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from mash_desktop.desk.places import my_places
from mash_desktop.desk.telephone import WAITS
from mash_desktop.domain.acts import Author
from tests.domain.story import CONSULTANT, FACILITATOR, GATEWAY, MANAGER, OPERATOR, POLICE, Story
from tests.support.desks import ADMINISTRATOR, OFFICER, desk_of
from tests.ui.composition.test_direct_lines_left import TRIAGED
from tests.ui.driven import Elsewhere
from ui.places import factories
from ui.shell.main_window import MainWindow
from ui.shell.telephone import Telephoning
from ui.work import Worker

MADE = factories()
PEOPLE = (OPERATOR, CONSULTANT, MANAGER, FACILITATOR, POLICE, GATEWAY, OFFICER, ADMINISTRATOR)
STEPS = ["taken", "triaged", "admitted", "rated", "asked", "answered", "tabled", "drafted", "signed"]
PRESSED: set[tuple[str, str]] = set()
"""Places and buttons that an earlier role has pressed: the same form opens for each."""
NOT_KEPT = {
    "search.field": "what is sought is no work; that it was sought is recorded",
    "govern.sought": "what is sought is no work",
    "settings.code": "a code is good for half a minute",
    "lease.code": "a code is good for some minutes",
    "downtime.folder": "where a file goes is no words of anybody's",
}


@pytest.fixture
def desk(author: Author, tmp_path: Path) -> Iterator[Desk]:
    """A desk with a referral at each stage."""
    stories = []
    for number, last in enumerate(STEPS, 1):
        story = Story(f"referral:{number}", first=number * 1000)
        for step in STEPS[: STEPS.index(last) + 1]:
            getattr(story, step)()
        stories.append(story)
    made = desk_of(author, tmp_path, *stories)
    yield made
    made.cache.close()


class Place:
    """One place in a window, with a button of it pressed."""

    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk, place: str, button: str) -> None:
        self.qtbot, self.worker = qtbot, worker
        self.window = MainWindow()
        qtbot.addWidget(self.window)
        self.window.resize(1366, 768)
        self.window.add_screen(MADE[place](desk, worker))
        for other in MADE:
            if other != place:
                self.window.add_screen(Elsewhere(worker, other))
        self.window.show()
        self.window.go(place)
        self.settle()
        self.buttons = {
            one.objectName(): one for one in self.window.findChildren(QAbstractButton) if usable(one)
        }
        if button in self.buttons:
            self.buttons[button].click()
            self.settle()

    def settle(self) -> None:
        for _ in range(3):
            self.qtbot.waitUntil(lambda: self.worker.waiting == 0)
            QApplication.processEvents()

    def fields(self) -> dict[str, QWidget]:
        found = {}
        for kind in (QLineEdit, QPlainTextEdit, QTextEdit):
            for one in self.window.findChildren(kind):
                name = named(one)
                if usable(one) and not one.property("readOnly") and name not in NOT_KEPT and not secret(one):
                    found[f"{name} {one.accessibleName()}"] = one
        return found

    def said(self) -> str:
        """What buttons say: a word that was named has become one."""
        return " ".join(one.text() for one in self.window.findChildren(QAbstractButton) if one.isVisible())

    def close(self) -> None:
        self.window.close()
        self.settle()


def usable(one: QWidget) -> bool:
    return one.isVisible() and one.isEnabled()


def named(one: QWidget) -> str:
    parent = one.parentWidget()
    return one.objectName() or (parent.objectName() if parent is not None else "")


def secret(one: QWidget) -> bool:
    return isinstance(one, QLineEdit) and one.echoMode() is not QLineEdit.EchoMode.Normal


def text_of(one: QWidget) -> str:
    # What is no line is one of the two kinds of text, and either has this.
    return one.text() if isinstance(one, QLineEdit) else one.toPlainText()  # type: ignore[attr-defined]


@pytest.mark.timeout(600)  # a window for each button of each place
@pytest.mark.parametrize("author", PEOPLE, ids=lambda author: author.role.value)
def test_what_is_typed_in_any_field_is_kept_within_a_second_and_comes_back(
    qtbot: QtBot, worker: Worker, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: ("", ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
    tried: set[tuple[str, str]] = set()
    unkept: list[str] = []
    for place in my_places(desk):
        first = Place(qtbot, worker, desk, place, "")
        buttons = [name for name in first.buttons if (place, name) not in PRESSED]
        first.close()
        # Before any, as it stands: a button pressed again may make an act of what was typed.
        for button in ("", *buttons):
            PRESSED.add((place, button))
            there = Place(qtbot, worker, desk, place, button)
            typed: dict[str, str] = {}
            for name, field in there.fields().items():
                if (place, name) not in tried:
                    tried.add((place, name))
                    typed[name] = f"Kestrel{len(tried)}wick"
                    QTest.keyClicks(field, typed[name])
            if typed:
                until = time.monotonic() + 0.9
                while missing(typed, kept(desk), "") and time.monotonic() < until:
                    QTest.qWait(20)
                there.settle()
                unkept += missing(typed, kept(desk), f"{place}, {button}: not kept")
                # A contact is one by now, and is open still.
                again = Place(qtbot, worker, desk, place, "" if button == "triage.new" else button)
                shown = " ".join(text_of(one) for one in again.fields().values())
                unkept += missing(typed, shown + again.said(), f"{place}, {button}: not back")
                again.close()
            there.close()
    assert unkept == []


def missing(typed: dict[str, str], among: str, what: str) -> list[str]:
    return [f"{what}: {name}" for name, words in typed.items() if words not in among]


def kept(desk: Desk) -> str:
    """All drafts, and what has left as entries already."""
    waits = (str(entry.body) for one in desk.cache.waiting() for entry in one.entries)
    return " ".join((*desk.cache.drafts("").values(), *waits))


def test_what_is_typed_without_a_pause_is_kept_within_a_second(
    qtbot: QtBot, worker: Worker, tmp_path: Path
) -> None:
    desk = desk_of(OFFICER, tmp_path, Story("referral:1").taken())
    there = Place(qtbot, worker, desk, "govern", "govern.withdraw")
    field = there.fields()["govern.reason Why it was misfiled"]
    for letter in range(30):
        QTest.keyClicks(field, f"word{letter} ")
        QTest.qWait(50)
    # Over a second and a half in, and no pause longer than a twentieth of one.
    assert "word5 " in kept(desk)
    there.close()
    desk.cache.close()


def test_what_is_typed_into_a_banner_above_the_screens_is_kept_and_comes_back(
    qtbot: QtBot, worker: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QApplication, "beep", lambda: None)
    desk = desk_of(OPERATOR, tmp_path, Story("referral:1").taken())
    desk.act("referral:1", TRIAGED)
    now = desk.now() + WAITS
    desk.now = lambda: now
    for typed in ("", "Kestrelwick"):
        there = Place(qtbot, worker, desk, "triage", "")
        telephoning = Telephoning(there.window, desk, worker)
        there.settle()
        (field,) = (one for name, one in there.fields().items() if name.startswith("telephone.who "))
        assert text_of(field) == typed
        if not typed:
            QTest.keyClicks(field, "Kestrelwick")
            QTest.qWait(900)
            there.settle()
            assert "Kestrelwick" in kept(desk)
        telephoning.end()
        there.close()
    desk.cache.close()
