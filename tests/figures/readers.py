"""Somebody who reads published figures and reckons: what do the equations between the cells fix?"""

from __future__ import annotations

from fractions import Fraction

Cell = tuple[str, str]


def determined(unknown: list[Cell], known: list[dict[Cell, int]]) -> set[Cell]:
    """The unknown cells that the equations fix, by elimination in fractions."""
    rows = [[Fraction(one.get(cell, 0)) for cell in unknown] for one in known]
    pivots: list[int] = []
    at = 0
    for column in range(len(unknown)):
        pivot = next((row for row in range(at, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[at], rows[pivot] = rows[pivot], rows[at]
        lead = rows[at][column]
        rows[at] = [value / lead for value in rows[at]]
        for row in range(len(rows)):
            if row != at and rows[row][column]:
                by = rows[row][column]
                rows[row] = [a - by * b for a, b in zip(rows[row], rows[at], strict=True)]
        pivots.append(column)
        at += 1
    return {
        unknown[column] for row, column in enumerate(pivots) if sum(value != 0 for value in rows[row]) == 1
    }
