"""Which places a person's roles open, and how much waits for them at each.

Places are screens by id; where they lead on the glass is the composition's.
"""

from __future__ import annotations

import msgspec

from ..cache.outbox import WAITING
from ..domain.configuration import HubConfig
from ..domain.fold.stage import Stage
from ..domain.roles import DECIDERS, DECISION_MAKERS, HUB_MANAGERS, RESEARCHERS, Role
from . import alerts, glass, handover, inbox, requests
from .desk import Desk
from .restored import restored

_CASE = frozenset(Role) - {Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, Role.STORE}
_OWNERS = DECIDERS | {Role.SOCIAL_WORKER}

ROLES: dict[str, frozenset[Role]] = {
    "triage": _OWNERS | {Role.TRIAGE_OPERATOR},
    "oversight": DECISION_MAKERS,
    "hub": HUB_MANAGERS | DECIDERS | {Role.FACILITATOR},
    "requests": RESEARCHERS,
    "table": HUB_MANAGERS | _OWNERS | {Role.FACILITATOR},
    "sign": DECISION_MAKERS,
    "inbox": frozenset({Role.GATEWAY_WORKER, Role.OUT_OF_HOURS}),
    "file": _CASE,
    "search": _CASE - RESEARCHERS,
    "figures": HUB_MANAGERS | DECISION_MAKERS | {Role.INFORMATION_GOVERNANCE},
    "govern": frozenset({Role.INFORMATION_GOVERNANCE}),
    "admin": frozenset({Role.ADMINISTRATOR}),
    "sync": frozenset(Role),
    "settings": frozenset(Role),
}
"""Roles that open each place, places in the order of the rail."""


class Badges(msgspec.Struct, frozen=True):
    """What waits for this person, by place; and the state of what they have made."""

    by_place: dict[str, int]
    waiting: int = 0
    attention: int = 0
    hub_label: str = ""
    marking: str = ""
    restored: str = ""
    """That the hub was restored from a backup, until it is seen."""


_GATES = frozenset({"oversight", "sign"})
"""Places where decisions are made: open as well to whomever else the hub names as a decision maker."""


def places_for(roles: frozenset[Role], config: HubConfig) -> tuple[str, ...]:
    """The places that any of these roles opens in a hub so configured."""
    named = frozenset(role for _, role in config.oversight.decision_makers)
    return tuple(
        place
        for place, opened_by in ROLES.items()
        if roles & (opened_by | named if place in _GATES else opened_by)
    )


def my_places(desk: Desk) -> tuple[str, ...]:
    """The places that are open to this person, in whichever of their standings."""
    return places_for(frozenset(author.role for author in desk.me.standings), desk.config())


def badges(desk: Desk) -> Badges:
    """Counts for the rail and the status bar."""
    config, counts = desk.config(), desk.cache.counts()
    acts = desk.cache.waiting_counts()
    waiting = acts.pop(WAITING, 0)
    wanting = sum(acts.values()) + len(alerts.alerts(desk))
    found = {
        "oversight": counts.get(Stage.TRIAGED, 0) + counts.get(Stage.OVERSEEN, 0),
        "hub": counts.get(Stage.ADMITTED, 0),
        "requests": requests.to_answer(desk) if desk.acting(*RESEARCHERS) else 0,
        "sign": counts.get(Stage.DRAFTED, 0),
        "inbox": (inbox.to_accept(desk) if desk.acting(Role.GATEWAY_WORKER) else 0)
        + len(handover.handed_over(desk)),
        "govern": glass.unseen(desk),
        "sync": wanting,
    }
    mine = my_places(desk)
    return Badges(
        {place: count for place, count in found.items() if place in mine},
        waiting,
        wanting,
        config.name,
        config.marking.label,
        restored(desk),
    )
