"""What was left to this person's out-of-hours team and is not taken over yet: listed, counted, and ringing.

A hand-over made before this program was brought up to date is told of once anything more happens to its
referral: at the latest at the next closing, when it is handed over again.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from ..domain.codes import Rag
from ..domain.configuration import Clock
from ..domain.entries.outcome import HandoverAcknowledged
from ..domain.fold.handover import handovers
from ..domain.fold.stage import OPEN
from ..domain.roles import Role
from ..working_time import say_duration
from .countdown import Countdown, countdown
from .desk import Desk
from .wording import say_moment


class HandedOver(msgspec.Struct, frozen=True):
    """One hand-over that waits. ``words`` say what is still to be done tonight."""

    handover: str
    stream: str
    reference: str
    who: str
    rag: Rag | None
    team: str
    words: str
    made: str
    made_at: datetime
    clock: Countdown | None

    def late(self, now: datetime) -> bool:
        return self.clock is not None and self.clock.late(now)

    def left(self, now: datetime) -> str:
        """*0 h 40 m*, *late 20 min*; *untimed* where the hub sets no limit."""
        return say_duration(self.clock.left(now)) if self.clock is not None else "untimed"


def handed_over(desk: Desk) -> tuple[HandedOver, ...]:
    """What waits for this person's team, the longest waiting first."""
    mine = [one for one in desk.me.standings if one.role is Role.OUT_OF_HOURS]
    if not mine:
        return ()
    config, now, found = desk.config(), desk.now(), []
    owners = {one.agency for one in mine}
    for row in desk.cache.queue(tuple(OPEN), owners=owners, most=None):
        for left in row.handed_over:
            if not any(one.agency == row.owner and one.team in {None, left.team} for one in mine):
                continue
            made = handovers(desk.referral(row.stream))[left.handover].made
            team = next((one.name for one in config.agency(row.owner or "").teams if one.id == left.team), "")
            found.append(
                HandedOver(
                    handover=left.handover,
                    stream=row.stream,
                    reference=row.reference or "not sent yet",
                    who=row.who,
                    rag=row.rag,
                    team=team or left.team,
                    words=made.body.words,
                    made=say_moment(made.made_at, now, config),
                    made_at=made.made_at,
                    clock=countdown(config, Clock.HANDOVER, row.cohort, None, made.made_at, left.due_at),
                )
            )
    return tuple(sorted(found, key=lambda one: one.made_at))


def ringing(desk: Desk) -> tuple[HandedOver, ...]:
    """Those whose time to be taken over has run out."""
    return tuple(one for one in handed_over(desk) if one.late(desk.now()))


def take_over(desk: Desk, row: HandedOver) -> str:
    """Say that the team has it, which stops its clock."""
    return desk.act(row.stream, HandoverAcknowledged(handover=row.handover))
