"""Several people at one computer: each at their own profile, and none with anything of another's."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import keyring
import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.cache import saved
from mash_desktop.cache.engine import FILE_NAME
from mash_desktop.desk import profiles
from mash_desktop.desk.profile import Profile, Server
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.profile_folder import ASIDE, PEOPLE, WHOSE
from mash_desktop.vault.ring import SERVICE
from mash_desktop.vault.wrap import FILE
from tests.domain.story import KEY, MANAGER, OPERATOR, Story
from tests.support.desks import receive, receive_hub
from tests.support.lines import nobody_listens
from tests.support.secret_service import SecretService
from tests.ui.accessibility import nameless
from tests.ui.composition.test_doors import (
    PASSPHRASE,
    STREAM,
    account,
    fill,
    opening,
    press,
    said,
    typed,
    unlock,
)
from ui.composition import PersonWindow

__all__ = ["opening"]

KARENS = "other people, other stones"


@pytest.fixture
def home(tmp_path: Path, secret_service: SecretService) -> Path:
    """Priya's profile, with a case and something unsent; and Karen's, with neither."""
    home = tmp_path / "home"
    priya = Profile.create(home, PASSPHRASE, Server("https://isl.invalid", "", "staffordshire"))
    priya.cache.put_fact("account", msgspec.json.encode(account()))
    priya.cache.put_fact("signing-key", KEY.to_bytes())
    receive_hub(priya.cache)
    receive(priya.cache, OPERATOR, Story().taken())
    priya.desk().act(STREAM, NoteAdded(words="Not sent yet."))
    priya.lock()
    (home / WHOSE).write_text("Priya Nair")
    folder = profiles.new_folder(home)
    karen = Profile.create(folder, KARENS, Server("https://isl.invalid", "", "staffordshire"))
    standing = msgspec.structs.replace(account().standings[0], agency=MANAGER.agency, role=MANAGER.role)
    hers = msgspec.structs.replace(account(), person="karen", name="Karen Shaw", standings=(standing,))
    karen.cache.put_fact("account", msgspec.json.encode(hers))
    karen.cache.put_fact("signing-key", KEY.to_bytes())
    receive_hub(karen.cache)
    karen.lock()
    (folder / WHOSE).write_text("Karen Shaw")
    return home


def asked(qtbot: QtBot, person: PersonWindow) -> None:
    qtbot.waitUntil(person.seats.choose_page.isVisible, timeout=20_000)


def choose(person: PersonWindow, number: int) -> None:
    (button,) = person.window.findChildren(QWidget, f"people.{number}")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_computer_asks_who_is_here_and_each_sees_their_own_work_alone(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], home: Path
) -> None:
    person = opening(home)
    asked(qtbot, person)
    assert nameless(person.seats.choose_page) == []
    assert [one.accessibleName() for one in person.seats.choose_page.findChildren(QWidget)
            if one.objectName().startswith("people.")] == ["Karen Shaw", "Priya Nair"]  # fmt: skip
    choose(person, 2)
    assert person.window.unlock_page.title.text() == "Locked · Priya Nair"
    unlock(qtbot, person)
    person.window.open("file", STREAM)
    qtbot.waitUntil(lambda: "Carter" in said(person.window), timeout=20_000)
    qtbot.waitUntil(lambda: person.shown.badges.waiting == 1, timeout=20_000)
    press(person, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)

    QTest.mouseClick(person.window.unlock_page.other, Qt.MouseButton.LeftButton)
    asked(qtbot, person)
    choose(person, 1)
    typed(person.window.unlock_page.passphrase, PASSPHRASE)
    QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "does not open this profile" in said(person.window), timeout=20_000)
    person.window.unlock_page.passphrase.set_value("")
    unlock(qtbot, person, KARENS)
    assert person.desk is not None
    assert person.desk.me.name == "Karen Shaw"
    assert person.shown.badges.waiting == 0
    assert person.desk.cache.waiting_counts() == {}
    assert person.desk.cache.streams("referral:") == ()
    assert person.window.current_reference() == "", "not where somebody else was"
    assert "Carter" not in said(person.window)
    assert "Priya" not in said(person.window)


def tries(person: PersonWindow, passphrase: str) -> None:
    typed(person.window.unlock_page.passphrase, passphrase)
    QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)


def answered(qtbot: QtBot, person: PersonWindow) -> None:
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)


def test_what_is_answered_at_a_door_that_was_left_is_said_at_no_other_and_kept_for_its_own(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], home: Path
) -> None:
    saved.note(saved.beside(home / FILE_NAME), 9)
    person = opening(home)
    asked(qtbot, person)
    choose(person, 2)
    tries(person, PASSPHRASE)
    choose(person, 1)
    answered(qtbot, person)
    assert person.window.unlock_page.title.text() == "Locked · Karen Shaw"
    assert not person.window.unlock_page.passphrase.error.isVisible()
    tries(person, PASSPHRASE)
    choose(person, 2)
    answered(qtbot, person)
    assert not person.window.unlock_page.passphrase.error.isVisible(), "it is Karen's that it does not open"
    tries(person, PASSPHRASE)
    qtbot.waitUntil(lambda: "8 things that were saved last are no longer" in said(person.window))
    answered(qtbot, person)
    person.window.unlock_page.passphrase.set_value("")
    unlock(qtbot, person)


def test_a_setting_up_that_fails_is_said_to_nobody_else(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], tmp_path: Path
) -> None:
    person = opening(tmp_path / "new")
    with nobody_listens() as port:
        fill(person, hub_url=f"https://127.0.0.1:{port}")
        person._take_seat(tmp_path / "another", "", False)
        answered(qtbot, person)
    assert person.enrol_page.isVisible()
    assert "cannot be reached" not in said(person.enrol_page)


def test_what_was_told_to_a_window_that_was_closed_meanwhile_is_told_again(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], home: Path
) -> None:
    shutil.rmtree(home / PEOPLE)
    saved.note(saved.beside(home / FILE_NAME), 9)
    person = opening(home)
    tries(person, PASSPHRASE)
    person.window.close()
    person = opening(home)
    tries(person, PASSPHRASE)
    qtbot.waitUntil(lambda: "8 things that were saved last are no longer" in said(person.window))


def test_a_profile_that_was_about_to_open_stays_shut_once_somebody_else_is_asked_for(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], home: Path
) -> None:
    person = opening(home)
    asked(qtbot, person)
    choose(person, 2)
    tries(person, PASSPHRASE)
    person.window.unlock_page.other_asked.emit()
    answered(qtbot, person)
    answered(qtbot, person)
    assert person.seats.choose_page.isVisible()
    assert person.profile is None


def test_somebody_new_sets_up_a_profile_of_their_own_and_may_turn_back(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], home: Path
) -> None:
    person = opening(home)
    asked(qtbot, person)
    press(person, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(person.enrol_page.isVisible, timeout=20_000)
    assert person._folder.parent == home / PEOPLE
    assert not person._folder.exists()
    QTest.mouseClick(person.enrol_page.leave, Qt.MouseButton.LeftButton)
    asked(qtbot, person)


def lost(qtbot: QtBot, person: PersonWindow) -> str:
    if not person.window.unlock_page.lost.isVisible():
        typed(person.window.unlock_page.passphrase, "not the passphrase")
        QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
        qtbot.waitUntil(person.window.unlock_page.lost.isVisible, timeout=20_000)
    press(person, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(person.seats.lost_page.isVisible, timeout=20_000)
    return said(person.seats.lost_page)


def put_away(person: PersonWindow) -> None:
    press(person, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert person.seats.lost_page.sure.isVisible()
    press(person, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)


def test_a_passer_by_is_neither_offered_to_put_a_profile_away_nor_told_what_waits_in_it(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], home: Path
) -> None:
    person = opening(home)
    asked(qtbot, person)
    choose(person, 2)
    page = person.window.unlock_page
    assert not page.lost.isVisible()
    press(person, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
    assert page.isVisible()
    lost(qtbot, person)
    press(person, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "This is Priya Nair’s profile." in said(person.seats.lost_page))
    press(person, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    press(person, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(page.isVisible, timeout=20_000)
    assert Profile.exists(home), "the same key twice puts nothing away"
    QTest.mouseClick(page.other, Qt.MouseButton.LeftButton)
    asked(qtbot, person)
    choose(person, 1)
    assert not page.lost.isVisible(), "not what another's passphrase did"


def test_a_profile_that_was_put_away_is_taken_back_by_whoever_is_asked_who_is_here(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], home: Path
) -> None:
    shutil.rmtree(home / PEOPLE)
    profiles.set_aside(home, home, date(2026, 11, 29))
    person = opening(home)
    asked(qtbot, person)
    (button,) = person.window.findChildren(QWidget, "people.1")
    assert button.accessibleName() == "Take it back: Priya Nair, set aside 29 Nov 2026"
    press(person, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(person.window.unlock_page.isVisible, timeout=20_000)
    assert person.window.unlock_page.title.text() == "Locked · Priya Nair"
    unlock(qtbot, person)
    qtbot.waitUntil(lambda: person.shown.badges.waiting == 1, timeout=20_000)


def test_a_profile_whose_keyring_was_emptied_is_told_honestly_and_a_new_one_is_one_enrolment_away(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], home: Path
) -> None:
    shutil.rmtree(home / PEOPLE)
    person = opening(home)
    keyring.delete_password(SERVICE, msgspec.json.decode((home / FILE).read_bytes())["profile"])
    typed(person.window.unlock_page.passphrase, PASSPHRASE)
    QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "The keyring no longer holds" in said(person.window), timeout=20_000)
    words = lost(qtbot, person)
    assert "What had been sent is on the central store" in words
    assert "1 act of yours had not been sent" in words
    assert nameless(person.seats.lost_page) == []
    QTest.keyClick(person.window.focusWidget() or person.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(person.window.unlock_page.isVisible, timeout=20_000)
    assert Profile.exists(home), "turning back changes nothing"
    lost(qtbot, person)
    put_away(person)
    qtbot.waitUntil(person.enrol_page.isVisible, timeout=20_000)
    assert not Profile.exists(home)
    assert person.enrol_page.passphrase.isVisible()
    (aside,) = (home / ASIDE).iterdir()
    assert Profile.exists(aside)


def test_a_profile_that_is_open_elsewhere_is_not_set_aside(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], home: Path
) -> None:
    shutil.rmtree(home / PEOPLE)
    person = opening(home)
    elsewhere = Profile.open(home, PASSPHRASE)
    lost(qtbot, person)
    put_away(person)
    qtbot.waitUntil(lambda: "open in another window" in said(person.window), timeout=20_000)
    elsewhere.lock()
