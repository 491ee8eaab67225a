"""DASH and DARA, and the routes to MARAC."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.assessments import (
    DARA_2022,
    DASH_2009,
    QUESTION_SETS,
    QuestionSet,
    assess,
    question_set,
    repeats,
)
from mash_desktop.domain.codes import MaracRoute
from mash_desktop.domain.errors import Refusal

DASH_IDS = [question.id for question in DASH_2009.questions]
sets = st.sampled_from(list(QUESTION_SETS.values()))


def answers(of: QuestionSet) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(
        st.sampled_from([question.id for question in of.questions]),
        st.sampled_from(["yes", "no", "dont_know"]),
    )


def yes(count: int) -> dict[str, str]:
    return {id: "yes" if number < count else "no" for number, id in enumerate(DASH_IDS)}


def test_dash_has_27_questions() -> None:
    assert len(set(DASH_IDS)) == len(DASH_2009.questions) == 27


def test_fourteen_yes_is_high_on_dash() -> None:
    result = assess(DASH_2009, yes(14))
    assert result.score == 14
    assert result.marac
    assert result.routes == (MaracRoute.SCORE,)


def test_thirteen_yes_is_not_high_on_dash_by_itself() -> None:
    result = assess(DASH_2009, yes(13))
    assert result.score == 13
    assert not result.marac


def test_professional_judgement_below_fourteen_goes_to_marac() -> None:
    assert assess(DASH_2009, yes(9), judgement=True).routes == (MaracRoute.PROFESSIONAL_JUDGEMENT,)


def test_three_events_in_twelve_months_are_an_escalation() -> None:
    assert assess(DASH_2009, yes(2), events_in_12_months=3).routes == (MaracRoute.ESCALATION,)
    assert not assess(DASH_2009, yes(2), events_in_12_months=2).marac


def test_a_repeat_goes_to_marac_whatever_the_score() -> None:
    assert assess(DASH_2009, {}, repeat=True).routes == (MaracRoute.REPEAT,)


def test_dara_is_not_a_count() -> None:
    result = assess(DARA_2022, {question.id: "yes" for question in DARA_2022.questions})
    assert result.score is None
    assert not result.marac


def test_what_was_not_answered_and_what_is_not_known_are_told_apart() -> None:
    result = assess(DASH_2009, dict.fromkeys(DASH_IDS[2:], "no") | {DASH_IDS[2]: "dont_know"})
    assert result.unanswered == tuple(DASH_IDS[:2])
    assert result.not_known == (DASH_IDS[2],)


@given(sets, st.data(), st.none() | st.integers(0, 9), st.booleans())
def test_judgement_raises_a_result_and_never_lowers_it(
    of: QuestionSet, data: st.DataObject, events: int | None, repeat: bool
) -> None:
    given_answers = data.draw(answers(of))
    without = assess(of, given_answers, events_in_12_months=events, repeat=repeat)
    judged = assess(of, given_answers, judgement=True, events_in_12_months=events, repeat=repeat)
    assert set(without.routes) < set(judged.routes)
    assert judged.marac
    assert judged.score == without.score


@given(st.data())
def test_one_more_yes_never_closes_a_route(data: st.DataObject) -> None:
    given_answers = data.draw(answers(DASH_2009))
    more = given_answers | {data.draw(st.sampled_from(DASH_IDS)): "yes"}
    assert set(assess(DASH_2009, given_answers).routes) <= set(assess(DASH_2009, more).routes)


def test_a_question_or_an_answer_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refusal, match="unknown-question"):
        assess(DASH_2009, {"28": "yes"})
    with pytest.raises(Refusal, match="unknown-answer"):
        assess(DASH_2009, {"1": "perhaps"})


def test_question_sets_are_found_by_id() -> None:
    assert question_set("dash-2009") is DASH_2009
    with pytest.raises(Refusal, match="unknown-question-set"):
        question_set("dash-1999")


@pytest.mark.parametrize(
    ("last", "referred", "expected"),
    [
        (date(2025, 11, 24), date(2026, 11, 24), True),
        (date(2025, 11, 24), date(2026, 11, 25), False),
        (date(2024, 2, 29), date(2025, 2, 28), True),
        (date(2024, 2, 29), date(2025, 3, 1), False),
        (date(2025, 12, 31), date(2026, 12, 31), True),
        (date(2026, 11, 25), date(2026, 11, 24), False),
        (None, date(2026, 11, 24), False),
    ],
)
def test_a_repeat_is_within_twelve_months_of_the_last_referral(
    last: date | None, referred: date, expected: bool
) -> None:
    assert repeats(last, referred, 12) is expected
