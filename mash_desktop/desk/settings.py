"""What a person has set on their desktop, kept in their profile; and what this desktop is, for who asks."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import msgspec

from .desk import Desk
from .telling.elsewhere import standing_words
from .wording import joined, local

_LOOK = "look"


class Look(msgspec.Struct, frozen=True):
    """Theme and text size; ``scale`` is 1.0 to 2.0."""

    mode: str = "light"
    scale: float = 1.0


def kept_look(desk: Desk) -> Look | None:
    """The look that this person chose; ``None`` before they chose one."""
    kept = desk.cache.fact(_LOOK)
    return None if kept is None else msgspec.json.decode(kept, type=Look)


def keep_look(desk: Desk, look: Look) -> None:
    desk.cache.put_fact(_LOOK, msgspec.json.encode(look))


def _program() -> str:
    try:
        return f"MASH Desktop {version('mash-desktop')}"
    except PackageNotFoundError:
        return "MASH Desktop, not installed: run from its source"


def about(desk: Desk) -> tuple[tuple[str, str], ...]:
    """This desktop in labelled lines: what is asked for on the telephone."""
    config = desk.config()
    guidance = config.guidance_on(local(desk.now(), config).date())
    standings = [standing_words(desk, config, one.agency, one.role, one.team) for one in desk.me.standings]
    rows = (
        ("Program", _program()),
        ("Hub", f"{config.name} · {config.marking.label}"),
        ("Guidance", f"{guidance.title}, {guidance.edition}" if guidance is not None else ""),
        ("You", f"{desk.me.name}: {joined(standings)}"),
        ("This device’s key", f"begins {desk.me.author.key[:8]}"),
    )
    return tuple(row for row in rows if row[1])
