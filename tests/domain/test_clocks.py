"""The clocks of a referral by the wall clock of the hub, open 8:30 to 17:00 and on Fridays to 16:30."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mash_desktop.domain.clocks import (
    acknowledgement_due,
    assessment_due,
    conference_due,
    decision_due,
    due,
    handover_due,
    returns_due,
)
from mash_desktop.domain.codes import ContactChannel, Rag, SourceOfContact
from mash_desktop.domain.configuration import HubConfig, HubTimeline
from mash_desktop.domain.entries import decode
from mash_desktop.domain.entries.contact import ContactCorrected, ContactOpened
from mash_desktop.domain.entries.gathering import RequestMade
from mash_desktop.domain.entries.outcome import HandoverMade
from mash_desktop.domain.entries.triage import RagRated, StrategyHeld
from mash_desktop.domain.fold import Referral, Stage, fold
from mash_desktop.domain.fold.handover import handovers
from mash_desktop.working_time import Limit

from .refusing import but
from .stories import OneVictim, at, overseeing, triaging
from .story import CONSULTANT, MANAGER, OPERATOR, Story, staffordshire, with_blue

LONDON = ZoneInfo("Europe/London")


def wall(text: str) -> datetime:
    return datetime.strptime(text, "%d %b %Y %H:%M").replace(tzinfo=LONDON).astimezone(UTC)


def say(at: datetime | None) -> str:
    return f"{at.astimezone(LONDON):%a %-d %b %Y %H:%M}" if at is not None else "untimed"


def rated(admitted: str, *ratings: Rag, config: HubConfig | None = None) -> Referral:
    """A child's referral admitted at that moment and rated so, one rating after the other."""
    story = Story(config=config)
    story.now = wall(admitted) - timedelta(hours=1)
    opening = at(Stage.CONTACT).entries[0].body
    assert isinstance(opening, ContactOpened)
    story.tell(OPERATOR, but(opening, received_at=story.now))
    story.tell(OPERATOR, *(one.body for one in at(Stage.CONTACT).entries[1:]))
    story.triaged()
    story.now = wall(admitted) - timedelta(minutes=1)
    story.admitted()
    for rag in ratings:
        story.tell(MANAGER, RagRated(rag=rag, reason="As things stand."))
    return story.referral


# --- the decision, by the rating


@pytest.mark.parametrize(
    ("admitted", "rag", "expected"),
    [
        ("12 Nov 2026 09:50", Rag.RED, "Thu 12 Nov 2026 13:50"),
        ("12 Nov 2026 09:50", Rag.AMBER, "Fri 13 Nov 2026 09:50"),
        ("12 Nov 2026 09:50", Rag.GREEN, "Tue 17 Nov 2026 09:50"),
        ("13 Nov 2026 16:00", Rag.RED, "Fri 13 Nov 2026 20:00"),
        ("13 Nov 2026 16:00", Rag.AMBER, "Mon 16 Nov 2026 16:00"),
        ("24 Dec 2026 16:00", Rag.AMBER, "Tue 29 Dec 2026 16:00"),
        ("24 Dec 2026 10:00", Rag.GREEN, "Thu 31 Dec 2026 10:00"),
        ("24 Dec 2026 23:30", Rag.RED, "Fri 25 Dec 2026 03:30"),
        ("25 Mar 2027 16:00", Rag.AMBER, "Tue 30 Mar 2027 16:00"),
    ],
)
def test_a_decision_is_due_by_the_rating_in_hub_time(admitted: str, rag: Rag, expected: str) -> None:
    assert say(decision_due(rated(admitted, rag))) == expected


@pytest.mark.parametrize(
    ("admitted", "expected"),
    [
        ("27 Mar 2027 22:30", "Sun 28 Mar 2027 03:30"),
        ("30 Oct 2027 22:30", "Sun 31 Oct 2027 01:30"),
        ("31 Oct 2027 00:30", "Sun 31 Oct 2027 03:30"),
    ],
)
def test_a_red_of_the_night_on_which_the_clocks_change_has_its_four_hours(
    admitted: str, expected: str
) -> None:
    due_at = decision_due(rated(admitted, Rag.RED))
    assert say(due_at) == expected
    assert due_at == wall(admitted) + timedelta(hours=4)


def test_over_a_change_of_the_clocks_a_working_day_ends_at_the_same_time_of_day() -> None:
    assert say(decision_due(rated("25 Mar 2027 10:00", Rag.AMBER))) == "Tue 30 Mar 2027 10:00"
    assert say(decision_due(rated("22 Oct 2027 10:00", Rag.AMBER))) == "Mon 25 Oct 2027 10:00"
    assert say(decision_due(rated("29 Oct 2027 10:00", Rag.AMBER))) == "Mon 1 Nov 2027 10:00"


def test_a_blue_rating_has_no_clock_of_any_kind() -> None:
    referral = rated("12 Nov 2026 09:50", Rag.RED, Rag.BLUE, config=with_blue(staffordshire()))
    assert say(decision_due(referral)) == "untimed"
    assert returns_due(referral, wall("12 Nov 2026 10:00")) is None
    assert say(decision_due(referral, first=True)) == "Thu 12 Nov 2026 13:50"


def test_a_rating_raised_runs_from_admission_and_the_first_is_still_known() -> None:
    referral = rated("12 Nov 2026 09:50", Rag.GREEN, Rag.RED)
    assert say(decision_due(referral)) == "Thu 12 Nov 2026 13:50"
    assert say(decision_due(referral, first=True)) == "Tue 17 Nov 2026 09:50"


def test_a_limit_is_the_one_that_was_in_force_when_the_rating_was_made() -> None:
    story = at(Stage.ADMITTED)
    story.tell(MANAGER, RagRated(rag=Rag.RED, reason="He is at home."))
    changed = but(
        story.config,
        clocks=tuple(
            but(row, limit=Limit(2, "hours")) if row.rag is Rag.RED else row for row in story.config.clocks
        ),
    )
    later = HubTimeline(((1, story.config), (len(story.entries) + 2, changed)))
    before = decision_due(fold(story.entries, later, whole=True))
    assert before == decision_due(story.referral)
    story.timeline, story.config = later, changed
    story.tell(MANAGER, RagRated(rag=Rag.AMBER, reason="He has been arrested."))
    story.tell(MANAGER, RagRated(rag=Rag.RED, reason="He has been released."))
    admitted = story.referral.admitted
    assert admitted is not None
    assert decision_due(story.referral) == admitted.made_at + timedelta(hours=2)
    assert decision_due(story.referral, first=True) == before


def test_without_admission_or_rating_nothing_is_due() -> None:
    for stage in (Stage.NONE, Stage.CONTACT, Stage.ADMITTED):
        assert decision_due(at(stage).referral) is None
    assert due(staffordshire(), wall("12 Nov 2026 09:50"), None) is None


# --- returns


def test_a_return_is_due_by_the_rating_under_which_it_was_asked() -> None:
    story = at(Stage.RATED)
    asked = wall("12 Nov 2026 14:20")
    assert say(returns_due(story.referral, asked)) == "Fri 13 Nov 2026 09:50"
    assert returns_due(at(Stage.ADMITTED).referral, asked) is None
    part = fold(
        [one for one in at(Stage.GATHERING).entries if isinstance(one.body, RequestMade)], story.timeline
    )
    assert say(returns_due(part, asked)) == "Fri 13 Nov 2026 09:50", (
        "the agency that was asked reckons the same"
    )


# --- the word to the referrer


def test_a_social_worker_decides_within_a_working_day_of_receipt() -> None:
    story = at(Stage.CONTACT)
    assert say(acknowledgement_due(story.referral)) == "Fri 13 Nov 2026 13:58"
    story.tell(
        OPERATOR,
        ContactCorrected(
            source=SourceOfContact.SCHOOLS,
            channel=ContactChannel.PHONE,
            received_at=wall("12 Nov 2026 09:15"),
        ),
    )
    assert say(acknowledgement_due(story.referral)) == "Fri 13 Nov 2026 09:15"
    assert acknowledgement_due(at(Stage.NONE).referral) is None


def test_an_adults_contact_has_no_such_clock_unless_the_hub_says_so() -> None:
    assert acknowledgement_due(OneVictim().taken().referral) is None


# --- what follows


def test_the_assessment_takes_45_working_days_from_the_act_that_made_it_a_referral() -> None:
    referral = rated("12 Nov 2026 11:00")
    assert referral.triaged is not None
    assert say(referral.triaged.made_at) == "Thu 12 Nov 2026 10:03"
    assert say(assessment_due(referral)) == "Tue 19 Jan 2027 10:03"
    assert assessment_due(at(Stage.CONTACT).referral) is None


def test_the_assessment_of_a_child_who_is_sent_on_a_route_runs_without_an_admission() -> None:
    story = at(Stage.CONTACT)
    story.now = wall("12 Nov 2026 10:59")
    story.tell(OPERATOR, triaging("child_in_need", "advice"))
    assert assessment_due(story.referral) is None, "advice makes no referral"
    story.now = wall("13 Nov 2026 10:59")
    story.tell(CONSULTANT, but(overseeing("reroute"), route="social-work-gateway"))
    assert say(assessment_due(story.referral)) == "Wed 20 Jan 2027 11:00"
    story.now = wall("16 Nov 2026 10:59")
    story.tell(OPERATOR, triaging("child_in_need", "social-work-gateway"))
    assert say(assessment_due(story.referral)) == "Wed 20 Jan 2027 11:00", "it has been one since"
    story.tell(CONSULTANT, but(overseeing("reroute"), route="advice"))
    assert assessment_due(story.referral) is None, "and is none any more"


def test_where_every_concern_is_a_referral_its_assessment_runs_from_receipt() -> None:
    story = at(Stage.TRIAGED)
    config = but(story.config, everything_is_referral=True)
    referral = fold(story.entries, HubTimeline(((0, config),)), whole=True)
    assert say(referral.received_at) == "Thu 12 Nov 2026 13:58"
    assert say(assessment_due(referral)) == "Tue 19 Jan 2027 13:58"


def test_the_conference_comes_15_working_days_after_the_discussion_that_started_the_enquiry() -> None:
    story = at(Stage.TRIAGED)
    held = StrategyHeld(
        present=("scc-children", "police", "mpft"),
        decision="no_s47",
        subjects=("mia",),
        reason="An old injury.",
        seen_by="Today",
    )
    story.now = wall("12 Nov 2026 15:59")
    story.tell(CONSULTANT, held)
    assert conference_due(story.referral) is None
    story.now = wall("18 Dec 2026 10:59")
    story.tell(CONSULTANT, but(held, decision="s47_joint"))
    assert say(conference_due(story.referral)) == "Wed 13 Jan 2027 11:00"
    story.tell(CONSULTANT, but(held, decision="s47_single"))
    assert say(conference_due(story.referral)) == "Wed 13 Jan 2027 11:00", "by the first that started it"
    story.tell(CONSULTANT, but(held, decision="s47_joint", held_at=wall("17 Dec 2026 16:00")))
    assert say(conference_due(story.referral)) == "Tue 12 Jan 2027 16:00", "by when it was held"


def test_a_strategy_discussion_of_version_1_was_held_when_it_was_recorded() -> None:
    raw = (
        b'{"decision":"s47_joint","present":["scc-children","police","mpft"],"reason":"Two injuries.",'
        b'"seen_by":"Tonight","subjects":["mia"]}'
    )
    story = at(Stage.TRIAGED)
    story.now = wall("18 Dec 2026 10:59")
    story.tell(CONSULTANT, decode("strategy.held", 1, raw))
    assert say(conference_due(story.referral)) == "Wed 13 Jan 2027 11:00"


def test_a_hand_over_at_close_rings_an_hour_later_the_hub_being_shut() -> None:
    story = at(Stage.RATED)
    story.now = wall("13 Nov 2026 16:29")
    story.tell(MANAGER, HandoverMade(handover="h", team="emergency-duty", words="See Mia tonight."))
    (left,) = handovers(story.referral).values()
    assert say(handover_due(story.referral, left)) == "Fri 13 Nov 2026 17:30"


def test_nothing_is_due_where_the_cohort_is_not_known() -> None:
    story = at(Stage.RATED)
    part = fold([one for one in story.entries if not isinstance(one.body, ContactOpened)], story.timeline)
    assert part.cohort is None
    assert decision_due(part) is None
