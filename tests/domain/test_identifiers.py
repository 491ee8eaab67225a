"""Identifiers by published known answers, and by the slips that people make when they type them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.identifiers import (
    UPN_LETTERS,
    check_nhs_number,
    check_phone,
    check_postcode,
    check_upn,
    check_uprn,
    is_temporary_upn,
    say_nhs_number,
    say_phone,
)

digits = st.sampled_from("0123456789")


def accepts(check: str, text: str) -> bool:
    try:
        CHECKS[check](text)
    except Refusal:
        return False
    return True


CHECKS = {"nhs": check_nhs_number, "upn": check_upn}


@st.composite
def nhs_numbers(draw: st.DrawFn) -> str:
    nine = draw(st.text(digits, min_size=9, max_size=9))
    check = 11 - sum((10 - place) * int(digit) for place, digit in enumerate(nine)) % 11
    assume(check != 10)
    number = f"{nine}{0 if check == 11 else check}"
    assume(len(set(number)) > 1)
    return number


@st.composite
def upns(draw: st.DrawFn) -> str:
    body = draw(st.text(digits, min_size=11, max_size=11)) + draw(st.sampled_from("0123456789" + UPN_LETTERS))
    values = [int(each) if each.isdigit() else UPN_LETTERS.index(each) for each in body]
    return UPN_LETTERS[sum(value * (place + 2) for place, value in enumerate(values)) % 23] + body


@pytest.mark.parametrize(
    "typed", ["9434765919", "943 476 5919", "943-476-5919", " 9434765919 ", "4010232137"]
)
def test_a_published_nhs_number_is_accepted_however_it_is_spaced(typed: str) -> None:
    assert check_nhs_number(typed) in ("9434765919", "4010232137")


def test_an_nhs_number_is_shown_in_threes_and_four() -> None:
    assert say_nhs_number("9434765919") == "943 476 5919"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("9434765918", "nhs-number-check"),
        ("943476591", "nhs-number-length"),
        ("94347659199", "nhs-number-length"),
        ("943476591X", "nhs-number-length"),
        ("\uff19434765919", "nhs-number-length"),
        ("", "nhs-number-length"),
        ("0000000000", "nhs-number-placeholder"),
        ("9999999999", "nhs-number-placeholder"),
        ("1234567890", "nhs-number-check"),
    ],
)
def test_what_is_not_an_nhs_number_is_refused_with_the_reason(typed: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_nhs_number(typed, field="nhs")
    assert (refused.value.code, refused.value.field) == (code, "nhs")


@given(nhs_numbers(), st.integers(0, 9), digits)
def test_one_wrong_digit_of_an_nhs_number_is_always_caught(number: str, place: int, wrong: str) -> None:
    assert accepts("nhs", number)
    assume(number[place] != wrong)
    assert not accepts("nhs", number[:place] + wrong + number[place + 1 :])


@given(nhs_numbers(), st.integers(0, 8))
def test_two_swapped_digits_of_an_nhs_number_are_always_caught(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert not accepts("nhs", swapped)


@pytest.mark.parametrize("typed", ["B801200005001", "b801200005001", "B801 2000 05001"])
def test_a_published_pupil_number_is_accepted(typed: str) -> None:
    assert check_upn(typed) == "B801200005001"
    assert not is_temporary_upn(check_upn(typed))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("A801200005001", "upn-check"),
        ("B80120000500", "upn-shape"),
        ("S801200005001", "upn-shape"),
        ("B80120000A001", "upn-shape"),
        ("B80120000500O", "upn-shape"),
        ("B80120000500\uff11", "upn-shape"),
        ("", "upn-shape"),
    ],
)
def test_what_is_not_a_pupil_number_is_refused_with_the_reason(typed: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_upn(typed)
    assert refused.value.code == code


@given(upns(), st.integers(1, 11), digits)
def test_one_wrong_digit_of_a_pupil_number_is_always_caught(upn: str, place: int, wrong: str) -> None:
    assert check_upn(upn) == upn
    assert is_temporary_upn(upn) == (upn[-1] in UPN_LETTERS)
    assume(upn[place] != wrong)
    assert not accepts("upn", upn[:place] + wrong + upn[place + 1 :])


@given(upns(), st.sampled_from(UPN_LETTERS))
def test_a_wrong_check_letter_of_a_pupil_number_is_always_caught(upn: str, wrong: str) -> None:
    assume(upn[0] != wrong)
    assert not accepts("upn", wrong + upn[1:])


@pytest.mark.parametrize(
    ("typed", "kept"), [("100032016532", "100032016532"), ("000010033544", "10033544"), (" 25 ", "25")]
)
def test_a_property_number_is_kept_as_text_without_padding(typed: str, kept: str) -> None:
    assert check_uprn(typed) == kept


@pytest.mark.parametrize("typed", ["", "0", "1234567890123", "12A", "-5", "1.0", "1e5"])
def test_what_is_not_a_property_number_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="uprn-shape"):
        check_uprn(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("st162lh", "ST16 2LH"),
        ("ST16  2LH", "ST16 2LH"),
        ("S T 1 4 1 A A", "ST14 1AA"),
        ("m11ae", "M1 1AE"),
        ("B338TH", "B33 8TH"),
        ("CR2 6XH", "CR2 6XH"),
        ("DN55 1PT", "DN55 1PT"),
        ("W1A 0AX", "W1A 0AX"),
        ("EC1A 1BB", "EC1A 1BB"),
        ("GIR 0AA", "GIR 0AA"),
    ],
)
def test_every_shape_of_postcode_is_brought_to_one_form(typed: str, kept: str) -> None:
    assert check_postcode(typed) == kept
    assert check_postcode(kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ST16",
        "ST16 2L",
        "QT16 2LH",
        "ST16 2CI",
        "1ST6 2LH",
        "STT6 2LH",
        "GIR 0AB",
        "ST162 LHX",
        "ST1\uff16 2LH",
    ],
)
def test_what_is_not_a_postcode_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="postcode-shape"):
        check_postcode(typed)


@pytest.mark.parametrize(
    ("typed", "kept", "said"),
    [
        ("01785 555014", "01785555014", "01785 555014"),
        ("(01785) 555-014", "01785555014", "01785 555014"),
        ("+44 (0)1785 555014", "01785555014", "01785 555014"),
        ("0044 1785 555014", "01785555014", "01785 555014"),
        ("07700 900123", "07700900123", "07700 900123"),
        ("020 7946 0000", "02079460000", "020 7946 0000"),
        ("0121 496 0000", "01214960000", "0121 496 0000"),
        ("0300 111 8010", "03001118010", "0300 111 8010"),
        ("0800 1111", "08001111", "08001111"),
        ("101", "101", "101"),
        ("00353 1 234 5678", "+35312345678", "+35312345678"),
        ("01785 555014 ext. 12", "01785555014 ext 12", "01785 555014 ext 12"),
        ("01785 555014 x12", "01785555014 ext 12", "01785 555014 ext 12"),
    ],
)
def test_a_telephone_number_is_kept_as_dialled_and_said_in_parts(typed: str, kept: str, said: str) -> None:
    assert check_phone(typed) == kept
    assert say_phone(kept) == said
    assert check_phone(said) == kept


@pytest.mark.parametrize(
    "typed", ["", "none", "12", "ask for Helen", "01785 555014 or 07700 900123", "+", "1" * 16]
)
def test_what_is_not_a_telephone_number_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="phone-shape"):
        check_phone(typed)


@given(st.text(max_size=20))
def test_no_input_does_anything_but_pass_or_be_refused_and_what_passes_is_settled(text: str) -> None:
    for check in (check_nhs_number, check_upn, check_uprn, check_postcode, check_phone):
        try:
            kept = check(text)
        except Refusal:
            continue
        assert kept.isascii()
        assert check(kept) == kept
