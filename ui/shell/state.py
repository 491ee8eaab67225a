"""What the shell shows, as plain immutable values. The composition root makes them; the shell draws them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import cache


@dataclass(frozen=True, slots=True)
class Place:
    """A screen that this person's role has: where the rail leads. ``badge`` counts what waits for them."""

    id: str
    label: str
    icon: str
    key: str
    badge: int = 0
    title: str = ""
    """The full name, where the rail's label is shortened."""

    @property
    def name(self) -> str:
        return self.title or self.label


@dataclass(frozen=True, slots=True)
class ShellState:
    """Times are aware; ``since`` is when the present state of the line began, ``locks_in`` minutes."""

    online: bool
    since: datetime | None = None
    waiting: int = 0
    attention: int = 0
    verified_at: datetime | None = None
    locks_in: int | None = None
    hub_label: str = ""
    marking: str = ""
    person_label: str = ""
    distrusted: bool = False
    """The hub's log does not hold together."""
    fetching: str = ""
    """How far the first reading of the hub's feeds is, in words."""
    places: tuple[Place, ...] = ()

    def with_badge(self, place_id: str, count: int) -> ShellState:
        places = tuple(replace(one, badge=count) if one.id == place_id else one for one in self.places)
        return replace(self, places=places)


@cache
def _hub_time() -> tzinfo:
    from zoneinfo import ZoneInfo  # of which a door need not read anything

    return ZoneInfo("Europe/London")


def clock_words(moment: datetime) -> str:
    """A time on the glass: ``14:02`` in the hub's zone, with the date if it is not today's."""
    local = moment.astimezone(_hub_time())
    today = datetime.now(_hub_time()).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b} {local:%H:%M}"


def line_words(state: ShellState) -> str:
    """``Online · log verified 14:02`` or ``Offline since 13:51``."""
    if state.distrusted:
        return "The hub’s log is not trusted"
    if state.fetching:
        return state.fetching
    if not state.online:
        return f"Offline since {clock_words(state.since)}" if state.since else "Offline"
    if state.verified_at is None:
        return "Online"
    return f"Online · log verified {clock_words(state.verified_at)}"


def waiting_words(state: ShellState) -> str:
    """What has not yet reached the store."""
    if state.waiting == 0:
        return "Everything sent"
    return f"{state.waiting} {'change' if state.waiting == 1 else 'changes'} waiting to send"
