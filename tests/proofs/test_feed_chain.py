"""A feed's chain shows any row dropped, changed or moved."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.proofs.canonical import canonical
from mash_desktop.proofs.feed_chain import START, link
from sync.protocol import feed_row_bytes

rows = st.lists(st.binary(max_size=16), max_size=6)


def chained(values: Iterable[bytes]) -> bytes:
    return reduce(link, values, START)


def test_links_are_those_known(vectors: dict[str, Any]) -> None:
    previous = START
    for case in vectors["feed_chain"]:
        previous = link(previous, bytes.fromhex(case["row"]))
        assert previous.hex() == case["link"]


@given(rows, rows)
def test_two_feeds_end_alike_only_when_every_row_is_the_same(some: list[bytes], others: list[bytes]) -> None:
    assert (chained(some) == chained(others)) is (some == others)


def test_a_link_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, not 31"):
        link(bytes(31), b"row")


@given(st.text(), st.integers(0, 2**53 - 1), st.text(), st.integers(0, 2**53 - 1))
def test_a_row_is_spelt_as_everything_that_is_hashed(audience: str, n: int, entry: str, because: int) -> None:
    said = feed_row_bytes(audience, 1, n, "grant", entry, because)
    assert said == canonical([audience, 1, n, "grant", entry, because])
