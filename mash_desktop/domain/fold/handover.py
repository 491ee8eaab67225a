"""Hand-overs to an out-of-hours team: what was left to it, and whether it has said that it has it."""

from __future__ import annotations

import msgspec

from ..entries import Made
from ..entries.outcome import HandoverAcknowledged, HandoverMade
from .referral import Referral


class Handover(msgspec.Struct, frozen=True):
    """An unacknowledged one rings when its clock has run out."""

    made: Made[HandoverMade]
    acknowledged: Made[HandoverAcknowledged] | None


def handovers(referral: Referral) -> dict[str, Handover]:
    """Every hand-over by id, in the order of making."""
    acknowledged = referral.latest(HandoverAcknowledged, "handover")
    return {
        handover: Handover(made, acknowledged.get(handover))
        for handover, made in referral.latest(HandoverMade, "handover").items()
    }
