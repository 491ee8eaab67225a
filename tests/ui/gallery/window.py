"""The shell with all of the made-up screens in it."""

from __future__ import annotations

from tests.ui.gallery.every_widget import Everything, Plain, Settings
from tests.ui.gallery.hub_board import HubBoard
from tests.ui.gallery.round_table import RoundTable
from tests.ui.gallery.shell_state import PLACES, state
from tests.ui.gallery.triage_desk import TriageDesk
from ui.screen import Screen
from ui.shell.main_window import MainWindow
from ui.work import Worker


def window(worker: Worker, online: bool = True) -> MainWindow:
    """The shell with all of the made-up screens."""
    made = MainWindow()
    made.show_state(state(online))
    screens: list[Screen] = [
        HubBoard(worker),
        TriageDesk(worker),
        RoundTable(worker),
        Everything(worker),
        Settings(worker),
    ]
    taken = {screen.place_id for screen in screens}
    screens += [Plain(worker, place) for place in PLACES if place.id not in taken]
    for screen in screens:
        made.add_screen(screen)
    made.go("hub")
    return made
