"""The places of each role, as the composition builds them: every one opens, named, and in the one window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from mash_desktop.desk.places import my_places
from mash_desktop.domain.acts import Author
from tests.domain.story import CONSULTANT, FACILITATOR, GATEWAY, MANAGER, OPERATOR, POLICE, whole_story
from tests.support.desks import ADMINISTRATOR, OFFICER, desk_of
from tests.ui.accessibility import nameless
from ui.keys import keys
from ui.places import PLACES, factories
from ui.shell.main_window import MainWindow
from ui.work import Worker

MADE = factories()
PEOPLE = (OPERATOR, CONSULTANT, MANAGER, FACILITATOR, POLICE, GATEWAY, OFFICER, ADMINISTRATOR)


class Windows(QObject):
    """Notes each widget that is seen as a window of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


@pytest.fixture(params=PEOPLE, ids=lambda author: author.role.value)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    author: Author = request.param
    made = desk_of(author, tmp_path, whole_story())
    yield made
    made.cache.close()


@pytest.fixture
def window(themed: QApplication) -> Iterator[MainWindow]:
    """A window of which nothing is left once it is gone. A part that belongs to nothing would be ended by the
    first thread that comes upon it, and Qt allows one alone."""
    before = set(themed.topLevelWidgets())
    made = MainWindow()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert set(themed.topLevelWidgets()) <= before


def test_every_place_of_a_role_is_built_and_opens_in_the_one_window(
    qtbot: QtBot, worker: Worker, desk: Desk, window: MainWindow
) -> None:
    windows = Windows()
    window.resize(1366, 768)
    window.show()
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(windows)
    places = my_places(desk)
    assert set(places) <= set(PLACES)
    for place in places:
        window.add_screen(MADE[place](desk, worker))
    for place in places:
        window.go(place)
        qtbot.waitUntil(lambda: worker.waiting == 0)
        assert keys.clashes(window) == []
    app.removeEventFilter(windows)
    assert nameless(window) == []
    assert windows.seen == []
