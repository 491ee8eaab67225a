"""Entries on how long a record is kept: its disposal proposed and agreed by two people, legal holds.

They belong to a stream of their own, ``keeping:`` and the stream that they are about, which outlives it. No
words of a case: what is kept of a record disposed of is here for everybody to see who held it.
"""

from __future__ import annotations

from .body import Body, kind


class Keeping(Body, frozen=True):
    """What all of them say: the stream that it is about."""

    target: str


@kind("disposal.proposed", family="keeping")
class DisposalProposed(Keeping, frozen=True):
    """``record`` names the rows of the retention schedule under which it is due; outside it, ``reason``."""

    entry: str | None = None
    """One entry of the target; ``None`` is all of it."""
    record: str = ""
    reason: str = ""


@kind("disposal.agreed", family="keeping")
class DisposalAgreed(Keeping, frozen=True):
    """A second person agrees, and it is done: the keys are destroyed as this is admitted."""

    proposal: str
    entry: str | None = None


@kind("disposal.declined", family="keeping")
class DisposalDeclined(Keeping, frozen=True):
    proposal: str
    reason: str


@kind("hold.set", family="keeping")
class HoldSet(Keeping, frozen=True):
    """Nothing of the target is disposed of until this is lifted."""

    reason: str


@kind("hold.lifted", family="keeping")
class HoldLifted(Keeping, frozen=True):
    hold: str
    reason: str
