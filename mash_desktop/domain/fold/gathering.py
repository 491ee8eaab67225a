"""Who was asked about whom and how each stands: asked, acknowledged, returned, nothing held, refused."""

from __future__ import annotations

from datetime import datetime

import msgspec

from ..codes import AnswerResult
from ..entries import Made
from ..entries.gathering import (
    ContributionRecorded,
    ContributionReleased,
    ProceededWithout,
    ReleaseExpired,
    ReleaseWithdrawn,
    RequestAcknowledged,
    RequestAnswered,
    RequestMade,
    RequestWithdrawn,
)
from .referral import Referral


class Request(msgspec.Struct, frozen=True):
    """One request to one agency. ``answers`` is by subject; a withdrawn request asks nothing."""

    id: str
    agency: str
    subjects: tuple[str, ...]
    minimum_concern: str
    made: Made[RequestMade]
    withdrawn: bool
    acknowledged: Made[RequestAcknowledged] | None
    answers: dict[str, Made[RequestAnswered]]
    without: Made[ProceededWithout] | None

    @property
    def unanswered(self) -> tuple[str, ...]:
        return tuple(subject for subject in self.subjects if subject not in self.answers)

    @property
    def answered(self) -> bool:
        return not self.unanswered

    @property
    def open(self) -> bool:
        """Waits for an answer, and nobody has gone on without it."""
        return not self.withdrawn and not self.answered and self.without is None

    @property
    def answered_at(self) -> datetime | None:
        """When the last of its answers was made."""
        return max(made.made_at for made in self.answers.values()) if self.answers and self.answered else None

    @property
    def state(self) -> str:
        """``asked``, ``acknowledged``, ``returned``, ``nothing_held``, ``refused`` or ``withdrawn``."""
        if self.withdrawn:
            return "withdrawn"
        if not self.answered:
            return "acknowledged" if self.acknowledged or self.answers else "asked"
        results = {made.body.result for made in self.answers.values()}
        if AnswerResult.FINDINGS in results:
            return "returned"
        return "refused" if AnswerResult.REFUSED in results else "nothing_held"


def requests(referral: Referral) -> dict[str, Request]:
    """Every request of the referral, by id, in the order of asking."""
    withdrawn = referral.latest(RequestWithdrawn, "request")
    acknowledged = referral.latest(RequestAcknowledged, "request")
    without = referral.latest(ProceededWithout, "request")
    answers: dict[str, dict[str, Made[RequestAnswered]]] = {}
    for made in sorted(referral.all(RequestAnswered), key=lambda m: m.made_order):
        answers.setdefault(made.body.request, {})[made.body.subject] = made
    return {
        request: Request(
            id=request,
            agency=made.body.agency,
            subjects=made.body.subjects,
            minimum_concern=made.body.minimum_concern,
            made=made,
            withdrawn=request in withdrawn,
            acknowledged=acknowledged.get(request),
            answers=answers.get(request, {}),
            without=without.get(request),
        )
        for request, made in referral.latest(RequestMade, "request").items()
    }


def asked_about(referral: Referral) -> dict[str, frozenset[str]]:
    """Agencies that are asked now, each with the subjects it is asked about."""
    found: dict[str, frozenset[str]] = {}
    for request in requests(referral).values():
        if not request.withdrawn:
            found[request.agency] = found.get(request.agency, frozenset()) | frozenset(request.subjects)
    return found


def released(referral: Referral) -> dict[str, Made[ContributionReleased]]:
    """Items on the table now, by contribution id: the last link of each release chain, if a release."""
    found: dict[str, Made[ContributionReleased]] = {}
    for chain, last in referral.chains.items():
        entry = referral.get(last)
        if (
            chain.startswith("release:")
            and entry is not None
            and isinstance(entry.body, ContributionReleased)
        ):
            found[entry.body.contribution] = entry  # type: ignore[assignment]  # narrowed by its body
    return found


def contributions(referral: Referral) -> dict[str, Made[ContributionRecorded]]:
    """Items held here by their own agency's desk, by contribution id."""
    return referral.latest(ContributionRecorded, "contribution")


def was_released(referral: Referral) -> frozenset[str]:
    """Contribution ids whose release was taken back, or has ended by itself."""
    taken_back = {made.body.contribution for made in referral.all(ReleaseWithdrawn)}
    over = {made.body.contribution for made in referral.all(ReleaseExpired)}
    return frozenset(taken_back | over) - frozenset(released(referral))
