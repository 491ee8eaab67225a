"""A hub manager's window on a cache, as a program of its own, and a bare window with an empty table.

``python -m tests.bench.desktop.at_a_desk CACHE`` (or ``bare``) prints when its first rows had been painted,
in seconds since 1970, and how much memory it holds then.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from PySide6.QtWidgets import QApplication, QTableWidget

if TYPE_CHECKING:
    from mash_desktop.desk import Desk
    from ui.shell.main_window import MainWindow
    from ui.work import Worker

KEY_HEX = "5a" * 32
PATIENCE = 120.0


def window_of(desk: Desk, worker: Worker) -> MainWindow:
    """The shell with every screen that this person has, as it is composed."""
    from mash_desktop.desk.places import places_for
    from ui.places import PLACES, factories
    from ui.shell.main_window import MainWindow
    from ui.shell.state import ShellState

    window, made = MainWindow(), factories()
    mine = places_for(frozenset(author.role for author in desk.me.standings), desk.config())
    for place in mine:
        window.add_screen(made[place](desk, worker))
    window.show_state(ShellState(online=True, places=tuple(PLACES[place] for place in mine)))
    window.unlock()
    window.resize(1366, 768)
    window.show()
    return window


def _hub_board(cache_file: Path) -> None:
    from mash_desktop.cache import Cache, open_engine
    from mash_desktop.desk import Desk, Me
    from tests.domain.story import KEY, MANAGER
    from ui.hub_board import HubBoard
    from ui.run import application
    from ui.work import Worker

    application()
    cache = Cache(open_engine(cache_file, lambda: KEY_HEX))
    me = Me("staffordshire", MANAGER.person, "Karen Shaw", MANAGER, (MANAGER,))
    worker = Worker()
    window = window_of(Desk(cache, me, KEY, prove_passphrase=lambda passphrase: None), worker)
    window.go("hub")
    board = window.screen_of("hub")
    assert isinstance(board, HubBoard)
    until = time.monotonic() + PATIENCE
    while not board.table.model().rowCount():
        assert time.monotonic() < until, "the queue was never painted"
        QApplication.processEvents()
    QApplication.processEvents()
    _tell()
    worker.close()
    cache.close()


def _bare() -> None:
    app = QApplication([])
    table = QTableWidget(0, 6)
    table.resize(1366, 768)
    table.show()
    app.processEvents()
    _tell()


def _tell() -> None:
    print(time.time(), psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    _bare() if sys.argv[1] == "bare" else _hub_board(Path(sys.argv[1]))
