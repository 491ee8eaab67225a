"""A small count that is hidden cannot be brought back from what is shown."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mash_desktop.figures.suppression import ALL, SMALL, Cell, Column, Table, hidden
from tests.figures.readers import determined

FLAT = Column("all", (Column("up"), Column("down"), Column("same")), whole=True)
NESTED = Column("contacts", (Column("referrals", (Column("admitted", (Column("decided"),)),)),))


def full(table: Table, *, remainders: bool = True) -> dict[Cell, int]:
    """Every cell of the table with its count, the row of all and the remainders too."""
    counts = dict(table.counts)
    for column in table.root.walk():
        if column.under and not column.whole and remainders:
            for row in table.rows:
                under = sum(counts[row, one.name] for one in column.under)
                counts[row, column.rest] = counts[row, column.name] - under
    for name in {name for _, name in counts}:
        counts[ALL, name] = sum(counts[row, name] for row in table.rows)
    return counts


def equations(table: Table) -> list[dict[Cell, int]]:
    """What every reader knows: columns sum those under them, the last row sums the groups."""
    names = [column.name for column in table.root.walk()]
    found: list[dict[Cell, int]] = []
    for column in table.root.walk():
        if column.under:
            parts = [one.name for one in column.under] + ([] if column.whole else [column.rest])
            for row in (*table.rows, ALL):
                found.append({(row, column.name): -1} | {(row, part): 1 for part in parts})
            names += [] if column.whole else [column.rest]
    for name in names:
        found.append({(ALL, name): -1} | {(row, name): 1 for row in table.rows})
    return found


def shown_and_not(table: Table) -> tuple[dict[Cell, int], list[Cell]]:
    """All counts, and the cells that a reader does not know: hidden ones and remainders."""
    counts, taken = full(table), hidden(table)
    shown = {(row, column.name) for row in (*table.rows, ALL) for column in table.root.walk()}
    return counts, [cell for cell in counts if cell in taken or cell not in shown]


def flat_table(groups: list[tuple[int, int, int]]) -> Table:
    rows = tuple(f"g{at}" for at in range(len(groups)))
    counts: dict[Cell, int] = {}
    for row, parts in zip(rows, groups, strict=True):
        counts |= {(row, name): n for name, n in zip(("up", "down", "same"), parts, strict=True)}
        counts[row, "all"] = sum(parts)
    return Table(FLAT, counts, rows)


def nested_table(groups: list[tuple[int, int, int, int]]) -> Table:
    rows = tuple(f"g{at}" for at in range(len(groups)))
    counts: dict[Cell, int] = {}
    for row, (rest, closed, open_, decided) in zip(rows, groups, strict=True):
        counts[row, "decided"] = decided
        counts[row, "admitted"] = decided + open_
        counts[row, "referrals"] = decided + open_ + closed
        counts[row, "contacts"] = decided + open_ + closed + rest
    return Table(NESTED, counts, rows)


NUMBERS = st.integers(0, 14)
FLAT_TABLES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=5).map(flat_table)
NESTED_TABLES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=5).map(
    nested_table
)


@given(FLAT_TABLES | NESTED_TABLES)
@settings(max_examples=150)
def test_every_small_count_is_hidden(table: Table) -> None:
    counts, taken = full(table), hidden(table)
    shown = {(row, column.name) for row in (*table.rows, ALL) for column in table.root.walk()}
    assert not {cell for cell in shown - taken if counts[cell] in SMALL}


@given(FLAT_TABLES | NESTED_TABLES)
@settings(max_examples=150)
def test_no_subtraction_brings_a_small_count_back(table: Table) -> None:
    counts, unknown = shown_and_not(table)
    known = equations(table)
    small = {cell for cell in unknown if counts[cell] in SMALL}
    # What is known goes over to the right-hand side, where it does not matter for what is determined.
    assert not determined(unknown, known) & small


@pytest.mark.unmeasured
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=3))
@settings(max_examples=15)
def test_nor_does_trying_every_table_that_agrees_with_what_is_shown(parts: list[tuple[int, int]]) -> None:
    """Counts are no less than nothing, and that tells something too."""
    rows = tuple(f"g{at}" for at in range(len(parts)))
    root = Column("all", (Column("in"), Column("out")), whole=True)
    counts: dict[Cell, int] = {}
    for row, (inside, outside) in zip(rows, parts, strict=True):
        counts |= {(row, "in"): inside, (row, "out"): outside, (row, "all"): inside + outside}
    table = Table(root, counts, rows)
    true, taken = full(table), hidden(table)
    seen: dict[Cell, set[int]] = {cell: set() for cell in taken}
    for guess in product(range(6), repeat=2 * len(rows)):
        other: dict[Cell, int] = {}
        for at, row in enumerate(rows):
            inside, outside = guess[2 * at], guess[2 * at + 1]
            other |= {(row, "in"): inside, (row, "out"): outside, (row, "all"): inside + outside}
        whole = full(Table(root, other, rows))
        if all(whole[cell] == true[cell] for cell in true if cell not in taken):
            for cell in taken:
                seen[cell].add(whole[cell])
    assert all(len(seen[cell]) > 1 for cell in taken if true[cell] in SMALL)


def test_a_table_without_small_counts_hides_nothing() -> None:
    assert hidden(flat_table([(10, 20, 30), (0, 12, 9)])) == frozenset()


def test_one_small_count_takes_no_more_with_it_than_it_must() -> None:
    table = flat_table([(3, 20, 30), (10, 12, 9), (40, 22, 19)])
    taken = hidden(table)
    assert ("g0", "up") in taken
    assert len(taken) == 4
    assert all(row != ALL for row, _ in taken)


def test_a_remainder_that_is_shown_nowhere_hides_a_small_count_by_itself() -> None:
    root = Column("asked", (Column("answered"),))
    counts = {("g0", "asked"): 20, ("g0", "answered"): 3, ("g1", "asked"): 40, ("g1", "answered"): 30}
    taken = hidden(Table(root, counts, ("g0", "g1")))
    assert taken == {("g0", "answered"), ("g1", "answered")}


def test_of_a_group_whose_base_may_not_be_known_nothing_is_said() -> None:
    root = Column("decided", (Column("within"),))
    counts = {("g0", "decided"): 2, ("g0", "within"): 0, ("g1", "decided"): 40, ("g1", "within"): 30}
    assert ("g0", "within") in hidden(Table(root, counts, ("g0", "g1"), fixed=True))
