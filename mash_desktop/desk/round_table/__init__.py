"""The round table: cases ready for it, one case as it lies on the table, what everybody present may see, and
the acts that sharing and deciding are made of.

For the facilitator, who chairs, and for the owning agency. Live: a release that arrives is a row more the
next time that the table is read, which is at its change set.
"""

from .around import Around, Here, here
from .cases import Case, cases
from .chronology import Line
from .deciding import (
    Deciding,
    SubjectChoice,
    awaited,
    draft_decision,
    go_on_without,
    keep_deciding,
    kept_deciding,
)
from .display import Shown, ShownLine, what_all_may_see
from .doing import (
    add_action,
    add_view,
    complete_action,
    forms_key,
    keep_analysis,
    last_place,
    open_table,
    record_analysis,
    record_attendance,
    to_do,
)
from .household import HouseholdSeen
from .view import PARTS, ActionSeen, Decided, Rung, Table, ViewSeen, read_table, visit_table

__all__ = [
    "PARTS",
    "ActionSeen",
    "Around",
    "Case",
    "Decided",
    "Deciding",
    "Here",
    "HouseholdSeen",
    "Line",
    "Rung",
    "Shown",
    "ShownLine",
    "SubjectChoice",
    "Table",
    "ViewSeen",
    "add_action",
    "add_view",
    "awaited",
    "cases",
    "complete_action",
    "draft_decision",
    "forms_key",
    "go_on_without",
    "here",
    "keep_analysis",
    "keep_deciding",
    "kept_deciding",
    "last_place",
    "open_table",
    "read_table",
    "record_analysis",
    "record_attendance",
    "to_do",
    "visit_table",
    "what_all_may_see",
]
