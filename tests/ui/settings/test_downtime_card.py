"""Having the list of open reds made each day, by hand at the settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from mash_desktop.domain.codes import Rag
from tests.desk.test_hub_board import manager, rated
from tests.domain.story import POLICE
from tests.support.desks import desk_of
from tests.ui.accessibility import nameless
from tests.ui.settings.test_settings_screen import OnSettings
from ui.keys import keys
from ui.settings.downtime import DowntimeCard
from ui.widgets.text import Text
from ui.work import Worker


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return manager(tmp_path, rated("referral:red", Rag.RED))


def said(on: OnSettings) -> str:
    return "\n".join(one.text() for one in on.window.findChildren(Text) if one.isVisible())


def test_a_manager_has_the_list_made_each_day_and_stops_it(
    qtbot: QtBot, worker: Worker, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on = OnSettings(qtbot, worker, desk)
    (card,) = on.screen.findChildren(DowntimeCard)
    qtbot.waitUntil(card.isVisible)
    assert nameless(on.window) == []
    assert keys.clashes(on.window) == []
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    on.press(Qt.Key.Key_B, Qt.KeyboardModifier.AltModifier)
    assert card.folder.value() == str(tmp_path)
    QTest.keyClicks(card.password.line, "short")
    on.press(Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "at least 12 characters" in said(on))
    card.password.set_value("lantern harbour quiet")
    on.press(Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "The last list: open-reds-" in said(on))
    assert card.password.value() == ""
    assert len(list(tmp_path.glob("open-reds-*.pdf"))) == 1
    on.press(Qt.Key.Key_E, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "No more lists are made." in said(on))
    qtbot.waitUntil(card.end.isHidden)


def test_whoever_is_led_to_the_list_stands_at_its_folder(qtbot: QtBot, worker: Worker, desk: Desk) -> None:
    on = OnSettings(qtbot, worker, desk)
    on.screen.open("")
    on.screen.open("downtime")
    (card,) = on.screen.findChildren(DowntimeCard)
    qtbot.waitUntil(card.folder.line.hasFocus)
    qtbot.waitUntil(lambda: not card.folder.line.visibleRegion().isEmpty())


def test_who_has_no_hub_board_is_offered_no_list(qtbot: QtBot, worker: Worker, tmp_path: Path) -> None:
    on = OnSettings(qtbot, worker, desk_of(POLICE, tmp_path))
    on.screen.open("downtime")
    on.settle()
    assert not any(card.isVisible() for card in on.screen.findChildren(DowntimeCard))
