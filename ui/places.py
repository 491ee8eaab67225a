"""The places of the window: where each stands in the rail, and the screen that fills it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from mash_desktop.desk import Desk
from mash_desktop.working_time.engine import bank_holidays
from ui.screen import Screen
from ui.shell.state import Place
from ui.work import Worker

PLACES = {
    "triage": Place("triage", "Triage", "phone-incoming", "F3", title="Triage desk"),
    "oversight": Place("oversight", "Oversight", "eye", "F4"),
    "hub": Place("hub", "Hub", "layout-grid", "F5", title="Hub board"),
    "requests": Place("requests", "Requests", "inbox", "F6", title="My agency's requests"),
    "table": Place("table", "Table", "users", "F7", title="Round table"),
    "sign": Place("sign", "Sign", "pen-line", "F8", title="Sign-off"),
    "inbox": Place("inbox", "Inbox", "inbox", "F9", title="Receiving team's inbox"),
    "file": Place("file", "File", "folder", "F10", title="Referral file"),
    "search": Place("search", "Search", "search", "Ctrl+Shift+F"),
    "figures": Place("figures", "Figures", "chart-column", "F11"),
    "govern": Place("govern", "Govern", "shield-check", "F12", title="Governance"),
    "admin": Place("admin", "Admin", "settings", "Ctrl+F12", title="Administration"),
    "sync": Place("sync", "Sync", "refresh-cw", "Ctrl+Shift+S", title="Sync and attention"),
    "settings": Place("settings", "Settings", "contrast", "Ctrl+F11"),
}


Factories = dict[str, Callable[[Desk, Worker], Screen]]


def factories() -> Factories:
    """The screen of each place; imported when a window is built, so that a start stays quick."""
    from ui.administration import AdministrationScreen
    from ui.figures import FiguresScreen
    from ui.governance import GovernanceScreen
    from ui.hub_board import HubBoard
    from ui.inbox import Inbox
    from ui.oversight import Oversight
    from ui.referral_file import ReferralFile
    from ui.requests import Requests
    from ui.round_table import RoundTable
    from ui.search import SearchPlace
    from ui.settings import SettingsScreen
    from ui.sign_off import SignOff
    from ui.sync_status import SyncScreen
    from ui.triage import TriageDesk

    screens = (
        TriageDesk, Oversight, HubBoard, Requests, RoundTable, SignOff, Inbox, ReferralFile, SearchPlace,
        FiguresScreen, GovernanceScreen, AdministrationScreen, SyncScreen, SettingsScreen,
    )  # fmt: skip
    return {screen.place_id: screen for screen in screens}


def read_ahead() -> None:
    """What takes long to read from the disk the first time: the screens, and which days are bank holidays."""
    factories()
    bank_holidays("ENG", date.today().year)
