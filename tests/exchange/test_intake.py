"""A list of new contacts: what is right is taken whole, what is wrong is said row by row."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mash_desktop.domain.codes import Cohort, ContactChannel, Sex, SourceOfContact
from mash_desktop.domain.partial_date import PartialDate
from mash_desktop.exchange import IntakeContact, check_intake, read_intake
from mash_desktop.exchange.records import IntakePerson, IntakeReferrer, PersonRole

from .returns import NOW, ROW, intake, table


def test_everything_said_of_a_contact_is_read(tmp_path: Path) -> None:
    said = ROW | {
        "channel": "Police_Feed",
        "referrer_role": "neighbour",
        "referrer_organisation": "Trent Homes",
        "person2_forenames": "Dean",
        "person2_relationship": "mother's partner",
        "person2_role": "alleged",
        "person2_birth": "c. 1990",
        "person2_address": "9 Wharf Lane, Stone",
        "person2_postcode": "st152ab",
    }
    (contact,), rejects = intake(tmp_path, table(said))
    assert rejects == []
    assert (contact.line, contact.received_at) == (2, datetime(2026, 11, 3, 21, 14, tzinfo=UTC))
    assert contact.channel is ContactChannel.POLICE_FEED
    assert contact.source is SourceOfContact.SCHOOLS
    assert contact.cohort is Cohort.CHILDREN
    assert contact.referrer == IntakeReferrer("Ruth Beech", "neighbour", "Trent Homes", "01632960123", False)
    assert contact.concern == "Came to school without a coat again."
    assert (contact.area, contact.address, contact.postcode) == (
        "E07000197",
        "3 Kiln Lane, Stafford",
        "ST16 2PL",
    )
    assert contact.people == (
        IntakePerson("Ella", "Salt", PartialDate(2016, 8, 23), Sex.FEMALE, "", PersonRole.SUBJECT, "", ""),
        IntakePerson(
            *("Dean", "", PartialDate(1990, estimated=True), None, "mother's partner"),
            *(PersonRole.ALLEGED, "9 Wharf Lane, Stone", "ST15 2AB"),
        ),
    )


def test_a_list_with_the_needed_columns_alone_is_enough(tmp_path: Path) -> None:
    text = (
        "Received_At , CHANNEL,source,cohort,concern,person1_forenames,person1_surname\r\n"
        "2026-11-03T21:14:05Z,phone,10,adults,Not seen since Monday.,,Tams\r\n"
    )
    (contact,), rejects = intake(tmp_path, text)
    assert rejects == []
    assert contact.received_at == datetime(2026, 11, 3, 21, 14, 5, tzinfo=UTC)
    assert (contact.people[0].surname, contact.people[0].role) == ("Tams", PersonRole.SUBJECT)
    assert (contact.area, contact.postcode) == (None, "")


def test_a_list_that_does_not_say_keeps_the_referrer_from_the_family(tmp_path: Path) -> None:
    (contact,), _ = intake(tmp_path, table(ROW | {"referrer_confidential": ""}))
    assert contact.referrer.confidential


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-07-01 10:00", datetime(2026, 7, 1, 9, 0, tzinfo=UTC)),
        ("01/07/2026 10:00:30", datetime(2026, 7, 1, 9, 0, 30, tzinfo=UTC)),
        ("2026-07-01T10:00:00+02:00", datetime(2026, 7, 1, 8, 0, tzinfo=UTC)),
        ("2026-10-25 01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T01:30Z", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
    ids=["local", "British", "with an offset", "the hour that comes twice", "the same hour in UTC"],
)
def test_a_time_is_the_hubs_unless_it_names_its_zone(tmp_path: Path, written: str, utc: datetime) -> None:
    (contact,), _ = intake(tmp_path, table(ROW | {"received_at": written}))
    assert contact.received_at == utc
    assert contact.received_at.tzinfo is UTC


def test_the_hubs_zone_can_be_another(tmp_path: Path) -> None:
    path = tmp_path / "intake.csv"
    path.write_text(table(ROW))
    (contact,) = read_intake(path, zone=ZoneInfo("Europe/Lisbon"), now=NOW)
    assert isinstance(contact, IntakeContact)
    assert contact.received_at == datetime(2026, 11, 3, 21, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["\ufeff" + table(ROW), table(ROW) + "\r\n,,,\r\n", table(ROW).replace("\r\n", "\n")]
)
def test_a_byte_order_mark_blank_rows_and_line_ends_change_nothing(tmp_path: Path, text: str) -> None:
    (contact,), rejects = intake(tmp_path, text)
    assert rejects == []
    assert contact.people[0].forenames == "Ella"


def test_an_account_may_have_lines_quotes_and_dashes(tmp_path: Path) -> None:
    words = '- said "no", twice\r\n- then ran\n\n=why?'
    (first, second), rejects = intake(
        tmp_path, table(ROW | {"concern": words}, ROW | {"concern": "Next."}).replace("\r\n2026", "\n2026")
    )
    assert rejects == []
    assert first.concern == '- said "no", twice\n- then ran\n\n=why?'
    assert (first.line, second.line) == (2, 6)


@pytest.mark.parametrize(
    "number", ["+44 1632 960123", "+44 (0)1632 960123", "01632-960123", "01632 960123 ext 4"]
)
def test_a_telephone_number_may_begin_with_a_plus(tmp_path: Path, number: str) -> None:
    (contact,), rejects = intake(tmp_path, table(ROW | {"referrer_phone": number}))
    assert rejects == []
    assert contact.referrer.phone.startswith("01632960123")


WRONG = {
    "no time": ("received_at", "", "missing"),
    "a day without a time": ("received_at", "2026-11-04", "bad-time"),
    "no such day": ("received_at", "2026-02-30 10:00", "bad-time"),
    "no such British day": ("received_at", "30/02/2026 10:00", "bad-time"),
    "an hour that spring skips": ("received_at", "2026-03-29 01:30", "bad-time"),
    "the first year there was": ("received_at", "0001-01-01 00:00", "bad-time"),
    "a time long ago": ("received_at", "1999-12-31 10:00", "bad-time"),
    "a time to come": ("received_at", "2026-11-23 12:01", "in-the-future"),
    "the last year there is": ("received_at", "9999-12-31T23:59-05:00", "bad-time"),
    "an unknown channel": ("channel", "pigeon", "unknown-code"),
    "an unknown source": ("source", "11", "unknown-code"),
    "an unknown cohort": ("cohort", "everybody", "unknown-code"),
    "no concern": ("concern", " \t", "missing"),
    "a concern without end": ("concern", "x" * 20_001, "too-long"),
    "a cell without end": ("referrer_role", "x" * 501, "too-long"),
    "a formula": ("concern", "=1+1", "formula-cell"),
    "a formula behind blanks": ("concern", "  =1+1", "formula-cell"),
    "a formula behind a tab": ("concern", "\t=1+1", "formula-cell"),
    "an at sign": ("referrer_name", "@SUM(A1)", "formula-cell"),
    "a minus": ("referrer_role", "-1", "formula-cell"),
    "a plus that begins no number": ("referrer_phone", "+cmd|' /C calc'!A0", "formula-cell"),
    "a plus where no number belongs": ("referrer_name", "+44 1632 960123", "formula-cell"),
    "a character nobody can see": ("address", "3 Kiln\x1b Lane", "control-character"),
    "a telephone number of words": ("referrer_phone", "ask at desk", "phone-shape"),
    "neither yes nor no": ("referrer_confidential", "perhaps", "bad-yes-or-no"),
    "an area by name": ("area", "Stafford", "bad-area"),
    "no postcode": ("postcode", "none", "postcode-shape"),
    "a name with no letter": ("person1_surname", "???", "bad-name"),
    "a birth date in words": ("person1_birth", "in spring", "bad-date"),
    "a birth date to come": ("person1_birth", "2027-01-01", "in-the-future"),
    "an unknown sex": ("person1_sex", "girl", "unknown-code"),
    "an unknown role": ("person1_role", "victim", "unknown-code"),
    "a postcode of somebody": ("person1_postcode", "none", "postcode-shape"),
    "nobody it is about": ("person1_role", "household", "no-subject"),
    "somebody without a name": ("person2_role", "household", "missing"),
}


@pytest.mark.parametrize(("column", "cell", "code"), WRONG.values(), ids=WRONG)
def test_a_row_that_is_wrong_is_left_out_and_said(tmp_path: Path, column: str, cell: str, code: str) -> None:
    good = ROW | {"person1_forenames": "Grace"}
    contacts, (reject,) = intake(tmp_path, table(ROW | {column: cell}, good))
    assert [contact.people[0].forenames for contact in contacts] == ["Grace"]
    assert (reject.source, reject.line, reject.code, reject.left_out) == ("intake.csv", 2, code, "row")
    assert reject.field == ("person2_surname" if column == "person2_role" else column)
    assert reject.reason.endswith(".")
    assert len(cell.strip()) < 5 or cell.strip() not in str(reject)


def test_every_fault_of_a_row_is_said(tmp_path: Path) -> None:
    contacts, rejects = intake(tmp_path, table(ROW | {"source": "11", "cohort": "x", "person1_birth": "?"}))
    assert contacts == []
    assert [reject.field for reject in rejects] == ["source", "cohort", "person1_birth"]


def test_a_row_with_the_wrong_number_of_cells_is_left_out(tmp_path: Path) -> None:
    contacts, (reject,) = intake(tmp_path, table(ROW) + "2026-11-03 21:14,phone,2A\n")
    assert len(contacts) == 1
    assert (reject.line, reject.code) == (3, "wrong-cell-count")


def test_a_contact_sent_twice_is_taken_once(tmp_path: Path) -> None:
    again = {column: f" {cell} " for column, cell in ROW.items()}
    contacts, (reject,) = intake(tmp_path, table(ROW, ROW | {"channel": "email"}, again))
    assert len(contacts) == 2
    assert (reject.line, reject.code) == (4, "repeated")
    assert "line 2" in reject.reason


def test_a_sound_list_says_its_columns_and_rows(tmp_path: Path) -> None:
    path = tmp_path / "intake.csv"
    path.write_text(table(ROW, ROW))
    checked = check_intake(path)
    assert checked.rows == 2
    assert checked.columns[:2] == ("received_at", "channel")
