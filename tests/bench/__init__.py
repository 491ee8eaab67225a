"""Measurements: what is quick enough, told beside what bounds it in the same run.

Not tests: machines differ, so nothing here gates a change. `make bench` runs them and writes
`bench/latest.json`. A measurement is a generator of rows, registered for a section by `measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, get_args

import msgspec

Section = Literal["store", "desktop", "hub"]
SECTIONS: tuple[Section, ...] = get_args(Section)


class Row(msgspec.Struct, frozen=True):
    """One figure. `beside` is what the same run measured for comparison, in the same unit.

    The limit, `at_least` or `at_most`, is on value ÷ beside, or on the value where nothing is beside it.
    """

    what: str
    value: float
    unit: str
    beside: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.beside if self.beside else None

    @property
    def reach(self) -> str | None:
        unit = " ×" if self.beside else f" {self.unit}"
        if self.at_least is not None:
            return f"≥ {self.at_least:g}{unit}"
        if self.at_most is not None:
            return f"≤ {self.at_most:g}{unit}"
        return None

    @property
    def ok(self) -> bool:
        judged = self.value if self.ratio is None else self.ratio
        return (self.at_least is None or judged >= self.at_least) and (
            self.at_most is None or judged <= self.at_most
        )


Measurement = Callable[[], Iterator[Row]]
_registered: list[tuple[Section, Measurement]] = []


def measures(section: Section) -> Callable[[Measurement], Measurement]:
    """Register a generator of rows for a section."""

    def register(measurement: Measurement) -> Measurement:
        _registered.append((section, measurement))
        return measurement

    return register


def measurements(section: Section | None = None) -> list[tuple[Section, Measurement]]:
    """Those of one section, or all, in the order of `SECTIONS`."""
    wanted = SECTIONS if section is None else (section,)
    return [each for name in wanted for each in _registered if each[0] == name]
