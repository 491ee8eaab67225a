"""How levels of need compare: stepped up, stepped down or confirmed.

The ladders themselves are configuration. Two levels compare only where one ladder of the cohort holds both:
*child in need* before family help began and *family help* after it are not made out to be steps.
"""

from __future__ import annotations

from collections.abc import Iterable

from mash_desktop.domain.codes import Code
from mash_desktop.domain.configuration import Ladder


class Movement(Code):
    """The final level against the level at admission."""

    UP = "up", "Stepped up"
    DOWN = "down", "Stepped down"
    CONFIRMED = "confirmed", "Confirmed"


def movement(ladders: Iterable[Ladder], admission: str | None, final: str | None) -> Movement | None:
    """The step from the level at admission to the final one, of the same subject.

    ``ladders`` are those of the cohort, of every date: ids keep their meaning from one to the next. None
    when a level is not known or no ladder holds both.
    """
    if admission is None or final is None:
        return None
    for ladder in ladders:
        if admission in ladder and final in ladder:
            step = ladder.level(final).rank - ladder.level(admission).rank
            return Movement.UP if step > 0 else Movement.DOWN if step < 0 else Movement.CONFIRMED
    return None
