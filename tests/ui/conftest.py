"""What tests of the window need: a worker that is closed again, and the theme put back to light."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.gallery.window import window as gallery_window
from ui.shell.main_window import MainWindow
from ui.theme import Mode, Theme
from ui.work import Worker


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[QApplication]:
    """The application in the light theme at 100 %."""
    Theme.apply(qapp, Mode.LIGHT)
    yield qapp
    Theme.apply(qapp, Mode.LIGHT)


@pytest.fixture
def worker(themed: QApplication) -> Iterator[Worker]:
    made = Worker()
    yield made
    made.close()


@pytest.fixture
def shell(qtbot: QtBot, worker: Worker) -> MainWindow:
    """The gallery's window, shown and active."""
    made = gallery_window(worker)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made
