"""Levels, movements and ratings as they stand on a pill: a word, a shorter one, and the name of a tone."""

from __future__ import annotations

import re

import msgspec

from ..domain.configuration import Ladder
from ..domain.ladders import Movement

_BRACKETED = re.compile(r"\(([^)]+)\)$")


class Face(msgspec.Struct, frozen=True):
    """What a pill shows. ``tone`` is that of meaning: *red*, *amber*, *green*, *violet*, *neutral*."""

    text: str
    tone: str = "neutral"


def level_face(ladder: Ladder | None, level: str | None, *, short: bool = False) -> Face | None:
    """A level: the highest rung red, a threshold amber; ``short`` is *s17* where there is one."""
    if level is None or ladder is None or level not in ladder:
        return None
    rung = ladder.level(level)
    top = max(one.rank for one in ladder.levels)
    bracketed = _BRACKETED.search(rung.label)
    text = bracketed[1] if short and bracketed else rung.label
    if rung.rank == top:
        return Face(text, "red")
    return Face(text, "amber" if level in ladder.thresholds else "neutral")


_MOVES = {
    Movement.UP: Face("▲ stepped up", "violet"),
    Movement.DOWN: Face("▼ stepped down", "violet"),
    Movement.CONFIRMED: Face("= confirmed"),
}


def movement_face(movement: Movement | None) -> Face | None:
    return _MOVES[movement] if movement is not None else None
