"""A hub manager's window on a cache, as a program of its own, and a bare window with an empty table.

``python at_a_desk.py CACHE`` (or ``bare``; as a file, so that nothing else of the measuring is read) prints
when its door had been painted, in seconds since 1970; how long it took from a right passphrase until the
first rows had been; and how many megabytes it held then. Between the two a person types, while the screens'
modules are read.
"""

from __future__ import annotations

import sys

from mash_desktop.app import asked_for
from mash_desktop.memory import overwrite_what_is_freed, write_no_dump

if __name__ == "__main__" and sys.argv[1] != "bare":
    # First of all, as ``mash_desktop.app`` does.
    overwrite_what_is_freed()

import gc
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mash_desktop.desk import Desk
    from ui.shell.main_window import MainWindow
    from ui.work import Worker

KEY_HEX = "5a" * 32
PATIENCE = 120.0


def take_places(window: MainWindow, desk: Desk, worker: Worker) -> None:
    """Let the shell have every screen that this person has, as it is composed."""
    from mash_desktop.desk.places import places_for
    from ui.places import PLACES, factories
    from ui.shell.state import ShellState

    made = factories()
    mine = places_for(frozenset(author.role for author in desk.me.standings), desk.config())
    for place in mine:
        window.promise_screen(place, partial(made[place], desk, worker))
    window.show_state(ShellState(online=True, places=tuple(PLACES[place] for place in mine)))
    window.unlock()


def _hub_board(cache_file: Path) -> None:
    # In the order of ``mash_desktop.app`` and ``ui.run``.
    asked_for([])
    write_no_dump()
    gc.disable()
    from PySide6.QtWidgets import QApplication

    from ui.run import application, collect_again, door, read_program

    application()
    window = door()
    window.resize(1366, 768)
    QApplication.processEvents()
    painted = time.time()
    # While a person types.
    read_program()
    collect_again()
    window.furnish()
    from mash_desktop.cache import Cache, open_engine
    from mash_desktop.desk import Desk, Me
    from tests.domain.story import KEY, MANAGER
    from ui.hub_board import HubBoard
    from ui.places import read_ahead
    from ui.work import Worker

    read_ahead()
    began = time.perf_counter()
    cache = Cache(open_engine(cache_file, lambda: KEY_HEX))
    me = Me("staffordshire", MANAGER.person, "Karen Shaw", MANAGER, (MANAGER,))
    worker = Worker()
    take_places(window, Desk(cache, me, KEY, prove_passphrase=lambda passphrase: None), worker)
    window.go("hub")
    board = window.screen_of("hub")
    assert isinstance(board, HubBoard)
    until = time.monotonic() + PATIENCE
    while not board.table.model().rowCount():
        assert time.monotonic() < until, "the queue was never painted"
        QApplication.processEvents()
    QApplication.processEvents()
    _tell(painted, time.perf_counter() - began)
    while window.make_one():
        QApplication.processEvents()
    worker.close()
    cache.close()


def _bare() -> None:
    from PySide6.QtWidgets import QApplication, QTableWidget

    app = QApplication([])
    table = QTableWidget(0, 6)
    table.resize(1366, 768)
    table.show()
    app.processEvents()
    _tell(time.time(), 0.0)


def _tell(door: float, then: float) -> None:
    # Of the measuring, and no part of a start.
    import psutil

    print(door, then, psutil.Process().memory_info().rss / 1e6)


if __name__ == "__main__":
    _bare() if sys.argv[1] == "bare" else _hub_board(Path(sys.argv[1]))
