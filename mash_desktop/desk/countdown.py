"""What is left of a limit, and how much of it is gone. Reckoned from values when it is looked at, so that a
minute passes on the glass without the cache being read."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from ..domain.clocks import calendar
from ..domain.codes import Cohort, Rag
from ..domain.configuration import Clock, HubConfig
from ..working_time import HubHours, Unit

_RUNNING_ON = ("hours", "days")


class Countdown(msgspec.Struct, frozen=True):
    """A clock that runs from ``start`` to ``due``, in the hub's time where its limit is in hub time."""

    hours: HubHours
    start: datetime
    due: datetime
    unit: Unit

    def left(self, now: datetime) -> timedelta:
        """What is left on the clock's own time; less than nothing once late."""
        return calendar(self.hours).elapsed(now, self.due, self.unit)

    def late(self, now: datetime) -> bool:
        return now > self.due

    def used(self, now: datetime) -> float:
        """Share gone, 0 to 1, for a bar."""
        passing: Unit = "hours" if self.unit in _RUNNING_ON else "working_hours"
        clock = calendar(self.hours)
        whole = clock.elapsed(self.start, self.due, passing)
        if whole <= timedelta():
            return 1.0
        return min(max(clock.elapsed(self.start, now, passing) / whole, 0.0), 1.0)


def countdown(
    config: HubConfig,
    clock: Clock,
    cohort: Cohort | None,
    rag: Rag | None,
    start: datetime | None,
    due: datetime | None,
) -> Countdown | None:
    """The clock towards ``due``; ``None`` where nothing runs. A limit since unset runs in hub time."""
    if start is None or due is None or cohort is None:
        return None
    limit = config.limit(clock, cohort, config.day(start), rag)
    return Countdown(config.hours, start, due, limit.clock if limit is not None else "working_hours")
