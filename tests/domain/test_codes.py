"""The code sets as a census officer or a partner's system would check them."""

from __future__ import annotations

import msgspec
import pytest

from mash_desktop.domain import codes
from mash_desktop.domain.areas import AREAS, STAFFORDSHIRE, STOKE_ON_TRENT
from mash_desktop.domain.codes import Code, PrimaryNeed, Rag, RefusalReason, SourceOfContact

CODE_SETS = [
    value
    for value in vars(codes).values()
    if isinstance(value, type) and issubclass(value, Code) and value is not Code
]


@pytest.mark.parametrize("code_set", CODE_SETS, ids=lambda each: each.__name__)
def test_every_code_has_a_label_of_its_own(code_set: type[Code]) -> None:
    labels = [code.label for code in code_set]
    assert all(label.strip() == label and label for label in labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("code_set", CODE_SETS, ids=lambda each: each.__name__)
def test_a_code_travels_as_its_value_and_comes_back_the_same(code_set: type[Code]) -> None:
    for code in code_set:
        sent = msgspec.json.encode(code)
        assert sent == f'"{code.value}"'.encode()
        assert msgspec.json.decode(sent, type=code_set) is code


def test_the_sources_of_contact_are_those_of_the_census() -> None:
    expected = "1A 1B 1C 1D 2A 2B 3A 3B 3C 3D 3E 3F 4 5A 5B 5C 5D 6 7 8 9 10"
    assert " ".join(SourceOfContact) == expected


def test_needs_stand_in_the_order_of_the_census_since_the_higher_is_taken_where_two_fit() -> None:
    assert " ".join(PrimaryNeed) == "N1 N2 N3 N4 N5 N6 N7 N8 N9 N0"


def test_the_ethnic_groups_are_those_of_the_census() -> None:
    white_and_mixed = "WBRI WIRI WIRT WOTH WROM MWBC MWBA MWAS MOTH"
    others = "AIND APKN ABAN AOTH BCRB BAFR BOTH CHNE OOTH REFU NOBT"
    assert " ".join(codes.Ethnicity) == f"{white_and_mixed} {others}"


def test_a_rating_is_told_by_shape_and_letter_beside_its_word() -> None:
    assert [(rag.shape, rag.letter, rag.label) for rag in Rag] == [
        ("◆", "R", "Red"),
        ("▲", "A", "Amber"),
        ("●", "G", "Green"),
        ("■", "B", "Blue"),
    ]


def test_only_two_reasons_withhold_what_is_held_about_a_child_under_the_duty_to_share() -> None:
    assert {reason for reason in RefusalReason if reason.is_16la} == {
        RefusalReason.NOT_RELEVANT,
        RefusalReason.MORE_DETRIMENTAL,
    }


def test_every_staffordshire_district_answers_to_the_county_and_stoke_to_itself() -> None:
    districts = [area for area in AREAS.values() if area.parent]
    assert len(districts) == 8
    assert {area.authority for area in districts} == {STAFFORDSHIRE}
    assert AREAS[STOKE_ON_TRENT].authority == STOKE_ON_TRENT
    assert AREAS["E07000195"].name == "Newcastle-under-Lyme"
