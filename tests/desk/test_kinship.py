"""Who is related to whom comes out of the words that are typed, is shown, and can be corrected."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from mash_desktop.desk import Desk, triage
from mash_desktop.desk.papers.values import family
from mash_desktop.desk.round_table.household import household
from mash_desktop.desk.triage.kinship import read_kin
from mash_desktop.domain.codes import Cohort
from mash_desktop.domain.entries.contact import RelationshipRecorded
from mash_desktop.domain.fold.people import relationships
from tests.domain.story import OPERATOR, START
from tests.support.desks import desk_of

STAFFORDSHIRE = "E10000028"
FAMILY = (
    "Mia Carter 3 Apr 2017 subject",
    "Tyler Carter 11 Sep 2020 brother, subject",
    "Joanne Carter 1988 est mother PR",
    "“Dean” mother's partner",
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return desk_of(OPERATOR, tmp_path)


def told(desk: Desk, *lines: str, cohort: Cohort = Cohort.CHILDREN) -> tuple[str, dict[str, str]]:
    """A contact with people typed in lines; who they are by the first word of each line."""
    stream = triage.begin(desk, cohort, STAFFORDSHIRE)
    return stream, {line.split()[0].strip("“”"): triage.add_person(desk, stream, line) for line in lines}


def said(desk: Desk, stream: str, people: dict[str, str]) -> set[tuple[str, str, str]]:
    names = {subject: name for name, subject in people.items()}
    return {(names[r.first], r.relation, names[r.second]) for r in relationships(desk.referral(stream))}


def test_the_carter_family_draws_itself_as_it_is_typed(desk: Desk) -> None:
    stream, people = told(desk, *FAMILY)
    mia, tyler, joanne, dean = (people[name] for name in ("Mia", "Tyler", "Joanne", "Dean"))
    drawn = household(desk.referral(stream), START.date())
    assert [(bond.one, bond.other, bond.ended) for bond in drawn.bonds] == [(dean, joanne, False)]
    assert {(one.child, one.parents) for one in drawn.descents} == {(mia, (joanne,)), (tyler, (joanne,))}
    partners, parents = family(desk.referral(stream))
    assert len(partners) == 1
    assert len(parents) == 2


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("Joanne mother", "Mia 2017 subject"), {("Joanne", "parent", "Mia")}),
        (("Mia 2017 subject", "Lee stepdad"), {("Lee", "parent", "Mia")}),
        (("Mia 2017 subject", "Ivy 2012 half-sister"), {("Ivy", "sibling", "Mia")}),
        (("Mia 2017 subject", "Ann grandmother"), {("Ann", "other", "Mia")}),
        (("Mia 2017 subject", "Kay foster mother"), {("Kay", "other", "Mia")}),
        (("Mia 2017 subject", "Dean partner"), set()),
        (("Mia 2017 subject", "Lou mother of the caller"), set()),
        (
            ("Mia 2017 subject", "Jo mother", "Lee father separated"),
            {("Jo", "parent", "Mia"), ("Lee", "parent", "Mia"), ("Lee", "separated", "Jo")},
        ),
        (
            ("Mia 2017 subject", "Jo mother", "Lee mum's ex"),
            {("Jo", "parent", "Mia"), ("Lee", "separated", "Jo")},
        ),
        (
            ("Mia 2017 subject", "Jo mother", "Dean Jo's boyfriend"),
            {("Jo", "parent", "Mia"), ("Dean", "partner", "Jo")},
        ),
    ],
)
def test_the_words_of_a_relation_say_who_is_what_to_whom(
    desk: Desk, lines: tuple[str, ...], expected: set[tuple[str, str, str]]
) -> None:
    stream, people = told(desk, *lines)
    assert said(desk, stream, people) == expected


def test_of_an_adult_a_partner_and_a_son_are_theirs(desk: Desk) -> None:
    stream, people = told(
        desk, "Kim Doyle 1994 victim", "Ray husband", "Sam 2019 son", cohort=Cohort.DOMESTIC_ABUSE
    )
    assert said(desk, stream, people) == {("Ray", "partner", "Kim"), ("Kim", "parent", "Sam")}


def test_words_that_fit_two_people_relate_neither(desk: Desk) -> None:
    stream, people = told(desk, "Mia 2017 subject", "Jo mother", "Lou stepmother", "Dean mum's partner")
    assert not any("Dean" in (first, second) for first, _, second in said(desk, stream, people))


def test_an_ex_a_step_and_an_in_law_are_read_as_meant() -> None:
    assert read_kin("Joanne’s ex-husband") == read_kin("joanne's ex husband")
    assert read_kin("mother-in-law").roles == {"other"}


def test_a_correction_replaces_what_was_said_of_the_pair_and_stays(desk: Desk) -> None:
    stream, people = told(desk, *FAMILY)
    joanne, dean = people["Joanne"], people["Dean"]
    assert [(b.name, b.bond) for b in triage.bonds(desk.referral(stream), joanne)] == [
        ("Mia Carter", "parent"),
        ("Tyler Carter", "parent"),
        ("“Dean”", "partner"),
    ]
    triage.relate(desk, stream, joanne, dean, "separated")
    triage.relate(desk, stream, people["Mia"], dean, "child")
    form = triage.person(desk, stream, dean)
    triage.leave(desk, stream, msgspec.structs.replace(form, forenames="Dean"))
    triage.add_person(desk, stream, "Ann grandmother")
    assert {b.name: b.bond for b in triage.bonds(desk.referral(stream), dean)} == {
        "Mia Carter": "parent",
        "Tyler Carter": "",
        "Joanne Carter": "separated",
        "Ann": "",
    }


def test_other_words_in_the_form_say_another_relation(desk: Desk) -> None:
    stream, people = told(desk, "Mia 2017 subject", "Joanne mother")
    form = triage.person(desk, stream, people["Joanne"])
    triage.leave(desk, stream, msgspec.structs.replace(form, relation="sister"))
    assert said(desk, stream, people) == {("Joanne", "sibling", "Mia")}
    triage.leave(desk, stream, msgspec.structs.replace(form, relation="neighbour"))
    assert said(desk, stream, people) == {("Joanne", "other", "Mia")}


def test_nothing_is_recorded_twice_of_a_pair_that_stands(desk: Desk) -> None:
    stream, people = told(desk, *FAMILY)
    form = triage.person(desk, stream, people["Mia"])
    before = len(desk.referral(stream).all(RelationshipRecorded))
    triage.leave(desk, stream, msgspec.structs.replace(form, school="St Chad’s Primary"))
    assert len(desk.referral(stream).all(RelationshipRecorded)) == before
