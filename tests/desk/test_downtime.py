"""The list of open reds for an outage: what stands on it, when it is made, and who can open it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from mash_desktop.desk import Desk, downtime
from mash_desktop.domain.codes import Rag
from mash_desktop.domain.entries.access import DocumentPrinted
from mash_desktop.domain.errors import Refusal
from tests.desk.test_hub_board import manager, rated
from tests.documents.reading import text
from tests.domain.story import OPERATOR, POLICE
from tests.support.desks import desk_of

PASSWORD = "lantern harbour quiet"


@pytest.fixture
def karen(tmp_path: Path) -> Desk:
    return manager(tmp_path, rated("referral:red", Rag.RED), rated("referral:amber", Rag.AMBER))


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder that is there when everything is down."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def opened(file: Path) -> str:
    """What stands on it, as any program with the password shows it."""
    plain = BytesIO()
    with pikepdf.open(file, password=PASSWORD) as document:
        document.save(plain, encryption=False)
    return text(plain.getvalue())


def later(desk: Desk, **by: int) -> None:
    then = desk.now() + timedelta(**by)
    desk.now = lambda: then


def tomorrow(desk: Desk) -> None:
    later(desk, days=1)


def refused(desk: Desk, folder: str, password: str) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as told:
        downtime.begin(desk, folder, password)
    return told.value.code, told.value.field


def test_the_list_names_the_open_reds_and_their_clocks_and_no_others(karen: Desk, stick: Path) -> None:
    row = next(one for one in downtime.open_reds(karen).reds)
    read = opened(downtime.begin(karen, str(stick), PASSWORD))
    assert "1 open at" in read
    assert row.reference in read
    assert f"{row.who}" in read
    assert f"waits for {row.waits_for}" in read
    assert len(downtime.open_reds(karen).reds) == 1


def test_nothing_on_it_is_read_without_its_password(karen: Desk, stick: Path) -> None:
    file = downtime.begin(karen, str(stick), PASSWORD)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(file)
    content = file.read_bytes()
    assert not any(word in content for word in (b"Carter", b"ISL-", b"Open reds"))
    assert file.stat().st_mode & 0o077 == 0
    assert "Carter" not in file.name


def test_a_new_list_each_day_takes_the_place_of_the_one_before(karen: Desk, stick: Path) -> None:
    first = downtime.begin(karen, str(stick), PASSWORD)
    assert downtime.make_daily(karen) == ""
    assert list(stick.iterdir()) == [first], "one a day"
    tomorrow(karen)
    assert downtime.make_daily(karen) == ""
    (second,) = stick.iterdir()
    assert second.name > first.name
    assert "1 open at" in opened(second)
    listed = downtime.listed(karen)
    assert listed is not None
    assert listed.last.startswith(second.name)


def test_each_list_is_recorded_as_a_paper_that_left_the_program(karen: Desk, stick: Path) -> None:
    downtime.begin(karen, str(stick), PASSWORD)
    karen.send_access()
    bodies = [one.body for waiting in karen.cache.waiting() for one in waiting.entries]
    assert [(type(one), one.profile) for one in bodies if isinstance(one, DocumentPrinted)] == [
        (DocumentPrinted, "open_reds")
    ]


def test_what_is_wrong_with_folder_or_password_is_said_and_nothing_is_begun(karen: Desk, stick: Path) -> None:
    assert refused(karen, "", PASSWORD) == ("folder-unknown", "folder")
    assert refused(karen, str(stick / "no such"), PASSWORD) == ("folder-unknown", "folder")
    assert refused(karen, str(stick), "short") == ("password-too-short", "password")
    assert refused(karen, str(stick), "") == ("password-missing", "password")
    assert downtime.listed(karen) is None
    assert downtime.make_daily(karen) == ""
    assert list(stick.iterdir()) == []


def test_a_list_that_cannot_be_made_is_told_once_a_day_and_made_once_it_can_be(
    karen: Desk, stick: Path
) -> None:
    downtime.begin(karen, str(stick), PASSWORD)
    tomorrow(karen)
    away = stick.rename(stick.with_name("taken away"))
    assert "was not made. Choose a folder that is there." in downtime.make_daily(karen)
    later(karen, minutes=11)
    assert downtime.make_daily(karen) == ""
    away.rename(stick)
    later(karen, minutes=11)
    assert downtime.make_daily(karen) == ""
    assert len(list(stick.iterdir())) == 1


def test_a_list_that_cannot_be_made_is_not_tried_again_for_some_minutes(karen: Desk, stick: Path) -> None:
    """A folder that does not answer holds up whatever else is to be kept."""
    downtime.begin(karen, str(stick), PASSWORD)
    tomorrow(karen)
    (yesterdays,) = stick.iterdir()
    away = stick.rename(stick.with_name("taken away"))
    assert "was not made" in downtime.make_daily(karen)
    away.rename(stick)
    later(karen, minutes=9)
    downtime.make_daily(karen)
    assert list(stick.iterdir()) == [yesterdays]
    later(karen, minutes=2)
    downtime.make_daily(karen)
    assert list(stick.iterdir()) != [yesterdays]


def test_whoever_has_none_made_is_hinted_at_it_until_they_put_that_away_and_again_the_next_day(
    karen: Desk, stick: Path, tmp_path: Path
) -> None:
    assert downtime.unmade(karen)
    downtime.not_today(karen)
    assert not downtime.unmade(karen)
    tomorrow(karen)
    assert downtime.unmade(karen)
    downtime.begin(karen, str(stick), PASSWORD)
    assert not downtime.unmade(karen)
    assert not downtime.unmade(desk_of(OPERATOR, tmp_path))


def test_a_list_that_was_broken_off_is_written_anew(karen: Desk, stick: Path) -> None:
    file = downtime.begin(karen, str(stick), PASSWORD)
    file.write_bytes(b"%PDF-1.7 broken off")
    assert downtime.begin(karen, str(stick), PASSWORD) == file
    assert "1 open at" in opened(file)


def test_the_list_that_is_there_stays_until_the_next_one_is(karen: Desk, stick: Path) -> None:
    file = downtime.begin(karen, str(stick), PASSWORD)
    assert refused(karen, str(stick), "short") == ("password-too-short", "password")
    assert "1 open at" in opened(file)
    (stick / f"{file.name}.new").write_bytes(b"%PDF-1.7 broken off")
    assert downtime.begin(karen, str(stick), PASSWORD) == file
    assert list(stick.iterdir()) == [file]
    file.unlink()
    file.mkdir()
    assert refused(karen, str(stick), PASSWORD) == ("file-there", "folder")


def test_two_people_with_one_folder_keep_a_list_each(karen: Desk, stick: Path) -> None:
    (stick / "open-reds-2026-01-01-ffff.pdf").write_bytes(b"somebody else's")
    downtime.begin(karen, str(stick), PASSWORD)
    tomorrow(karen)
    downtime.make_daily(karen)
    assert (stick / "open-reds-2026-01-01-ffff.pdf").read_bytes() == b"somebody else's"


def test_no_more_lists_are_made_once_it_is_ended(karen: Desk, stick: Path) -> None:
    file = downtime.begin(karen, str(stick), PASSWORD)
    downtime.end(karen)
    tomorrow(karen)
    assert downtime.make_daily(karen) == ""
    assert list(stick.iterdir()) == [file]
    assert downtime.listed(karen) is None


def test_whoever_has_the_hub_board_may_have_the_list(karen: Desk, tmp_path: Path) -> None:
    assert downtime.may_keep(karen)
    assert not downtime.may_keep(desk_of(OPERATOR, tmp_path))
    assert not downtime.may_keep(desk_of(POLICE, tmp_path))
