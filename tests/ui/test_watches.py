"""The watches on tests with windows do fail a test that deserves it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import create_engine

from tests.support.gui_thread import ROOT, watched_gui_thread


def on_a_screen(call: Callable[[], object]) -> None:
    """Run `call` as if a line of `ui/` had led to it."""
    screen = compile("call()", str(ROOT / "ui" / "__init__.py"), "exec")
    exec(screen, {"call": call})


def connect_to_nothing() -> None:
    with socket.socket() as client, pytest.raises(ConnectionRefusedError):
        client.connect(("127.0.0.1", 1))


def open_a_database() -> None:
    engine = create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: Path("/etc/hostname").read_text(), "open /etc/hostname"),
        (lambda: list(Path("/tmp").iterdir()), "os.listdir /tmp"),
        (connect_to_nothing, "socket.connect"),
        (open_a_database, "a database connection"),
    ],
)
def test_a_screen_that_waits_for_the_outside_is_caught(call: Callable[[], object], said: str) -> None:
    with watched_gui_thread() as calls:
        on_a_screen(call)
    assert calls
    assert any(said in each and "ui/__init__.py:1" in each for each in calls)


def test_the_programs_own_resources_may_be_read() -> None:
    with watched_gui_thread() as calls:
        on_a_screen((ROOT / "resources" / "icons" / "lock.svg").read_text)
    assert not calls


def test_what_a_test_does_itself_or_another_thread_does_is_not_the_screens() -> None:
    with watched_gui_thread() as calls:
        Path("/etc/hostname").read_text()
        other = threading.Thread(target=on_a_screen, args=(Path("/etc/hostname").read_text,))
        other.start()
        other.join()
    assert not calls


SCREENS = """
from pathlib import Path
from PySide6.QtCore import QThread, QTimer, qWarning
import pytest
import threading
import time

def test_reads_a_file_on_the_gui_thread(qapp):
    exec(compile("read()", {screen!r}, "exec"), {{"read": Path("/etc/hostname").read_text}})

def test_leaves_a_thread(qapp):
    threading.Thread(target=time.sleep, args=(8,)).start()

def test_leaves_a_qt_thread(qapp):
    qapp.kept = QThread()
    qapp.kept.start()

def test_leaves_a_timer(qapp):
    qapp.timer = QTimer(interval=1000)
    qapp.timer.start()

def test_makes_qt_complain(qapp):
    qWarning("a layout that does not fit")

def test_a_slot_raises(qtbot):
    def slot():
        raise ValueError("in a slot")
    QTimer.singleShot(0, slot)
    qtbot.wait(50)

def test_behaves(qapp):
    timer = QTimer(interval=1000)
    timer.start()
    timer.stop()
"""


def test_each_watch_fails_the_test_that_deserves_it_and_no_other(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SCREENS.format(screen=str(ROOT / "ui" / "__init__.py")))
    pytester.makeini(f"[pytest]\npythonpath = {ROOT}\nmarkers = qt_log_level_fail\n")
    result = pytester.runpytest_subprocess("-q", "-p", "no:randomly", "-p", "tests.conftest")
    told = result.stdout.str()
    assert "on the GUI thread: open /etc/hostname" in told
    assert "threads left behind: Thread-" in told
    assert "left running: <PySide6.QtCore.QThread" in told
    assert "left running: <PySide6.QtCore.QTimer" in told
    assert "a layout that does not fit" in told
    assert "ValueError: in a slot" in told
    result.assert_outcomes(passed=5, failed=2, errors=4)


def test_windows_are_tested_without_a_screen(qapp: QApplication) -> None:
    assert qapp.platformName() == "offscreen"
