"""An authority's key file lends names to the children of its return, and is read with the same care."""

from __future__ import annotations

from pathlib import Path

import pytest

from mash_desktop.domain.codes import Sex
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.exchange.records import KnownRelation

from .returns import IDENTIFIERS, child, history, message

HEADING = (
    "LAchildID,forenames,surname,also_known_as,sex,address,postcode,"
    "relation1_forenames,relation1_surname,relation1_relation,relation1_birth\n"
)


def test_a_child_of_the_return_gets_its_names(tmp_path: Path) -> None:
    row = 'A1,Mia Louise,Carter,Mia Dean; Mya ,F,"14 Mill Lane, Stafford",st162pl,'
    row += 'Joanne,Carter,mother,"1988, estimated"\n'
    (found,), rejects = history(tmp_path, message(child()), names=HEADING + row)
    assert rejects == []
    key = found.key
    assert key is not None
    assert (key.line, key.forenames, key.surname) == (2, "Mia Louise", "Carter")
    assert key.also_known_as == ("Mia Dean", "Mya")
    assert (key.sex, key.address, key.postcode) == (Sex.FEMALE, "14 Mill Lane, Stafford", "ST16 2PL")
    assert key.relations == (KnownRelation("Joanne", "Carter", "mother", PartialDate(1988, estimated=True)),)


def test_a_child_without_a_row_keeps_its_history(tmp_path: Path) -> None:
    (found,), rejects = history(tmp_path, message(child()), names="LAchildID,forenames,surname\n")
    assert rejects == []
    assert found.key is None


WRONG = {
    "no number": (",Leo,Salt", "LAchildID", "missing"),
    "a number that is none": ("*,Leo,Salt", "LAchildID", "bad-identifier"),
    "no name": ("A1,,Salt", "forenames", "missing"),
    "a name with no letter": ("A1,Leo,123", "surname", "bad-name"),
    "a formula": ("A1,Leo,=1+1", "surname", "formula-cell"),
    "an unknown sex": ("A1,Leo,Salt,,boy", "sex", "unknown-code"),
    "no postcode": ("A1,Leo,Salt,,,,none", "postcode", "postcode-shape"),
    "a relation not said": ("A1,Leo,Salt,,,,,Joanne", "relation1_relation", "missing"),
    "a birth date in words": (
        "A1,Leo,Salt,,,,,Joanne,,mother,long ago",
        "relation1_birth",
        "bad-date",
    ),
    "somebody who is not in the return": ("A2,Leo,Salt", "LAchildID", "not-in-return"),
}


@pytest.mark.parametrize(("row", "field", "code"), WRONG.values(), ids=WRONG)
def test_a_row_that_is_wrong_leaves_the_history_without_its_names(
    tmp_path: Path, row: str, field: str, code: str
) -> None:
    row += "," * (10 - row.count(","))
    (found,), (reject,) = history(tmp_path, message(child()), names=f"{HEADING}{row}\n")
    assert found.key is None
    assert (reject.source, reject.line, reject.field) == ("names.csv", 2, field)
    assert (reject.code, reject.left_out) == (code, "row")


def test_of_two_rows_about_a_child_the_first_is_taken(tmp_path: Path) -> None:
    names = "LAchildID,forenames,surname\nA1,Mia,Carter\nA1,Maya,Carter\n"
    (found,), (reject,) = history(tmp_path, message(child()), names=names)
    assert found.key is not None
    assert found.key.forenames == "Mia"
    assert (reject.line, reject.code) == (3, "repeated")


def test_a_row_about_a_child_that_was_left_out_is_said(tmp_path: Path) -> None:
    names = "LAchildID,forenames,surname\nA1,Mia,Carter\n"
    gone = child(IDENTIFIERS.replace("2017-04-03", ""))
    children, rejects = history(tmp_path, message(gone), names=names)
    assert children == []
    assert [reject.code for reject in rejects] == ["no-birth-date", "not-in-return"]
