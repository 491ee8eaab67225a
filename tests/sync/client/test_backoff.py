"""Waiting before trying again."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from sync.client.backoff import CEILING, FIRST, MOST_ASKED_FOR, Backoff


@given(st.integers(0, 2**32), st.integers(1, 40))
def test_waits_rise_under_a_ceiling_and_are_never_nothing(seed: int, tries: int) -> None:
    backoff = Backoff(random.Random(seed))
    waits = [backoff.next() for _ in range(tries)]
    assert all(0 < wait <= min(CEILING, FIRST * 2**number) for number, wait in enumerate(waits))
    backoff.reset()
    assert backoff.next() <= FIRST


def test_desks_that_lost_the_line_together_do_not_come_back_together() -> None:
    assert len({Backoff().next() for _ in range(50)}) == 50


@given(st.floats(0, 1e12))
def test_a_store_is_given_the_time_it_asks_for_within_reason(seconds: float) -> None:
    wait = Backoff(random.Random(1)).next(seconds)
    assert wait >= min(seconds, MOST_ASKED_FOR)
    assert wait <= max(FIRST, MOST_ASKED_FOR)
