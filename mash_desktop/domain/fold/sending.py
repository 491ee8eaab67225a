"""What was sent to receiving teams: each sending names its people, and its team alone accepts or returns it.

A person is at one receiving team at a time; siblings may be at different ones.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from ..entries import Body, Made
from ..entries.outcome import FirstActionRecorded, OutcomeAccepted, OutcomeReturned, OutcomeSent

if TYPE_CHECKING:
    from .referral import Referral


class Sending(msgspec.Struct, frozen=True):
    """One sending to one team. ``accepted`` and ``returned`` are its team's answer, at most one of them."""

    made: Made[OutcomeSent]
    subjects: tuple[str, ...]
    """Whom it is about: those it names, else everybody whom the outcome is about."""
    accepted: Made[OutcomeAccepted] | None = None
    returned: Made[OutcomeReturned] | None = None
    acted_at: datetime | None = None
    """When its team first did something."""

    @property
    def id(self) -> str:
        return self.made.id

    @property
    def agency(self) -> str:
        return self.made.body.agency

    @property
    def team(self) -> str:
        return self.made.body.team

    @property
    def open(self) -> bool:
        """Its people are with the team, or on their way there."""
        return self.returned is None

    @property
    def waits(self) -> bool:
        """The team has yet to accept it or return it."""
        return self.accepted is None and self.returned is None


def sendings(referral: Referral) -> dict[str, Sending]:
    """Every sending by the id of its entry, in order."""
    found = {
        made.id: Sending(made, made.body.subjects or referral.for_outcome)
        for made in referral.all(OutcomeSent)
    }
    for accepted in referral.all(OutcomeAccepted):
        _put(found, answered(referral, accepted), accepted=accepted)
    for returned in referral.all(OutcomeReturned):
        _put(found, answered(referral, returned), returned=returned)
    for acted in sorted(referral.all(FirstActionRecorded), key=lambda made: made.body.done_at, reverse=True):
        _put(found, acted_on(found, acted), acted_at=acted.body.done_at)
    return found


def _put(found: dict[str, Sending], sent: str, **told: object) -> None:
    if sent in found:
        found[sent] = msgspec.structs.replace(found[sent], **told)


def answered(referral: Referral, answer: Made[Body]) -> str:
    """The sending that an acceptance or a return answers: the one it names, else the last one before it."""
    named = getattr(answer.body, "sent", "")
    before = None if named else referral.link(OutcomeSent, referral.get(answer.base or ""))
    return named or (before.id if before is not None else "")


def acted_on(found: dict[str, Sending], acted: Made[FirstActionRecorded]) -> str:
    """The sending that a first action follows: the one it names, else its agency's own, accepted first."""
    own = [one for one in found.values() if one.open and one.agency == acted.agency]
    first = max(own, key=lambda one: one.accepted is not None, default=None)
    return acted.body.sent or (first.id if first is not None else "")
