"""The page about the domain says what the code does."""

from __future__ import annotations

from tools.domain_page import PAGE, page


def test_the_tables_of_the_page_are_those_of_the_code() -> None:
    """Mend with `python -m tools.domain_page`."""
    assert PAGE.read_text() == page(PAGE.read_text())
