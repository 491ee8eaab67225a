"""Theme and text size act at once, are kept in the profile, and are put on when it opens again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

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
from ui.shell.shown_once import ShownOnce
from ui.theme import Mode, Theme, current_look
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.field import Field
from ui.widgets.text import Text
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


def shown_once(on: OnSettings) -> list[ShownOnce]:
    return on.window.findChildren(ShownOnce)


def banners(on: OnSettings) -> list[str]:
    return [one.accessibleName() for one in on.window.findChildren(Banner)]


def test_new_recovery_codes_are_shown_once_to_who_proves_the_present_ones(
    qtbot: QtBot, worker: Worker, desk: Desk
) -> None:
    on = OnSettings(qtbot, worker, desk)
    fields = {one.objectName().removeprefix("settings."): one for one in on.window.findChildren(Field)}
    buttons = {one.objectName(): one for one in on.window.findChildren(ActionButton)}
    renew = buttons["settings.renew"]
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
    qtbot.waitUntil(lambda: any("Whether anything changed is not known" in told for told in banners(on)))
    assert fields["code"].value() == "123456"
    codes = ("AAAAA-BBBBB", "CCCCC-DDDDD")
    desk.store_renew = lambda asked: answer(Renewed(recovery_codes=codes))
    renew.click()
    qtbot.waitUntil(lambda: bool(shown_once(on)))
    assert shown_once(on)[0].codes.value() == "AAAAA-BBBBB · CCCCC-DDDDD"
    assert (fields["password"].value(), fields["code"].value()) == ("", "")


def test_a_new_authenticator_is_shown_as_at_the_door_and_gone_once_the_settings_are_left(
    qtbot: QtBot, worker: Worker, desk: Desk
) -> None:
    on = OnSettings(qtbot, worker, desk)
    fields = {one.objectName().removeprefix("settings."): one for one in on.window.findChildren(Field)}
    replace = next(one for one in on.window.findChildren(ActionButton, "settings.replace"))
    fields["password"].set_value("a password")
    fields["code"].set_value("123456")
    uri = "otpauth://totp/priya?secret=JBSWY3DPEHPK3PXP"
    asked = Event()

    def renewed() -> Renewed:
        assert asked.wait(30)
        return Renewed(recovery_codes=("AAAAA-BBBBB",), totp_uri=uri)

    with ThreadPoolExecutor() as network:
        desk.store_renew = lambda _: network.submit(renewed)
        replace.click()
        asked.set()
    qtbot.waitUntil(lambda: bool(shown_once(on)))
    assert shown_once(on)[0].key.value() == "JBSW Y3DP\nEHPK 3PXP"
    assert nameless(on.window) == []
    fields["password"].set_value("half of a pass")
    on.screen.hide()
    on.screen.show()
    qtbot.waitUntil(lambda: not shown_once(on))
    assert fields["password"].value() == ""
