"""Oversight: what waits and why, the contact as its referrer told it, and the decisions on it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import Desk, oversight
from mash_desktop.domain.acts import Author
from mash_desktop.domain.codes import (
    AgencyKind,
    Cohort,
    ContactChannel,
    DataKind,
    SourceOfContact,
    ToolAnswer,
    Voice,
)
from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.contact import (
    AcknowledgementSent,
    AddressRecorded,
    AdultRecorded,
    AssessmentRecorded,
    ConcernRecorded,
    ContactOpened,
    HistorySearched,
    Statement,
    SubjectRecorded,
)
from mash_desktop.domain.entries.triage import ContactTriaged, InScope, SubjectLevel
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold.levels import levels
from mash_desktop.domain.fold.stage import Stage
from mash_desktop.domain.law import Gateway
from mash_desktop.domain.roles import Role
from tests.domain.story import CONSULTANT, KEY, OPERATOR, START, Story
from tests.support.desks import desk_of, receive

STREAM = "referral:0"
IN_NEED = (SubjectLevel("mia", "child_in_need"), SubjectLevel("tyler", "child_in_need"))


def contact(first: int = 0, stream: str = STREAM) -> Story:
    return Story(stream, first=2 + 100 * first).taken()


def consultant(folder: Path, *stories: Story) -> Desk:
    return desk_of(CONSULTANT, folder, *stories)


def shown(desk: Desk) -> oversight.Contact:
    found = oversight.contact(desk, STREAM)
    assert found is not None
    return found


def given(desk: Desk, **changes: object) -> oversight.Admitted:
    """The admission form as it is prefilled, confirmed by hand for Mia and Tyler."""
    form = oversight.admission(desk, STREAM)
    assert form is not None
    scope = tuple(
        InScope(one.subject, one.ground, one.kinds, form.prefill(one.kinds))
        for one in form.people
        if one.suggested
    )
    whole = oversight.Admitted(
        IN_NEED, "Threshold met.", "child_in_need", "To find out whether they are safe.", scope
    )
    return msgspec.structs.replace(whole, **changes)


# --- the list


def test_the_most_urgent_come_first_direct_line_then_danger_then_the_clock(tmp_path: Path) -> None:
    calm = contact(1, "referral:calm").triaged()
    early = contact(2, "referral:early").triaged("early_help", "early-help-gateway")
    direct = contact(3, "referral:direct").triaged("child_protection", "direct-line")
    danger = contact(4, "referral:danger")
    danger.tell(OPERATOR, ConcernRecorded(account="a1", words="He is at the door.", immediate_danger=True))
    danger.triaged()
    taking = contact(5, "referral:taking")
    queue = oversight.read_queue(consultant(tmp_path, taking, calm, early, danger, direct))
    assert [row.stream for row in queue.rows[:2]] == ["referral:direct", "referral:danger"]
    assert queue.rows[-1].stream == "referral:taking"
    assert {row.stream: row.why.value for row in queue.rows} == {
        "referral:direct": "decision",
        "referral:danger": "decision",
        "referral:calm": "decision",
        "referral:early": "send",
        "referral:taking": "triage",
    }
    assert queue.counts() == {"all": 5, "decision": 3, "sampled": 0, "send": 1, "triage": 1}


def test_history_that_matches_makes_a_lower_level_wait_for_a_decision(tmp_path: Path) -> None:
    story = contact()
    story.tell(OPERATOR, HistorySearched(found=2))
    story.triaged("early_help", "early-help-gateway")
    (row,) = oversight.read_queue(consultant(tmp_path, story)).rows
    assert (row.why, row.history) == (oversight.Why.DECISION, True)


def test_a_share_of_the_others_is_sampled_for_advice(tmp_path: Path) -> None:
    stories = [contact(at, f"referral:{at}").triaged("early_help", "early-help-gateway") for at in range(40)]
    counts = oversight.read_queue(consultant(tmp_path, *stories)).counts()
    assert 0 < counts["sampled"] < 12
    assert counts["sampled"] + counts["send"] == 40


def test_the_clock_runs_from_receipt_until_the_referrer_was_told_what_was_decided(tmp_path: Path) -> None:
    story = contact().triaged()
    desk = consultant(tmp_path, story)
    (row,) = oversight.read_queue(desk).rows
    assert row.clock is not None
    assert row.left(row.clock.due + timedelta(minutes=20)) == "late 20 min"
    known = [entry.id for entry in story.entries]
    story.tell(CONSULTANT, AcknowledgementSent(how="E-mail to the school.", decided=True))
    receive(desk.cache, CONSULTANT, story, known)
    (row,) = oversight.refreshed(desk, oversight.Queue((row,)), [STREAM]).rows
    assert (row.clock, row.left(desk.now())) == (None, "–")


# --- the contact


def test_the_concern_keeps_the_callers_words_and_what_kind_of_statement_each_is(tmp_path: Path) -> None:
    story = Story().taken()
    story.tell(
        OPERATOR,
        ConcernRecorded(
            account="a1",
            words="Mia had a bruise. She says she fell. I think she is afraid.",
            statements=(
                Statement("I think she is afraid.", Voice.OPINION),
                Statement("Mia had a bruise.", Voice.SEEN),
            ),
            where_now="At school with the caller until 15:15",
        ),
    )
    (account,) = shown(consultant(tmp_path, story)).accounts
    assert [(one.text, one.voice) for one in account.segments] == [
        ("Mia had a bruise.", Voice.SEEN),
        ("She says she fell.", None),
        ("I think she is afraid.", Voice.OPINION),
    ]
    assert account.facts == (("Where now, and with whom", "At school with the caller until 15:15"),)


def test_a_contact_can_be_looked_at_and_advised_on_while_it_is_being_taken(tmp_path: Path) -> None:
    desk = consultant(tmp_path, contact())
    before = shown(desk)
    assert (before.stage, before.triage, before.may_decide) == (Stage.CONTACT, None, False)
    assert before.referrer == "Helen Marsh, deputy head"
    oversight.advise(desk, STREAM, "Ask who collects her today.")
    ((who, words),) = shown(desk).advice
    assert who.startswith("Ruth Okafor 14:0")
    assert words == "Ask who collects her today."
    with pytest.raises(Refusal, match="Write what you advise"):
        oversight.advise(desk, STREAM, " ")


def test_a_suppressed_address_is_not_written_out(tmp_path: Path) -> None:
    story = contact()
    story.tell(
        OPERATOR,
        AddressRecorded(address="home", subjects=("mia",), line="14 Mill Lane", postcode="ST16 2AA"),
        AddressRecorded(address="refuge", subjects=("joanne",), line="2 Hope Street", suppressed=True),
    )
    assert shown(consultant(tmp_path, story)).homes == (
        ("14 Mill Lane, ST16 2AA", "Mia Carter"),
        ("Address suppressed", "Joanne Carter"),
    )


def test_earlier_records_of_the_same_person_stand_beside_them(tmp_path: Path) -> None:
    earlier, now = contact(1, "referral:earlier"), contact(2)
    people = {one.name: one for one in shown(consultant(tmp_path, earlier, now)).people}
    assert [match.title for match in people["Mia Carter"].matches] == ["Mia Carter"]
    assert people["Mia Carter"].ground == "subject of concern"


def test_who_triaged_a_contact_is_told_that_somebody_else_oversees_it(tmp_path: Path) -> None:
    story = contact()
    story.tell(
        CONSULTANT,
        ContactTriaged(
            route="social-work-gateway",
            levels=IN_NEED,
            rationale="Injury.",
            history_searched=True,
            immediate_danger=False,
        ),
    )
    desk = consultant(tmp_path, story)
    assert shown(desk).refusal == "Who triaged a contact does not oversee it."
    assert not shown(desk).may_decide
    with pytest.raises(Refusal, match="does not oversee it"):
        oversight.admit(desk, STREAM, given(desk))


# --- the decisions


def test_agreeing_and_admitting_is_one_act_with_the_basis_of_each_person(tmp_path: Path) -> None:
    desk = consultant(tmp_path, contact().triaged())
    form = oversight.admission(desk, STREAM)
    assert form is not None
    assert [(one.subject, one.suggested, one.ground) for one in form.people] == [
        ("mia", True, "subject of the concern"),
        ("tyler", True, "subject of the concern"),
        ("joanne", False, ""),
    ]
    oversight.admit(desk, STREAM, given(desk, told="Telephoned Mrs Marsh."))
    referral = desk.referral(STREAM)
    assert referral.stage is Stage.ADMITTED
    assert len({entry.act for entry in referral.entries if entry.position is None}) == 1
    assert [one.subject for one in referral.scope] == ["mia", "tyler"]
    assert oversight.read_queue(desk).rows == ()


def test_a_level_changed_by_oversight_counts_apart(tmp_path: Path) -> None:
    desk = consultant(tmp_path, contact().triaged())
    higher = (SubjectLevel("mia", "child_protection"), SubjectLevel("tyler", "child_in_need"))
    oversight.admit(desk, STREAM, given(desk, levels=higher, threshold="child_protection"))
    found = levels(desk.referral(STREAM))
    assert found["mia"].changed_by_oversight
    assert not found["tyler"].changed_by_oversight


def test_thresholds_offered_are_those_that_a_level_meets(tmp_path: Path) -> None:
    form = oversight.admission(consultant(tmp_path, contact().triaged()), STREAM)
    assert form is not None
    assert [one for one, _ in form.reached({"mia": "child_protection", "tyler": "child_in_need"})] == [
        "child_protection",
        "child_in_need",
    ]
    assert form.reached({"mia": "early_help"}) == ()


def test_a_basis_that_the_law_does_not_offer_is_refused_in_a_sentence(tmp_path: Path) -> None:
    desk = consultant(tmp_path, contact().triaged())
    form = oversight.admission(desk, STREAM)
    assert form is not None
    kinds = (DataKind.ORDINARY, DataKind.SPECIAL_CATEGORY)
    wrong = msgspec.structs.replace(form.prefill(kinds), gateway=Gateway.CARE_ACT_2014_S42)
    refused = form.refusal(wrong, kinds)
    assert refused is not None
    assert refused.sentence.startswith("Care Act 2014 s42 does not cover children")
    assert form.refusal(form.prefill(kinds), kinds) is None
    with pytest.raises(Refusal, match="does not cover children"):
        oversight.admit(desk, STREAM, given(desk, scope=(InScope("mia", "subject", kinds, wrong),)))
    assert desk.referral(STREAM).stage is Stage.TRIAGED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"purpose": ""}, "purpose"),
        ({"scope": ()}, "scope"),
        ({"threshold": "child_protection"}, "threshold"),
        ({"levels": (IN_NEED[0], SubjectLevel("tyler", ""))}, "levels"),
    ],
)
def test_what_is_missing_from_an_admission_is_named_by_field(
    changes: dict[str, object], field: str, tmp_path: Path
) -> None:
    desk = consultant(tmp_path, contact().triaged())
    with pytest.raises(Refusal) as refused:
        oversight.admit(desk, STREAM, given(desk, **changes))
    assert refused.value.field == field


def test_another_route_sends_the_contact_to_its_team_in_the_same_act(tmp_path: Path) -> None:
    desk = consultant(tmp_path, contact().triaged())
    lower = tuple(SubjectLevel(one.subject, "early_help") for one in IN_NEED)
    routed = oversight.Routed(lower, "Support meets it.", "early-help-gateway", "Bruise explained.")
    oversight.send_on(desk, STREAM, routed)
    referral = desk.referral(STREAM)
    assert referral.stage is Stage.OUTCOME
    (sent,) = referral.sent
    assert (sent.team, sent.agency) == (
        "early-help-gateway",
        "scc-children",
    )
    assert oversight.read_queue(desk).rows == ()


def test_advice_leads_to_no_team_and_closes_once_the_referrer_was_told(tmp_path: Path) -> None:
    desk = consultant(tmp_path, contact().triaged("advice", "advice"))
    lower = tuple(SubjectLevel(one.subject, "advice") for one in IN_NEED)
    oversight.send_on(desk, STREAM, oversight.Routed(lower, "Advice given.", "advice"))
    assert shown(desk).may_close
    assert shown(desk).overseen.startswith("Sent to Information and advice by R. Okafor")
    assert [row.why for row in oversight.read_queue(desk).rows] == [oversight.Why.SEND]
    with pytest.raises(Refusal, match="Tell the referrer the outcome"):
        oversight.close(desk, STREAM, "Advice given.", "")
    oversight.close(desk, STREAM, "Advice given.", "Telephoned Mrs Marsh.")
    assert desk.referral(STREAM).stage is Stage.CLOSED


def test_a_strategy_discussion_needs_social_care_police_and_health(tmp_path: Path) -> None:
    desk = consultant(tmp_path, contact().triaged("child_protection", "direct-line"))
    choices = oversight.strategy_choices(desk, STREAM)
    assert choices is not None
    assert choices.missing(["scc-children"]) == "Still needed: police and health trust or mental health trust"
    assert choices.missing(["scc-children", "police", "nsch"]) == ""
    held = oversight.StrategyGiven(
        ("scc-children", "police"), "s47_joint", ("mia",), "Unexplained injury.", seen_by="Today 18:00"
    )
    with pytest.raises(Refusal) as refused:
        oversight.hold_strategy(desk, STREAM, held)
    assert refused.value.field == "present"
    oversight.hold_strategy(
        desk, STREAM, msgspec.structs.replace(held, present=("scc-children", "police", "mpft"))
    )
    assert "joint section 47 enquiry for Mia Carter" in shown(desk).strategies[0]


def test_an_adult_and_a_police_owned_victim_have_a_lawful_path_of_their_own(tmp_path: Path) -> None:
    form = oversight.admission(consultant(tmp_path, contact().triaged()), STREAM)
    assert form is not None
    for cohort, kind, said in (
        (Cohort.ADULTS, AgencyKind.ADULT_SOCIAL_CARE, Gateway.CARE_ACT_2014_S42),
        (Cohort.DOMESTIC_ABUSE, AgencyKind.POLICE, Gateway.CRIME_AND_DISORDER_ACT_1998_S115),
    ):
        other = msgspec.structs.replace(form, cohort=cohort, agency_kind=kind)
        kinds = tuple(DataKind)
        assert other.prefill(kinds).gateway is said
        assert other.refusal(other.prefill(kinds), kinds) is None


ADULTS_DESK = Author("priya", "scc-adults", Role.TRIAGE_OPERATOR, KEY.key_id)
ADULTS_MANAGER = Author("ruth", "scc-adults", Role.SAFEGUARDING_MANAGER, KEY.key_id)
POLICE_DESK = Author("priya", "police", Role.TRIAGE_OPERATOR, KEY.key_id)
SUPERVISOR = Author("ruth", "police", Role.POLICE_SUPERVISOR, KEY.key_id)


def of_cohort(cohort: Cohort, taker: Author, route: str, level: str, *besides: Body) -> Story:
    """A concern about Edith Whitfield, triaged."""
    story = Story()
    story.tell(
        taker,
        ContactOpened(
            cohort=cohort,
            source=SourceOfContact.OTHER,
            channel=ContactChannel.PHONE,
            received_at=START,
            local_authority="E10000028",
            owner=taker.agency,
        ),
    )
    story.tell(
        taker,
        ConcernRecorded(account="a1", words="She has lost weight and he answers for her."),
        SubjectRecorded(subject="edith", forenames="Edith", surname="Whitfield", of_concern=True),
        *besides,
    )
    story.tell(
        taker,
        ContactTriaged(
            route=route,
            levels=(SubjectLevel("edith", level),),
            rationale="The account does not fit.",
            history_searched=True,
            immediate_danger=False,
        ),
    )
    return story


def test_an_adults_own_view_stands_beside_them_and_a_refusal_is_overridden_for_a_reason(
    tmp_path: Path,
) -> None:
    adult = AdultRecorded(subject="edith", wishes="To stay at home.", consent=False)
    story = of_cohort(Cohort.ADULTS, ADULTS_DESK, "adult-safeguarding", "s42_enquiry", adult)
    desk = desk_of(ADULTS_MANAGER, tmp_path, story)
    assert [row.why for row in oversight.read_queue(desk).rows] == [oversight.Why.DECISION]
    assert shown(desk).people[0].told == (
        ("Wishes", "To stay at home."),
        ("Consent", "does not consent"),
    )
    assert not shown(desk).may_hold_strategy
    form = oversight.admission(desk, STREAM)
    assert form is not None
    assert form.unwilling == (("edith", "Edith Whitfield", ""),)
    whole = given(desk, levels=(SubjectLevel("edith", "s42_enquiry"),), threshold="s42_enquiry")
    with pytest.raises(Refusal) as refused:
        oversight.admit(desk, STREAM, whole)
    assert refused.value.field == "override_reason"
    why = (("edith", "Her son controls her food and money."),)
    oversight.admit(desk, STREAM, msgspec.structs.replace(whole, overrides=why))
    referral = desk.referral(STREAM)
    assert referral.stage is Stage.ADMITTED
    recorded = referral.latest(AdultRecorded, "subject")["edith"].body
    assert (recorded.wishes, recorded.override_reason) == ("To stay at home.", why[0][1])


def test_an_assessment_says_its_count_and_what_opens_the_way_to_marac(tmp_path: Path) -> None:
    dash = AssessmentRecorded(
        subject="edith",
        tool="dash-2009",
        answers={"1": ToolAnswer.YES, "2": ToolAnswer.YES, "3": ToolAnswer.DONT_KNOW},
        judgement=True,
        judgement_reason="He has a key again.",
    )
    story = of_cohort(Cohort.DOMESTIC_ABUSE, POLICE_DESK, "police-domestic-abuse", "high", dash)
    desk = desk_of(SUPERVISOR, tmp_path, story)
    assert shown(desk).people[0].told == (
        ("DASH", "2 of 27 yes · professional judgement · He has a key again."),
    )
    oversight.admit(desk, STREAM, given(desk, levels=(SubjectLevel("edith", "high"),), threshold="high"))
    (scoped,) = desk.referral(STREAM).scope
    assert scoped.basis.gateway is Gateway.CRIME_AND_DISORDER_ACT_1998_S115


def test_only_the_last_answers_to_each_tool_are_shown_and_dara_is_no_count(tmp_path: Path) -> None:
    first = AssessmentRecorded(subject="edith", tool="dash-2009", answers={"1": ToolAnswer.YES})
    paused = AssessmentRecorded(
        subject="edith", tool="dash-2009", answers={"1": ToolAnswer.YES, "2": ToolAnswer.YES}
    )
    dara = AssessmentRecorded(
        subject="edith", tool="dara-2022", answers={"1": ToolAnswer.YES, "2": ToolAnswer.NO},
        last_marac_on=date(2026, 3, 2),
    )  # fmt: skip
    unknown = AssessmentRecorded(subject="edith", tool="dash-2040", answers={})
    story = of_cohort(
        Cohort.DOMESTIC_ABUSE, POLICE_DESK, "police-domestic-abuse", "high", first, paused, dara
    )
    story.admit(story.made(POLICE_DESK, unknown))
    assert shown(desk_of(SUPERVISOR, tmp_path, story)).people[0].told == (
        ("DASH", "2 of 27 yes"),
        ("DARA", "2 of 18 asked · repeat within 12 months of the last referral"),
        ("dash-2040", "There is no question set named dash-2040."),
    )


def test_an_operator_decides_nothing(tmp_path: Path) -> None:
    desk = desk_of(OPERATOR, tmp_path, contact().triaged())
    assert desk.me.role is Role.TRIAGE_OPERATOR
    assert not shown(desk).may_decide
    assert oversight.admission(desk, STREAM) is None


def test_a_person_of_concern_needs_no_name_to_be_shown(tmp_path: Path) -> None:
    story = contact()
    story.tell(OPERATOR, SubjectRecorded(subject="dean", aliases=("Dean",), relation="mother's partner"))
    assert "“Dean”" in [one.name for one in shown(consultant(tmp_path, story)).people]
