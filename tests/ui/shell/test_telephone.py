"""*Telephone now*: above every screen, by sound, until the call is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.triage import ContactTriaged, SubjectLevel
from tests.domain.story import OPERATOR, Story
from tests.support.desks import desk_of
from tests.ui.accessibility import nameless
from tests.ui.driven import CONTROL, Driven, Elsewhere
from ui.keys import keys
from ui.shell import telephone
from ui.shell.telephone import TelephoneBanner, Telephoning
from ui.work import Worker

STREAM = "referral:0"
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_of(OPERATOR, tmp_path, Story().taken())
    yield desk
    desk.cache.close()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    heard: list[bool] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append(True))
    return heard


def waiting(desk: Desk) -> None:
    """A direct line that was saved a minute ago."""
    triaged = ContactTriaged(
        route="direct-line",
        levels=tuple(SubjectLevel(one, "child_protection") for one in ("mia", "tyler")),
        rationale="Bruises on a baby.",
        history_searched=True,
        immediate_danger=True,
    )
    desk.act(STREAM, triaged)
    now = desk.now() + timedelta(seconds=60)
    desk.now = lambda: now


def drive(qtbot: QtBot, worker: Worker, desk: Desk) -> Driven[Elsewhere]:
    return Driven(qtbot, worker, desk, Elsewhere(worker, "triage"))


def banners(driven: Driven[Elsewhere]) -> list[TelephoneBanner]:
    return [one for one in driven.window.findChildren(TelephoneBanner) if one.isVisibleTo(driven.window)]


def test_nothing_is_said_while_no_direct_line_waits(
    qtbot: QtBot, worker: Worker, operator: Desk, rung: list[bool]
) -> None:
    driven = drive(qtbot, worker, operator)
    Telephoning(driven.window, operator, worker)
    driven.settle()
    assert banners(driven) == []
    assert rung == []


def test_it_stands_above_the_screen_and_rings_until_the_call_is_recorded(
    qtbot: QtBot, worker: Worker, operator: Desk, rung: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telephone, "LOOK_SECONDS", 0.05)
    driven = drive(qtbot, worker, operator)
    telephoning = Telephoning(driven.window, operator, worker)
    waiting(operator)
    qtbot.waitUntil(lambda: len(rung) > 2)
    (banner,) = banners(driven)
    assert banner.accessibleName().startswith("Telephone now: Child protection duty")
    assert nameless(driven.window) == []
    assert keys.clashes(driven.window) == []
    banner.record.click()
    driven.settle()
    assert banner.who.error.text() == "Write whom you spoke to."
    banner.who.line.setFocus()
    QTest.keyClicks(banner.who.line, "Anna Reid")
    driven.click("telephone.record")
    qtbot.waitUntil(lambda: banners(driven) == [])
    assert "Anna Reid" in operator.referral(STREAM).all(NoteAdded)[-1].body.words
    telephoning.end()
    heard = len(rung)
    qtbot.wait(150)
    assert len(rung) <= heard + 1


def test_locking_takes_it_off_the_screen(
    qtbot: QtBot, worker: Worker, operator: Desk, rung: list[bool]
) -> None:
    waiting(operator)
    driven = drive(qtbot, worker, operator)
    telephoning = Telephoning(driven.window, operator, worker)
    driven.settle()
    assert len(banners(driven)) == 1
    telephoning.end()
    driven.settle()
    assert banners(driven) == []


def admitted(desk: Desk) -> None:
    (one,) = desk.cache.waiting()
    desk.tell(desk.cache.admitted(one.act, (9000,), desk.now()))


@pytest.fixture
def begun(qtbot: QtBot, worker: Worker, operator: Desk, rung: list[bool]) -> Driven[Elsewhere]:
    """The hub takes a direct line while somebody writes who answered the telephone."""
    waiting(operator)
    driven = drive(qtbot, worker, operator)
    telephoning = Telephoning(driven.window, operator, worker)
    driven.settle()
    (banner,) = banners(driven)
    banner.who.line.setFocus()
    driven.type("Anna ")
    admitted(operator)
    telephoning.look()
    driven.settle()
    assert banners(driven) == [banner]
    assert "The hub has it now: record whom you spoke to" in driven.words(banner)
    driven.type("Reid")
    assert banner.who.value() == "Anna Reid", "it stays under the hand"
    telephoning.look()
    driven.settle()
    assert banners(driven) == [banner]
    assert nameless(driven.window) == []
    assert keys.clashes(driven.window) == []
    return driven


def test_a_call_that_was_made_while_the_hub_took_it_is_recorded_all_the_same(
    begun: Driven[Elsewhere], operator: Desk
) -> None:
    begun.click("telephone.record")
    assert banners(begun) == []
    assert "Anna Reid" in operator.referral(STREAM).all(NoteAdded)[-1].body.words


def test_a_call_that_is_half_written_down_outlasts_a_lock_and_may_be_dismissed(
    begun: Driven[Elsewhere], operator: Desk, worker: Worker
) -> None:
    for locked in begun.window.findChildren(Telephoning):
        locked.end()
    begun.settle()
    assert banners(begun) == []
    Telephoning(begun.window, operator, worker)
    begun.settle()
    (banner,) = banners(begun)
    assert "The hub has it now: record whom you spoke to" in begun.words(banner)
    assert banner.who.value() == "Anna Reid"
    begun.press(Qt.Key.Key_D, CONTROL | SHIFT)
    assert banners(begun) == []
    Telephoning(begun.window, operator, worker)
    begun.settle()
    assert banners(begun) == []


def test_another_direct_line_goes_before_a_call_that_is_only_to_be_written_down(
    begun: Driven[Elsewhere], operator: Desk
) -> None:
    waiting(operator)
    begun.window.findChildren(Telephoning)[0].look()
    begun.settle()
    (banner,) = banners(begun)
    assert banner.who.value() == ""
    assert "Telephone now" in begun.words(banner)
    begun.write("telephone.who", "Ben Ode")
    begun.click("telephone.record")
    (banner,) = banners(begun)
    assert banner.who.value() == "Anna Reid"


def test_where_nothing_was_typed_it_goes_once_the_hub_has_it(
    qtbot: QtBot, worker: Worker, operator: Desk, rung: list[bool]
) -> None:
    waiting(operator)
    driven = drive(qtbot, worker, operator)
    telephoning = Telephoning(driven.window, operator, worker)
    driven.settle()
    admitted(operator)
    telephoning.look()
    driven.settle()
    assert banners(driven) == []
