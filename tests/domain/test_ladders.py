"""Stepped up, stepped down or confirmed."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.codes import Cohort
from mash_desktop.domain.configuration import Ladder
from mash_desktop.domain.ladders import Movement, movement
from mash_desktop.hub import load_preset

NOVEMBER_2026 = date(2026, 11, 24)
STAFFORDSHIRE = load_preset("staffordshire")
CHILDREN = STAFFORDSHIRE.ladder(Cohort.CHILDREN, NOVEMBER_2026)
ladders = st.sampled_from([STAFFORDSHIRE.ladder(cohort, NOVEMBER_2026) for cohort in Cohort])


def test_child_in_need_to_child_protection_is_stepped_up() -> None:
    assert movement(CHILDREN, "child_in_need", "child_protection") is Movement.UP


def test_child_protection_to_early_help_is_stepped_down() -> None:
    assert movement(CHILDREN, "child_protection", "early_help") is Movement.DOWN


def test_the_same_level_is_confirmed() -> None:
    assert movement(CHILDREN, "child_in_need", "child_in_need") is Movement.CONFIRMED


def test_a_level_not_known_is_no_movement() -> None:
    assert movement(CHILDREN, None, "child_in_need") is None
    assert movement(CHILDREN, "child_in_need", None) is None


def test_levels_of_different_ladders_do_not_compare() -> None:
    family_help = load_preset("milton-keynes").ladder(Cohort.CHILDREN, NOVEMBER_2026)
    assert movement(family_help, "child_in_need", "family_help") is None
    assert movement(family_help, "family_help", "child_in_need") is None
    assert movement(family_help, "family_help", "child_protection") is Movement.UP


@given(ladders, st.data())
def test_the_way_back_is_the_opposite_movement(ladder: Ladder, data: st.DataObject) -> None:
    level = st.sampled_from([rung.id for rung in ladder.levels])
    admission, final = data.draw(level), data.draw(level)
    opposite = {
        Movement.UP: Movement.DOWN,
        Movement.DOWN: Movement.UP,
        Movement.CONFIRMED: Movement.CONFIRMED,
    }
    there = movement(ladder, admission, final)
    assert there is not None
    assert movement(ladder, final, admission) is opposite[there]
    assert (there is Movement.CONFIRMED) == (admission == final)
