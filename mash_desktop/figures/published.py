"""The view of the figures that may leave the hub: small counts hidden, and whatever they could be told from.

All of its tables are hidden together: a count that stands in two of them is known or unknown in both. What
is guarded is the counts of one view; views of overlapping periods are for people to keep apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from .measures import Figures, Group, Spread, share
from .suppression import ALL, SMALL, Cell, Column, Table, hidden

_HUB = Column("admitted", (Column("decided", (Column("timed", (Column("within"),)),)), Column("overdue")))
_CASES = Column("contacts", (Column("referrals", (Column("threshold_met", (_HUB,)),)),))

TABLES: tuple[tuple[Column, tuple[Column, ...]], ...] = (
    (
        _CASES,
        (
            Column("decided", (Column("timed_first", (Column("within_first"),)),)),
            Column("referrals", (Column("repeats"),)),
        ),
    ),
    (
        Column(
            "asked",
            (
                Column("returned", (Column("returned_timed", (Column("returned_within"),)),)),
                Column("unreturned"),
            ),
        ),
        (Column("returned", (Column("returned_timed_first", (Column("returned_within_first"),)),)),),
    ),
    (
        Column(
            "people_decided",
            (Column("up"), Column("down"), Column("confirmed"), Column("not_compared")),
            whole=True,
        ),
        (),
    ),
    (Column("people_admitted", (Column("changed_by_oversight"),)), ()),
    (Column("escalations", (Column("escalations_open"),)), ()),
    (Column("outcomes", (Column("told"),)), ()),
)
"""Each table that is published, with those whose root is one of its columns."""

COLUMNS: tuple[str, ...] = tuple(
    dict.fromkeys(column.name for root, parts in TABLES for one in (root, *parts) for column in one.walk())
)
"""The counts that are published, by their name in ``Figures``."""


class Published(msgspec.Struct, frozen=True):
    """Figures by group and of all (under ``None``), and which of their counts may not be shown."""

    figures: dict[Group | None, Figures]
    suppressed: frozenset[tuple[Group | None, str]]

    def count(self, group: Group | None, name: str) -> int | None:
        """A count, or ``None`` where it is suppressed."""
        if (group, name) in self.suppressed:
            return None
        count: int = getattr(self.figures[group], name)
        return count

    def share(self, group: Group | None, part: str, *wholes: str) -> float | None:
        """``part`` ÷ the sum of ``wholes``; ``None`` where one of them is suppressed or there are none."""
        counts = [self.count(group, name) for name in (part, *wholes)]
        if any(count is None for count in counts):
            return None
        known = [count for count in counts if count is not None]
        return share(known[0], sum(known[1:]))

    def spread(self, group: Group | None, name: str, *counts: str) -> Spread | None:
        """A spread; ``None`` over fewer than six, or where one of the counts it is of is suppressed."""
        spread: Spread = getattr(self.figures[group], name)
        if spread.count in SMALL or any(self.count(group, one) is None for one in counts):
            return None
        return spread


def publish(by_group: Mapping[Group, Figures], everything: Figures) -> Published:
    """Hide what may not be known of the figures of each group and of all of them."""
    rows = {_key(at): group for at, group in enumerate(by_group)}
    read = {key: by_group[group] for key, group in rows.items()}
    found: set[Cell] = set()
    for root, parts in TABLES:
        tables = [_table(part, read, fixed=True) for part in parts]
        found |= hidden(_table(root, read, slack=_slack(tables)))
        for table in tables:
            found |= hidden(table)
    named: dict[str, Group | None] = {**rows, ALL: None}
    figures: dict[Group | None, Figures] = {None: everything}
    for group, of in by_group.items():
        figures[group] = of
    return Published(figures, frozenset((named[row], column) for row, column in found))


def _key(at: int) -> str:
    return f"group {at}"


def _table(
    root: Column, rows: Mapping[str, Figures], *, fixed: bool = False, slack: Mapping[Cell, int] | None = None
) -> Table:
    counts = {
        (row, column.name): int(getattr(figures, column.name))
        for row, figures in rows.items()
        for column in root.walk()
    }
    return Table(root, counts, tuple(rows), fixed, slack or {})


def _slack(parts: Iterable[Table]) -> dict[Cell, int]:
    """By how much a shared count may fall for all that its other tables show: by their remainder."""
    found: dict[Cell, int] = {}
    for table in parts:
        root = table.root.name
        rests = {
            row: table.counts[row, root] - sum(table.counts[row, under.name] for under in table.root.under)
            for row in table.rows
        }
        for row, rest in (*rests.items(), (ALL, sum(rests.values()))):
            found[row, root] = min(rest, found.get((row, root), rest))
    return found
