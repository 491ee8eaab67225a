"""Presets: hub configurations that come with the program, as files a person can read and change.

A preset may include a shared file and replaces any of its tables by naming it. Reading only: whether a
configuration makes sense is ``check``, and it changes a hub only as an entry of the hub's stream.
"""

from __future__ import annotations

import tomllib
from typing import Any

import msgspec

from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.errors import Refusal
from resources import FOLDER

_FOLDER = FOLDER / "hubs"


def preset_names() -> tuple[str, ...]:
    """Names of the presets, in alphabetical order."""
    names = (file.name.removesuffix(".toml") for file in _FOLDER.iterdir() if file.is_file())
    return tuple(sorted(names))


def load_preset(name: str) -> HubConfig:
    """A preset by name. Raises ``unknown-preset``."""
    if name not in preset_names():
        known = ", ".join(preset_names())
        raise Refusal("unknown-preset", f"There is no preset named {name}. There are: {known}.", "preset")
    return read(_tables(f"{name}.toml"))


def read(tables: dict[str, Any]) -> HubConfig:
    """A configuration from the tables of a preset file. Raises ``configuration-unreadable``."""
    own = dict(tables)
    shared = own.pop("include", None)
    merged = (_tables("shared", f"{shared}.toml") if shared else {}) | own
    try:
        return msgspec.convert(_with_closed_days(merged), HubConfig)
    except (msgspec.ValidationError, ValueError) as error:
        raise Refusal("configuration-unreadable", f"The configuration cannot be read: {error}.") from error


def _tables(*path: str) -> dict[str, Any]:
    return tomllib.loads(_FOLDER.joinpath(*path).read_text(encoding="utf-8"))


def _with_closed_days(tables: dict[str, Any]) -> dict[str, Any]:
    """TOML has no null, so a closed day is written as the word."""
    hours = tables.get("hours", {})
    week = [None if day == "closed" else day for day in hours.get("week", [])]
    return tables | {"hours": hours | {"week": week}}
