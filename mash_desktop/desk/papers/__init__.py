"""Papers made from a referral: the MASH summary in its copies, the referrer's letter, the round-table record.

``make_paper`` gives the bytes, in memory. That it was made, printed or saved is recorded; where a person lets
it be written is theirs to say, and nothing here writes it anywhere else.
"""

from .making import (
    COPIES,
    Copy,
    Paper,
    choices,
    contents,
    default_letter,
    letterhead,
    make_and_record,
    make_paper,
    protected,
    record_printed,
    save_to,
    teams,
)

__all__ = [
    "COPIES",
    "Copy",
    "Paper",
    "choices",
    "contents",
    "default_letter",
    "letterhead",
    "make_and_record",
    "make_paper",
    "protected",
    "record_printed",
    "save_to",
    "teams",
]
