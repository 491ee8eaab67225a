"""Entries of the asking and answering: requests, acknowledgements, answers, contributions, releases."""

from __future__ import annotations

from datetime import date

from ..codes import (
    AnswerResult,
    Cohort,
    DataKind,
    IntelligenceGrade,
    IntelligenceHandling,
    IntelligenceSource,
    Rag,
    RefusalReason,
    Significance,
    Voice,
)
from ..partial_date import PartialDate
from .body import Body, Moment, kind


@kind("request.made")
class RequestMade(Body, frozen=True):
    """One agency is asked about named people, with the minimum concern written for it."""

    request: str
    agency: str
    subjects: tuple[str, ...]
    minimum_concern: str
    reference: str = ""
    cohort: Cohort | None = None
    rag: Rag | None = None
    due_at: Moment | None = None
    """What an agency needs to answer in time, since it does not see the referral itself."""


@kind("request.withdrawn")
class RequestWithdrawn(Body, frozen=True):
    request: str
    reason: str


@kind("request.acknowledged")
class RequestAcknowledged(Body, frozen=True):
    request: str


@kind("request.chased")
class RequestChased(Body, frozen=True):
    request: str
    how: str


@kind("request.answered", key=("request", "subject"))
class RequestAnswered(Body, frozen=True):
    """The state of an answer about one person, without its content."""

    request: str
    subject: str
    result: AnswerResult
    systems_searched: tuple[str, ...] = ()
    refusal_reason: RefusalReason | None = None
    refusal_text: str = ""
    review_on: date | None = None


@kind("contribution.recorded", key=("contribution",))
class ContributionRecorded(Body, frozen=True):
    """One item an agency brings: its own until released to the table."""

    contribution: str
    request: str
    subjects: tuple[str, ...]
    words: str
    voice: Voice
    data_kind: DataKind
    on: PartialDate | None = None
    significance: Significance | None = None
    intelligence_source: IntelligenceSource | None = None
    intelligence_grade: IntelligenceGrade | None = None
    handling: IntelligenceHandling | None = None
    aspect: str = "event"
    """``event`` for the chronology, or ``involvement``, ``risk``, ``strength``."""


@kind("contribution.released")
class ContributionReleased(Body, frozen=True):
    """The agency releases an item to the table, as it is or in ``wording`` released for it."""

    contribution: str
    request: str
    subjects: tuple[str, ...]
    words: str
    voice: Voice
    on: PartialDate | None = None
    significance: Significance | None = None
    aspect: str = "event"
    onward: bool = False
    """The agency agrees to use beyond the table: by a receiving team of another agency than the owner's."""
    until: date | None = None
    """The last day of its being on the table, where it ends by itself."""

    @property
    def guard(self) -> str:
        return f"release:{self.contribution}"


@kind("release.expired")
class ReleaseExpired(Body, frozen=True):
    """The last day of a release is over: the store says so, and the item leaves the table."""

    contribution: str
    agency: str
    """Whose item it is."""

    @property
    def guard(self) -> str:
        return f"release:{self.contribution}"


@kind("release.withdrawn")
class ReleaseWithdrawn(Body, frozen=True):
    contribution: str
    reason: str

    @property
    def guard(self) -> str:
        return f"release:{self.contribution}"


@kind("request.proceeded_without")
class ProceededWithout(Body, frozen=True):
    """Going on without an answer, with the reason that makes it lawful to decide."""

    request: str
    reason: str
