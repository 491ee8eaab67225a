"""What a triage operator is shown beside a name, and why."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from mash_desktop.domain.codes import Sex
from mash_desktop.domain.partial_date import PartialDate, parse
from mash_desktop.matching import Band, Match, PersonFacts, Residence, blocking_keys, compare
from mash_desktop.matching.places import compare_places, place_of

MILL_LANE = Residence("14 Mill Lane, Stafford", "ST16 2LH")


def born(text: str) -> PartialDate:
    return parse(text, today=date(2026, 11, 12))


MIA = PersonFacts(
    "Mia",
    "Carter",
    birth=born("3 Apr 2017"),
    sex=Sex.FEMALE,
    school="St Chad's Primary",
    addresses=(MILL_LANE,),
)
DEAN = PersonFacts("Dean", sex=Sex.MALE, addresses=(MILL_LANE,))


def meet(a: PersonFacts, b: PersonFacts) -> Match:
    """As a search does: compared only if they share a key."""
    assert blocking_keys(a) & blocking_keys(b)
    return compare(a, b)


def test_an_earlier_record_with_a_middle_name_and_an_old_address_is_very_likely() -> None:
    earlier = PersonFacts(
        "Mia Louise",
        "Carter",
        birth=born("3 Apr 2017"),
        sex=Sex.FEMALE,
        addresses=(
            Residence("2 Elm Road", "ST17 4AA"),
            Residence("14 Mill Lane", "st162lh", born("2025"), born("Oct 2025")),
        ),
    )
    match = meet(MIA, earlier)
    assert match.band is Band.VERY_LIKELY
    assert match.say() == "same birth date and surname; middle name added; lived at 14 Mill Lane in 2025"


def test_a_swapped_birth_date_under_a_like_surname_is_possible() -> None:
    match = compare(
        MIA, PersonFacts("Mia", "Cartwright", birth=born("4 Mar 2017"), school="Oakfield Primary")
    )
    assert match.band is Band.POSSIBLE
    assert match.say() == "birth day and month swapped; surname begins the same; other school"


def test_a_twin_is_possible_and_never_likely_however_much_the_household_shares() -> None:
    match = meet(MIA, replace(MIA, forenames="Ella"))
    assert match.band is Band.POSSIBLE
    assert match.say() == "same birth date and surname; other forename; same address; same school"


def test_a_brother_of_another_age_is_unlikely() -> None:
    tyler = replace(MIA, forenames="Tyler", birth=born("9 Sept 2020"), sex=Sex.MALE)
    assert compare(MIA, tyler).band is Band.UNLIKELY


def test_a_son_named_for_his_father_is_only_possible_and_the_years_are_said() -> None:
    father = PersonFacts("Lee", "Carter", birth=born("5 May 1986"), sex=Sex.MALE, addresses=(MILL_LANE,))
    match = meet(father, replace(father, birth=born("9 Sept 2020")))
    assert match.band is Band.POSSIBLE
    assert match.say() == "same name; born 34 years apart; same address"


def test_the_same_common_name_a_generation_apart_is_unlikely_without_more() -> None:
    assert (
        compare(
            PersonFacts("Lee", "Carter", birth=born("1959")),
            PersonFacts("Lee", "Carter", birth=born("age 38")),
        ).band
        is Band.UNLIKELY
    )


def test_a_name_alone_is_possible_and_no_more() -> None:
    assert meet(PersonFacts("Mia", "Carter"), PersonFacts("Mia", "Carter")).band is Band.POSSIBLE


def test_a_person_without_a_forename_is_not_likely_to_be_one_of_the_household_by_surname() -> None:
    assert meet(PersonFacts("", "Carter", addresses=(MILL_LANE,)), MIA).band is Band.POSSIBLE


def test_a_forename_and_an_address_find_a_man_whose_surname_nobody_knows() -> None:
    recorded = PersonFacts("Dean", "Price", birth=born("1990"), sex=Sex.MALE, addresses=(MILL_LANE,))
    match = meet(DEAN, recorded)
    assert match.band is Band.LIKELY
    assert match.say() == "same forename; same address"


def test_an_identifier_finds_a_child_under_a_new_name() -> None:
    before = replace(MIA, nhs_number="9434765919", addresses=())
    after = PersonFacts("Lily", "Hughes", birth=MIA.birth, nhs_number="9434765919")
    match = meet(before, after)
    assert match.band is Band.VERY_LIKELY
    assert match.say() == "same NHS number and birth date; other forename; other surname"


def test_a_pupil_number_finds_a_child_under_a_new_name() -> None:
    before = PersonFacts("Mia", "Carter", upn="B801200005001")
    assert meet(before, PersonFacts("Lily", "Hughes", upn="B801200005001")).reasons[0] == "same UPN"


def test_different_identifiers_keep_a_match_from_being_very_likely() -> None:
    match = compare(replace(MIA, nhs_number="9434765919"), replace(MIA, nhs_number="4010232137"))
    assert match.band is Band.LIKELY
    assert match.reasons[-1] == "other NHS number"
    pupils = compare(replace(MIA, upn="B801200005001"), replace(MIA, upn="T801200005002"))
    assert pupils.band is Band.LIKELY
    assert pupils.reasons[-1] == "other UPN"


def test_a_temporary_pupil_number_tells_nothing() -> None:
    temporary = replace(MIA, upn="A12345678901A")
    assert not any(key.startswith("upn:") for key in blocking_keys(temporary))
    assert compare(temporary, replace(MIA, upn="B801200005001")) == compare(MIA, MIA)


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        (("Elizabeth", "Hughes"), ("Liz", "Hughes"), "same birth date and surname; Liz for Elizabeth"),
        (("Siân", "O'Brien"), ("Sian", "O Brien"), "same birth date and name"),
        (("Zoë", "Smith-Jones"), ("Zoe", "Jones Smith"), "same birth date and name"),
        (("Ana", "Smith-Jones"), ("Ana", "Smithjones"), "same birth date and name"),
        (("Ana", "Sousa Silva Costa Lima"), ("Ana", "Lima"), "same birth date; one of two surnames the same"),
        (("Siân", "O'Brien"), ("Sian", "O'Bryan"), "same birth date; surname nearly the same"),
        (("Ada", "Okonkwo"), ("Ada", "Okonquo"), "same birth date; surname nearly the same"),
        (("Niamh", "Hart"), ("Neve", "Hart"), "same birth date and surname; Neve for Niamh"),
        (("Ann", "Smith-Jones"), ("Ann", "Jones"), "same birth date; one of two surnames the same"),
        (("Craig", "McDonald"), ("Craig", "MacDonald"), "same birth date and name"),
        (("Mrs Ann", "St. John"), ("ANN", "St John"), "same birth date and name"),
        (("Yusuf", "al-Hassan"), ("Yusuf", "Hassan"), "same birth date and name"),
        (("Łucja", "Kowalska"), ("Lucja", "Kowalska"), "same birth date and name"),
        (("Jon", "Clarke"), ("Jon", "Clark"), "same birth date; surname nearly the same"),
        (("Marc", "Clark"), ("Mark", "Clark"), "same birth date and surname; forename nearly the same"),
        (("Carter", "Mia"), ("Mia", "Carter"), "same birth date; forename and surname swapped"),
        (("Mia Louise", "Carter"), ("Mia", "Carter"), "same birth date and surname; middle name missing"),
        (("Mia Louise", "Carter"), ("Mia Rose", "Carter"), "same birth date and surname; other middle name"),
        (("Mia Rose", "Carter"), ("Rose", "Carter"), "same birth date and surname; known by a middle name"),
        (("M", "Carter"), ("Mia", "Carter"), "same birth date and surname; initial fits"),
        (("Mia", "Carter"), ("Mia", "Hughes"), "same birth date and forename; other surname"),
        (("Mia", "Carter"), ("unknown", "Carter"), "same birth date and surname"),
        (("Мія", "Коваль"), ("Мія", "Коваль"), "same birth date and name"),
    ],
)  # fmt: skip
def test_two_ways_of_writing_a_name_are_told_apart_in_words(
    mine: tuple[str, str], theirs: tuple[str, str], said: str
) -> None:
    match = meet(PersonFacts(*mine, birth=MIA.birth), PersonFacts(*theirs, birth=MIA.birth))
    assert match.say() == said


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        ("3 Apr 2017", "4 Mar 2017", "birth day and month swapped"),
        ("3 Apr 2017", "8 Apr 2017", "birth date one slip apart"),
        ("3 Apr 2017", "3 Apr 2007", "birth date one slip apart"),
        ("12 Apr 2017", "21 Apr 2017", "birth date one slip apart"),
        ("3 Apr 2017", "3 Apr 2009", "same birthday in another year"),
        ("3 Apr 2017", "17 Aug 2017", "other birth date"),
        ("3 Apr 2017", "Apr 2017", "same birth month"),
        ("3 Apr 2017", "2017", "same birth year"),
        ("4 May 1989", "1988, estimated", "birth year fits"),
        ("4 May 1986", "age 44", "other birth date"),
        ("20 Feb 2027", "due 14 Feb 2027", "born when expected"),
        ("20 Aug 2027", "due 14 Feb 2027", "other birth date"),
        ("3 Apr 1987", "9 Aug 2017", "born 30 years apart"),
    ],
)
def test_birth_dates_are_compared_as_they_go_wrong(mine: str, theirs: str, said: str) -> None:
    lee = PersonFacts("Lee", "Carter")
    match = compare(replace(lee, birth=born(mine)), replace(lee, birth=born(theirs)))
    assert match.say() == f"same name; {said}"


@pytest.mark.parametrize(
    ("mine", "theirs", "said"),
    [
        (MILL_LANE, Residence("Flat 1, 14 Mill Lane", "ST16 2LH"), "same postcode"),
        (Residence("14 Mill Ln", "ST16 2LH"), Residence("14 MILL LANE, STAFFORD", "st162lh"), "same address"),
        (
            Residence("Flat 2, 14 Mill Lane", "ST16 2LH"),
            Residence("2/14 Mill Lane", "ST16 2LH"),
            "same address",
        ),
        (Residence("14 Mill Lane"), Residence("14 Mill Lane, Stafford", "ST16 2LH"), "same address"),
        (Residence("Mill House", "ST16 2LH"), Residence("The Mill House", "ST16 2LH"), "same postcode"),
        (Residence("14 Mill Lane", "ST16 2LH"), Residence("16 Mill Lane", "ST16 2LH"), "same postcode"),
        (Residence("14 Mill Lane", "ST16 2LH"), Residence("14 Mill Lane", "ST14 7AA"), ""),
        (Residence("x", uprn="100032016532"), Residence("y", uprn="100032016532"), "same address"),
        (
            Residence("14 Mill Lane"),
            Residence("14 Mill Lane", lived_to=born("2024")),
            "lived at 14 Mill Lane until 2024",
        ),
        (
            Residence("14 Mill Lane"),
            Residence("14 Mill Lane", lived_from=born("2021"), lived_to=born("2024")),
            "lived at 14 Mill Lane from 2021 to 2024",
        ),
        (
            Residence("14 Mill Lane", lived_to=born("2024")),
            Residence("14 Mill Lane"),
            "lived at 14 Mill Lane until 2024",
        ),
    ],
)
def test_addresses_meet_however_they_are_written(mine: Residence, theirs: Residence, said: str) -> None:
    match = compare(
        PersonFacts("Mia", "Carter", addresses=(mine,)), PersonFacts("Mia", "Carter", addresses=(theirs,))
    )
    assert match.say() == ("same name; " + said if said else "same name")


@pytest.mark.parametrize(
    ("theirs", "level"),
    [
        (Residence("14 Mill Lane", "ST16 2LH", uprn="100032016533"), "postcode"),
        (Residence("14 Mill Lane", "ST17 4AA", uprn="100032016533"), "different"),
        (Residence("14 Mill Lane", "ST16 2LH"), "same"),
    ],
)
def test_two_property_numbers_that_differ_are_two_homes_however_alike_they_are_written(
    theirs: Residence, level: str
) -> None:
    mine = replace(MILL_LANE, uprn="100032016532")
    assert compare_places(place_of(mine), place_of(theirs)) == level


def test_a_number_without_a_street_is_no_address_to_meet_at() -> None:
    assert compare_places(place_of(Residence("14")), place_of(Residence("14 Mill Lane"))) == "different"


def test_an_alias_finds_a_person_recorded_under_another_name() -> None:
    recorded = PersonFacts("Joanne", "Smith", aliases=("Lizzie Carter", "Jo"), birth=born("4 May 1989"))
    match = meet(PersonFacts("Elizabeth", "Carter", birth=born("1988, estimated")), recorded)
    assert match.say() == "same surname; birth year fits; Lizzie for Elizabeth; known as Lizzie Carter"
    assert meet(PersonFacts("Jo", "Smith", birth=born("4 May 1989")), recorded).band is Band.VERY_LIKELY


def test_an_alias_of_white_space_says_nothing() -> None:
    assert compare(replace(MIA, aliases=("  ",)), MIA) == compare(MIA, MIA)


def test_a_different_sex_counts_against_and_is_said() -> None:
    match = compare(MIA, replace(MIA, sex=Sex.MALE))
    assert "other sex recorded" in match.reasons
    assert match.score < compare(MIA, replace(MIA, sex=Sex.UNKNOWN)).score < compare(MIA, MIA).score


@pytest.mark.parametrize(("mine", "theirs", "said"), [
    ("St Chad's Primary", "St. Chads C of E Primary School", "same school"),
    ("St Chad's Primary", "Oakfield Primary", "other school"),
])  # fmt: skip
def test_schools_meet_however_they_are_called(mine: str, theirs: str, said: str) -> None:
    assert compare(PersonFacts(school=mine), PersonFacts(school=theirs)).say() == said


def test_nothing_known_is_no_evidence_and_no_key() -> None:
    assert compare(PersonFacts(), MIA) == Match(0.0, Band.UNLIKELY, ())
    assert blocking_keys(PersonFacts("unknown", "n/k", birth=MIA.birth, addresses=(MILL_LANE,))) == {
        "pd:ST162LH:2017-04-03",
        "pd:ST162LH:2017-03-04",
    }


def test_a_name_that_is_only_a_prefix_is_still_a_name() -> None:
    assert meet(PersonFacts("Ann", "Mac"), PersonFacts("Ann", "Mac")).say() == "same name"
    assert meet(PersonFacts("Na", "Van"), PersonFacts("Na", "Van")).say() == "same name"
