"""The syntax of a bulk table: UTF-8 CSV in, rows by column name out, in bounded memory.

A heading or quoting that leaves the rows in doubt refuses the file; a row with the wrong number of cells, a
cell too long or a cell that a spreadsheet would run is a reject. What columns mean is in ``names`` and
``intake``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from mash_desktop.domain.errors import Refusal

from .files import MOST_RECORDS, Source
from .records import Reject, value_class
from .values import BadValueError

T = TypeVar("T")

LONGEST_LINE = 1_000_000
LONGEST_CELL = 500


class Layout(msgspec.Struct, frozen=True):
    """The columns of a table. Headings are compared without regard to capitals or spaces around them."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]
    phones: tuple[str, ...] = ()
    """Columns whose cells may begin with the + of a country code."""
    long: dict[str, int] = {}
    """Columns that may be longer than ``LONGEST_CELL`` characters, and how long."""


class Row(msgspec.Struct, frozen=True):
    """One row: the line it starts on, and its cells without the white space around them."""

    line: int
    cells: dict[str, str]


def check(source: Source, layout: Layout, moved: Callable[[int], None]) -> tuple[tuple[str, ...], int]:
    """The columns and the number of rows, after reading the whole table. Raises as :func:`rows` does."""
    columns, records = _table(source, layout, moved)
    return columns, sum(1 for _ in records)


def rows(source: Source, layout: Layout, moved: Callable[[int], None]) -> Iterator[Row | Reject]:
    """Every row that is not blank.

    Raises ``Refusal``: *table-heading*, *table-quoting*, *table-cut-short*, *table-line-too-long*,
    *table-too-many*, and those of ``Source.text``.
    """
    columns, records = _table(source, layout, moved)
    for line, cells in records:
        if len(cells) != len(columns):
            reason = f"The row has {len(cells)} cells and the heading has {len(columns)}."
            yield Reject(source.name, line, "", "", "wrong-cell-count", reason, "row")
            continue
        row = Row(line, dict(zip(columns, (cell.strip() for cell in cells), strict=True)))
        faults = list(_faults(source.name, layout, line, dict(zip(columns, cells, strict=True))))
        if faults:
            yield from faults
        else:
            yield row


class Cells:
    """The cells of one row being read: every fault is kept, so that the sender hears of all of them."""

    def __init__(self, name: str, row: Row) -> None:
        self.name = name
        self.row = row
        self.faults: list[Reject] = []

    def text(self, column: str) -> str:
        return self.row.cells.get(column, "")

    def read(self, column: str, reader: Callable[[str], T]) -> T | None:
        """The value of a cell, ``None`` where it is blank or bad."""
        text = self.text(column)
        if not text:
            return None
        try:
            return reader(text)
        except BadValueError as bad:
            self.fault(column, bad.code, bad.reason)
            return None

    def needed(self, column: str, reader: Callable[[str], T]) -> T | None:
        if not self.text(column):
            self.fault(column, "missing", "This may not be blank.")
        return self.read(column, reader)

    def fault(self, column: str, code: str, reason: str) -> None:
        value = value_class(self.text(column))
        self.faults.append(Reject(self.name, self.row.line, column, value, code, reason, "row"))


_Record = tuple[int, list[str]]
"""The line that a row starts on, and its cells."""


def _table(
    source: Source, layout: Layout, moved: Callable[[int], None]
) -> tuple[tuple[str, ...], Iterator[_Record]]:
    """The columns, and the rows that are not blank."""
    records = _records(source, moved)
    _, heading, _ = next(records, (1, [], True))
    columns = _columns(source.name, layout, heading)
    return columns, _whole(source.name, len(columns), records)


def _whole(name: str, width: int, records: Iterator[tuple[int, list[str], bool]]) -> Iterator[_Record]:
    """A last row with too few cells and no end of its line is where a transfer broke off."""
    for line, cells, ended in records:
        if not ended and len(cells) < width:
            raise Refusal(
                "table-cut-short", f"{name} ends at line {line} in the middle of a row: ask for it again."
            )
        yield line, cells


def _records(source: Source, moved: Callable[[int], None]) -> Iterator[tuple[int, list[str], bool]]:
    """Rows that are not blank, each with the line it starts on and whether its last line has an end."""
    last = ""

    def lines() -> Iterator[str]:
        nonlocal last
        for line in _lines(source, moved):
            last = line
            yield line

    reader = csv.reader(lines(), strict=True)
    count = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Refusal(
                "table-quoting",
                f"{source.name} has a quoted cell at line {line} that is never closed or is closed wrongly: "
                "ask for the file again.",
            ) from error
        if not any(cell.strip() for cell in cells):
            continue
        count += 1
        if count > MOST_RECORDS + 1:
            raise Refusal(
                "table-too-many",
                f"{source.name} has more than {MOST_RECORDS:,} rows: ask for it in smaller files.",
            )
        yield line, cells, last.endswith("\n")


def _lines(source: Source, moved: Callable[[int], None]) -> Iterator[str]:
    rest, number = "", 1
    for piece in source.text(moved):
        *whole, rest = (rest + piece).split("\n")
        for line in whole:
            number += 1
            yield line + "\n"
        if len(rest) > LONGEST_LINE:
            raise Refusal("table-line-too-long", f"{source.name} is not a table: line {number} does not end.")
    if rest:
        yield rest


def _columns(name: str, layout: Layout, cells: list[str]) -> tuple[str, ...]:
    columns = tuple(cell.strip().lower() for cell in cells)
    known = {column.lower(): column for column in (*layout.needed, *layout.optional)}
    missing = [column for column in layout.needed if column.lower() not in columns]
    if missing:
        raise Refusal(
            "table-heading",
            f"{name} has no column {missing[0]} in its first line: ask for it with the agreed headings.",
            missing[0],
        )
    for number, column in enumerate(columns, 1):
        # The heading is not repeated: a file sent without its heading has a person in this place.
        if column not in known:
            raise Refusal(
                "table-heading", f"{name} has a heading that is not known here, in column {number}."
            )
        if columns.index(column) != number - 1:
            raise Refusal("table-heading", f"{name} has the column {known[column]} twice.", known[column])
    return tuple(known[column] for column in columns)


_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_PHONE = re.compile(r"\+[0-9][0-9 ()-]{5,24}")


def _faults(name: str, layout: Layout, line: int, cells: dict[str, str]) -> Iterator[Reject]:
    for column, cell in cells.items():
        longest = layout.long.get(column, LONGEST_CELL)
        if len(cell) > longest:
            reason = f"A cell here has at most {longest:,} characters."
            yield Reject(name, line, column, value_class(cell), "too-long", reason, "row")
        elif is_formula(cell) and not (column in layout.phones and _PHONE.fullmatch(cell.strip())):
            reason = "The cell begins as a spreadsheet formula does and could run where the file is opened."
            yield Reject(name, line, column, value_class(cell), "formula-cell", reason, "row")
        elif _UNSEEN.search(cell):
            reason = "The cell holds characters that cannot be shown."
            yield Reject(name, line, column, value_class(cell), "control-character", reason, "row")


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would take the cell for a formula. A dash before a space begins a sentence."""
    start = cell.lstrip()
    if start.startswith(("=", "@")):
        return True
    return start.startswith(("+", "-")) and not start[1:2].isspace() and len(start) > 1
