"""What is being typed into a form, kept under one key until the act that it becomes."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from .desk import Desk


def kept(desk: Desk, key: str) -> dict[str, str]:
    """What was typed before, by field; nothing where nothing was."""
    text = desk.cache.draft(key)
    return msgspec.json.decode(text, type=dict[str, str]) if text else {}


def keep(desk: Desk, key: str, values: Mapping[str, str]) -> None:
    """Keep what is typed; a form in which nothing is typed is forgotten."""
    typed = {name: value for name, value in values.items() if value}
    desk.cache.put_draft(key, msgspec.json.encode(typed).decode() if typed else "")
