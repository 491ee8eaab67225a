"""Oversight: the contacts that wait for the owning agency's decision maker, and what is decided of them.

``queue`` is the list in order of urgency, ``contact`` the one chosen, ``admission`` what the admission form
starts from and what the law says to it, ``acts`` the decisions. Signing a decision off is another screen.
"""

from .acts import (
    Admitted,
    Routed,
    StrategyGiven,
    admit,
    advise,
    close,
    hold_strategy,
    send_on,
    strategy_choices,
)
from .admission import Admission, ScopeOffer, StrategyChoices, admission, grounds_of
from .contact import Account, Contact, LevelGiven, PersonShown, Segment, Triage, contact
from .queue import TABS, Queue, QueueEntry, Why, read_queue, refreshed

__all__ = [
    "TABS",
    "Account",
    "Admission",
    "Admitted",
    "Contact",
    "LevelGiven",
    "PersonShown",
    "Queue",
    "QueueEntry",
    "Routed",
    "ScopeOffer",
    "Segment",
    "StrategyChoices",
    "StrategyGiven",
    "Triage",
    "Why",
    "admission",
    "admit",
    "advise",
    "close",
    "contact",
    "grounds_of",
    "hold_strategy",
    "read_queue",
    "refreshed",
    "send_on",
    "strategy_choices",
]
