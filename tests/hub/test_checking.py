"""Checking a configuration: one thing is spoiled at a time, and it is found where it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from mash_desktop.domain.codes import AgencyKind, Cohort, Rag, RetentionAction
from mash_desktop.domain.configuration import (
    Clock,
    HubConfig,
    QuestionSetChoice,
    RetentionRow,
    SearchOptions,
)
from mash_desktop.domain.law import Article6, Gateway
from mash_desktop.domain.roles import Role
from mash_desktop.hub import check, load_preset, owed
from tests.domain.story import with_blue

HUB = load_preset("staffordshire")
BACKWARDS = {"since": date(2026, 1, 2), "until": date(2026, 1, 1)}
Spoil = Callable[[HubConfig], HubConfig]


def replaced(**changes: object) -> Spoil:
    return lambda config: msgspec.structs.replace(config, **changes)


def spoiled(table: str, number: int, **changes: object) -> Spoil:
    """One row of a table with some fields changed."""

    def spoil(config: HubConfig) -> HubConfig:
        rows = list(getattr(config, table))
        rows[number] = msgspec.structs.replace(rows[number], **changes)
        return msgspec.structs.replace(config, **{table: tuple(rows)})

    return spoil


def twice(table: str) -> Spoil:
    return lambda config: msgspec.structs.replace(
        config, **{table: (*getattr(config, table), getattr(config, table)[0])}
    )


def oversight(**changes: object) -> Spoil:
    return replaced(oversight=msgspec.structs.replace(HUB.oversight, **changes))


def without(table: str, keep: Callable[[object], bool]) -> Spoil:
    return lambda config: msgspec.structs.replace(
        config, **{table: tuple(row for row in getattr(config, table) if keep(row))}
    )


def at(table: str, id: str) -> int:
    return next(number for number, row in enumerate(getattr(HUB, table)) if row.id == id)


SCC, DIRECT = at("agencies", "scc-children"), at("routes", "direct-line")
TEAMS = HUB.agencies[SCC].teams


@pytest.mark.parametrize(
    ("spoil", "field", "words"),
    [
        (replaced(name="  "), "name", "may not be empty"),
        (replaced(offline_lease_hours=0), "offline_lease_hours", "at least one"),
        (replaced(break_glass_roles=()), "break_glass_roles", "at least one role"),
        (replaced(break_glass_roles=(Role.ADMINISTRATOR,)), "break_glass_roles", "sees case content"),
        (replaced(search=SearchOptions(likely_score=0.5)), "search", "no lower than"),
        (replaced(guidance=()), "guidance", "No edition"),
        (twice("agencies"), "agencies", "mash is used 2 times"),
        (without("agencies", lambda _: False), "agencies", "No agency is a member"),
        (spoiled("agencies", SCC, **BACKWARDS), "agencies.scc-children", "ends before it begins"),
        (spoiled("agencies", SCC, successor="x"), "agencies.scc-children.successor", "no agency named x"),
        (
            spoiled("agencies", SCC, areas=("E1",)),
            "agencies.scc-children.areas",
            "no local authority named E1",
        ),
        (spoiled("agencies", SCC, teams=TEAMS + TEAMS[:1]), "agencies.scc-children.teams", "scas is used"),
        (
            spoiled("agencies", SCC, teams=(msgspec.structs.replace(TEAMS[0], **BACKWARDS),)),
            "agencies.scc-children.teams.scas",
            "ends before it begins",
        ),
        (twice("areas"), "areas", "E10000028 is used 2 times"),
        (without("areas", lambda _: False), "areas", "at least one local authority"),
        (spoiled("areas", 0, **BACKWARDS), "areas.E10000028", "ends before it begins"),
        (spoiled("areas", 2, authority="E1"), "areas.E07000192.authority", "no local authority named E1"),
        (spoiled("areas", 2, successor="E1"), "areas.E07000192.successor", "no area named E1"),
        (spoiled("owning", 0, agency="x"), "owning.0.agency", "no agency named x"),
        (spoiled("owning", 0, authorities=("E1",)), "owning.0.authorities", "no local authority named E1"),
        (spoiled("owning", 0, unknown_too=False), "owning", "Nobody owns children"),
        (twice("owning"), "owning: children of E10000028", "Two are in force"),
        (twice("ladders"), "ladders", "children is used 2 times"),
        (spoiled("ladders", 0, levels=()), "ladders.children.levels", "A ladder has levels"),
        (
            spoiled("ladders", 0, levels=HUB.ladders[0].levels[::-1]),
            "ladders.children.levels",
            "ranks above the one before it",
        ),
        (spoiled("ladders", 0, thresholds=("x",)), "ladders.children.thresholds", "no level named x"),
        (spoiled("ladders", 0, thresholds=()), "ladders.children.thresholds", "at least one level"),
        (spoiled("ladders", 0, until=date(2020, 1, 1)), "ladders", "is in force for children"),
        (spoiled("ladders", 1, cohort=Cohort.CHILDREN), "ladders of children", "Two are in force"),
        (twice("routes"), "routes", "advice is used 2 times"),
        (spoiled("routes", 0, key="Alt 5"), "routes.key", "Alt 5 is used 2 times"),
        (spoiled("routes", DIRECT, key="Alt 9"), "routes.direct-line.key", "pressed twice"),
        (spoiled("routes", 0, key="Alt 9, Alt 9"), "routes.advice.key", "and no other"),
        (spoiled("routes", DIRECT, telephone="ext"), "routes.direct-line.telephone", "phone number"),
        (spoiled("routes", DIRECT, agency="x"), "routes.direct-line.agency", "no agency named x"),
        (spoiled("routes", DIRECT, team="x"), "routes.direct-line.team", "no team named x"),
        (spoiled("routes", DIRECT, agency=None), "routes.direct-line.team", "no team named child-protection"),
        (
            spoiled("routes", DIRECT, indicative_level="s42_enquiry"),
            "routes.direct-line.indicative_level",
            "no level named s42_enquiry",
        ),
        (
            without("routes", lambda route: getattr(route, "id", "").startswith("adult")),
            "routes",
            "no route out of triage for children",
        ),
        (spoiled("clocks", 0, **BACKWARDS), "clocks.0", "ends before it begins"),
        (spoiled("clocks", 0, rag=None), "clocks.0.rag", "limited by rating"),
        (spoiled("clocks", 0, cohorts=(Cohort.ADULTS,)), "clocks.decision.red", "Give children a limit"),
        (spoiled("clocks", 0, rag=Rag.AMBER), "clocks.decision.amber", "Two are in force"),
        (spoiled("clocks", 7, clock=Clock.CONFERENCE), "clocks.conference", "Two are in force"),
        (spoiled("clocks", 0, rag=Rag.BLUE), "clocks.0.limit", "Blue is untimed"),
        (oversight(levels=("x",)), "oversight.levels", "no level named x"),
        (oversight(sampled_percent=101), "oversight.sampled_percent", "between 0 and 100"),
        (oversight(decision_makers=()), "oversight.decision_makers", "Nobody may decide for children"),
        (
            oversight(decision_makers=((Cohort.CHILDREN, Role.TRIAGE_OPERATOR),)),
            "oversight.decision_makers",
            "signs decisions",
        ),
        (
            replaced(required_strategy_agencies=((AgencyKind.OTHER,),)),
            "required_strategy_agencies",
            "must be present",
        ),
        (spoiled("lawfulness", 0, **BACKWARDS), "lawfulness.0", "ends before it begins"),
        (
            spoiled("lawfulness", 0, gateways=(Gateway.CARE_ACT_2014_S42,)),
            "lawfulness.0",
            "Care Act 2014 s42 does not cover children",
        ),
        (
            spoiled("lawfulness", 0, article6=(Article6.RECOGNISED_LEGITIMATE_INTEREST,)),
            "lawfulness.0",
            "not open to a public authority",
        ),
        (spoiled("retention", 0, years=None), "retention.0.years", "have a period"),
        (
            replaced(
                retention=(
                    RetentionRow(
                        record="contact",
                        label="Contact",
                        trigger=HUB.retention[0].trigger,
                        action=RetentionAction.KEEP,
                        years=6,
                    ),
                )
            ),
            "retention.0.years",
            "keeping has none",
        ),
        (
            replaced(question_sets=(QuestionSetChoice(question_set="dash-1999"),)),
            "question_sets.0",
            "no question set named dash-1999",
        ),
    ],
)
def test_what_makes_no_sense_is_found_where_it_is(spoil: Spoil, field: str, words: str) -> None:
    found = check(spoil(HUB))
    assert any(one.field == field and words in one.sentence for one in found), found


def test_a_hub_may_offer_blue_to_all_or_to_one_cohort_or_to_none() -> None:
    assert check(HUB) == check(with_blue(HUB)) == check(with_blue(HUB, Cohort.DOMESTIC_ABUSE)) == []


def test_law_of_another_day_is_checked_on_its_first_day() -> None:
    soon, past = date(2027, 4, 1), date(2020, 1, 1)
    rows = (
        msgspec.structs.replace(HUB.lawfulness[0], since=soon),
        msgspec.structs.replace(HUB.lawfulness[0], until=past, gateways=(Gateway.CARE_ACT_2014_S42,)),
    )
    assert check(msgspec.structs.replace(HUB, lawfulness=rows)) == []


def test_what_is_kept_for_ever_has_no_period() -> None:
    row = msgspec.structs.replace(HUB.retention[0], action=RetentionAction.KEEP, years=None)
    assert check(msgspec.structs.replace(HUB, retention=(row,))) == []


def test_a_direct_line_without_a_number_is_owed_one_as_long_as_it_is_in_force() -> None:
    on = HUB.effective_from
    (finding,) = owed(HUB, on)
    assert finding.field == "routes.direct-line.telephone"
    assert check(HUB) == [], "a new hub may begin without"
    assert owed(spoiled("routes", DIRECT, telephone="01785555014")(HUB), on) == []
    assert owed(spoiled("routes", DIRECT, until=on)(HUB), date(on.year + 1, 1, 1)) == []
