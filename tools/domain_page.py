"""Writes the tables of `docs/domain.md` from the code: which kind moves which chain, who may make it, when.

What stands outside the two marks is written by hand; a test fails while the tables are not these.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mash_desktop.domain.entries import KINDS
from mash_desktop.domain.fold.stage import (
    AFTER_SIGNING,
    BEFORE_ADMISSION,
    BEFORE_SIGNING,
    IN_HUB,
    OPEN,
    Stage,
)
from mash_desktop.domain.permissions import FAMILY_TABLE, TABLE, Permit
from mash_desktop.domain.roles import DECIDERS, DECISION_MAKERS, HUB_MANAGERS, RESEARCHERS, Role

PAGE = Path(__file__).parents[1] / "docs" / "domain.md"
BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"

_CASE_WORKERS = DECISION_MAKERS | {Role.SOCIAL_WORKER, Role.OUT_OF_HOURS}
_DECIDING = frozenset({Stage.RATED, Stage.GATHERING, Stage.TABLE, Stage.DRAFTED})
_ALL = frozenset(Role) - {Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE, Role.STORE}
_RELEASES = {"contribution.released", "release.withdrawn"}
_GROUPS: tuple[tuple[str, frozenset[Role]], ...] = (
    ("anybody", frozenset(Role)),
    ("everybody in a case", _ALL),
    ("everybody in the building", _ALL - {Role.VIRTUAL_PARTNER}),
    ("intake", _CASE_WORKERS | {Role.TRIAGE_OPERATOR}),
    ("case workers", _CASE_WORKERS),
    ("decision makers and cover", DECIDERS),
    ("decision makers", DECISION_MAKERS),
    ("hub managers", HUB_MANAGERS),
    ("researchers", RESEARCHERS),
)
_SPANS: tuple[tuple[str, frozenset[Stage]], ...] = (
    ("always", frozenset(Stage)),
    ("while open", OPEN),
    ("before signing", BEFORE_SIGNING),
    ("before admission", BEFORE_ADMISSION),
    ("in the hub", IN_HUB),
    ("once asked", AFTER_SIGNING | _DECIDING - {Stage.RATED}),
    ("rated to signing", _DECIDING),
    ("after signing", AFTER_SIGNING),
)


def _named(chosen: frozenset[Role]) -> str:
    """Roles by the names of the groups that they are made of, and the rest one by one."""
    said: list[str] = []
    rest = chosen
    for name, group in _GROUPS:
        if group <= rest:
            said.append(name)
            rest -= group
    return ", ".join([*said, *(role.label.lower() for role in Role if role in rest)])


def _when(stages: frozenset[Stage]) -> str:
    said: list[str] = []
    rest = stages
    for name, span in _SPANS:
        if span <= rest:
            said.append(name)
            rest -= span
    return ", ".join([*said, *(stage.value for stage in Stage if stage in rest)])


def _who(permit: Permit) -> str:
    where = "/".join(sorted(one.value for one in permit.relations if one.value != "none"))
    return f"{_named(permit.roles)}{f' ({where})' if where else ''}: {_when(permit.stages)}"


def tables() -> Iterator[str]:
    yield "| stage | what may move a chain there |"
    yield "|---|---|"
    for stage in Stage:
        moves = [
            k for k, permits in TABLE.items() if KINDS[k].GUARD and any(stage in p.stages for p in permits)
        ]
        yield f"| {stage.value}: *{stage.label}* | {', '.join(moves)} |"
    yield ""
    yield "| kind | chain | who, standing how, when |"
    yield "|---|---|---|"
    rows: dict[tuple[str, str], list[str]] = {}
    for kind, permits in TABLE.items():
        chain = KINDS[kind].GUARD or ("release" if kind in _RELEASES else "")
        rows.setdefault((chain, "; ".join(map(_who, permits))), []).append(kind)
    for (chain, who), kinds in rows.items():
        yield f"| {', '.join(kinds)} | {chain} | {who} |"
    yield ""
    yield "| kind of another stream | stream | who |"
    yield "|---|---|---|"
    others: dict[tuple[str, str], list[str]] = {}
    for kind, roles in FAMILY_TABLE.items():
        others.setdefault((KINDS[kind].FAMILY, _named(roles)), []).append(kind)
    for (family, who), kinds in others.items():
        yield f"| {', '.join(kinds)} | {family} | {who} |"


def page(text: str) -> str:
    """The page with its tables as the code has them now."""
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n" + "\n".join(tables()) + f"\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text()))
