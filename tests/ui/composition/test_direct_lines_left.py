"""A direct line that the hub has not taken is not silenced by a lock, by an end of reading or by closing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.desk.profile import Profile, Server
from mash_desktop.domain.entries.triage import ContactTriaged, SubjectLevel
from tests.domain.story import KEY, OPERATOR, Story
from tests.support.desks import receive, receive_hub
from tests.support.secret_service import SecretService
from tests.ui.accessibility import nameless
from tests.ui.composition.test_doors import PASSPHRASE, STREAM, account, opening, said, typed, unlock
from tests.ui.composition.test_lease import runs_out
from ui.composition import PersonWindow
from ui.shell import telephone

__all__ = ["opening"]

LEFT = "A direct line has not reached the hub. Telephone Child protection duty, the number"
TRIAGED = ContactTriaged(
    route="direct-line",
    levels=tuple(SubjectLevel(one, "child_protection") for one in ("mia", "tyler")),
    rationale="Bruises on a baby.",
    history_searched=True,
    immediate_danger=True,
)


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    heard: list[bool] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append(True))
    monkeypatch.setattr(telephone, "LOOK_SECONDS", 0.05)
    return heard


@pytest.fixture
def folder(tmp_path: Path, secret_service: SecretService) -> Path:
    found = tmp_path / "priya"
    profile = Profile.create(found, PASSPHRASE, Server("https://isl.invalid", "", "staffordshire"))
    profile.cache.put_fact("account", msgspec.json.encode(account()))
    profile.cache.put_fact("signing-key", KEY.to_bytes())
    receive_hub(profile.cache)
    receive(profile.cache, OPERATOR, Story().taken())
    profile.lock()
    return found


@pytest.fixture
def person(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], folder: Path, rung: list[bool]
) -> PersonWindow:
    """A window in which a direct line was saved a moment ago, without a line to the hub."""
    made = opening(folder)
    unlock(qtbot, made)
    assert made.desk is not None
    made.desk.act(STREAM, TRIAGED)
    qtbot.waitUntil(lambda: made.worker.waiting == 0)
    assert not rung, "it has its minute"
    return made


def test_behind_the_lock_it_is_said_and_rung_without_a_word_of_the_case_until_it_is_unlocked(
    qtbot: QtBot, person: PersonWindow, rung: list[bool]
) -> None:
    person.lock()
    qtbot.waitUntil(lambda: LEFT in said(person.window) and len(rung) > 2, timeout=20_000)
    assert "Carter" not in said(person.window)
    assert nameless(person.window) == []
    typed(person.window.unlock_page.passphrase, "not this one at all")
    QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not person.window.unlock_page.passphrase.error.isHidden(), timeout=20_000)
    assert LEFT in said(person.window), "what else the door says takes nothing away"
    person.window.unlock_page.passphrase.set_value("")
    unlock(qtbot, person)
    assert LEFT not in said(person.window)
    heard = len(rung)
    qtbot.wait(150)
    assert len(rung) == heard, "the desk is open, and its minute is not over"


def test_whoever_takes_the_seat_goes_on_reading_it_in_silence(
    qtbot: QtBot, person: PersonWindow, rung: list[bool], tmp_path: Path, secret_service: SecretService
) -> None:
    person.lock()
    qtbot.waitUntil(lambda: LEFT in said(person.window), timeout=20_000)
    person._take_seat(tmp_path / "karen", "Karen", False)
    assert LEFT in said(person.window), "on the way to their own"
    person.window.unlock()
    assert LEFT in said(person.window)
    heard = len(rung)
    qtbot.wait(150)
    assert len(rung) == heard


def test_closing_says_first_what_would_stay_behind(
    qtbot: QtBot, person: PersonWindow, rung: list[bool]
) -> None:
    person.window.close()
    assert person.window.isVisible()
    qtbot.waitUntil(lambda: LEFT in said(person.window))
    assert "Close it once more to leave it so." in said(person.window)
    desk = person.desk
    assert desk is not None
    (waiting,) = desk.cache.waiting()
    desk.tell(desk.cache.let_go(waiting.act))
    qtbot.waitUntil(lambda: LEFT not in said(person.window), timeout=20_000)
    desk.act(STREAM, TRIAGED)
    qtbot.waitUntil(lambda: person.worker.waiting == 0)
    person.window.close()
    assert person.window.isVisible(), "it is another one"
    person.window.close()
    assert not person.window.isVisible()


def test_a_locked_window_says_before_it_closes_that_its_bell_ends(
    qtbot: QtBot, person: PersonWindow, rung: list[bool]
) -> None:
    person.lock()
    qtbot.waitUntil(lambda: LEFT in said(person.window), timeout=20_000)
    person.window.close()
    assert person.window.isVisible()
    qtbot.waitUntil(lambda: "Close it once more to leave it so." in said(person.window))
    person.window.close()
    assert not person.window.isVisible()


def test_it_is_said_and_rung_where_nothing_may_be_read_any_more(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], folder: Path, rung: list[bool]
) -> None:
    profile = Profile.open(folder, PASSPHRASE)
    profile.desk().act(STREAM, TRIAGED)
    profile.lock()
    runs_out(folder)
    person = opening(folder)
    typed(person.window.unlock_page.passphrase, PASSPHRASE)
    QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(person.lease_page.isVisible, timeout=20_000)
    desk = person.desk
    assert desk is not None
    now = desk.now()
    desk.now = lambda: now.replace(year=now.year + 1)
    person._take_stock()
    qtbot.waitUntil(lambda: LEFT in said(person.window) and len(rung) > 1, timeout=20_000)
    assert "Carter" not in said(person.window)
    (waiting,) = desk.cache.waiting()
    desk.tell(desk.cache.let_go(waiting.act))
    person._take_stock()
    qtbot.waitUntil(lambda: LEFT not in said(person.window), timeout=20_000)
