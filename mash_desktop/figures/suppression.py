"""Hiding small counts in a table with totals so that no subtraction brings them back.

A table has a row a group and a row *all* that sums them; its columns form a tree in which a column is the
sum of those under it, with a remainder that is shown nowhere. Such a table is a flow in a network: each cell
is an arc, and whoever reads it knows that what flows into a node flows out. A hidden cell can be worked out
exactly where no circulation through hidden cells changes it; then further cells are hidden until one does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

SMALL = range(1, 6)
"""Counts that may not be known."""

ALL = ""
"""The row that sums the groups."""

Cell = tuple[str, str]
"""A row and a column."""


class Column(msgspec.Struct, frozen=True):
    """A column and the columns it is the sum of, but for a remainder; ``whole`` says there is none."""

    name: str
    under: tuple[Column, ...] = ()
    whole: bool = False

    @property
    def rest(self) -> str:
        return f"{self.name}…"

    def walk(self) -> Iterator[Column]:
        yield self
        for column in self.under:
            yield from column.walk()


class Table(msgspec.Struct, frozen=True):
    """``counts`` has every shown column of every group, not of *all*. ``fixed``: the root's own counts are
    another table's to hide, and are taken here as known. ``slack`` bounds, by cell, by how much a cell may
    fall in the eyes of other tables; a cell not named there may fall to nothing."""

    root: Column
    counts: Mapping[Cell, int]
    rows: tuple[str, ...]
    fixed: bool = False
    slack: Mapping[Cell, int] = {}


def hidden(table: Table) -> frozenset[Cell]:
    """The shown cells to hide: small ones, and as many more as it takes to keep these unknown."""
    return _Network(table).hide()


class _Network:
    def __init__(self, table: Table) -> None:
        self._table = table
        self.counts: dict[Cell, int] = {}
        self.arcs: dict[Cell, tuple[str, str]] = {}
        self._rests: set[Cell] = set()
        for row in (*table.rows, ALL):
            self._lay(row, table.root, "source")
        self.open = set(self._rests)
        """Cells that a reader does not know."""
        self._shown = [cell for cell in self.counts if cell not in self._rests]

    def _count(self, row: str, column: str) -> int:
        if row == ALL:
            return sum(self._table.counts[one, column] for one in self._table.rows)
        return self._table.counts[row, column]

    def _lay(self, row: str, column: Column, parent: str) -> None:
        """The arcs of one row: from the root to the leaves; *all* runs back from the leaves to the root."""
        self._arc(row, column.name, parent, bool(column.under), self._count(row, column.name))
        inner = f"{row}/{column.name}"
        for under in column.under:
            self._lay(row, under, inner)
        if self._has_rest(column):
            self._arc(row, column.rest, inner, False, self._rest(row, column))
            self._rests.add((row, column.rest))

    def _has_rest(self, column: Column) -> bool:
        """A remainder of nothing everywhere may be known to be so: nothing can hide behind it."""
        if not column.under or column.whole:
            return False
        return self._table.fixed or any(self._rest(row, column) for row in self._table.rows)

    def _rest(self, row: str, column: Column) -> int:
        return self._count(row, column.name) - sum(self._count(row, under.name) for under in column.under)

    def _arc(self, row: str, column: str, parent: str, has_under: bool, count: int) -> None:
        here = f"{row}/{column}" if has_under else f"leaf {column}"
        self.arcs[row, column] = (here, parent) if row == ALL else (parent, here)
        self.counts[row, column] = count

    def hide(self) -> frozenset[Cell]:
        table = self._table
        small = [cell for cell, count in self.counts.items() if count in SMALL and not self._is_fixed(cell)]
        self.open |= set(small)
        for row in table.rows if table.fixed else ():
            # Of a group whose base may not be known nothing is said.
            if self.counts[row, table.root.name] in SMALL:
                self.open |= {cell for cell in self._shown if cell[0] == row and not self._is_fixed(cell)}
        for cell in small:
            while not self._unknown(cell):
                self.open.add(self._next(cell))
        return frozenset(self.open) - self._rests

    def _is_fixed(self, cell: Cell) -> bool:
        return self._table.fixed and cell[1] == self._table.root.name

    def _next(self, cell: Cell) -> Cell:
        """The cheapest cell whose hiding is enough, else the cheapest of the same column or row.

        Cheap is a small count; nothing at all and the row of all come last, since they say most.
        """
        candidates = sorted(
            (one for one in self._shown if one not in self.open and not self._is_fixed(one)),
            key=lambda one: (one[0] == ALL, self.counts[one] == 0, self.counts[one], one),
        )
        for one in candidates:
            self.open.add(one)
            enough = self._unknown(cell)
            self.open.discard(one)
            if enough:
                return one
        near = (one for one in candidates if one[1] == cell[1] or one[0] == cell[0])
        return next(near, candidates[0])

    def _unknown(self, cell: Cell) -> bool:
        """Whether the cell may be one more, or one less, with everything that is known left as it is."""
        tail, head = self.arcs[cell]
        return self._reaches(head, tail, cell) or (self._may_fall(cell) and self._reaches(tail, head, cell))

    def _may_fall(self, cell: Cell) -> bool:
        """A count that is not known may rise without bound, and fall as long as it is something."""
        return min(self.counts[cell], self._table.slack.get(cell, 1)) > 0

    def _reaches(self, start: str, end: str, without: Cell) -> bool:
        onward: dict[str, list[str]] = {}
        for cell in self.open - {without}:
            tail, head = self.arcs[cell]
            onward.setdefault(tail, []).append(head)
            if self._may_fall(cell):
                onward.setdefault(head, []).append(tail)
        seen, waiting = {start}, [start]
        while waiting:
            for node in onward.get(waiting.pop(), ()):
                if node not in seen:
                    seen.add(node)
                    waiting.append(node)
        return end in seen
