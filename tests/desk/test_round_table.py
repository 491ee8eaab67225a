"""The round table shows what agencies released, says what steps up, and drafts what rests on evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mash_desktop.desk import Desk
from mash_desktop.desk.round_table import (
    Deciding,
    SubjectChoice,
    Table,
    add_action,
    add_view,
    cases,
    draft_decision,
    go_on_without,
    keep_deciding,
    last_place,
    open_table,
    read_table,
    record_analysis,
    record_attendance,
    what_all_may_see,
)
from mash_desktop.desk.round_table.doing import when_due
from mash_desktop.domain.acts import Author, Draft, compose, read
from mash_desktop.domain.codes import AnswerResult, Attendance, MaracRoute, Marker, RefusalReason
from mash_desktop.domain.entries.decision import DecisionReturned
from mash_desktop.domain.entries.gathering import ReleaseWithdrawn, RequestAnswered
from mash_desktop.domain.entries.identity import HistoryRecorded, IdentityLinked, MarkerSet, PastEpisode
from mash_desktop.domain.entries.table import TableOpened
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.gathering import requests
from mash_desktop.domain.fold.levels import drafted_levels
from mash_desktop.domain.partial_date import PartialDate
from tests.domain.story import CONSULTANT, EDUCATION, FACILITATOR, HEALTH, KEY, POLICE, Story, staffordshire
from tests.support.carter_table import CarterStory, gathered
from tests.support.desks import desk_of, receive
from tests.support.other_cohorts import adult, domestic_abuse

STREAM = "referral:0"
SittingDown = Callable[..., Desk]


@pytest.fixture
def sits(tmp_path: Path) -> Iterator[SittingDown]:
    """Opens desks, and closes them after the test."""
    open_desks: list[Desk] = []

    def sit(author: Author, *stories: Story) -> Desk:
        folder = tmp_path / str(len(open_desks))
        folder.mkdir()
        open_desks.append(desk_of(author, folder, *stories))
        return open_desks[-1]

    yield sit
    for desk in open_desks:
        desk.cache.close()


@pytest.fixture
def story() -> CarterStory:
    return gathered()


@pytest.fixture
def chair(sits: SittingDown, story: CarterStory) -> Desk:
    """The facilitator at an opened table, with health's answer still awaited."""
    desk = sits(FACILITATOR, story)
    open_table(desk, STREAM, "Room 2")
    return desk


def deciding(table: Table, mia: str = "child_protection", tyler: str = "child_in_need") -> Deciding:
    return Deciding(
        {
            "mia": SubjectChoice(mia, "Section 47 enquiry, joint with police.", "Two unexplained injuries."),
            "tyler": SubjectChoice(tyler, "Child in need plan.", "No injury; same household."),
        },
        (next(line.evidence for line in table.lines if line.evidence) or "",),
    )


# --- what lies on the table


def test_a_case_is_ready_once_everybody_has_answered(sits: SittingDown, story: CarterStory) -> None:
    assert cases(sits(FACILITATOR, story)) == ()
    story.health_answers()
    (case,) = cases(sits(FACILITATOR, story))
    assert (case.who, case.opened) == ("Carter, Mia + 1", False)


def test_a_case_that_is_opened_before_all_have_answered_stays_in_the_order(chair: Desk) -> None:
    assert [case.opened for case in cases(chair)] == [True]
    assert last_place(chair) == "Room 2"
    assert read_table(chair, STREAM).opened.endswith("Room 2, Dee Lowe")


def test_the_chronology_merges_what_agencies_released_the_latest_first(chair: Desk) -> None:
    lines = read_table(chair, STREAM).lines
    assert [(line.when, line.source, line.about, line.kind) for line in lines] == [
        ("12 Nov 2026", "Education", "Mia", "seen"),
        ("12 Nov 2026", "Schools", "Mia and Tyler", "contact"),
        ("6 Nov 2026", "Education", "Mia", "fact"),
        ("31 Oct 2026", "Police", "Joanne and Dean", "fact"),
        ("2 Jun 2026", "Police", "Joanne", "fact"),
    ]


def test_what_is_held_back_is_not_in_the_chronology(sits: SittingDown, story: CarterStory) -> None:
    story.brings(POLICE, "r-police", ("dean",), "Intelligence about Dean.", "2 Jun 2026", released=False)
    assert "Intelligence" not in str(read_table(sits(FACILITATOR, story), STREAM))


def test_a_release_that_is_taken_back_leaves_the_chronology(sits: SittingDown, story: CarterStory) -> None:
    contribution = story.brings(POLICE, "r-police", ("lee",), "Caution in 2011.", "2011")
    assert "Caution" in str(read_table(sits(FACILITATOR, story), STREAM).lines)
    story.tell(POLICE, ReleaseWithdrawn(contribution=contribution, reason="Another Lee Carter."))
    assert "Caution" not in str(read_table(sits(FACILITATOR, story), STREAM).lines)


def test_each_agency_stands_around_the_table_with_its_answer(chair: Desk) -> None:
    seats = {one.name: one for one in read_table(chair, STREAM).around}
    assert [(one.name, one.words) for one in seats.values()] == [
        ("Children's social care", "owner"),
        ("Police", "open to table"),
        ("MPFT", "acknowledged"),
        ("Education", "open to table"),
        ("Probation", "nothing held"),
        ("Housing", "nothing held"),
    ]
    assert seats["Education"].note == "Attendance 81 %, two unexplained bruises logged."
    assert "refused about Dean: sharing would prejudice" in seats["Police"].note
    assert seats["Probation"].note.startswith("searched nDelius, ")
    assert "by Iris Bennion, due " in seats["MPFT"].note


def test_a_late_answer_says_by_how_much(sits: SittingDown, story: CarterStory) -> None:
    story.now += timedelta(hours=2)
    (health,) = [one for one in read_table(sits(FACILITATOR, story), STREAM).around if one.agency == "mpft"]
    assert health.state == "late"
    assert health.words.startswith("late ")


def test_attendance_is_kept_for_an_agency_that_was_not_asked_too(chair: Desk) -> None:
    record_attendance(chair, STREAM, "police", Attendance.PRESENT, "Sam Iqbal")
    record_attendance(chair, STREAM, "housing", Attendance.APOLOGIES)
    record_attendance(chair, STREAM, "ambulance", Attendance.OBSERVER)
    table = read_table(chair, STREAM)
    presence = {one.name: one.presence for one in table.around}
    assert presence["Police"] == "Present, Sam Iqbal"
    assert presence["Housing"] == "Apologies"
    assert table.around[-1].words == "not asked"
    assert table.present == 2
    assert "ambulance" not in dict(table.others)


def test_the_household_is_drawn_from_what_was_recorded(chair: Desk) -> None:
    drawn = read_table(chair, STREAM).household
    assert [one.label for one in drawn.people] == [
        "Mia, 9",
        "Tyler, 6",
        "Joanne, about 38",
        "Lee, 40",
        "Dean, ?",
    ]
    assert [one.identified for one in drawn.people] == [True, True, True, True, False]
    assert [(bond.one, bond.other, bond.ended, bond.note) for bond in drawn.bonds] == [
        ("lee", "joanne", True, ""),
        ("joanne", "dean", False, "since Jun 2026"),
    ]
    assert [(one.child, one.parents) for one in drawn.descents] == [
        ("mia", ("lee", "joanne")),
        ("tyler", ("lee", "joanne")),
    ]


def test_what_was_known_before_stands_beside_it_on_a_desk_that_holds_it(
    sits: SittingDown, story: CarterStory
) -> None:
    desk = sits(CONSULTANT, story)
    episode = PastEpisode(
        referred_on=PartialDate(2024, 5), closed_on=PartialDate(2025, 3), level="Child in need", summary=""
    )
    history = HistoryRecorded(
        agency="scc-children",
        source_system="Liquidlogic",
        record="C1",
        cohort="children",
        surname="Carter",
        episodes=(episode,),
    )
    desk.save(
        [
            Draft("identity:1", history),
            Draft("identity:1", IdentityLinked(referral=STREAM, subject="mia", reason="Same birth date.")),
        ],
        acting=CONSULTANT,
    )
    (line,) = [line for line in read_table(desk, STREAM).lines if line.kind == "earlier"]
    assert (line.when, line.source, line.about) == ("May 2024", "Children's social care", "Mia")
    assert line.what == "Child in need; closed Mar 2025"
    assert line.evidence is None


# --- analysis, views, actions


def test_analysis_is_recorded_once_and_its_keystrokes_end_with_it(chair: Desk) -> None:
    chair.cache.put_draft(f"table/{STREAM}/analysis/harm", "Two injuries")
    assert read_table(chair, STREAM).analysis["harm"] == "Two injuries"
    assert record_analysis(chair, STREAM, "harm", "Two injuries in five weeks.") is not None
    assert read_table(chair, STREAM).analysis["harm"] == "Two injuries in five weeks."
    assert record_analysis(chair, STREAM, "harm", "Two injuries in five weeks.") is None


def test_the_last_view_of_an_agency_on_a_person_stands_and_dissent_needs_words(chair: Desk) -> None:
    add_view(chair, STREAM, "police", "mia", "child_in_need", None)
    add_view(chair, STREAM, "police", "mia", "child_protection", True)
    (view,) = read_table(chair, STREAM).views
    assert (view.agency_name, view.called, view.rung and view.rung.label) == (
        "Police",
        "Mia",
        "Child protection (s47)",
    )
    with pytest.raises(Refusal, match="field-empty"):
        add_view(chair, STREAM, "education", "tyler", "child_protection", False)


def test_an_action_has_an_owner_and_a_time_in_hub_time(chair: Desk) -> None:
    add_action(chair, STREAM, "Strategy discussion", "R. Okafor", "15:00")
    (action,) = read_table(chair, STREAM).actions
    assert (action.words, action.owner, action.due, action.done) == (
        "Strategy discussion",
        "R. Okafor",
        "15:00",
        False,
    )


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("15:00", datetime(2026, 11, 12, 15, tzinfo=UTC)),
        ("today 15.30", datetime(2026, 11, 12, 15, 30, tzinfo=UTC)),
        ("tomorrow at 9:30", datetime(2026, 11, 13, 9, 30, tzinfo=UTC)),
        ("16 Nov, 10:00", datetime(2026, 11, 16, 10, tzinfo=UTC)),
        ("13 Nov", datetime(2026, 11, 13, 16, 30, tzinfo=UTC)),
        ("2 Jan", datetime(2027, 1, 2, 17, tzinfo=UTC)),
        ("1 Jul 2027 10:00", datetime(2027, 7, 1, 9, tzinfo=UTC)),
    ],
)
def test_people_say_when_in_their_own_words(said: str, meant: datetime) -> None:
    assert when_due(said, datetime(2026, 11, 12, 14, tzinfo=UTC), staffordshire()) == meant


@pytest.mark.parametrize("said", ["25:00", "soon", "November"])
def test_a_time_that_says_nothing_is_refused(said: str) -> None:
    with pytest.raises(Refusal) as refused:
        when_due(said, datetime(2026, 11, 12, 14, tzinfo=UTC), staffordshire())
    assert refused.value.field == "due"


# --- the decision


def test_each_level_says_beforehand_whether_it_steps_up(chair: Desk) -> None:
    mia = read_table(chair, STREAM).subjects[0]
    assert mia.admission is not None
    assert mia.admission.label == "Child in need (s17)"
    assert mia.moves == {
        "no_further_action": "down",
        "advice": "down",
        "early_help": "down",
        "child_in_need": "confirmed",
        "child_protection": "up",
    }


def test_a_decision_waits_for_answers_and_names_who_has_not_given_one(chair: Desk) -> None:
    table = read_table(chair, STREAM)
    assert table.awaited == ("MPFT",)
    with pytest.raises(Refusal) as refused:
        draft_decision(chair, STREAM, deciding(table))
    assert refused.value.code == "answers-awaited"
    assert "MPFT" in refused.value.sentence
    go_on_without(chair, STREAM, "The children must be safe before school ends.")
    draft_decision(chair, STREAM, deciding(table))
    assert [one.movement for one in drafted_levels(chair.referral(STREAM)).values()] == ["up", "confirmed"]
    assert read_table(chair, STREAM).drafted.endswith("by Dee Lowe")


def test_going_on_without_leaves_the_door_open_for_a_late_answer(
    chair: Desk, story: CarterStory, sits: SittingDown
) -> None:
    go_on_without(chair, STREAM, "The children must be safe before school ends.")
    (health,) = [one for one in read_table(chair, STREAM).around if one.agency == "mpft"]
    assert health.words == "gone on without"
    with pytest.raises(Refusal, match="nothing-awaited"):
        go_on_without(chair, STREAM, "Again.")
    story.health_answers()
    receive(chair.cache, FACILITATOR, story)
    assert "low mood" in str(read_table(chair, STREAM).lines)


def test_a_decision_without_evidence_or_reasons_is_refused_at_its_field(
    sits: SittingDown, story: CarterStory
) -> None:
    desk = sits(FACILITATOR, story.health_answers().tabled())
    whole = deciding(read_table(desk, STREAM))
    with pytest.raises(Refusal, match="evidence-missing"):
        draft_decision(desk, STREAM, Deciding(whole.subjects))
    with pytest.raises(Refusal, match="decision-missing"):
        draft_decision(desk, STREAM, Deciding({"mia": whole.subjects["mia"]}, whole.relied))
    bare = {**whole.subjects, "tyler": SubjectChoice("child_in_need", "Plan.", " ")}
    with pytest.raises(Refusal) as refused:
        draft_decision(desk, STREAM, Deciding(bare, whole.relied))
    assert refused.value.field == "rationale"


def test_dissent_goes_with_the_draft(sits: SittingDown, story: CarterStory) -> None:
    desk = sits(FACILITATOR, story.health_answers().tabled())
    add_view(desk, STREAM, "education", "tyler", "child_protection", False, "He is in the same house.")
    draft_decision(desk, STREAM, deciding(read_table(desk, STREAM)))
    draft = desk.referral(STREAM).draft
    assert draft is not None
    assert draft.body.dissent == "Education about Tyler: He is in the same house."


def test_a_returned_draft_comes_back_with_the_reason_and_its_own_words(
    sits: SittingDown, story: CarterStory
) -> None:
    story.health_answers().tabled().drafted()
    story.tell(CONSULTANT, DecisionReturned(reason="Say who sees Mia today."))
    desk = sits(FACILITATOR, story)
    (case,) = cases(desk)
    assert case.returned
    table = read_table(desk, STREAM)
    assert (table.returned_reason, table.may_draft) == ("Say who sees Mia today.", True)
    assert table.returned_by.startswith("Ruth Okafor, ")
    assert table.deciding.subjects["mia"].intervention == "Section 47 enquiry."
    assert table.deciding.relied
    draft_decision(desk, STREAM, deciding(table))
    assert not read_table(desk, STREAM).returned_reason


def test_what_is_typed_of_a_decision_is_kept_and_evidence_that_is_gone_falls_out(chair: Desk) -> None:
    whole = deciding(read_table(chair, STREAM))
    keep_deciding(chair, STREAM, Deciding(whole.subjects, (*whole.relied, "gone")))
    assert read_table(chair, STREAM).deciding == whole


# --- the second display


def test_the_second_display_shows_nothing_until_it_is_known_who_looks(chair: Desk) -> None:
    shown = what_all_may_see(chair, STREAM)
    assert (shown.lines, shown.rag, shown.unknown) == ((), None, "")
    assert "Carter" not in shown.title
    assert "Nobody is recorded as present" in shown.note


def test_the_second_display_shows_what_every_agency_in_the_room_may_receive(chair: Desk) -> None:
    record_attendance(chair, STREAM, "scc-children", Attendance.PRESENT)
    record_attendance(chair, STREAM, "police", Attendance.PRESENT)
    record_attendance(chair, STREAM, "education", Attendance.PRESENT)
    record_attendance(chair, STREAM, "housing", Attendance.SENT_INFORMATION)
    record_analysis(chair, STREAM, "unknown", "Dean’s full name and history")
    shown = what_all_may_see(chair, STREAM)
    assert shown.title == "Carter, Mia and Tyler"
    assert [(line.when, line.source) for line in shown.lines] == [
        ("12 Nov", "Education"),
        ("6 Nov", "Education"),
        ("31 Oct", "Police"),
        ("2 Jun", "Police"),
    ]
    assert shown.unknown == "Dean’s full name and history"
    assert shown.basis.startswith("Children Act 1989 s17 · 6(1)(e)")
    assert [f"{one.mark} {one.words}" for one in shown.around] == [
        "✓ Children's social care",
        "✓ Police",
        "… MPFT, answering",
        "✓ Education",
        "– Probation, nothing held",
        "– Housing, nothing held, sent information",
    ]
    # The account of concern is the owning agency's and the hub's alone.
    assert shown.held_back == 1


def test_somebody_asked_about_one_child_only_takes_the_other_off_the_wall(
    sits: SittingDown, story: CarterStory
) -> None:
    desk = sits(FACILITATOR, story)
    open_table(desk, STREAM, "Room 2")
    record_attendance(desk, STREAM, "probation", Attendance.PRESENT)
    # Probation was asked about the two men: it may know neither child's name.
    assert "Mia" not in what_all_may_see(desk, STREAM).title


def test_an_agency_that_was_not_asked_empties_the_wall(chair: Desk) -> None:
    record_attendance(chair, STREAM, "police", Attendance.PRESENT)
    assert what_all_may_see(chair, STREAM).lines
    record_attendance(chair, STREAM, "ambulance", Attendance.OBSERVER)
    assert what_all_may_see(chair, STREAM).lines == ()


def test_a_suppressed_address_and_a_restricted_record_are_never_on_the_wall(
    sits: SittingDown, story: CarterStory
) -> None:
    story.brings(HEALTH, "r-health", ("joanne",), "Collected from 3 Orchard Close,  Stone.", "1 Nov 2026")
    story.brings(HEALTH, "r-health", ("joanne",), "Seen near ST158QA.", "2 Nov 2026")
    desk = sits(FACILITATOR, story)
    open_table(desk, STREAM, "Room 2")
    for agency in ("police", "mpft"):
        record_attendance(desk, STREAM, agency, Attendance.PRESENT)
    record_analysis(desk, STREAM, "unknown", "Who else lives at 3 Orchard Close, Stone")
    assert what_all_may_see(desk, STREAM).unknown == ""
    words = str(what_all_may_see(desk, STREAM).lines)
    assert "Orchard" not in words
    assert "ST158QA" not in words
    assert "Bruise" in words
    restrict = [
        Draft("identity:9", IdentityLinked(referral=STREAM, subject="mia")),
        Draft("identity:9", MarkerSet(marker=Marker.RESTRICTED, reason="Relocated.", readers=("dee",))),
    ]
    desk.cache.save(compose("staffordshire", CONSULTANT, restrict, KEY, desk.now()))
    shown = what_all_may_see(desk, STREAM)
    assert "Bruise" not in str(shown.lines)
    assert "Mia" not in shown.title


def test_only_the_table_lets_agencies_see_each_others_releases(sits: SittingDown, story: CarterStory) -> None:
    before = sits(EDUCATION, story).referral(STREAM)
    assert {entry.agency for entry in before.entries if entry.kind == "contribution.released"} == {
        "education"
    }
    story.tabled()
    after = sits(EDUCATION, story).referral(STREAM)
    assert after.last(TableOpened) is not None
    assert {entry.agency for entry in after.entries if entry.kind == "contribution.released"} == {
        "education",
        "police",
    }
    assert list(requests(after)) == ["r-education"]


def test_an_earlier_referral_of_the_same_person_stands_in_the_chronology(
    sits: SittingDown, story: CarterStory
) -> None:
    earlier = gathered("referral:1", first=1000)
    desk = sits(CONSULTANT, story, earlier)
    links = [
        Draft("identity:2", IdentityLinked(referral=stream, subject="mia"))
        for stream in (STREAM, "referral:1")
    ]
    parcel = compose("staffordshire", CONSULTANT, links, KEY, desk.now())
    assert len(read(parcel.signed).entries) == 2
    desk.cache.save(parcel)
    (line,) = [line for line in read_table(desk, STREAM).lines if line.kind == "earlier"]
    assert line.what.startswith("Earlier referral ISL-26-01000: Child in need (s17), gathering.")


# --- the other ladders


def test_an_adults_decision_steps_down_on_its_own_ladder(sits: SittingDown) -> None:
    story = adult().tabled()
    desk = sits(FACILITATOR, story)
    table = read_table(desk, story.stream)
    (arthur,) = table.subjects
    assert arthur.admission is not None
    assert arthur.admission.label == "Section 42 enquiry"
    assert arthur.moves["other_enquiry"] == "down"
    choice = SubjectChoice(
        "other_enquiry", "Care plan reviewed with the home.", "Sores healed; staffing mended."
    )
    relied = tuple(line.evidence for line in table.lines if line.evidence)[:1]
    draft_decision(desk, story.stream, Deciding({"arthur": choice}, relied))
    (drafted,) = drafted_levels(desk.referral(story.stream)).values()
    assert drafted.movement == "down"


def test_domestic_abuse_goes_to_marac_on_a_ground_that_is_named(sits: SittingDown) -> None:
    story = domestic_abuse().tabled()
    desk = sits(FACILITATOR, story)
    table = read_table(desk, story.stream)
    (leanne,) = table.subjects
    assert leanne.moves["high"] == "confirmed"
    choice = SubjectChoice(
        "high", "MARAC on 19 Nov; safe lock today.", "Escalating.", MaracRoute.PROFESSIONAL_JUDGEMENT
    )
    relied = tuple(line.evidence for line in table.lines if line.evidence)[:1]
    draft_decision(desk, story.stream, Deciding({"leanne": choice}, relied))
    draft = desk.referral(story.stream).draft
    assert draft is not None
    assert draft.body.subjects[0].marac is MaracRoute.PROFESSIONAL_JUDGEMENT


def test_a_refusal_about_several_people_is_said_once(sits: SittingDown, story: CarterStory) -> None:
    for subject, day in (("mia", 12), ("tyler", 12), ("joanne", 20)):
        story.tell(
            HEALTH,
            RequestAnswered(
                request="r-health",
                subject=subject,
                result=AnswerResult.REFUSED,
                refusal_reason=RefusalReason.PREJUDICES_INVESTIGATION,
                refusal_text="An enquiry is at an early stage.",
                review_on=date(2026, 12, day),
            ),
        )
    (health,) = [one for one in read_table(sits(FACILITATOR, story), STREAM).around if one.agency == "mpft"]
    said = "sharing would prejudice an investigation"
    assert health.note.split("; ") == [
        f"refused about Mia and Tyler: {said}, review 12 Dec 2026",
        f"refused about Joanne: {said}, review 20 Dec 2026",
    ]
