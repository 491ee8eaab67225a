"""An agency sees what it is asked, answers per person, and releases what it chooses in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from mash_desktop.desk import Desk
from mash_desktop.desk.requests import (
    AnswerDraft,
    ItemDraft,
    PersonAnswer,
    Release,
    acknowledge,
    keep_draft,
    kept_draft,
    known_systems,
    nothing_held,
    open_request,
    read_request,
    release,
    requests_of_agency,
    send_answer,
    take_back,
)
from mash_desktop.domain.codes import (
    AnswerResult,
    IntelligenceGrade,
    IntelligenceHandling,
    IntelligenceSource,
    RefusalReason,
)
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.gathering import contributions, released, requests, was_released
from tests.domain.story import HEALTH, MANAGER, POLICE, Story
from tests.support.desks import desk_of

STREAM = "referral:0"
FOUND = PersonAnswer(AnswerResult.FINDINGS)
SEARCHED = AnswerDraft(systems=("Niche",))


@pytest.fixture
def police(tmp_path: Path) -> Iterator[Desk]:
    desk = desk_of(POLICE, tmp_path, asked())
    yield desk
    desk.cache.close()


def asked() -> Story:
    return Story().taken().triaged().admitted().rated().asked()


def item(words: str, **fields: Any) -> ItemDraft:
    return ItemDraft(about=("joanne",), words=words, **fields)


def test_a_request_shows_who_it_is_about_and_when_it_is_due(police: Desk) -> None:
    (row,) = requests_of_agency(police)
    assert (row.who, row.people, row.state_words) == ("Carter, Mia", 2, "asked")
    assert row.rag == "amber"
    assert row.clock is not None
    # Asked at 14:03 on a Thursday that closes at 17:00: four working hours run into Friday.
    assert row.due_words == "13 Nov 2026, 09:34"
    assert row.left(police.now()) == "4 h"


def test_another_agencys_request_is_not_listed(tmp_path: Path) -> None:
    health = desk_of(HEALTH, tmp_path, asked())
    assert [row.id for row in requests_of_agency(health)] == ["r-health"]
    with pytest.raises(Refusal, match="request-gone"):
        read_request(health, STREAM, "r-police")
    health.cache.close()


def test_only_the_people_asked_about_are_shown_and_only_the_minimum_concern(police: Desk) -> None:
    found = read_request(police, STREAM, "r-police")
    assert [one.name for one in found.people] == ["Mia Carter", "Joanne Carter"]
    assert found.minimum_concern == "Injury to a child."
    assert "Tyler" not in str(found)
    assert found.graded


def test_opening_a_request_is_kept_as_a_view(police: Desk) -> None:
    open_request(police, STREAM, "r-police")
    assert len(police.cache.drafts("access/")) == 1


def test_an_acknowledgement_is_told_with_who_and_when(police: Desk) -> None:
    acknowledge(police, STREAM, "r-police")
    found = read_request(police, STREAM, "r-police")
    assert found.acknowledged.startswith("Sam Iqbal, ")
    assert found.row.state_words == "acknowledged"


def test_an_answer_its_items_and_their_releases_are_one_act(police: Desk) -> None:
    draft = AnswerDraft(
        people={"mia": PersonAnswer(AnswerResult.NOTHING_HELD), "joanne": FOUND},
        systems=("Niche", "PND"),
        items=(
            item("Verbal argument reported by a neighbour.", when="31 Oct 2026"),
            item("Not yet checked.", release=Release.HOLD),
        ),
    )
    act = send_answer(police, STREAM, "r-police", draft)
    referral = police.referral(STREAM)
    assert requests(referral)["r-police"].state == "returned"
    assert [made.body.words for made in released(referral).values()] == [
        "Verbal argument reported by a neighbour."
    ]
    assert len(contributions(referral)) == 2
    assert {entry.act for entry in referral.entries if entry.author == "sam"} == {act}
    assert known_systems(police) == ("Niche", "PND")


def test_the_systems_named_last_are_offered_again(police: Desk) -> None:
    nothing_held(police, STREAM, "r-police", SEARCHED)
    assert kept_draft(police, "referral:1", "r-other").systems == ("Niche",)


def test_nothing_held_answers_for_everybody_at_once(police: Desk) -> None:
    nothing_held(police, STREAM, "r-police", SEARCHED)
    assert requests(police.referral(STREAM))["r-police"].state == "nothing_held"
    with pytest.raises(Refusal, match="nobody-to-answer-for"):
        nothing_held(police, STREAM, "r-police", SEARCHED)


def test_nothing_held_needs_the_systems_that_were_searched(police: Desk) -> None:
    with pytest.raises(Refusal, match="systems-not-named") as refused:
        nothing_held(police, STREAM, "r-police", AnswerDraft())
    assert refused.value.field == "systems_searched"


@pytest.mark.parametrize(
    "typed",
    [
        AnswerDraft(items=(item("Verbal argument."),)),
        AnswerDraft(writing=item("Verbal arg")),
        AnswerDraft(people={"joanne": FOUND}),
        AnswerDraft(people={"joanne": PersonAnswer(AnswerResult.REFUSED, text="Held in trust.")}),
    ],
    ids=["an item", "half an item", "findings", "a refusal"],
)
def test_nothing_held_takes_nothing_away_that_is_typed(police: Desk, typed: AnswerDraft) -> None:
    typed = msgspec.structs.replace(typed, systems=("Niche",))
    keep_draft(police, STREAM, "r-police", typed)
    with pytest.raises(Refusal, match="answer-typed"):
        nothing_held(police, STREAM, "r-police", typed)
    assert kept_draft(police, STREAM, "r-police") == typed
    assert requests(police.referral(STREAM))["r-police"].state == "asked"


def test_nothing_held_may_be_typed_person_by_person_first(police: Desk) -> None:
    about_mia = AnswerDraft(people={"mia": PersonAnswer(AnswerResult.NOTHING_HELD)}, systems=("Niche",))
    nothing_held(police, STREAM, "r-police", about_mia)
    assert requests(police.referral(STREAM))["r-police"].state == "nothing_held"


def test_an_agency_agrees_to_use_beyond_the_table_item_by_item(police: Desk) -> None:
    draft = AnswerDraft(
        systems=("Niche",), items=(item("Three incidents.", onward=True), item("An informant says so."))
    )
    send_answer(police, STREAM, "r-police", draft)
    assert [made.body.onward for made in released(police.referral(STREAM)).values()] == [True, False]
    agreed, kept = read_request(police, STREAM, "r-police").items
    assert "may be used beyond the table" in agreed.marks
    assert (agreed.onward, kept.onward) == (True, False)


def test_an_item_released_again_keeps_its_last_day_and_is_agreed_to_anew(police: Desk) -> None:
    draft = AnswerDraft(
        systems=("Niche",), items=(item("Three incidents.", until="12 Dec 2026", onward=True),)
    )
    send_answer(police, STREAM, "r-police", draft)
    (held,) = read_request(police, STREAM, "r-police").items
    release(police, STREAM, held.id, "Two incidents.", onward=True)
    (out,) = released(police.referral(STREAM)).values()
    assert (out.body.words, out.body.until, out.body.onward) == ("Two incidents.", date(2026, 12, 12), True)
    release(police, STREAM, held.id, "One incident.")
    (out,) = released(police.referral(STREAM)).values()
    assert (out.body.until, out.body.onward) == (date(2026, 12, 12), False)
    take_back(police, STREAM, held.id, "About another Joanne Carter.")
    release(police, STREAM, held.id)
    (out,) = released(police.referral(STREAM)).values()
    assert out.body.until is None


def test_a_half_written_item_goes_with_the_answer(police: Desk) -> None:
    draft = AnswerDraft(systems=("Niche",), writing=item("Known since 2024.", aspect="involvement"))
    send_answer(police, STREAM, "r-police", draft)
    referral = police.referral(STREAM)
    (out,) = released(referral).values()
    assert (out.body.words, out.body.aspect) == ("Known since 2024.", "involvement")
    assert requests(referral)["r-police"].answers["joanne"].body.result is AnswerResult.FINDINGS


def test_a_refusal_keeps_its_reason_its_words_and_its_review_day(police: Desk) -> None:
    answer = PersonAnswer(
        AnswerResult.REFUSED,
        RefusalReason.PREJUDICES_INVESTIGATION,
        "A search warrant is to be served this week.",
        "20 Nov 2026",
    )
    send_answer(police, STREAM, "r-police", AnswerDraft(people={"joanne": answer}))
    found = read_request(police, STREAM, "r-police")
    said = found.people[1].answer
    assert said is not None
    assert said.words == "refused"
    assert "review 20 Nov 2026" in said.detail
    assert found.row.state_words == "1 of 2 answered"


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (PersonAnswer(AnswerResult.REFUSED), "refusal_reason"),
        (PersonAnswer(AnswerResult.REFUSED, RefusalReason.CONFIDENTIALITY, "Held in trust."), "review_on"),
        (
            PersonAnswer(
                AnswerResult.REFUSED, RefusalReason.CONFIDENTIALITY, "Held in trust.", "December 2026"
            ),
            "review_on",
        ),
    ],
)
def test_an_incomplete_refusal_names_the_field(police: Desk, answer: PersonAnswer, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        send_answer(police, STREAM, "r-police", AnswerDraft(people={"joanne": answer}))
    assert refused.value.field == field


def test_what_was_refused_is_still_typed(police: Desk) -> None:
    draft = AnswerDraft(people={"mia": FOUND}, items=(item("Seen on 3 Oct.", when="the other day"),))
    keep_draft(police, STREAM, "r-police", draft)
    with pytest.raises(Refusal, match="date-not-understood"):
        send_answer(police, STREAM, "r-police", draft)
    assert kept_draft(police, STREAM, "r-police") == draft


def test_an_item_with_conditions_leaves_only_in_wording_released_for_it(police: Desk) -> None:
    graded = {
        "source": IntelligenceSource.RELIABLE,
        "grade": IntelligenceGrade.CORROBORATED,
        "handling": IntelligenceHandling.WITH_CONDITIONS,
    }
    secret = item("An informant places Dean at the address.", **graded)
    with pytest.raises(Refusal, match="wording-not-released"):
        send_answer(police, STREAM, "r-police", AnswerDraft(systems=("Niche",), items=(secret,)))
    reworded = item(
        "An informant places Dean at the address.",
        **graded,
        release=Release.REWORDED,
        wording="Dean is believed to stay at the address.",
    )
    send_answer(police, STREAM, "r-police", AnswerDraft(systems=("Niche",), items=(reworded,)))
    (held,) = read_request(police, STREAM, "r-police").items
    assert (held.state, held.released_words) == ("reworded", "Dean is believed to stay at the address.")
    assert "1BC" in held.marks


def test_a_release_is_taken_back_with_a_reason_and_made_again(police: Desk) -> None:
    draft = AnswerDraft(systems=("Niche",), items=(item("Three incidents since June."),))
    send_answer(police, STREAM, "r-police", draft)
    (held,) = read_request(police, STREAM, "r-police").items
    with pytest.raises(Refusal, match="field-empty"):
        take_back(police, STREAM, held.id, " ")
    take_back(police, STREAM, held.id, "About another Joanne Carter.")
    assert read_request(police, STREAM, "r-police").items[0].state == "taken back"
    assert was_released(police.referral(STREAM)) == {held.id}
    release(police, STREAM, held.id, "Two incidents since June.")
    assert read_request(police, STREAM, "r-police").items[0].state == "reworded"


def test_a_release_may_have_a_last_day_and_says_it(police: Desk) -> None:
    vague = AnswerDraft(systems=("Niche",), items=(item("Three incidents.", until="next month"),))
    with pytest.raises(Refusal) as refused:
        send_answer(police, STREAM, "r-police", vague)
    assert refused.value.field == "until"
    month = AnswerDraft(systems=("Niche",), items=(item("Three incidents.", until="Dec 2026"),))
    with pytest.raises(Refusal, match="until-not-a-day"):
        send_answer(police, STREAM, "r-police", month)
    draft = AnswerDraft(systems=("Niche",), items=(item("Three incidents.", until="12 Dec 2026"),))
    send_answer(police, STREAM, "r-police", draft)
    (held,) = read_request(police, STREAM, "r-police").items
    assert "on the table until 12 Dec 2026" in held.marks
    (out,) = released(police.referral(STREAM)).values()
    assert out.body.until == date(2026, 12, 12)


def test_a_late_answer_says_by_how_much(tmp_path: Path) -> None:
    story = asked()
    story.now += timedelta(hours=20)
    desk = desk_of(POLICE, tmp_path, story)
    (row,) = requests_of_agency(desk)
    assert row.late(desk.now())
    late = row.left(desk.now())
    assert late.startswith("late ")
    nothing_held(desk, STREAM, "r-police", SEARCHED)
    (row,) = requests_of_agency(desk)
    assert (row.state, row.left(desk.now() + timedelta(days=3))) == ("nothing_held", late)
    desk.cache.close()


def test_what_waits_comes_first_the_soonest_due_before_all(tmp_path: Path) -> None:
    later, sooner = asked(), Story("referral:1", first=1000).taken().triaged().admitted().rated()
    later.now += timedelta(minutes=30)
    later.tell(MANAGER, later.request("r-again", "police", "mia"))
    sooner.asked()
    desk = desk_of(POLICE, tmp_path, later, sooner)
    nothing_held(desk, STREAM, "r-police", SEARCHED)
    rows = [(row.stream, row.id, row.open) for row in requests_of_agency(desk)]
    assert rows == [
        ("referral:1", "r-police", True),
        (STREAM, "r-again", True),
        (STREAM, "r-police", False),
    ]
    desk.cache.close()
