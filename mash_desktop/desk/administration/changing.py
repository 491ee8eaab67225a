"""A changed configuration: read from a file, shown as what differs, checked, and put in force by an act.
The numbers that direct lines ring are typed here as well: no preset can have them.

The files are those that a hub keeps beside this program: TOML as the presets are, or JSON as is written
here. Waits for the disk; not for the GUI thread.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from ...domain.acts import Draft
from ...domain.configuration import HubConfig
from ...domain.entries.hub import HubConfigured
from ...domain.errors import Refusal
from ...domain.identifiers import check_phone, say_phone
from ...hub import Finding, check, owed
from ...hub.presets import read
from ..desk import Desk
from ..wording import local
from .people import HUB
from .wording import Difference, differences

MOST_BYTES = 2_000_000


def findings_now(desk: Desk) -> tuple[Finding, ...]:
    """What is wrong with the configuration in force, and what it lacks."""
    config = desk.config()
    return (*check(config), *owed(config, local(desk.now(), config).date()))


class Proposal(msgspec.Struct, frozen=True):
    """A configuration read from a file: what differs from the one in force, and what is wrong with it."""

    file: str
    config: HubConfig
    differences: tuple[Difference, ...]
    findings: tuple[Finding, ...]

    @property
    def may_be_put_in_force(self) -> bool:
        return bool(self.differences) and not self.findings


def propose(desk: Desk, file: str) -> Proposal:
    """Read a file and compare it with what is in force. Raises ``Refusal`` on *file*."""
    if not file.strip():
        raise Refusal("file-missing", "Say which file holds the changed configuration.", "file")
    path = Path(file.strip()).expanduser()
    try:
        config = read(_tables(path))
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.sentence, "file") from refusal
    except OSError as error:
        raise Refusal(
            "file-unreadable", "That file, or one that it includes, cannot be read.", "file"
        ) from error
    now = desk.config()
    findings = tuple(check(config))
    if config.id != now.id:
        findings = (Finding("id", f"This is the configuration of another hub, {config.id}."), *findings)
    return Proposal(path.name, config, differences(now, config), findings)


def _tables(path: Path) -> dict[str, Any]:
    kind = path.suffix.lower()
    if kind not in {".toml", ".json"}:
        raise Refusal("file-kind", "A configuration is a .toml or a .json file.", "file")
    if path.stat().st_size > MOST_BYTES:
        raise Refusal("file-large", "That file is too large to be a configuration.", "file")
    try:
        text = path.read_text(encoding="utf-8")
        found = tomllib.loads(text) if kind == ".toml" else msgspec.json.decode(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.DecodeError) as error:
        raise Refusal(
            "configuration-unreadable", f"That is not {kind[1:].upper()} in UTF-8: {error}.", "file"
        ) from error
    if not isinstance(found, dict):
        raise Refusal("configuration-unreadable", "That file holds no configuration.", "file")
    return found


def put_in_force(desk: Desk, proposal: Proposal, drafts: Iterable[str] = ()) -> str:
    """Make the proposal the hub's configuration from its admission on. Raises ``Refusal`` on *file*."""
    for finding in proposal.findings:
        raise Refusal("configuration-wrong", finding.sentence, "file")
    return desk.save([Draft(HUB, HubConfigured(config=proposal.config))], forget_drafts=drafts)


class DirectLine(msgspec.Struct, frozen=True):
    """An immediate route, and the number that is rung where it does not reach the hub, as people say it."""

    route: str
    label: str
    number: str


def direct_lines(config: HubConfig) -> tuple[DirectLine, ...]:
    """The hub's immediate routes."""
    return tuple(
        DirectLine(one.id, one.label, say_phone(one.telephone)) for one in config.routes if one.immediate
    )


def set_numbers(desk: Desk, numbers: Mapping[str, str], drafts: Iterable[str] = ()) -> str:
    """Have these numbers rung, by route; an empty one is none. Raises ``Refusal`` on a route, or
    *nothing-changed*."""
    config = desk.config()
    checked = {route: check_phone(text, route) if text.strip() else "" for route, text in numbers.items()}
    routes = tuple(
        msgspec.structs.replace(one, telephone=checked[one.id]) if one.id in checked else one
        for one in config.routes
    )
    if routes == config.routes:
        raise Refusal("nothing-changed", "These are the numbers in force.", next(iter(numbers), None))
    body = HubConfigured(config=msgspec.structs.replace(config, routes=routes))
    return desk.save([Draft(HUB, body)], forget_drafts=drafts)


def write_file(desk: Desk, file: str, drafts: Iterable[str] = ()) -> str:
    """Write the configuration in force as JSON, to be changed and read back. Returns the file's name.

    Raises ``Refusal`` (*file-missing*, *file-unwritable*) on *file*.
    """
    if not file.strip():
        raise Refusal("file-missing", "Say which file to write.", "file")
    path = Path(file.strip()).expanduser()
    text = msgspec.json.format(msgspec.json.encode(desk.config()), indent=2)
    temporary = path.with_name(f"{path.name}.new")
    try:
        with temporary.open("wb") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise Refusal(
            "file-unwritable", "That file cannot be written. Choose another folder or name.", "file"
        ) from error
    for key in drafts:
        desk.cache.put_draft(key, "")
    return path.name
