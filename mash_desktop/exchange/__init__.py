"""Other systems' formats, in and out: bulk files become neutral records, and rejects that say why."""

from .files import LARGEST, Progress
from .history import check_history, read_history
from .intake import check_intake, read_intake
from .records import HistoryChild, HistoryFile, IntakeContact, IntakeFile, Reject
from .rejects import write_rejects

__all__ = [
    "LARGEST",
    "HistoryChild",
    "HistoryFile",
    "IntakeContact",
    "IntakeFile",
    "Progress",
    "Reject",
    "check_history",
    "check_intake",
    "read_history",
    "read_intake",
    "write_rejects",
]
