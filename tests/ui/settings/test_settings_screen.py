"""Theme and text size act at once, are kept in the profile, and are put on when it opens again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk, settings
from mash_desktop.desk.settings import Look, Renewed
from mash_desktop.domain.errors import Refusal
from tests.domain.story import OPERATOR
from tests.support.desks import desk_of
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.keys import keys
from ui.settings import SettingsScreen
from ui.theme import Mode, Theme, current_look
from ui.widgets import ActionButton, Banner, Field, Text
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


def answer(result: Renewed | Exception) -> Future[Renewed]:
    future: Future[Renewed] = Future()
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
    return future


def banners(on: OnSettings) -> list[str]:
    return [one.accessibleName() for one in on.window.findChildren(Banner)]


def test_new_recovery_codes_are_shown_once_to_who_proves_the_present_ones(
    qtbot: QtBot, worker: Worker, desk: Desk
) -> None:
    on = OnSettings(qtbot, worker, desk)
    fields = {one.objectName().removeprefix("settings."): one for one in on.window.findChildren(Field)}
    buttons = {one.objectName(): one for one in on.window.findChildren(ActionButton)}
    renew, replace = buttons["settings.renew"], buttons["settings.replace"]
    renew.click()
    assert fields["password"].error.text() == "Type your password."
    fields["password"].set_value("a password")
    fields["code"].set_value("123456")
    renew.click()
    assert fields["code"].error.text().startswith("The hub cannot be reached")
    refused = Refusal("sign-in-refused", "Account, password or code is not right. Try again.")
    desk.store_renew = lambda asked: answer(refused)
    renew.click()
    qtbot.waitUntil(lambda: fields["code"].error.text() == refused.sentence)
    desk.store_renew = lambda asked: answer(OSError("gone"))
    renew.click()
    qtbot.waitUntil(lambda: any("Nothing has changed" in told for told in banners(on)))
    assert fields["code"].value() == "123456"
    made = Renewed(recovery_codes=("AAAAA-BBBBB", "CCCCC-DDDDD"), totp_uri="otpauth://totp/priya")
    desk.store_renew = lambda asked: answer(made)
    replace.click()
    qtbot.waitUntil(lambda: any("CCCCC-DDDDD" in told for told in banners(on)))
    assert any("otpauth://totp/priya" in told for told in banners(on))
    assert (fields["password"].value(), fields["code"].value()) == ("", "")
