"""One value has one spelling, and what has none is refused."""

from __future__ import annotations

import json
import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.proofs.canonical import NotCanonical, canonical

LARGEST = 2**53 - 1

plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def test_published_values_are_spelt_as_published(vectors: dict[str, Any]) -> None:
    for case in vectors["canonical"]:
        assert canonical(json.loads(case["json"])).hex() == case["canonical"]


def test_published_numbers_are_spelt_as_published(vectors: dict[str, Any]) -> None:
    for case in vectors["numbers"]:
        (number,) = struct.unpack(">d", bytes.fromhex(case["double"]))
        assert canonical(number).decode() == case["spelling"]


@given(plain_values)
def test_a_value_read_back_and_spelt_again_has_the_same_bytes(value: Any) -> None:
    once = canonical(value)
    assert canonical(json.loads(once, parse_int=as_number)) == once


@given(st.dictionaries(st.text(), st.integers(-LARGEST, LARGEST)))
def test_the_order_in_which_fields_were_written_does_not_show(fields: dict[str, int]) -> None:
    assert canonical(dict(reversed(fields.items()))) == canonical(fields)


def as_number(digits: str) -> int | float:
    """As a JSON reader without whole numbers would: a large double is spelt without point or exponent."""
    return int(digits) if abs(int(digits)) <= LARGEST else float(digits)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(float("nan"), id="not a number"),
        pytest.param(float("inf"), id="infinity"),
        pytest.param(LARGEST + 1, id="an integer that a double cannot hold"),
        pytest.param(b"bytes", id="bytes"),
        pytest.param(datetime(2026, 11, 2, tzinfo=UTC), id="a datetime"),
        pytest.param({1: "one"}, id="a key that is no string"),
        pytest.param("\ud800", id="a lone surrogate"),
        pytest.param({"\ud800": 1}, id="a lone surrogate in a key"),
    ],
)
def test_what_has_no_one_spelling_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical({"inside": [value]})


def test_a_value_nested_beyond_reason_is_refused_and_does_not_crash() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(NotCanonical):
        canonical(value)
