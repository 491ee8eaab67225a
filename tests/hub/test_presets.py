"""Presets: what comes with the program, read from files."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mash_desktop.domain.areas import AREAS
from mash_desktop.domain.codes import AgencyKind, Cohort, Marking
from mash_desktop.domain.errors import Refusal
from mash_desktop.hub import check, load_preset, preset_names
from mash_desktop.hub.presets import read

TODAY = date(2026, 11, 24)


def test_three_hubs_come_with_the_program() -> None:
    assert preset_names() == ("leicestershire", "milton-keynes", "staffordshire")


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_makes_sense(name: str) -> None:
    assert check(load_preset(name)) == []


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_marks_its_papers_official_sensitive(name: str) -> None:
    assert load_preset(name).marking is Marking.OFFICIAL_SENSITIVE


def test_staffordshire_has_its_six_founding_partners_and_its_virtual_ones() -> None:
    hub = load_preset("staffordshire")
    virtual = {agency.id for agency in hub.agencies_on(TODAY) if agency.virtual(TODAY)}
    assert virtual == {"probation", "education", "housing", "ambulance", "youth-offending"}
    founders = {agency.organisation for agency in hub.agencies if not agency.virtual(date(2020, 1, 1))}
    assert founders == {
        "Staffordshire County Council",
        "Stoke-on-Trent City Council",
        "Chief Constable of Staffordshire Police",
        "Midlands Partnership University NHS Foundation Trust",
        "North Staffordshire Combined Healthcare NHS Trust",
        "Ministry of Justice",
    }


def test_staffordshire_covers_its_areas_by_their_codes() -> None:
    hub = load_preset("staffordshire")
    assert {area.gss: (area.name, area.authority) for area in hub.areas} == {
        gss: (area.name, area.authority) for gss, area in AREAS.items()
    }


def test_staffordshire_has_the_routes_of_its_triage() -> None:
    hub = load_preset("staffordshire")
    assert [route.id for route in hub.routes_for(Cohort.CHILDREN, TODAY)] == [
        "advice",
        "family-hub",
        "early-help-gateway",
        "social-work-gateway",
        "direct-line",
    ]
    for route in hub.routes:
        if route.team is not None:
            assert hub.agency(route.agency or "").team(route.team)


def test_hubs_differ_in_word_hours_ladders_and_limits() -> None:
    staffordshire, milton_keynes, leicestershire = (
        load_preset(name) for name in ("staffordshire", "milton-keynes", "leicestershire")
    )
    assert (staffordshire.word, leicestershire.word) == ("MASH", "Front door")
    assert staffordshire.hours.week[5] is None
    assert leicestershire.hours.week[5] is not None
    assert milton_keynes.everything_is_referral
    assert not staffordshire.everything_is_referral
    assert milton_keynes.ladder(Cohort.CHILDREN, TODAY) != staffordshire.ladder(Cohort.CHILDREN, TODAY)
    assert milton_keynes.clocks != staffordshire.clocks
    assert leicestershire.owner_for(Cohort.CHILDREN, "E06000017", TODAY) == "rutland-children"


def test_health_police_and_social_care_are_needed_at_a_strategy_discussion() -> None:
    groups = load_preset("staffordshire").required_strategy_agencies
    assert (AgencyKind.CHILDRENS_SOCIAL_CARE,) in groups
    assert (AgencyKind.POLICE,) in groups
    assert (AgencyKind.HEALTH_TRUST, AgencyKind.MENTAL_HEALTH_TRUST) in groups


def test_a_preset_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(Refusal, match=r"There are: leicestershire, milton-keynes, staffordshire\."):
        load_preset("atlantis")
    with pytest.raises(Refusal, match="unknown-preset"):
        load_preset("shared/england")


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"include": "england", "id": "x"},
        {"include": "england", "hours": {"week": ["closed"] * 7}},
        {"hours": {"week": [{"opens": "nine"}]}},
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(tables: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="The configuration cannot be read: ") as refused:
        read(tables)
    assert refused.value.code == "configuration-unreadable"
