"""Times, names and lists as they stand on the glass: the hub's time, *12 Nov 2026*, *14:02*, *K. Shaw*."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from ..domain.configuration import HubConfig
from ..domain.partial_date import PartialDate


def local(at: datetime, config: HubConfig) -> datetime:
    """A moment by the hub's wall clock."""
    return at.astimezone(ZoneInfo(config.hours.time_zone))


def say_day(day: date) -> str:
    return PartialDate.of(day).display()


def say_time(at: datetime, config: HubConfig) -> str:
    return f"{local(at, config):%H:%M}"


def say_moment(at: datetime, now: datetime, config: HubConfig) -> str:
    """``14:02`` today, ``12 Nov 2026, 14:02`` on another day."""
    then = local(at, config)
    if then.date() == local(now, config).date():
        return f"{then:%H:%M}"
    return f"{say_day(then.date())}, {then:%H:%M}"


def initial_name(name: str) -> str:
    """``Karen Shaw`` as a list names her: ``K. Shaw``."""
    first, _, last = name.strip().partition(" ")
    return f"{first[0]}. {last}" if last else first


def small(words: str) -> str:
    """``Child in need (s17)`` as it stands within a sentence."""
    return words[:1].lower() + words[1:]


def joined(words: Sequence[str]) -> str:
    """``Mia, Tyler and Joanne``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def counted(number: int, one: str, more: str) -> str:
    """``three agencies``, ``one person``, ``12 people``."""
    said = _NUMBERS[number] if 0 <= number < len(_NUMBERS) else str(number)
    return f"{said} {one if number == 1 else more}"
