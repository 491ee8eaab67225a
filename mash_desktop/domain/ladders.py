"""How levels of need compare: stepped up, stepped down or confirmed.

The ladders themselves are configuration, dated. Levels compare on one ladder only: *child in need* before
family help began and *family help* after it are not made out to be steps.
"""

from __future__ import annotations

from mash_desktop.domain.codes import Code
from mash_desktop.domain.configuration import Ladder


class Movement(Code):
    """The final level against the level at admission."""

    UP = "up", "Stepped up"
    DOWN = "down", "Stepped down"
    CONFIRMED = "confirmed", "Confirmed"


def movement(ladder: Ladder, admission: str | None, final: str | None) -> Movement | None:
    """The step from a subject's level at admission to the final one, on the ladder of their referral.

    None when either is not known or not on this ladder.
    """
    if admission is None or final is None or admission not in ladder or final not in ladder:
        return None
    step = ladder.level(final).rank - ladder.level(admission).rank
    if step == 0:
        return Movement.CONFIRMED
    return Movement.UP if step > 0 else Movement.DOWN
