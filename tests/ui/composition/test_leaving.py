"""A person leaves their computer: whatever says so locks the profile. A real service speaks for logind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import msgspec
import pytest
import shiboken6
from keyring.backends.SecretService import Keyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from mash_desktop.desk.profile import Profile, Server, Session
from mash_desktop.domain.errors import Refusal
from sync.protocol import Standing
from sync.store.serving import make_certificate
from tests.domain.story import FACILITATOR, KEY, Story
from tests.support.desks import receive, receive_hub
from tests.support.logind import OTHERS, LoginService
from tests.support.secret_service import SecretService
from tests.ui.composition.test_doors import PASSPHRASE, STREAM, account, made, opening, said, typed, unlock
from ui.composition import PersonWindow
from ui.session.windows import says_leaving
from ui.shell.second_display import SecondDisplay
from ui.widgets.text import Text

__all__ = ["made", "opening"]


@pytest.fixture
def unlocked(
    qtbot: QtBot, login_service: LoginService, opening: Callable[[Path], PersonWindow], made: Path
) -> PersonWindow:
    (made / "attempts.json").unlink(missing_ok=True)
    person = opening(made)
    unlock(qtbot, person)
    person.window.open("file", STREAM)
    qtbot.waitUntil(lambda: "Carter" in said(person.window), timeout=20_000)
    assert login_service.asked.wait(10)
    return person


SAYINGS: dict[str, Callable[[LoginService], None]] = {
    "the session is locked": lambda service: service.lock(),
    "the lock screen comes up": lambda service: service.changed(LockedHint=True),
    "another session comes to the front": lambda service: service.changed(Active=False),
    "the computer is about to sleep": lambda service: service.sleep(True),
}


@pytest.mark.parametrize("saying", SAYINGS)
def test_a_session_that_is_left_locks_the_profile(
    qtbot: QtBot, unlocked: PersonWindow, login_service: LoginService, saying: str
) -> None:
    SAYINGS[saying](login_service)
    qtbot.waitUntil(lambda: unlocked.profile is None, timeout=20_000)
    assert unlocked.window.locked
    assert "Carter" not in said(unlocked.window)


def test_the_computer_sleeps_only_once_the_profile_is_locked_and_is_held_back_again_after(
    qtbot: QtBot, unlocked: PersonWindow, login_service: LoginService
) -> None:
    profile = unlocked.profile
    assert profile is not None
    login_service.sleep(True)
    assert not login_service.released(within=0.3), "the window has not been given the time to lock"
    qtbot.waitUntil(lambda: login_service.released(within=0), timeout=20_000)
    with pytest.raises(Exception, match="is locked"):
        profile.cache.counts()
    login_service.sleep(False)
    qtbot.waitUntil(lambda: login_service.delays == 2, timeout=20_000)


@pytest.fixture
def unheeded() -> Iterator[Event]:
    """Holds whatever waits for it, until the test is over."""
    answers = Event()
    yield answers
    answers.set()


def locks_within(qtbot: QtBot, person: PersonWindow, seconds: float) -> None:
    profile = person.profile
    assert profile is not None
    person.lock()
    qtbot.waitUntil(lambda: overwritten(profile), timeout=round(seconds * 1000))
    with pytest.raises(Refusal, match="The profile is locked"):
        profile.cache.counts()


def overwritten(profile: Profile) -> bool:
    try:
        profile._vault.cache_key.hex()
    except Refusal:
        return True
    return False


@pytest.fixture
def looked_up(
    unlocked: PersonWindow, unheeded: Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Event:
    """Set once the hub's address is looked for, which takes long: as after the wireless network has gone."""
    asked = Event()

    def look_up(*_: Any, **__: Any) -> Any:
        asked.set()
        unheeded.wait(30)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert unlocked.profile is not None
    certificate, _ = make_certificate(tmp_path, ("isl.invalid",))
    unlocked.profile.server = Server("https://isl.invalid", certificate.read_text(), "staffordshire")
    return asked


def test_a_name_that_is_being_looked_up_keeps_no_profile_open(
    qtbot: QtBot, unlocked: PersonWindow, looked_up: Event
) -> None:
    desk = unlocked.desk
    assert desk is not None
    now = datetime.now(UTC)
    standings = (Standing(agency=desk.me.author.agency, role=desk.me.author.role),)
    unlocked._connect(
        Session("token", desk.me.author.person, desk.me.name, standings, 900, now + timedelta(hours=1), now)
    )
    qtbot.waitUntil(looked_up.is_set, timeout=20_000)
    locks_within(qtbot, unlocked, 15)
    qtbot.waitUntil(lambda: unlocked.worker.waiting == 0, timeout=15_000)


def test_setting_up_again_keeps_no_profile_open_while_the_hub_does_not_answer(
    qtbot: QtBot, unlocked: PersonWindow, looked_up: Event, unheeded: Event
) -> None:
    unlocked._take_code()
    page = unlocked.enrol_page
    typed(page.code, "K7QF-2MRD")
    typed(page.password, "a password of my own")
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(looked_up.is_set, timeout=20_000)
    locks_within(qtbot, unlocked, 15)
    unheeded.set()
    qtbot.waitUntil(lambda: unlocked._door_worker.waiting == 0, timeout=20_000)
    assert unlocked.window.unlock_page.isVisible()


def test_a_keyring_that_waits_for_somebody_keeps_no_profile_open(
    qtbot: QtBot, unlocked: PersonWindow, unheeded: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As its prompt does while a decision is signed."""
    asked = Event()

    def waits(*_: object) -> None:
        asked.set()
        unheeded.wait(30)

    monkeypatch.setattr(Keyring, "get_password", waits)
    desk = unlocked.desk
    assert desk is not None
    told: list[Exception] = []
    unlocked.worker.submit(lambda: desk.prove_passphrase(PASSPHRASE), None, told.append)
    qtbot.waitUntil(asked.is_set, timeout=20_000)
    locks_within(qtbot, unlocked, 15)
    qtbot.waitUntil(lambda: bool(told), timeout=15_000)
    assert getattr(told[0], "code", "") == "vault-locked"


def test_what_is_said_of_other_sessions_and_of_coming_back_locks_nothing(
    qtbot: QtBot, unlocked: PersonWindow, login_service: LoginService
) -> None:
    login_service.lock(OTHERS)
    login_service.changed(OTHERS, LockedHint=True)
    login_service.changed(LockedHint=False, Active=True)
    login_service.sleep(False)
    qtbot.waitUntil(lambda: login_service.delays == 2, timeout=20_000)
    qtbot.wait(100)
    assert unlocked.profile is not None
    assert not unlocked.window.locked


def test_a_profile_that_was_about_to_open_as_the_session_was_left_stays_shut(
    qtbot: QtBot, login_service: LoginService, opening: Callable[[Path], PersonWindow], made: Path
) -> None:
    (made / "attempts.json").unlink(missing_ok=True)
    person = opening(made)
    assert login_service.asked.wait(10)
    typed(person.window.unlock_page.passphrase, PASSPHRASE)
    QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
    person.lock()
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
    assert person.profile is None
    assert person.window.unlock_page.passphrase.value() == ""
    unlock(qtbot, person)


def test_a_bus_that_goes_away_locks_since_nobody_would_say_any_more(
    qtbot: QtBot, unlocked: PersonWindow, login_service: LoginService
) -> None:
    login_service.end_bus()
    qtbot.waitUntil(lambda: unlocked.profile is None, timeout=20_000)


def test_locking_takes_what_was_copied_here_off_the_clipboard_and_leaves_what_others_copied(
    screen: str,
) -> None:
    """In programs of their own, since only on a screen does a clipboard have an owner."""
    with _copying(screen, "a stranger's words"):
        assert _run(screen, "print(clipboard.text()); clear_clipboard(); print(clipboard.text())") == [
            "a stranger's words",
            "a stranger's words",
        ]
    ours = "clipboard.setText('Carter'); print(clipboard.text()); clear_clipboard(); print(clipboard.text())"
    assert _run(screen, ours) == ["Carter", ""]


_PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication
from ui.shell.clipboard import clear_clipboard
app = QApplication([])
clipboard = app.clipboard()
{}
"""


def _started(screen: str, statements: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb"}
    program = [sys.executable, "-c", _PROGRAM.format(statements)]
    return subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True)


def _run(screen: str, statements: str) -> list[str]:
    said, _ = _started(screen, statements).communicate(timeout=60)
    return said.splitlines()


@contextmanager
def _copying(screen: str, words: str) -> Iterator[subprocess.Popen[str]]:
    """A program that has copied these words, and stays."""
    with _started(
        screen, f"clipboard.setText({words!r}); print('copied', flush=True); app.exec()"
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "copied\n"
        yield program
        program.kill()


def test_windows_says_that_a_person_leaves_and_says_other_things_too() -> None:
    power, session = 0x0218, 0x02B1
    assert all(says_leaving(session, gone) for gone in (2, 4, 6, 7)), "disconnected, logged off, locked"
    assert says_leaving(power, 4), "suspended"
    assert not any(says_leaving(session, come) for come in (1, 3, 5, 8)), "connected, logged on, unlocked"
    assert not says_leaving(power, 7), "resumed"
    assert not says_leaving(0x0100, 7), "a key"


@pytest.fixture
def at_the_table(
    secret_service: SecretService,
    qtbot: QtBot,
    login_service: LoginService,
    opening: Callable[[Path], PersonWindow],
    tmp_path: Path,
) -> PersonWindow:
    """A facilitator with the case on the wall."""
    folder = tmp_path / "dee"
    profile = Profile.create(folder, PASSPHRASE, Server("https://isl.invalid", "", "staffordshire"))
    standing = Standing(agency=FACILITATOR.agency, role=FACILITATOR.role)
    mine = msgspec.structs.replace(account(), person="dee", name="Dee Lowe", standings=(standing,))
    profile.cache.put_fact("account", msgspec.json.encode(mine))
    profile.cache.put_fact("signing-key", KEY.to_bytes())
    receive_hub(profile.cache)
    receive(profile.cache, FACILITATOR, Story().taken().triaged().admitted().rated().asked().tabled())
    profile.lock()
    person = opening(folder)
    unlock(qtbot, person)
    assert login_service.asked.wait(10)
    person.window.open("table", STREAM)
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
    (button,) = person.window.findChildren(QAbstractButton, "table.second-display")
    button.click()
    qtbot.waitUntil(lambda: any(one.isVisible() for one in displays()), timeout=20_000)
    return person


def displays() -> list[SecondDisplay]:
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, SecondDisplay)]


def test_the_second_display_goes_dark_with_the_desk(
    qtbot: QtBot, at_the_table: PersonWindow, login_service: LoginService
) -> None:
    (display,) = displays()
    assert "ISL-26-" in " ".join(one.text() for one in display.findChildren(Text))
    login_service.lock()
    qtbot.waitUntil(lambda: at_the_table.profile is None, timeout=20_000)
    qtbot.waitUntil(lambda: not any(one.isVisible() for one in displays()), timeout=20_000)
    left = [one.text() for one in display.findChildren(Text)] if shiboken6.isValid(display) else []
    assert not any("ISL-26-" in words for words in left)
