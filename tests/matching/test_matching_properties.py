"""What holds of any two people, and how well matching does over a town of families."""

from __future__ import annotations

from datetime import date
from random import Random
from time import process_time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from mash_desktop.domain.codes import Sex
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.matching import Band, PersonFacts, Residence, blocking_keys, compare
from mash_desktop.matching.weights import LIKELY, POSSIBLE, TABLES, VERY_LIKELY
from tests.matching.people import BOYS, GIRLS, SCHOOLS, STREETS, SURNAMES, told_again, town

births = st.one_of(
    st.none(),
    st.builds(PartialDate.of, st.dates(date(1940, 1, 1), date(2026, 1, 1))),
    st.builds(PartialDate, st.integers(1940, 2026), estimated=st.booleans()),
    st.builds(PartialDate, st.integers(1940, 2026), st.integers(1, 12)),
    st.builds(PartialDate, st.integers(2025, 2027), st.integers(1, 12), st.just(14), expected=st.just(True)),
)
residences = st.builds(
    Residence,
    st.builds(lambda number, street: f"{number} {street}", st.integers(1, 20), st.sampled_from(STREETS)),
    st.sampled_from(("", "ST16 2LH", "ST17 4AA")),
    lived_to=st.sampled_from((None, PartialDate(2024))),
)
names = st.sampled_from((*GIRLS, *BOYS, "Liz", "Kate", "M", "", "unknown"))
people = st.builds(
    PersonFacts,
    st.lists(names, max_size=2).map(" ".join),
    st.sampled_from((*SURNAMES, "", "Smith-Jones", "Mia", "van der Berg")),
    st.lists(st.sampled_from(("Lizzie", "Joanne Carter", "  ")), max_size=1).map(tuple),
    births,
    st.sampled_from((None, *Sex)),
    st.sampled_from((None, "9434765919", "4010232137")),
    st.sampled_from((None, "B801200005001", "A12345678901A")),
    st.lists(residences, max_size=2).map(tuple),
    st.sampled_from(("", *SCHOOLS)),
)
anything = st.builds(
    PersonFacts,
    st.text(max_size=12),
    st.text(max_size=12),
    st.lists(st.text(max_size=12), max_size=2).map(tuple),
)


def test_the_probabilities_of_each_comparison_add_up() -> None:
    for table, levels in TABLES.items():
        assert sum(odds.m for odds in levels.values()) == pytest.approx(1.0), table
        assert sum(odds.u for odds in levels.values()) == pytest.approx(1.0), table


@given(people, people)
def test_it_does_not_matter_who_is_compared_with_whom(a: PersonFacts, b: PersonFacts) -> None:
    there, back = compare(a, b), compare(b, a)
    assert there.score == back.score
    assert there.band is back.band


@given(people, people)
def test_the_band_follows_from_the_score(a: PersonFacts, b: PersonFacts) -> None:
    match = compare(a, b)
    floor = {Band.VERY_LIKELY: VERY_LIKELY, Band.LIKELY: LIKELY, Band.POSSIBLE: POSSIBLE}
    bands = [band for band, least in floor.items() if match.score >= least]
    assert match.band is (bands[0] if bands else Band.UNLIKELY)


FIELDS = ("forenames", "surname", "birth", "sex", "nhs_number", "upn", "addresses", "school")


@given(people, people, st.sampled_from(FIELDS))
def test_agreeing_in_one_thing_more_never_makes_a_match_less_likely(
    a: PersonFacts, b: PersonFacts, field: str
) -> None:
    a, b = replace(a, aliases=()), replace(b, aliases=())
    known = getattr(b, field)
    assume(known and "unknown" not in known if isinstance(known, str) else known)
    assert compare(replace(a, **{field: known}), b).score >= compare(a, b).score


@given(people)
def test_a_person_told_twice_alike_always_meets_and_never_disagrees(person: PersonFacts) -> None:
    match = compare(person, person)
    assert match.score >= 0
    assert not any(reason.startswith("other") for reason in match.reasons)
    if person.forenames.replace("unknown", "").strip() and person.surname:
        assert blocking_keys(person) & blocking_keys(person)


@given(anything, anything)
def test_any_text_at_all_can_be_compared(a: PersonFacts, b: PersonFacts) -> None:
    assert compare(a, b).score == compare(b, a).score
    assert all(key.partition(":")[2] for key in blocking_keys(a))


def test_over_a_town_of_families_history_is_found_and_nobody_is_taken_for_another() -> None:
    """Some 900 people, each told again by a second caller with what callers leave out and get wrong."""
    random = Random(20261112)
    recorded = town(random, 250)
    told = [told_again(random, person) for person in recorded]
    index: dict[str, list[int]] = {}
    for number, person in enumerate(recorded):
        for key in blocking_keys(person):
            index.setdefault(key, []).append(number)

    shown: dict[Band, list[bool]] = {band: [] for band in Band}
    compared = 0
    began = process_time()
    for number, person in enumerate(told):
        for candidate in {other for key in blocking_keys(person) for other in index.get(key, ())}:
            shown[compare(person, recorded[candidate]).band].append(candidate == number)
            compared += 1
    each = (process_time() - began) / compared

    very_likely, likely, possible = shown[Band.VERY_LIKELY], shown[Band.LIKELY], shown[Band.POSSIBLE]
    found = sum(very_likely) + sum(likely) + sum(possible)
    assert found / len(recorded) > 0.97
    assert (sum(very_likely) + sum(likely)) / len(recorded) > 0.80
    assert sum(very_likely) / len(very_likely) > 0.995
    assert sum(likely) / len(likely) > 0.90
    assert compared / len(recorded) < 20
    assert each < 0.01, "a comparison takes a tenth of a millisecond; this is a hundredfold slip"
