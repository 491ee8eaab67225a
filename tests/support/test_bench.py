"""A figure of the bench is judged by its own limit."""

from __future__ import annotations

import pytest

from tests.bench import Row


@pytest.mark.parametrize(
    ("row", "reach", "ok"),
    [
        (Row("acts admitted", 50, "acts/s", beside=100, at_least=0.5), "≥ 0.5 ×", True),
        (Row("acts admitted", 49, "acts/s", beside=100, at_least=0.5), "≥ 0.5 ×", False),
        (Row("save, p95", 31, "ms", beside=10, at_most=3), "≤ 3 ×", False),
        (Row("longest block", 50, "ms", at_most=50), "≤ 50 ms", True),
        (Row("longest block", 51, "ms", at_most=50), "≤ 50 ms", False),
        (Row("size", 12, "MB"), None, True),
    ],
)
def test_a_figure_reaches_its_limit_or_misses_it(row: Row, reach: str | None, ok: bool) -> None:
    assert (row.reach, row.ok) == (reach, ok)
