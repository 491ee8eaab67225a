"""Where a referral stands. The stage follows from the entries; nobody sets it."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The stages of the process, in order."""

    NONE = "none"
    CONTACT = "contact"
    TRIAGED = "triaged"
    OVERSEEN = "overseen"
    ADMITTED = "admitted"
    RATED = "rated"
    GATHERING = "gathering"
    TABLE = "table"
    DRAFTED = "drafted"
    SIGNED = "signed"
    OUTCOME = "outcome"
    ACCEPTED = "accepted"
    CLOSED = "closed"

    @property
    def rank(self) -> int:
        return list(Stage).index(self)

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Stage.NONE: "Not opened",
    Stage.CONTACT: "Contact being taken",
    Stage.TRIAGED: "Waits for oversight",
    Stage.OVERSEEN: "Overseen",
    Stage.ADMITTED: "Waits for rating",
    Stage.RATED: "Rated",
    Stage.GATHERING: "Gathering",
    Stage.TABLE: "Round table",
    Stage.DRAFTED: "Waits for sign-off",
    Stage.SIGNED: "Signed",
    Stage.OUTCOME: "With receiving team",
    Stage.ACCEPTED: "Accepted",
    Stage.CLOSED: "Closed",
}

BEFORE_ADMISSION = frozenset({Stage.CONTACT, Stage.TRIAGED, Stage.OVERSEEN})
IN_HUB = frozenset({Stage.ADMITTED, Stage.RATED, Stage.GATHERING, Stage.TABLE, Stage.DRAFTED})
BEFORE_SIGNING = BEFORE_ADMISSION | IN_HUB
AFTER_SIGNING = frozenset({Stage.SIGNED, Stage.OUTCOME, Stage.ACCEPTED})
OPEN = BEFORE_SIGNING | AFTER_SIGNING
