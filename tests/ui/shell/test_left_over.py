"""A hand-over that nobody took over in time rings above every screen, until it is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.domain.entries.outcome import HandoverAcknowledged, HandoverMade
from tests.domain.stories import OUT_OF_HOURS
from tests.domain.story import OPERATOR, Story
from tests.support.desks import desk_of
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.inbox import Inbox
from ui.keys import keys
from ui.shell.left_over import LeftOver
from ui.widgets.banner import Banner
from ui.work import Worker


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    heard: list[bool] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append(True))
    return heard


def test_a_hand_over_that_nobody_took_over_rings_and_leads_to_it(
    qtbot: QtBot, worker: Worker, tmp_path: Path, rung: list[bool]
) -> None:
    story = Story().taken().triaged()
    story.tell(OPERATOR, HandoverMade(handover="h1", team="emergency-duty", words="See Mia tonight."))
    desk = desk_of(OUT_OF_HOURS, tmp_path, story)
    driven = Driven(qtbot, worker, desk, Inbox(desk, worker), "triage")
    driven.window.go("triage")
    ringing = LeftOver(driven.window, desk, worker)
    driven.settle()
    assert rung == []
    desk.now = lambda: story.now + timedelta(hours=2)
    for _ in range(2):
        ringing.look()
        driven.settle()
    assert len(rung) == 2
    (banner,) = [one for one in driven.window.findChildren(Banner) if one.isVisibleTo(driven.window)]
    assert banner.accessibleName().startswith("Not taken over: ")
    assert nameless(driven.window) == []
    assert keys.clashes(driven.window) == []
    driven.press(Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert driven.window.current_place() == "inbox"
    driven.press(Qt.Key.Key_T)
    ringing.look()
    driven.settle()
    assert len(rung) == 2
    assert not [one for one in driven.window.findChildren(Banner) if one.isVisibleTo(driven.window)]
    assert desk.referral(story.stream).all(HandoverAcknowledged)
    ringing.end()


def test_locking_takes_it_off_the_screen(
    qtbot: QtBot, worker: Worker, tmp_path: Path, rung: list[bool]
) -> None:
    story = Story().taken().triaged()
    story.tell(OPERATOR, HandoverMade(handover="h1", team="emergency-duty", words="See Mia tonight."))
    desk = desk_of(OUT_OF_HOURS, tmp_path, story)
    desk.now = lambda: story.now + timedelta(hours=2)
    driven = Driven(qtbot, worker, desk, Inbox(desk, worker))
    ringing = LeftOver(driven.window, desk, worker)
    driven.settle()
    assert rung
    ringing.end()
    driven.settle()
    assert not [one for one in driven.window.findChildren(Banner) if one.isVisibleTo(driven.window)]
