"""A configuration in lines that a person can read, and what differs between two of them.

Every value of it is in some line, so that a difference cannot hide: nothing here knows what a field means
beyond how its values read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from enum import Enum
from typing import Any

import msgspec

from ...domain.codes import Code
from ...domain.configuration import HubConfig
from ...domain.roles import Role
from ...working_time import HubHours, Limit, OpenHours
from ..wording import say_day

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PARTS = {
    "hours": "Opening hours",
    "guidance": "Guidance",
    "agencies": "Agencies",
    "areas": "Areas",
    "owning": "Owning agencies",
    "ladders": "Ladders of need",
    "routes": "Routes",
    "clocks": "Clocks",
    "oversight": "Oversight",
    "required_strategy_agencies": "Strategy discussion",
    "lawfulness": "Lawfulness",
    "commencements": "Law in force",
    "retention": "Retention",
    "question_sets": "Domestic abuse tools",
    "search": "Search",
    "populations": "Populations",
}
_HUB = "Hub"
_NAMES_OF = {
    "agency", "successor", "authority", "authorities", "areas", "levels", "thresholds", "indicative_level",
    "question_set", "level",
}  # fmt: skip
_TELLING_APART = (
    "clock", "rag", "cohort", "cohorts", "agency_kinds", "authority", "question_set", "id", "level",
)  # fmt: skip
_INITIALS = ("uk", "gss", "rag", "gdpr")


class Line(msgspec.Struct, frozen=True):
    """One value: which part of the configuration, what, and how it reads."""

    part: str
    what: str
    says: str


class Difference(msgspec.Struct, frozen=True):
    """``before`` or ``after`` is empty where there was, or is to be, no such thing."""

    part: str
    what: str
    before: str
    after: str


def lines(config: HubConfig) -> tuple[Line, ...]:
    """Every value of a configuration, the hub's own first, in the order of its parts."""
    names = _names(config)
    own, parts = [], []
    for field in config.__struct_fields__:
        value = getattr(config, field)
        if field in _PARTS:
            found = _walk(value, (), field, names)
            parts += [Line(_PARTS[field], what or _PARTS[field], says) for what, says in found]
        else:
            found = _walk(value, (_label(field),), field, names)
            own += [Line(_HUB, what, says) for what, says in found]
    return (*own, *parts)


def differences(old: HubConfig, new: HubConfig) -> tuple[Difference, ...]:
    """What the new configuration says otherwise, adds or leaves out."""
    before = {(line.part, line.what): line.says for line in lines(old)}
    after = {(line.part, line.what): line.says for line in lines(new)}
    return tuple(
        Difference(part, what, before.get((part, what), ""), after.get((part, what), ""))
        for part, what in dict.fromkeys([*before, *after])
        if before.get((part, what)) != after.get((part, what))
    )


def _names(config: HubConfig) -> dict[str, str]:
    """What ids of agencies, areas and levels are called."""
    found = {agency.id: agency.short_name for agency in config.agencies}
    found |= {area.gss: area.name for area in config.areas}
    for ladder in config.ladders:
        found |= {level.id: level.label for level in ladder.levels}
    return found


def _walk(
    value: Any, path: tuple[str, ...], field: str, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Path and words of each value beneath, nothing of what is unset."""
    if value is None or value == ():
        return
    plain = _plain(value, field, names)
    if plain is not None:
        yield " › ".join(path), plain
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            if name == "week" and isinstance(value, HubHours):
                for day, hours in zip(_DAYS, value.week, strict=True):
                    yield " › ".join((*path, day)), "closed" if hours is None else _hours(hours)
            else:
                yield from _walk(getattr(value, name), (*path, _label(name)), name, names)
    else:
        titles: dict[str, int] = {}
        for number, one in enumerate(value, start=1):
            title = _title(one, names) or str(number)
            titles[title] = titles.get(title, 0) + 1
            # Two of one title, as a clock before and after a change of the law, are told apart by number.
            named = title if titles[title] == 1 else f"{title} ({titles[title]})"
            yield from _walk(one, (*path, named), field, names)


def _plain(value: Any, field: str, names: Mapping[str, str]) -> str | None:
    """How one value reads; ``None`` where it has parts that are lines of their own."""
    if isinstance(value, Limit):
        return value.say()
    if isinstance(value, OpenHours):
        return _hours(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return say_day(value)
    if isinstance(value, (Code, Role)):
        return value.label
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return names.get(value, value) if field in _NAMES_OF else value
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, tuple):
        said = [_plain(one, field, names) for one in value]
        known = [one for one in said if one is not None]
        return ", ".join(known) if len(known) == len(said) else None
    return None


def _hours(hours: OpenHours) -> str:
    def at(wall: time) -> str:
        return f"{wall:%H:%M}"

    return f"{at(hours.opens)}–{at(hours.closes)}"


def _title(value: Any, names: Mapping[str, str]) -> str:
    """What a row of a list is called: its name, else what tells it from its neighbours."""
    if not isinstance(value, msgspec.Struct):
        return ""
    for field in ("name", "label", "title"):
        found = getattr(value, field, None)
        if isinstance(found, str) and found:
            rest = getattr(value, "edition", "")
            return f"{found} {rest}".strip()
    parts = []
    for field in _TELLING_APART:
        found = getattr(value, field, None)
        if isinstance(found, tuple) and len(found) == 3 and field == "cohorts":
            continue
        said = _plain(found, field, names) if found not in (None, ()) else None
        if said:
            parts.append(said)
    return ", ".join(parts)


def _label(field: str) -> str:
    words = field.replace("_", " ")
    if field in _INITIALS:
        return words.upper()
    return words[:1].upper() + words[1:]
