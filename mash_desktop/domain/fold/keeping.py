"""The fold of what is decided about keeping one stream: proposals, holds, what has been disposed of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import msgspec

from ..entries import Body, Made
from ..entries.keeping import DisposalAgreed, DisposalDeclined, DisposalProposed, HoldLifted, HoldSet
from .referral import standing

PREFIX = "keeping:"


def keeping_of(target: str) -> str:
    """The stream of what is decided about keeping ``target``."""
    return f"{PREFIX}{target}"


class Kept(msgspec.Struct, frozen=True):
    """``proposals`` are those that wait for a second person, by id; ``holds`` those in force."""

    proposals: dict[str, Made[DisposalProposed]] = {}
    holds: dict[str, Made[HoldSet]] = {}
    agreed: tuple[Made[DisposalAgreed], ...] = ()

    def gone(self, entry: str | None) -> bool:
        """Whether this entry (``None``: all of the stream) has been disposed of."""
        return any(made.body.entry in (None, entry) for made in self.agreed)

    def proposed(self, entry: str | None) -> bool:
        return any(made.body.entry == entry for made in self.proposals.values())


def fold_keeping(entries: Iterable[Made[Body]]) -> Kept:
    proposals: dict[str, Made[DisposalProposed]] = {}
    holds: dict[str, Made[HoldSet]] = {}
    agreed: list[Made[DisposalAgreed]] = []
    for entry in standing(entries):
        body = entry.body
        if isinstance(body, DisposalProposed):
            proposals[entry.id] = cast("Made[DisposalProposed]", entry)
        elif isinstance(body, DisposalAgreed):
            proposals.pop(body.proposal, None)
            agreed.append(cast("Made[DisposalAgreed]", entry))
        elif isinstance(body, DisposalDeclined):
            proposals.pop(body.proposal, None)
        elif isinstance(body, HoldSet):
            holds[entry.id] = cast("Made[HoldSet]", entry)
        elif isinstance(body, HoldLifted):
            holds.pop(body.hold, None)
    return Kept(proposals, holds, tuple(agreed))
