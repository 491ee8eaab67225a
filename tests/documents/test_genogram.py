from __future__ import annotations

import subprocess
import sys

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from mash_desktop.documents import render_summary
from mash_desktop.documents.content import CivilDate, Parentage, Partnership, Person, Profile, Sex, Union
from mash_desktop.documents.family import Family, arrange
from mash_desktop.documents.genogram import Genogram
from tests.documents.carter import PARENTAGES, PARTNERSHIPS, PEOPLE, SUMMARY
from tests.documents.reading import text

STEP = 78.0


def carters() -> Family:
    return arrange(PEOPLE, PARTNERSHIPS, PARENTAGES, {}, STEP)


def test_generations_stand_in_rows() -> None:
    rows = {key: place.row for key, place in carters().places.items()}
    assert rows == {"pauline": 0, "joanne": 1, "lee": 1, "dean": 1, "mia": 2, "tyler": 2}


def test_partners_stand_side_by_side_the_earlier_one_first() -> None:
    places = carters().places
    assert places["lee"].across < places["joanne"].across < places["dean"].across


def test_children_stand_under_the_middle_of_their_parents_the_eldest_first() -> None:
    places = carters().places
    middle = (places["lee"].across + places["joanne"].across) / 2
    assert abs((places["mia"].across + places["tyler"].across) / 2 - middle) < 1
    assert places["mia"].across < places["tyler"].across


def test_someone_with_no_recorded_relation_stands_apart() -> None:
    lodger = Person(key="lodger", name="Colin Ash", sex=Sex.MALE)
    family = arrange((*PEOPLE, lodger), PARTNERSHIPS, PARENTAGES, {}, STEP)
    assert family.places["lodger"].across == max(place.across for place in family.places.values())


def test_a_relation_that_makes_someone_their_own_ancestor_is_not_drawn() -> None:
    people = (Person("a", "Ann"), Person("b", "Bea"))
    drawing = Genogram(people, (), (Parentage("a", ("b",)), Parentage("b", ("a",))))
    assert not drawing.drawable


def test_a_genogram_can_be_the_first_thing_that_a_program_draws() -> None:
    program = (
        "from mash_desktop.documents.content import Person;"
        "from mash_desktop.documents.genogram import Genogram;"
        "Genogram((Person('a', 'Ann Иванова Marlow'),), (), ())"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_family_too_wide_for_the_page_says_so() -> None:
    children = tuple(Person(f"c{n}", f"Child {n}") for n in range(20))
    content = msgspec.structs.replace(
        SUMMARY,
        people=(Person("m", "Mother"), *children),
        partnerships=(),
        parentages=tuple(Parentage(child.key, ("m",)) for child in children),
    )
    assert "The family is too wide to be drawn here" in text(render_summary(content, Profile.FULL))


def test_a_person_with_three_partners_and_an_unborn_child_is_drawn() -> None:
    people = (
        Person("m", "Mara Kingsley", Sex.FEMALE, age="31"),
        Person("a", "Ade Lawson", Sex.MALE, age="33", deceased=True),
        Person("b", "Bo Finch", Sex.MALE),
        Person("c", "Cal Ireland", Sex.UNKNOWN),
        Person("baby", "Baby Kingsley", Sex.UNKNOWN, CivilDate(2027, 2, estimated=True), unborn=True),
    )
    content = msgspec.structs.replace(
        SUMMARY,
        people=people,
        partnerships=(
            Partnership("m", "a", Union.SEPARATED),
            Partnership("m", "b", Union.DIVORCED),
            Partnership("m", "c"),
        ),
        parentages=(Parentage("baby", ("m", "c")),),
    )
    read = text(render_summary(content, Profile.FULL))
    assert "expected c. Feb 2027" in read
    assert "triangle: unborn" in read
    assert "crossed: has died" in read


def test_parents_between_whom_nothing_is_recorded_are_joined_by_a_dotted_line() -> None:
    people = tuple(Person(key, f"{key.title()} Marlow") for key in ("ann", "bea", "cal", "dot"))
    content = msgspec.structs.replace(
        SUMMARY,
        people=people,
        partnerships=(Partnership("ann", "bea"), Partnership("bea", "cal")),
        parentages=(Parentage("dot", ("ann", "cal")),),
    )
    assert "dotted line: parents together" in text(render_summary(content, Profile.FULL))
    assert "dotted line" not in text(render_summary(SUMMARY, Profile.FULL))


keys = st.sampled_from("abcdefgh")


@given(
    st.sets(keys, min_size=1),
    st.lists(st.builds(Partnership, keys, keys, st.sampled_from(Union)), max_size=6),
    st.lists(st.builds(Parentage, keys, st.lists(keys, max_size=3).map(tuple)), max_size=8),
)
def test_any_relations_place_everyone_once_and_apart(
    names: set[str], partnerships: list[Partnership], parentages: list[Parentage]
) -> None:
    people = [Person(key, key) for key in sorted(names)]
    family = arrange(people, partnerships, parentages, {}, STEP)
    assert set(family.places) == names
    for one in names:
        for other in names - {one}:
            here, there = family.places[one], family.places[other]
            assert here.row != there.row or abs(here.across - there.across) > STEP - 0.01
    if family.rows > 1:
        for parents, children in family.sibships:
            for child in children:
                assert all(family.places[parent].row < family.places[child].row for parent in parents)


def test_an_estimated_age_is_read_whole_in_its_symbol() -> None:
    people = tuple(msgspec.structs.replace(one, age=f"about {one.age}") for one in PEOPLE)
    read = text(render_summary(msgspec.structs.replace(SUMMARY, people=people), Profile.FULL))
    assert "c. 38" in read
    assert "abo…" not in read
