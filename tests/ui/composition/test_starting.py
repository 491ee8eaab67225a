"""A start: the door is there before the program behind it, and what is asked at it meanwhile is not lost."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.domain import shapes
from mash_desktop.profile_folder import WHOSE
from tests.ui.composition.test_doors import PASSPHRASE, made, typed
from ui.composition import PersonWindow
from ui.run import Starting, own_folder, read_program
from ui.widgets.banner import Banner

__all__ = ["made"]


@pytest.fixture
def start(qtbot: QtBot, themed: object) -> Iterator[Callable[[Path], Starting]]:
    begun: list[Starting] = []

    def begin(folder: Path) -> Starting:
        starting = Starting(folder, "")
        begun.append(starting)
        qtbot.addWidget(starting.window)
        return starting

    yield begin
    for starting in begun:
        starting.end()
        if starting.person is not None:
            starting.person.close()


def test_what_is_asked_before_the_program_is_there_is_done_once_it_is(
    qtbot: QtBot,
    start: Callable[[Path], Starting],
    made: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = Event()

    def read_slowly() -> type[PersonWindow]:
        assert disk.wait(20)
        return PersonWindow

    monkeypatch.setattr("ui.run.read_program", read_slowly)
    home = shutil.copytree(made, tmp_path / "home")
    (home / WHOSE).write_text("Priya Nair")
    starting = start(home)
    page = starting.window.unlock_page
    assert page.isVisible()
    typed(page.passphrase, PASSPHRASE)
    page.button.click()
    QApplication.processEvents()
    assert not page.button.isEnabled()
    disk.set()
    qtbot.waitUntil(lambda: starting.person is not None, timeout=20_000)
    assert starting.person is not None
    with qtbot.waitSignal(starting.person.opened, timeout=20_000):
        assert page.isVisible()
    assert not page.isVisible()


def test_who_waits_finds_the_door_as_it_was(
    qtbot: QtBot, start: Callable[[Path], Starting], made: Path, tmp_path: Path
) -> None:
    home = shutil.copytree(made, tmp_path / "home")
    (home / WHOSE).write_text("Priya Nair")
    starting = start(home)
    page = starting.window.unlock_page
    typed(page.passphrase, PASSPHRASE[:4])
    qtbot.waitUntil(lambda: starting.person is not None, timeout=20_000)
    assert page.isVisible()
    assert page.passphrase.value() == PASSPHRASE[:4]


def test_a_computer_that_is_nobodys_shows_no_door_before_the_right_one(
    qtbot: QtBot, start: Callable[[Path], Starting], tmp_path: Path
) -> None:
    starting = start(tmp_path / "new")
    assert not starting.window.isVisible()
    qtbot.waitUntil(starting.window.isVisible, timeout=20_000)
    assert starting.person is not None
    assert starting.person.enrol_page.isVisible()


def test_a_program_that_cannot_be_read_says_so_at_the_door(
    start: Callable[[Path], Starting], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking() -> type[PersonWindow]:
        raise ModuleNotFoundError("sqlcipher3")

    monkeypatch.setattr("ui.run.read_program", lacking)
    starting = start(tmp_path / "new")
    qtbot.waitUntil(starting.window.isVisible, timeout=20_000)
    (banner,) = starting.window.findChildren(Banner)
    assert banner.accessibleName() == "This program cannot be read. Have it installed again."
    assert starting.window.unlock_page.button.isEnabled()


def test_what_threads_read_is_worked_out_before_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[bool] = []
    monkeypatch.setattr(shapes, "settle", lambda: settled.append(True))
    assert read_program() is PersonWindow
    assert settled


def test_nothing_behind_the_door_is_read_before_it_is_shown() -> None:
    heavy = (
        "sqlalchemy",
        "sqlcipher3",
        "httpx",
        "cryptography",
        "msgspec",
        "mash_desktop.desk",
        "ui.screen",
        "ui.shell.rail",
        "ui.widgets.table",
    )
    asked = f"import sys, ui.run; print([one for one in {heavy!r} if one in sys.modules])"
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_collector_works_again_once_the_program_has_been_read(
    qtbot: QtBot, start: Callable[[Path], Starting], tmp_path: Path
) -> None:
    gc.disable()
    try:
        starting = start(tmp_path / "new")
        qtbot.waitUntil(lambda: starting.person is not None, timeout=20_000)
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.enable()


def test_a_profile_without_a_folder_of_its_own_is_among_what_programs_keep_for_an_account(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert own_folder() == tmp_path / "mash-desktop"
