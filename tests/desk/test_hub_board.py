"""The hub board: rows with their clocks, filters, what agencies answered, and what the hub does there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import Desk, attention, hub_board
from mash_desktop.domain.codes import AnswerResult, Rag
from mash_desktop.domain.entries.gathering import (
    RequestAcknowledged,
    RequestAnswered,
    RequestMade,
)
from mash_desktop.domain.entries.triage import RagRated
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.gathering import requests
from mash_desktop.domain.fold.stage import Stage
from mash_desktop.domain.roles import Role
from tests.domain.story import FACILITATOR, HEALTH, MANAGER, POLICE, Story, staffordshire, with_blue
from tests.support.desks import desk_of, receive

FACILITATOR_AS_DEPUTY = msgspec.structs.replace(FACILITATOR, role=Role.DEPUTY_HUB_MANAGER)


PLACES = {
    name: 2 + 100 * at
    for at, name in enumerate(("0", "new", "one", "other", "ready", "red", "amber", "green"))
}


def admitted(stream: str = "referral:0") -> Story:
    return Story(stream, first=PLACES[stream.split(":")[1]]).taken().triaged().admitted()


def rated(stream: str, rag: Rag) -> Story:
    story = admitted(stream)
    story.tell(MANAGER, RagRated(rag=rag, reason="Injury to a child."))
    return story


def manager(folder: Path, *stories: Story) -> Desk:
    return desk_of(MANAGER, folder, *stories)


def row(desk: Desk) -> hub_board.BoardRow:
    return hub_board.read_board(desk).rows[0]


def later(desk: Desk, **length: float) -> datetime:
    return desk.now() + timedelta(**length)


# --- the list


def test_a_row_says_who_how_urgent_what_it_waits_for_and_how_long_is_left(tmp_path: Path) -> None:
    story = admitted().rated().asked()
    desk = manager(tmp_path, story)
    shown = row(desk)
    assert shown.who == "Carter, Mia + 1"
    assert shown.reference.startswith("ISL-26-")
    assert shown.rag is Rag.AMBER
    assert shown.left(desk.now()) == "8 h 28 m"
    assert shown.waits_for == "two answers"
    assert [one.mark(desk.now()).text for one in shown.agencies] == ["Pol asked", "Hlth asked"]


def test_time_left_runs_on_the_hubs_clock_and_late_says_by_how_much(tmp_path: Path) -> None:
    desk = manager(tmp_path, rated("referral:0", Rag.RED))
    clock = row(desk).clock
    assert clock is not None
    assert row(desk).left(clock.due - timedelta(minutes=72)) == "1 h 12 m"
    assert row(desk).left(clock.due + timedelta(minutes=36)) == "late 36 min"
    assert clock.used(clock.start) == 0
    assert clock.used(clock.due) == 1


def test_an_amber_clock_stands_still_while_the_hub_is_closed(tmp_path: Path) -> None:
    desk = manager(tmp_path, rated("referral:0", Rag.AMBER))
    evening, morning = datetime(2026, 11, 12, 18, tzinfo=UTC), datetime(2026, 11, 13, 8, tzinfo=UTC)
    assert row(desk).left(evening) == row(desk).left(morning)


def test_the_unrated_come_first_and_then_the_ones_due_first(tmp_path: Path) -> None:
    stories = [
        rated("referral:green", Rag.GREEN),
        rated("referral:red", Rag.RED),
        admitted("referral:new"),
        rated("referral:amber", Rag.AMBER),
    ]
    shown = hub_board.read_board(manager(tmp_path, *stories)).rows
    assert [one.stream for one in shown] == [
        "referral:new",
        "referral:red",
        "referral:amber",
        "referral:green",
    ]


def test_what_is_rated_blue_is_untimed_and_comes_last(tmp_path: Path) -> None:
    hub = with_blue(staffordshire())
    blue = Story("referral:one", first=PLACES["one"], config=hub).taken().triaged().admitted()
    blue.tell(MANAGER, RagRated(rag=Rag.BLUE, reason="Nothing presses."))
    desk = desk_of(MANAGER, tmp_path, blue, rated("referral:green", Rag.GREEN), hub=hub)
    _, last = hub_board.read_board(desk).rows
    assert (last.rag, last.left(desk.now() + timedelta(days=90))) == (Rag.BLUE, "untimed")
    assert list(hub_board.rating_dues(desk, "referral:one").items())[-1] == (
        "blue",
        "This hub sets no limit for it",
    )
    assert hub_board.read_board(desk).at_risk(desk.now()) == ()


def test_a_hub_that_does_not_rate_blue_neither_offers_nor_takes_it(tmp_path: Path) -> None:
    desk = manager(tmp_path, admitted())
    assert list(hub_board.rating_dues(desk, "referral:0")) == ["red", "amber", "green"]
    with pytest.raises(Refusal) as refused:
        hub_board.rate(desk, "referral:0", "blue", "Nothing presses.")
    assert (refused.value.code, refused.value.field) == ("rating-not-offered", "rag")


def test_filters_count_what_they_take_in(tmp_path: Path) -> None:
    one_waits = admitted("referral:one").rated().asked()
    one_waits.tell(
        HEALTH,
        RequestAnswered(
            request="r-health", subject="mia", result=AnswerResult.NOTHING_HELD, systems_searched=("RiO",)
        ),
    )
    ready = admitted("referral:ready").rated().asked().answered()
    red = rated("referral:red", Rag.RED)
    desk = manager(tmp_path, admitted("referral:new"), one_waits, ready, red)
    board = hub_board.read_board(desk)
    assert board.counts(desk.now()) == {"open": 4, "reds": 0, "one": 1, "ready": 1, "unrated": 1}
    due = next(one.clock.due for one in board.rows if one.stream == "referral:red" and one.clock)
    assert board.counts(due - timedelta(minutes=59))["reds"] == 1
    assert board.counts(due + timedelta(hours=2))["reds"] == 1, "a late red is still due"
    assert [one.stream for one in board.shown("ready", desk.now())] == ["referral:ready"]


def test_an_answer_is_late_by_the_return_clock_and_leaves_the_waiting_once_given(tmp_path: Path) -> None:
    story = admitted().rated().asked()
    desk = manager(tmp_path, story)
    late = datetime(2026, 11, 13, 12, tzinfo=UTC)
    assert [one.mark(late).text for one in row(desk).agencies] == ["Pol late", "Hlth late"]
    known = [entry.id for entry in story.entries]
    story.answered()
    receive(desk.cache, MANAGER, story, known)
    assert [one.mark(late).text for one in row(desk).agencies] == ["Pol ✓", "Hlth nil"]


def test_at_todays_pace_names_what_is_due_today_and_waits_for_an_answer_due_later(tmp_path: Path) -> None:
    desk = manager(tmp_path, rated("referral:0", Rag.RED).asked())
    board = hub_board.read_board(desk)
    assert board.closes == datetime(2026, 11, 12, 17, tzinfo=UTC)
    due = board.rows[0].clock
    assert due is not None
    assert board.at_risk(desk.now()) == (), "red, due after closing"
    closes = due.due + timedelta(minutes=1)
    open_late = msgspec.structs.replace(board, closes=closes)
    answer_late = due.due - timedelta(minutes=1)
    assert open_late.at_risk(answer_late) == board.rows
    assert open_late.pace(answer_late) == f"At today’s pace 1 will be late: {board.rows[0].reference[-5:]}"


def test_a_change_reads_only_the_streams_it_names(tmp_path: Path) -> None:
    one, other = rated("referral:one", Rag.GREEN), rated("referral:other", Rag.GREEN)
    desk = manager(tmp_path, one, other)
    board = hub_board.read_board(desk)
    hub_board.rate(desk, "referral:other", "red", "He is back in the house.")
    after = hub_board.refreshed(desk, board, ["referral:other"])
    assert [(each.stream, each.rag) for each in after.rows] == [
        ("referral:other", Rag.RED),
        ("referral:one", Rag.GREEN),
    ]
    assert after.rows[1] is next(each for each in board.rows if each.stream == "referral:one")


# --- the case


def test_the_case_says_who_was_asked_when_and_how_each_answered(tmp_path: Path) -> None:
    story = admitted().rated().asked()
    story.tell(POLICE, RequestAcknowledged(request="r-police"))
    desk = manager(tmp_path, story)
    shown = hub_board.case(desk, "referral:0")
    assert shown is not None
    police, health = shown.answers
    assert police.name == "Staffordshire Police"
    assert police.mark(desk.now()).text == "acknowledged"
    assert police.notes[0].endswith("by K. Shaw: about Mia and Joanne")
    assert police.notes[1].startswith("acknowledged 14:0")
    assert health.mark(datetime(2026, 11, 13, 12, tzinfo=UTC)).text.startswith("late ")
    assert shown.waiting() == (police, health)
    assert shown.threshold == "child in need (s17)"


def test_what_happened_today_reads_as_lines(tmp_path: Path) -> None:
    desk = manager(tmp_path, admitted().rated().asked().answered())
    shown = hub_board.case(desk, "referral:0")
    assert shown is not None
    lines = [line.split(" ", 1)[1] for line in shown.today]
    assert lines[0] == "admitted by R. Okafor · s17, 6(1)(e), 9(2)(g), Sch 1 p18"
    assert lines[1] == "rated amber by K. Shaw: Two injuries in five weeks."
    assert lines[2] == "two agencies asked about two people"
    assert "Police answered: findings" in lines
    assert "MPFT answered: nothing held" in lines


# --- what is done


def test_rating_names_its_reason_and_its_due_time(tmp_path: Path) -> None:
    desk = manager(tmp_path, admitted())
    assert hub_board.rating_dues(desk, "referral:0")["red"].endswith(
        "4 working hours from admission, running out of hours"
    )
    with pytest.raises(Refusal, match="why this rating"):
        hub_board.rate(desk, "referral:0", "red", "  ")
    with pytest.raises(Refusal, match="Choose a rating"):
        hub_board.rate(desk, "referral:0", "", "Injury.")
    hub_board.rate(desk, "referral:0", "red", "Injury to a child under one.")
    assert desk.referral("referral:0").rag is Rag.RED


def test_agencies_are_asked_in_one_act_with_all_they_need_to_answer_in_time(tmp_path: Path) -> None:
    desk = manager(tmp_path, admitted().rated())
    start = hub_board.asking(desk, "referral:0")
    assert start is not None
    assert "Mia Carter and Tyler Carter" in start.concern
    assert "Helen Marsh" not in start.concern
    assert {one.id for one in start.agencies if one.virtual} == {
        "probation",
        "education",
        "housing",
        "ambulance",
        "youth-offending",
    }
    assert [one.name for one in start.people] == ["Mia Carter", "Tyler Carter", "Joanne Carter"]
    hub_board.ask(
        desk,
        "referral:0",
        [
            hub_board.Ask("police", ("mia", "joanne"), "Injury to a child; incidents at the address?"),
            hub_board.Ask("mpft", ("mia",), "Injury to a child."),
        ],
    )
    referral = desk.referral("referral:0")
    made = referral.all(RequestMade)
    assert len({entry.act for entry in made}) == 1
    assert referral.stage is Stage.GATHERING
    body = made[0].body
    assert (body.reference, body.cohort, body.rag) == (referral.reference, referral.cohort, Rag.AMBER)
    assert body.due_at is not None
    assert body.due_at > desk.now()


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (hub_board.Ask("police", (), "Injury."), "police"),
        (hub_board.Ask("police", ("mia",), " "), "police"),
    ],
)
def test_an_agency_is_asked_about_somebody_and_told_something(
    ask: hub_board.Ask, field: str, tmp_path: Path
) -> None:
    desk = manager(tmp_path, admitted().rated())
    with pytest.raises(Refusal) as refused:
        hub_board.ask(desk, "referral:0", [ask])
    assert refused.value.field == field


def test_an_answer_is_chased_gone_without_or_taken_back(tmp_path: Path) -> None:
    desk = manager(tmp_path, admitted().rated().asked())
    hub_board.chase(desk, "referral:0", "r-police", "Telephoned the MASH team, Sgt Iqbal.")
    hub_board.go_on_without(desk, "referral:0", "r-police", "The child cannot wait.")
    hub_board.withdraw(desk, "referral:0", "r-health", "Asked the wrong trust.")
    found = requests(desk.referral("referral:0"))
    assert found["r-police"].without is not None
    assert found["r-health"].withdrawn
    shown = hub_board.case(desk, "referral:0")
    assert shown is not None
    assert [one.mark(desk.now()).text for one in shown.answers] == ["gone on without", "withdrawn"]
    assert any("Telephoned the MASH team" in note for note in shown.answers[0].notes)
    assert row(desk).shows_in("ready", desk.now())


def test_bringing_to_the_table_opens_it_once(tmp_path: Path) -> None:
    desk = desk_of(FACILITATOR, tmp_path, admitted().rated().asked().answered())
    hub_board.bring_to_table(desk, "referral:0")
    hub_board.bring_to_table(desk, "referral:0")
    assert desk.referral("referral:0").stage is Stage.TABLE
    assert row(desk).with_whom == "D. Lowe"


def test_an_escalation_names_parties_and_keeps_people_safe_and_is_resolved(tmp_path: Path) -> None:
    desk = manager(tmp_path, admitted().rated().asked())
    with pytest.raises(Refusal, match="kept safe"):
        hub_board.escalate(desk, "referral:0", "1", ("police", "scc-children"), "No answer in two days.", "")
    hub_board.escalate(
        desk,
        "referral:0",
        "1",
        ("police", "scc-children"),
        "No answer in two days.",
        "Mia stays with her aunt.",
    )
    shown = hub_board.case(desk, "referral:0")
    assert shown is not None
    assert [one.words for one in shown.escalations] == [
        "Stage 1: between practitioners: No answer in two days."
    ]
    hub_board.resolve(desk, "referral:0", shown.escalations[0].id, "Police answered.")
    after = hub_board.case(desk, "referral:0")
    assert after is not None
    assert after.escalations == ()


# --- somebody else was quicker


def quicker(folder: Path, theirs: Rag = Rag.GREEN) -> Desk:
    """A manager whose red rating was refused, since a deputy's came first."""
    story = admitted()
    desk = manager(folder, story)
    act = hub_board.rate(desk, "referral:0", "red", "Injury to a child under one.")
    known = [entry.id for entry in story.entries]
    story.tell(FACILITATOR_AS_DEPUTY, RagRated(rag=theirs, reason="Old bruise, seen by the GP."))
    receive(desk.cache, MANAGER, story, known)
    desk.cache.refused(act, "moved-on", "Someone else moved this on first.", None, None, None)
    return desk


def test_a_refused_rating_shows_both_sides_with_the_words_kept(tmp_path: Path) -> None:
    (refused,) = hub_board.refused_ratings(quicker(tmp_path))
    assert (refused.rag, refused.reason) == (Rag.RED, "Injury to a child under one.")
    assert refused.theirs.startswith("Dee Lowe rated it green at 14:")
    assert "Old bruise, seen by the GP." in refused.theirs


def test_it_is_done_again_on_what_the_other_did(tmp_path: Path) -> None:
    desk = quicker(tmp_path)
    attention.do_again(desk, hub_board.refused_ratings(desk)[0].act)
    assert desk.referral("referral:0").rag is Rag.RED
    assert hub_board.refused_ratings(desk) == ()


def test_a_rating_that_says_the_same_again_keeps_its_words_until_let_go(tmp_path: Path) -> None:
    desk = quicker(tmp_path, theirs=Rag.RED)
    (refused,) = hub_board.refused_ratings(desk)
    with pytest.raises(Refusal, match="rated so already"):
        attention.do_again(desk, refused.act)
    assert hub_board.refused_ratings(desk) == (refused,)
    attention.let_go(desk, refused.act)
    assert hub_board.refused_ratings(desk) == ()
    assert desk.referral("referral:0").rag is Rag.RED
