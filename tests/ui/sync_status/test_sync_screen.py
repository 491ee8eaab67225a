"""Sync and attention as a person drives it: what was refused is read in full, done again, or let go."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from mash_desktop.desk.attention import Status
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.triage import RagRated
from tests.domain.story import MANAGER, Story
from tests.support.desks import desk_of, receive
from tests.support.overtaken import DEPUTY, STREAM, overtaken
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.keys import keys
from ui.sync_status import SyncScreen
from ui.theme import Mode, Theme
from ui.widgets.states import EmptyState
from ui.widgets.text import Text
from ui.work import Worker

NOW = datetime(2026, 11, 12, 14, 2, tzinfo=UTC)


@pytest.fixture
def story() -> Story:
    return Story().taken().triaged().admitted()


@pytest.fixture
def manager(tmp_path: Path, story: Story) -> Iterator[Desk]:
    desk = desk_of(MANAGER, tmp_path, story)
    yield desk
    desk.cache.close()


def drive(qtbot: QtBot, worker: Worker, desk: Desk) -> Driven[SyncScreen]:
    return Driven(qtbot, worker, desk, SyncScreen(desk, worker), "file")


def words(window: QWidget) -> str:
    return "\n".join(one.text() for one in window.findChildren(Text) if one.isVisibleTo(window))


def test_with_nothing_waiting_it_says_what_this_place_is_for(
    qtbot: QtBot, worker: Worker, manager: Desk
) -> None:
    driven = drive(qtbot, worker, manager)
    (state,) = driven.window.findChildren(EmptyState)
    assert state.title.text() == "Everything is with the hub"
    assert nameless(driven.window) == []
    assert keys.clashes(driven.window) == []


def test_both_sides_of_a_conflict_stand_side_by_side(
    qtbot: QtBot, worker: Worker, manager: Desk, story: Story
) -> None:
    overtaken(manager, story)
    driven = drive(qtbot, worker, manager)
    said = words(driven.window)
    assert "A child under one is in the house." in said
    assert "The father is away until Friday." in said
    assert nameless(driven.window) == []
    assert keys.clashes(driven.window) == []


def test_a_conflict_arrives_without_being_asked_for(
    qtbot: QtBot, worker: Worker, manager: Desk, story: Story
) -> None:
    driven = drive(qtbot, worker, manager)
    overtaken(manager, story)
    driven.settle()
    assert "The father is away until Friday." in words(driven.window)


def test_one_key_does_it_again(qtbot: QtBot, worker: Worker, manager: Desk, story: Story) -> None:
    overtaken(manager, story)
    driven = drive(qtbot, worker, manager)
    driven.press(Qt.Key.Key_Y)
    assert manager.referral(STREAM).rag is Rag.RED
    (waiting,) = manager.cache.waiting()
    assert waiting.state == "waiting"


def test_letting_go_is_asked_once_more(qtbot: QtBot, worker: Worker, manager: Desk, story: Story) -> None:
    overtaken(manager, story)
    driven = drive(qtbot, worker, manager)
    driven.press(Qt.Key.Key_L)
    assert len(manager.cache.waiting()) == 1
    driven.press(Qt.Key.Key_Escape)
    assert len(manager.cache.waiting()) == 1
    driven.press(Qt.Key.Key_L)
    driven.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert manager.cache.waiting() == ()
    assert driven.window.findChildren(EmptyState)


def test_a_refusal_to_do_it_again_is_said_and_keeps_the_words(
    qtbot: QtBot, worker: Worker, manager: Desk, story: Story
) -> None:
    overtaken(manager, story)
    story.tell(DEPUTY, RagRated(rag=Rag.RED, reason="He is back."))
    receive(manager.cache, MANAGER, story)
    driven = drive(qtbot, worker, manager)
    driven.click("sync.again")
    assert driven.said == ["It is rated so already."]
    assert "A child under one is in the house." in words(driven.window)


def test_from_a_refused_act_one_key_leads_to_its_referral(
    qtbot: QtBot, worker: Worker, manager: Desk, story: Story
) -> None:
    overtaken(manager, story)
    driven = drive(qtbot, worker, manager)
    driven.press(Qt.Key.Key_O)
    assert driven.asked_to_open == [("file", STREAM)]


def test_the_line_and_the_log_are_said_in_words(qtbot: QtBot, worker: Worker, manager: Desk) -> None:
    driven = drive(qtbot, worker, manager)
    screen = driven.window.current_screen()
    assert isinstance(screen, SyncScreen)
    screen.show_status(Status(online=True, since=NOW, synced_at=NOW, verified_at=NOW, log_size=88214))
    assert "14:02, 88,214 entries" in words(driven.window)
    screen.show_status(Status(online=False, since=NOW))
    assert "You can go on working. All of it is sent when the line is back." in words(driven.window)


def test_the_first_reading_says_how_far_it_is(qtbot: QtBot, worker: Worker, manager: Desk) -> None:
    driven = drive(qtbot, worker, manager)
    screen = driven.window.current_screen()
    assert isinstance(screen, SyncScreen)
    screen.show_status(Status(first_sync=True, fetched=3000, to_fetch=9000))
    assert "Fetching 3,000 of 12,000. What is most urgent came first." in words(driven.window)
    screen.show_status(Status(online=True, since=NOW, fetched=12000))
    assert "Fetching" not in words(driven.window)


def test_send_and_fetch_now_wakes_the_network(qtbot: QtBot, worker: Worker, manager: Desk) -> None:
    woken: list[bool] = []
    manager.wake = lambda: woken.append(True)
    drive(qtbot, worker, manager).press(Qt.Key.Key_S)
    assert woken == [True]


def test_a_hub_that_cannot_be_trusted_is_told_to_a_manager_with_what_to_do(
    qtbot: QtBot, worker: Worker, manager: Desk
) -> None:
    driven = drive(qtbot, worker, manager)
    screen = driven.window.current_screen()
    assert isinstance(screen, SyncScreen)
    screen.show_status(Status(distrust="The store's log is shorter than it was."))
    driven.settle()
    said = words(driven.window)
    assert "The store's log is shorter than it was." in said
    assert "information governance officer" in said
    assert not screen.table.isVisibleTo(driven.window)
    assert nameless(driven.window) == []


def test_at_twice_the_text_size_nothing_is_cut_off(
    qtbot: QtBot, worker: Worker, manager: Desk, story: Story, themed: QApplication
) -> None:
    overtaken(manager, story)
    manager.act(STREAM, NoteAdded(words="Rang the school."))
    driven = drive(qtbot, worker, manager)
    Theme.apply(themed, Mode.LIGHT, 2.0)
    driven.settle()
    again = driven.find("sync.again")
    assert again.width() >= again.sizeHint().width()
