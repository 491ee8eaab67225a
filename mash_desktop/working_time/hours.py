"""What a hub says about its time: when it is open, and how long a thing may take.

Values only, as they stand in the configuration; the reckoning is in ``engine``.
"""

from __future__ import annotations

from datetime import date, time
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

Unit = Literal["working_hours", "working_days", "hours", "days"]

_MIDNIGHT = time(0)


class Limit(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long something may take.

    ``out_of_hours``: the clock, once due to start, never stops when the hub is closed, so that working
    hours count as hours and working days as days. Raises ``ValueError`` unless ``amount`` is positive.
    """

    amount: int
    unit: Unit
    out_of_hours: bool = False

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError("a limit is at least one hour or day")

    @property
    def clock(self) -> Unit:
        """The unit that the clock in fact runs in."""
        if not self.out_of_hours:
            return self.unit
        return "hours" if self.unit in ("hours", "working_hours") else "days"

    def say(self) -> str:
        """``4 working hours``, ``1 working day``, ``4 working hours, running out of hours``."""
        words = self.unit.replace("_", " ")
        counted = f"{self.amount} {words[:-1] if self.amount == 1 else words}"
        return f"{counted}, running out of hours" if self.clock != self.unit else counted


class OpenHours(msgspec.Struct, frozen=True):
    """One day's hours, by the wall clock; closing at 00:00 is the midnight that ends the day."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes != _MIDNIGHT and self.closes <= self.opens:
            raise ValueError("a day closes after it opens")


class HubHours(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a hub is open.

    ``week`` is Monday to Sunday, None for a closed day. Closed whole are the bank holidays of
    ``subdivision`` (ENG, WLS, SCT, NIR), the weekday given for one that falls at a weekend, and
    ``closed_dates``. ``working_days`` are the weekdays (Monday is 0) that count as working days: a hub
    that opens on Saturdays does not thereby shorten a statutory limit. Raises ``ValueError`` for hours in
    which no clock could run.
    """

    week: tuple[OpenHours | None, ...]
    time_zone: str = "Europe/London"
    closed_dates: tuple[date, ...] = ()
    subdivision: str = "ENG"
    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days, from Monday; use null for a closed one")
        if not self.working_days or not all(
            0 <= day <= 6 and self.week[day] is not None for day in self.working_days
        ):
            raise ValueError("there is at least one working day, and every working day has hours")
        if self.subdivision not in ("ENG", "WLS", "SCT", "NIR"):
            raise ValueError("the subdivision is ENG, WLS, SCT or NIR")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"there is no time zone called {self.time_zone}") from None

    @classmethod
    def office(cls, opens: time, closes: time) -> HubHours:
        """The same hours Monday to Friday, closed at weekends."""
        return cls(week=(*(OpenHours(opens, closes),) * 5, None, None))
