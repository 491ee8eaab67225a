"""What a hub's configuration answers, and which version of it is in force."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.domain.codes import Cohort, Rag
from mash_desktop.domain.configuration import Clock, FormerName, HubConfig, HubTimeline
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from mash_desktop.working_time import Limit
from tests.domain.story import with_blue

HUB = load_preset("staffordshire")
STAFFORDSHIRE, STOKE = "E10000028", "E06000021"
LAST_DAY, DAY_AFTER = date(2023, 3, 31), date(2023, 4, 1)
TODAY = date(2026, 11, 24)


def test_a_configuration_travels_as_json_and_comes_back_the_same() -> None:
    assert msgspec.json.decode(msgspec.json.encode(HUB), type=HubConfig) == HUB


def test_stoke_is_a_member_until_its_governance_separated() -> None:
    def members(on: date) -> set[str]:
        return {agency.id for agency in HUB.agencies_on(on)}

    assert {"sot-children", "sot-adults"} <= members(LAST_DAY)
    assert not {"sot-children", "sot-adults"} & members(DAY_AFTER)
    assert HUB.agency("sot-children").organisation == "Stoke-on-Trent City Council"


def test_stoke_staff_left_the_building_before_their_membership_ended() -> None:
    stoke = HUB.agency("sot-children")
    assert not stoke.virtual(date(2021, 6, 30))
    assert stoke.virtual(date(2021, 7, 1))
    assert not HUB.agency("police").virtual(TODAY)


def test_the_owner_follows_cohort_local_authority_and_day() -> None:
    assert HUB.owner_for(Cohort.CHILDREN, STAFFORDSHIRE, TODAY) == "scc-children"
    assert HUB.owner_for(Cohort.CHILDREN, STOKE, LAST_DAY) == "sot-children"
    assert HUB.owner_for(Cohort.ADULTS, STAFFORDSHIRE, TODAY) == "scc-adults"
    assert HUB.owner_for(Cohort.DOMESTIC_ABUSE, STOKE, TODAY) == "police"


@pytest.mark.parametrize("unknown", [None, ""])
def test_somebody_owns_a_concern_while_the_local_authority_is_unknown(unknown: str | None) -> None:
    assert HUB.owner_for(Cohort.CHILDREN, unknown, TODAY) == "scc-children"


def test_a_child_of_an_authority_that_left_has_no_owner_here() -> None:
    with pytest.raises(Refusal, match="no-owning-agency"):
        HUB.owner_for(Cohort.CHILDREN, STOKE, DAY_AFTER)


def test_older_names_are_told_by_date() -> None:
    probation = HUB.agency("probation")
    assert probation.name_on(date(2021, 6, 25)) == "National Probation Service"
    assert probation.name_on(date(2021, 6, 26)) == "Probation Service"
    team = HUB.agency("scc-children").team("scas")
    assert team.former_names == (FormerName("First Response"),)
    # The day of the change is not known, so the present name stands for every day.
    assert team.name_on(date(2019, 1, 1)) == "Staffordshire Children's Advice and Support"


def test_ladders_change_on_their_day() -> None:
    milton_keynes = load_preset("milton-keynes")
    before = milton_keynes.ladder(Cohort.CHILDREN, date(2026, 3, 31))
    after = milton_keynes.ladder(Cohort.CHILDREN, date(2026, 4, 1))
    assert "child_in_need" in before
    assert "child_in_need" not in after
    assert after.level("family_help").label == "Family help (early help and s17)"


def test_no_ladder_in_force_is_said() -> None:
    later = msgspec.structs.replace(HUB.ladders[0], since=date(2026, 1, 1))
    config = msgspec.structs.replace(HUB, ladders=(later,))
    with pytest.raises(Refusal, match=r"children on 31 Dec 2025\. \[no-ladder\]"):
        config.ladder(Cohort.CHILDREN, date(2025, 12, 31))


def test_the_direct_line_is_immediate_and_led_by_a_qualified_decision() -> None:
    direct = HUB.route("direct-line")
    assert direct.immediate
    assert direct.needs_qualified_decision
    assert HUB.receiver(direct, "scc-children") == "scc-children"


def test_a_route_that_names_no_agency_leads_to_the_owner() -> None:
    assert HUB.receiver(HUB.route("advice"), "police") == "police"


def test_routes_are_those_of_the_cohort_in_use_that_day() -> None:
    assert [route.id for route in HUB.routes_for(Cohort.DOMESTIC_ABUSE, TODAY)] == [
        "advice",
        "police-domestic-abuse",
    ]


def test_default_limits_are_four_hours_one_day_and_three_days() -> None:
    def limit(rag: Rag) -> Limit | None:
        return HUB.limit(Clock.DECISION, Cohort.ADULTS, TODAY, rag)

    assert limit(Rag.RED) == Limit(4, "working_hours", out_of_hours=True)
    assert limit(Rag.AMBER) == Limit(1, "working_days")
    assert limit(Rag.GREEN) == Limit(3, "working_days")


def test_statutory_limits_are_for_children() -> None:
    assert HUB.limit(Clock.ASSESSMENT, Cohort.CHILDREN, TODAY) == Limit(45, "working_days")
    assert HUB.limit(Clock.CONFERENCE, Cohort.CHILDREN, TODAY) == Limit(15, "working_days")
    assert HUB.limit(Clock.ACKNOWLEDGE, Cohort.CHILDREN, TODAY) == Limit(1, "working_days")
    assert HUB.limit(Clock.ASSESSMENT, Cohort.ADULTS, TODAY) is None


def test_a_hub_may_leave_a_clock_untimed() -> None:
    assert load_preset("milton-keynes").limit(Clock.RETURN, Cohort.CHILDREN, TODAY, Rag.GREEN) is None


def test_blue_is_offered_where_the_hub_has_a_row_for_it_on_that_day_and_is_untimed() -> None:
    usual = (Rag.RED, Rag.AMBER, Rag.GREEN)
    assert HUB.ratings(Cohort.DOMESTIC_ABUSE, TODAY) == usual
    surrey = with_blue(HUB, Cohort.DOMESTIC_ABUSE)
    assert surrey.ratings(Cohort.DOMESTIC_ABUSE, TODAY) == (*usual, Rag.BLUE)
    assert surrey.ratings(Cohort.CHILDREN, TODAY) == usual
    for clock in (Clock.DECISION, Clock.RETURN):
        assert surrey.limit(clock, Cohort.DOMESTIC_ABUSE, TODAY, Rag.BLUE) is None
    *others, row = surrey.clocks
    ended = msgspec.structs.replace(row, until=date(2026, 1, 31))
    over = msgspec.structs.replace(surrey, clocks=(*others, ended))
    assert over.ratings(Cohort.DOMESTIC_ABUSE, TODAY) == usual


def test_the_signer_is_the_owning_agencys_decision_maker() -> None:
    assert HUB.decision_makers(Cohort.CHILDREN) == {Role.CONSULTANT_SOCIAL_WORKER}
    assert HUB.decision_makers(Cohort.ADULTS) == {Role.SAFEGUARDING_MANAGER}
    assert HUB.decision_makers(Cohort.DOMESTIC_ABUSE) == {Role.POLICE_SUPERVISOR}


def test_guidance_has_editions() -> None:
    edition_2023, edition_2026 = HUB.guidance_on(date(2026, 3, 18)), HUB.guidance_on(TODAY)
    assert edition_2023 is not None
    assert edition_2023.edition == "2023"
    assert edition_2026 is not None
    assert edition_2026.edition == "2026"
    assert HUB.guidance_on(date(2010, 1, 1)) is None


def test_question_sets_in_use_are_told_by_date() -> None:
    assert HUB.question_sets_on(date(2020, 1, 1)) == ("dash-2009",)
    assert HUB.question_sets_on(TODAY) == ("dash-2009", "dara-2022")


def test_law_is_in_force_from_its_day() -> None:
    assert not HUB.legitimate_interest_in_force(date(2026, 2, 4))
    assert HUB.legitimate_interest_in_force(date(2026, 2, 5))
    assert not HUB.sharing_duty_in_force(TODAY)


def test_areas_know_the_authority_with_social_care_duties() -> None:
    assert HUB.area("E07000192").authority == STAFFORDSHIRE
    assert {area.gss for area in HUB.local_authorities(TODAY)} == {STAFFORDSHIRE, STOKE}


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda: HUB.agency("fire"), "unknown-agency"),
        (lambda: HUB.agency("police").team("dogs"), "unknown-team"),
        (lambda: HUB.route("nowhere"), "unknown-route"),
        (lambda: HUB.area("E99999999"), "unknown-area"),
        (lambda: HUB.ladders[0].level("worse"), "unknown-level"),
    ],
)
def test_what_the_hub_does_not_have_is_refused_by_name(ask: object, code: str) -> None:
    assert callable(ask)
    with pytest.raises(Refusal) as refused:
        ask()
    assert refused.value.code == code


def version(name: str) -> HubConfig:
    return msgspec.structs.replace(HUB, name=name)


def test_a_hub_without_configuration_says_so() -> None:
    with pytest.raises(Refusal, match="no-configuration"):
        HubTimeline(()).at(None)


def test_pending_entries_take_the_latest_version() -> None:
    timeline = HubTimeline(((1, version("first")), (9, version("second"))))
    assert timeline.at(None).name == "second"


def test_a_position_before_any_version_takes_the_first() -> None:
    assert HubTimeline(((5, version("first")),)).at(2).name == "first"


@given(st.sets(st.integers(1, 50), min_size=1), st.integers(1, 60))
def test_a_position_takes_the_last_version_admitted_by_then(admitted: set[int], position: int) -> None:
    timeline = HubTimeline(tuple((at, version(str(at))) for at in sorted(admitted)))
    earlier = [at for at in admitted if at <= position]
    assert timeline.at(position).name == str(max(earlier) if earlier else min(admitted))


def test_a_day_is_over_at_the_hubs_midnight() -> None:
    hub = load_preset("staffordshire")
    assert hub.end_of(date(2026, 6, 30)) == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert hub.end_of(date(2026, 12, 31)) == datetime(2027, 1, 1, tzinfo=UTC)
