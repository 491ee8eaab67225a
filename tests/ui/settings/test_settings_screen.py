"""Theme and text size act at once, are kept in the profile, and are put on when it opens again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk, settings
from mash_desktop.desk.settings import Look
from tests.domain.story import OPERATOR
from tests.support.desks import desk_of
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.keys import keys
from ui.settings import SettingsScreen
from ui.theme import Mode, Theme, current_look
from ui.widgets import Text
from ui.work import Worker


class OnSettings(Driven[SettingsScreen]):
    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk) -> None:
        super().__init__(qtbot, worker, desk, SettingsScreen(desk, worker))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_of(OPERATOR, tmp_path)
    yield made
    made.cache.close()


def test_everything_on_it_is_named(qtbot: QtBot, worker: Worker, desk: Desk) -> None:
    on = OnSettings(qtbot, worker, desk)
    assert nameless(on.window) == []
    assert keys.clashes(on.window) == []
    said = [one.text() for one in on.window.findChildren(Text)]
    assert "Priya Nair: Triage operator, Children's social care" in said


def test_a_theme_acts_at_once_and_is_kept(qtbot: QtBot, worker: Worker, desk: Desk) -> None:
    on = OnSettings(qtbot, worker, desk)
    on.press(Qt.Key.Key_Right)
    assert current_look().mode is Mode.DARK
    assert settings.kept_look(desk) == Look("dark", 1.0)


def test_a_text_size_set_by_a_key_is_shown_and_kept(qtbot: QtBot, worker: Worker, desk: Desk) -> None:
    on = OnSettings(qtbot, worker, desk)
    on.press(Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert on.screen.page.text_size.value() == 110
    assert settings.kept_look(desk) == Look("light", 1.1)


def test_the_kept_look_is_put_on_when_the_desktop_opens(
    qtbot: QtBot, worker: Worker, desk: Desk, themed: QApplication
) -> None:
    settings.keep_look(desk, Look("high-contrast", 1.5))
    on = OnSettings(qtbot, worker, desk)
    assert (current_look().mode, current_look().scale) == (Mode.HIGH_CONTRAST, 1.5)
    assert on.screen.page.theme.value() == "high-contrast"
    assert on.screen.page.text_size.value() == 150


def test_before_anything_is_chosen_nothing_is_kept(
    qtbot: QtBot, worker: Worker, desk: Desk, themed: QApplication
) -> None:
    OnSettings(qtbot, worker, desk)
    assert settings.kept_look(desk) is None
    Theme.apply(themed, Mode.LIGHT)
    assert settings.kept_look(desk) is None
