"""Measures that the hub's strategy asks for, as pure functions over folded referrals.

``cases`` takes from a referral what is measured, ``measures`` counts and times it, ``suppression`` hides
small counts so that no subtraction brings them back, ``published`` is the view that may leave the hub.
"""

from .cases import Case, Return, case_of
from .measures import Figures, Group, Spread, by_group, measure
from .published import COLUMNS, Published, publish

__all__ = [
    "COLUMNS",
    "Case",
    "Figures",
    "Group",
    "Published",
    "Return",
    "Spread",
    "by_group",
    "case_of",
    "measure",
    "publish",
]
