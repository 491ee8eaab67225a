"""Wrong passphrases wait longer and longer, and neither a restart nor the clock is a way round it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault import delay
from tests.vault.conftest import Clock


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    return tmp_path


def seconds_waited_after(wrong: int) -> float:
    return delay.wait_after(wrong).total_seconds()


def refused_as_too_soon(profile: Path, clock: Clock) -> str:
    with pytest.raises(Refusal) as refusal:
        delay.count_attempt(profile, clock())
    assert refusal.value.code == "too-soon"
    return refusal.value.sentence


def test_the_waits_are_those_decided() -> None:
    waits = [seconds_waited_after(wrong) for wrong in range(13)]
    assert waits == [0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


@given(st.integers(0, 10**9))
def test_a_wait_never_shrinks_with_another_wrong_passphrase_nor_grows_for_ever(wrong: int) -> None:
    assert delay.wait_after(wrong) <= delay.wait_after(wrong + 1) <= delay.LONGEST_WAIT


def test_an_attempt_counts_before_it_is_made_and_after_a_restart(profile: Path, clock: Clock) -> None:
    for _ in range(3):
        delay.count_attempt(profile, clock())
    assert refused_as_too_soon(profile, clock).endswith("try again in 5 seconds.")
    clock.advance(timedelta(seconds=5))
    assert delay.count_attempt(profile, clock()) == timedelta(seconds=10)


def test_a_right_passphrase_starts_the_count_again(profile: Path, clock: Clock) -> None:
    for _ in range(3):
        delay.count_attempt(profile, clock())
    delay.forget_attempts(profile)
    delay.forget_attempts(profile)
    assert delay.count_attempt(profile, clock()) == timedelta(0)


def test_a_clock_set_back_makes_nobody_wait_longer_than_was_said(profile: Path, clock: Clock) -> None:
    for _ in range(3):
        delay.count_attempt(profile, clock())
    clock.advance(timedelta(days=-400))
    assert refused_as_too_soon(profile, clock).endswith("try again in 5 seconds.")
    clock.advance(timedelta(seconds=3))
    assert refused_as_too_soon(profile, clock).endswith("try again in 2 seconds.")
    clock.advance(timedelta(seconds=2))
    delay.count_attempt(profile, clock())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'{"wrong":\xff}',
        b'{"wrong":-1,"not_before":"2026-11-02T09:00:00Z"}',
        b'{"wrong":0,"not_before":"2026-11-02T09:00:00"}',
    ],
)
def test_a_count_that_was_tampered_with_costs_the_longest_wait(
    profile: Path, clock: Clock, data: bytes
) -> None:
    (profile / delay.FILE).write_bytes(data)
    assert refused_as_too_soon(profile, clock).endswith("try again in 15 minutes.")
    clock.advance(delay.LONGEST_WAIT)
    assert delay.count_attempt(profile, clock()) == delay.LONGEST_WAIT


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (0.2, "1 second"),
        (1, "1 second"),
        (1.2, "2 seconds"),
        (119, "119 seconds"),
        (120, "2 minutes"),
        (121, "3 minutes"),
    ],
)
def test_a_wait_is_told_in_words_and_never_too_short(wait: float, words: str) -> None:
    assert delay.in_words(timedelta(seconds=wait)) == words
