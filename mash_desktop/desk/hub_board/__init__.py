"""The hub board: every open referral with its clock, what each agency answered, and what the hub does next.

``board`` is the list, ``case`` the one chosen, ``acts`` what a manager or facilitator does there. What is
left of a clock is reckoned from the values here when it is shown. The round table is another screen.
"""

from .acts import (
    Ask,
    AskedAgency,
    Asking,
    ask,
    asking,
    bring_to_table,
    chase,
    escalate,
    go_on_without,
    parties,
    rate,
    rating_dues,
    resolve,
    withdraw,
)
from .board import TABS, AgencyMark, Board, BoardRow, Mark, first_rows, read_board, refreshed
from .case import Answer, Case, Escalation, RefusedRating, ScopedPerson, case, refused_ratings

__all__ = [
    "TABS",
    "AgencyMark",
    "Answer",
    "Ask",
    "AskedAgency",
    "Asking",
    "Board",
    "BoardRow",
    "Case",
    "Escalation",
    "Mark",
    "RefusedRating",
    "ScopedPerson",
    "ask",
    "asking",
    "bring_to_table",
    "case",
    "chase",
    "escalate",
    "first_rows",
    "go_on_without",
    "parties",
    "rate",
    "rating_dues",
    "read_board",
    "refreshed",
    "refused_ratings",
    "resolve",
    "withdraw",
]
