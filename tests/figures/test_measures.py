"""Each figure counts and times what its definition says, on referrals as they were worked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.codes import Cohort, ContactChannel, EscalationStage, Rag, SourceOfContact
from mash_desktop.domain.configuration import HubTimeline
from mash_desktop.domain.entries.contact import ConcernRecorded, ContactOpened, SubjectRecorded
from mash_desktop.domain.entries.outcome import EscalationRaised, EscalationResolved, FeedbackGiven
from mash_desktop.domain.entries.triage import ContactTriaged, RagRated, SubjectLevel
from mash_desktop.domain.fold import fold
from mash_desktop.domain.ladders import Movement
from mash_desktop.figures import Case, Figures, Group, by_group, case_of, measure
from mash_desktop.figures.measures import rate, repeat_streams, share
from tests.domain.story import (
    CONSULTANT,
    MANAGER,
    OPERATOR,
    START,
    Story,
    staffordshire,
    whole_story,
    with_blue,
)

NOW = START + timedelta(days=30)


def case(story: Story) -> Case:
    return case_of(story.referral)


def figures(*stories: Story, now: datetime = NOW) -> Figures:
    return measure([case(story) for story in stories], now, frozenset())


def opened(**changed: object) -> ContactOpened:
    body = ContactOpened(
        cohort=Cohort.CHILDREN,
        source=SourceOfContact.SCHOOLS,
        channel=ContactChannel.PHONE,
        received_at=START,
        local_authority="E10000028",
        owner="scc-children",
    )
    return msgspec.structs.replace(body, **changed)


def advised() -> Story:
    """A contact that ends in information and advice."""
    story = Story("referral:advice", first=900)
    story.tell(OPERATOR, opened())
    story.tell(
        OPERATOR,
        ConcernRecorded(account="a", words="A question about nursery places."),
        SubjectRecorded(subject="ana", forenames="Ana", of_concern=True),
    )
    story.tell(
        OPERATOR,
        ContactTriaged(
            route="advice",
            levels=(SubjectLevel("ana", "advice"),),
            rationale="No concern.",
            history_searched=True,
            immediate_danger=False,
        ),
    )
    return story


def test_demand_counts_contacts_and_those_that_became_referrals() -> None:
    found = figures(Story().taken(), advised(), Story("referral:2", first=300).taken().triaged())
    assert (found.contacts, found.referrals, found.threshold_met, found.admitted) == (3, 1, 1, 0)


def test_a_hub_may_make_every_concern_a_referral() -> None:
    every = msgspec.structs.replace(Story().config, everything_is_referral=True)
    story = Story(config=every).taken()
    assert case(story).is_referral


def test_below_the_threshold_a_referral_is_counted_and_not_as_one_that_meets_it() -> None:
    found = figures(Story().taken().triaged("early_help", "early-help-gateway"))
    assert (found.referrals, found.threshold_met) == (1, 0)


def test_cases_shared_are_those_admitted_of_those_that_meet_the_threshold() -> None:
    found = figures(Story().taken().triaged().admitted(), Story("referral:2", first=300).taken().triaged())
    assert (found.threshold_met, found.admitted) == (2, 1)
    assert share(found.admitted, found.threshold_met) == 0.5
    assert share(0, 0) is None


def test_times_are_in_hours_that_the_hub_was_open() -> None:
    story = Story().taken()
    # Received on Thursday 12 November at 13:58; the hub closes at 17:00 and opens on Friday at 08:30.
    story.now = datetime(2026, 11, 13, 9, 29, tzinfo=UTC)
    story.triaged()
    triage = figures(story).triage
    assert (triage.count, triage.median) == (1, timedelta(hours=4, minutes=2))


def test_a_decision_is_timed_from_admission_to_signature() -> None:
    found = figures(whole_story())
    assert (found.decided, found.within, found.within_first, found.overdue) == (1, 1, 1, 0)
    assert found.decision.median is not None
    assert timedelta(minutes=5) < found.decision.median < timedelta(minutes=20)


def test_the_limit_of_the_first_rating_and_that_of_the_last_are_told_apart() -> None:
    story = Story().taken().triaged().admitted()
    story.tell(MANAGER, RagRated(rag=Rag.RED, reason="A baby in the house."))
    story.now += timedelta(hours=5)
    story.tell(MANAGER, RagRated(rag=Rag.GREEN, reason="The baby is with her grandmother."))
    story.asked().answered().tabled().drafted().signed()
    found = figures(story)
    assert (found.decided, found.within, found.within_first) == (1, 1, 0)


def test_what_is_untimed_was_neither_in_time_nor_late_and_is_in_no_share_of_either() -> None:
    story = Story(config=with_blue(staffordshire())).taken().triaged().admitted()
    story.tell(MANAGER, RagRated(rag=Rag.BLUE, reason="Everybody is safe, and nothing presses."))
    assert figures(story.asked(), now=story.now + timedelta(days=90)).overdue == 0
    assert figures(story, now=story.now + timedelta(days=90)).unreturned == 0
    story.now += timedelta(days=30)
    found = figures(story.answered().tabled().drafted().signed())
    assert (found.decided, found.timed, found.timed_first) == (1, 0, 0)
    assert (found.within, found.within_first) == (0, 0)
    assert (found.returned, found.returned_timed, found.returned_timed_first) == (2, 0, 0)
    assert share(found.within, found.timed + found.overdue) is None


def test_rating_it_blue_afterwards_takes_nothing_from_what_the_first_rating_says() -> None:
    story = Story(config=with_blue(staffordshire())).taken().triaged().admitted()
    story.tell(MANAGER, RagRated(rag=Rag.RED, reason="A baby in the house."))
    story.now += timedelta(hours=5)
    story.tell(MANAGER, RagRated(rag=Rag.BLUE, reason="The baby is with her grandmother."))
    found = figures(story.asked().answered().tabled().drafted().signed())
    assert (found.timed, found.within, found.timed_first, found.within_first) == (0, 0, 1, 0)


def test_an_open_case_past_its_limit_is_counted_as_overdue() -> None:
    story = Story().taken().triaged().admitted().rated()
    assert figures(story, now=story.now).overdue == 0
    assert figures(story, now=story.now + timedelta(days=5)).overdue == 1


def test_returns_are_timed_and_late_ones_told() -> None:
    story = Story().taken().triaged().admitted().rated().asked()
    early = figures(story, now=story.now)
    assert (early.asked, early.returned, early.unreturned) == (2, 0, 0)
    late = figures(story, now=story.now + timedelta(days=5))
    assert late.unreturned == 2
    found = figures(story.answered())
    assert (found.returned, found.returned_within, found.returned_within_first) == (2, 2, 2)
    assert found.answer.count == 2


def test_outcomes_are_per_person_against_the_level_at_admission() -> None:
    found = figures(whole_story())
    assert (found.people_decided, found.up, found.confirmed, found.down, found.not_compared) == (
        2,
        1,
        1,
        0,
        0,
    )
    assert (found.people_admitted, found.changed_by_oversight) == (2, 0)


def test_a_change_by_oversight_is_counted_apart_from_stepping_up() -> None:
    story = Story().taken().triaged("early_help", "early-help-gateway").admitted()
    found = figures(story)
    assert (found.changed_by_oversight, found.up) == (2, 0)


def test_a_referrer_is_told_or_not_once_there_is_an_outcome() -> None:
    assert case(Story().taken()).told is None
    signed = Story().taken().triaged().admitted().rated().asked().answered().tabled().drafted().signed()
    assert case(signed).told is False
    signed.tell(CONSULTANT, FeedbackGiven(not_given="Anonymous."))
    assert case(signed).told is False
    signed.tell(CONSULTANT, FeedbackGiven(how="Telephoned Mrs Marsh."))
    assert case(signed).told is True


def test_escalations_are_counted_and_those_that_are_open() -> None:
    story = Story().taken().triaged().admitted()
    for number in ("e1", "e2"):
        story.tell(
            MANAGER,
            EscalationRaised(
                escalation=number,
                stage=EscalationStage("1"),
                parties=("police", "mpft"),
                words="Whether the children may go home.",
                interim_safety="They stay at school until five.",
            ),
        )
    story.tell(MANAGER, EscalationResolved(escalation="e1", result="Agreed."))
    found = figures(story)
    assert (found.escalations, found.escalations_open) == (2, 1)


def repeated(second_at: datetime) -> tuple[Case, Case]:
    first = case(Story("referral:1").taken().triaged())
    second = msgspec.structs.replace(first, stream="referral:2", received_at=second_at)
    return first, second


@pytest.mark.parametrize(
    ("second_at", "repeats"),
    [
        (START + timedelta(days=200), True),
        (START.replace(year=2027), True),
        (START.replace(year=2027) + timedelta(minutes=1), False),
    ],
)
def test_a_repeat_is_at_most_twelve_months_after_the_one_before(second_at: datetime, repeats: bool) -> None:
    first, second = repeated(second_at)
    people = {("referral:1", "mia"): "identity:mia", ("referral:2", "tyler"): "identity:mia"}
    assert repeat_streams([first, second], people) == ({"referral:2"} if repeats else frozenset())


def test_another_person_is_no_repeat() -> None:
    first, second = repeated(START + timedelta(days=1))
    people = {("referral:1", "mia"): "identity:mia", ("referral:2", "mia"): "identity:another"}
    assert repeat_streams([first, second], people) == frozenset()


def test_an_earlier_referral_that_the_operator_named_makes_a_repeat() -> None:
    first, second = repeated(START + timedelta(days=1))
    named = msgspec.structs.replace(second, previous="referral:1")
    assert repeat_streams([first, named], {}) == {"referral:2"}


def test_an_earlier_contact_that_never_became_a_referral_makes_no_repeat() -> None:
    first, second = repeated(START + timedelta(days=1))
    asked = msgspec.structs.replace(first, is_referral=False)
    people = {("referral:1", "mia"): "identity:mia", ("referral:2", "mia"): "identity:mia"}
    assert repeat_streams([asked, second], people) == frozenset()


def test_groups_are_those_at_entry_and_unknown_is_one_of_them() -> None:
    known, unknown = Story().taken(), Story("referral:2", first=300)
    unknown.tell(OPERATOR, opened(local_authority=""))
    found = by_group([case(known), case(unknown)], NOW, frozenset())
    assert list(found) == [Group("", "children"), Group("E10000028", "children")]


def test_the_ninetieth_is_a_value_that_nine_in_ten_do_not_exceed() -> None:
    first = case(Story().taken().triaged())
    assert first.received_at is not None
    opens = datetime(2026, 11, 16, 8, 30, tzinfo=UTC)
    cases = [
        msgspec.structs.replace(first, received_at=opens, triaged_at=opens + timedelta(minutes=minutes))
        for minutes in range(10, 110, 10)
    ]
    triage = measure(cases, NOW, frozenset()).triage
    assert (triage.median, triage.ninetieth) == (timedelta(minutes=55), timedelta(minutes=90))


def test_rates_are_per_ten_thousand_people() -> None:
    assert rate(42, 168_000) == 2.5
    assert rate(42, None) is None


STEPS = len(whole_story().entries)


@given(st.sets(st.integers(0, STEPS - 1)))
def test_any_part_of_a_referral_can_be_counted(held: set[int]) -> None:
    story = whole_story()
    entries = [entry for at, entry in enumerate(story.entries) if at in held]
    part = case_of(fold(entries, HubTimeline(((1, story.config),))))
    found = measure([part], NOW, frozenset())
    assert 0 <= found.admitted <= found.threshold_met <= found.referrals <= found.contacts <= 1
    assert found.decided + found.overdue <= found.admitted
    assert found.returned + found.unreturned <= found.asked
    assert found.up + found.down + found.confirmed + found.not_compared == found.people_decided
    assert set(part.movements) <= {*Movement, None}
