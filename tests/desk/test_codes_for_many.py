"""Codes for many devices: whom a choice or a list names, and the paper they leave the program on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pikepdf import PasswordError, Pdf

from mash_desktop.desk import Desk, administration, papers
from mash_desktop.desk.administration import LIST, AccountsFound, CodeRow, EnrolmentCode
from mash_desktop.desk.desk import Where
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.access import DocumentPrinted
from mash_desktop.domain.entries.hub import KeyEnrolled, PersonEnrolled
from mash_desktop.domain.errors import Refusal
from sync.protocol import HeldAccount, Unlink
from tests.documents.reading import text
from tests.support.desks import ADMINISTRATOR, desk_of

EXPIRES = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
CODE = "K7QFA-2MRDB-XXWQH-PLMNB"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_of(ADMINISTRATOR, tmp_path)
    made.save(
        [
            Draft("hub", KeyEnrolled(key="9f" * 16, person="karen", device="x-laptop", public="ab" * 32)),
            Draft("hub", PersonEnrolled(person="sam-2", name="Sam Iqbal", email="sam.iqbal@police.example")),
        ]
    )
    yield made
    made.cache.close()


ACCOUNTS = AccountsFound(
    accounts=(
        HeldAccount(person="iris", account="iris.b"),
        HeldAccount(person="dee", account="dee.lowe", linked=True),
    ),
    directory="Council sign-in",
)


def chosen(desk: Desk, who: str, text: str = "") -> tuple[CodeRow, ...]:
    return administration.chosen(desk, ACCOUNTS, who, text)


def test_everybody_without_a_device_or_an_agencys_is_chosen_together(desk: Desk) -> None:
    groups = dict(administration.groups(desk))
    assert groups["without"] == "Everybody without a device (12)"
    assert groups["police"] == "Police, without a device (1)"
    assert list(groups)[-1] == LIST
    everybody = chosen(desk, "without")
    assert "karen" not in {row.person for row in everybody}, "she has one"
    assert "sam-2" not in {row.person for row in everybody}, "they hold no role"
    assert {row.person for row in chosen(desk, "police")} == {"sam"}
    assert [(row.account, row.linked) for row in everybody if row.person in {"dee", "iris", "tom"}] == [
        ("dee.lowe", True),
        ("iris.b", False),
        ("tom.hartley", False),
    ]
    with pytest.raises(Refusal, match="nobody"):
        chosen(desk, "nowhere")
    with pytest.raises(Refusal, match="field-empty"):
        chosen(desk, "")


def test_a_list_names_people_by_name_e_mail_or_account_and_says_of_each_line_why_not(desk: Desk) -> None:
    rows = chosen(
        desk,
        LIST,
        "Name,Account\n tom  hartley , t.hartley\nSAM.IQBAL@police.example\nSam Iqbal\niris.b;\n\n"
        'Nobody At All\t nobody\nTom Hartley\n"Karen Shaw",',
    )
    assert [(row.person, row.account, row.refused) for row in rows] == [
        ("tom", "t.hartley", ""),
        ("sam-2", "sam.iqbal", ""),
        ("", "", "2 people are called that. Name the e-mail or the account."),
        ("iris", "iris.b", ""),
        ("", "nobody", "Nobody here is called that. Add the person first."),
        ("", "", "This person is in the list already."),
        ("karen", "karen.shaw", ""),
    ]
    assert len({row.key for row in rows}) == len(rows)
    with pytest.raises(Refusal, match="field-empty"):
        chosen(desk, LIST, "name\n , \n")
    with pytest.raises(Refusal, match="list-long"):
        chosen(desk, LIST, "Tom Hartley\n" * 501)


def test_a_list_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Zoë Łęcka\n", encoding="utf-8-sig")
    assert administration.read_list(str(file)) == "Zoë Łęcka\n"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refusal, match="file-unreadable"):
        administration.read_list(str(file))
    file.write_bytes(b"a" * 1_000_001)
    with pytest.raises(Refusal, match="file-large"):
        administration.read_list(str(file))


def test_the_slips_say_all_that_has_to_be_typed_and_are_saved_under_a_password_only(
    desk: Desk, tmp_path: Path
) -> None:
    desk.where = Where("https://isl.example.gov.uk", "0123456789abcdef" * 4)
    code = EnrolmentCode(code=CODE, expires_at=EXPIRES)
    dee, tom = (
        row for row in chosen(desk, "mash") + chosen(desk, "scc-children") if row.person in {"dee", "tom"}
    )
    left_out = administration.refused(tom, Refusal("account-taken", "Another person has that account."))
    made = administration.sheet(desk, [administration.made(desk, dee, code), left_out])
    said = text(made.content)
    for words in (
        CODE, "Dee Lowe", "dee.lowe", "19 Nov 2026, 09:00", "https://isl.example.gov.uk",
        "0123 4567 89ab cdef", "leave the password empty",
    ):  # fmt: skip
        assert words in said, words
    assert "Tom Hartley" not in said
    assert "Dee" not in made.name
    with pytest.raises(Refusal, match="password-missing"):
        papers.save_to(desk, made, str(tmp_path))
    assert not list(tmp_path.glob("*.pdf"))
    path = papers.save_to(desk, made, str(tmp_path), "nine blue herons")
    assert CODE.encode() not in path.read_bytes()
    with pytest.raises(PasswordError):
        Pdf.open(path)
    desk.send_access()
    printed = [one.body for one in desk.cache.entries(f"access:{desk.now():%Y-%m-%d}")]
    assert printed == [DocumentPrinted(target="hub", profile="codes", at=desk.now())]


def test_without_a_line_nobody_is_unlinked_and_nobody_unlinks_themselves(desk: Desk) -> None:
    rows = {row.person: row for row in administration.people(desk)}
    with pytest.raises(Refusal, match="offline"):
        administration.ask_accounts(desk)
    with pytest.raises(Refusal, match="offline"):
        administration.reset(desk, rows["dee"])
    asked: list[Unlink] = []

    def answer(message: Unlink) -> Future[EnrolmentCode]:
        asked.append(message)
        return Future()

    desk.store_unlink = answer
    administration.reset(desk, rows["dee"])
    assert asked == [Unlink(person="dee")]
    with pytest.raises(Refusal, match="own-account"):
        administration.reset(desk, rows["amara"])
