"""What every test with windows has: no screen, no unexpected word from Qt, nothing left running.

Loaded only where Qt is installed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QThread, QThreadPool, QTimer
from pytestqt.qtbot import QtBot

from tests.support.gui_thread import watched_gui_thread

os.environ["QT_QPA_PLATFORM"] = "offscreen"


# A wait ends when what is waited for is so: only a test that fails waits to the end. On a machine with much
# else to do a window may need longer than five seconds.
for waits in (QtBot.waitUntil, QtBot.waitSignal, QtBot.waitActive, QtBot.waitExposed):
    waits.__kwdefaults__ = {**(waits.__kwdefaults__ or {}), "timeout": 20_000}


def _has_windows(item: pytest.Item) -> bool:
    return bool({"qapp", "qtbot"} & set(getattr(item, "fixturenames", ())))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _has_windows(item):
            item.add_marker(pytest.mark.qt_log_level_fail("INFO"))
            # The offscreen platform says this of every window with a least size.
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"))


@pytest.fixture(autouse=True)
def quiet_gui_thread(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test whose screens touch a database, a file or a socket on the GUI thread."""
    if not _has_windows(request.node):
        yield
        return
    with watched_gui_thread() as calls:
        yield
    if calls:
        pytest.fail("on the GUI thread: " + "; ".join(calls), pytrace=False)


@pytest.fixture(autouse=True)
def nothing_left_running(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a Qt thread or a timer running once its windows are gone."""
    if not _has_windows(request.node):
        yield
        return
    started: list[QThread | QTimer] = []
    for kind in (QThread, QTimer):
        monkeypatch.setattr(kind, "start", _remembering(kind, started))
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QThreadPool.globalInstance().waitForDone(2000)
    left = [each for each in started if shiboken6.isValid(each) and _runs(each)]
    for each in left:
        if isinstance(each, QTimer):
            each.stop()
        else:
            each.quit()
            each.wait(5000)
    if left:
        names = ", ".join(each.objectName() or repr(each) for each in left)
        pytest.fail(f"left running: {names}", pytrace=False)


def _remembering(kind: type, started: list[QThread | QTimer]) -> object:
    start = kind.start  # type: ignore[attr-defined]  # either kind has one

    def remember(self: QThread | QTimer, *arguments: object) -> None:
        started.append(self)
        start(self, *arguments)

    return remember


def _runs(each: QThread | QTimer) -> bool:
    if isinstance(each, QTimer):
        return each.isActive()
    return each.isRunning() and not each.wait(5000)
