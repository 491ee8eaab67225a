"""The state of the shell in the gallery: its places, and how things stand."""

from __future__ import annotations

from datetime import UTC, datetime

from ui.shell.state import Place, ShellState
from ui.theme import Tone
from ui.widgets.pill import PillFace

PLACES = (
    Place("triage", "Triage", "phone-incoming", "Ctrl+1", title="Triage desk"),
    Place("oversight", "Oversight", "eye", "Ctrl+2"),
    Place("hub", "Hub", "layout-grid", "Ctrl+3", 3, "Hub board"),
    Place("requests", "Requests", "inbox", "Ctrl+4", title="Requests to my agency"),
    Place("table", "Table", "users", "Ctrl+5", title="Round table"),
    Place("sign", "Sign", "pen-line", "Ctrl+6", 2, "Sign-off"),
    Place("search", "Search", "search", "Ctrl+7"),
    Place("figures", "Figures", "chart-column", "Ctrl+8"),
    Place("govern", "Govern", "shield-check", "Ctrl+9", title="Governance"),
    Place("settings", "Settings", "settings", "Ctrl+,"),
)


def today(hour: int, minute: int) -> datetime:
    return datetime.now(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)


def state(online: bool = True) -> ShellState:
    return ShellState(
        online=online,
        since=today(13, 51),
        waiting=0 if online else 3,
        verified_at=today(14, 2),
        locks_in=9,
        hub_label="Staffordshire hub",
        marking="OFFICIAL-SENSITIVE",
        person_label="Priya Nair · Triage",
        places=PLACES,
    )


def pill(text: str, tone: str = "neutral") -> PillFace:
    return PillFace(text, Tone(tone))
