"""Codes for many devices and unlinking from the directory, as an administrator drives them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import Desk
from mash_desktop.desk.administration import AccountsFound, EnrolmentCode
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.hub import KeyEnrolled
from mash_desktop.domain.errors import Refusal
from sync.protocol import HeldAccount, NewDevice, Unlink
from tests.support.desks import ADMINISTRATOR, desk_of
from tests.ui.accessibility import nameless
from tests.ui.administration.test_administration_screen import OnAdministration
from ui.keys import keys
from ui.widgets.banner import Banner
from ui.widgets.choice import ChoiceField
from ui.work import Worker

EXPIRES = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
ACCOUNTS = AccountsFound(
    accounts=(
        HeldAccount(person="dee", account="dee.lowe", linked=True),
        HeldAccount(person="ruth", account="ruth.okafor"),
    ),
    directory="Council sign-in",
)


T = TypeVar("T")


def coming(answer: T | Exception) -> Future[T]:
    future: Future[T] = Future()
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
    return future


class Hub:
    """What the hub answers: a code for each asked for, unless it was told to do otherwise."""

    def __init__(self) -> None:
        self.asked: list[NewDevice] = []
        self.unlinked: list[Unlink] = []
        self.fails: dict[str, Exception] = {}
        self.held: Future[EnrolmentCode] | None = None

    def code(self, asked: NewDevice) -> Future[EnrolmentCode]:
        self.asked.append(asked)
        if self.held is not None:
            return self.held
        code = EnrolmentCode(code=f"CODE-{asked.person}", expires_at=EXPIRES)
        return coming(self.fails.get(asked.person, code))

    def unlink(self, asked: Unlink) -> Future[EnrolmentCode]:
        self.unlinked.append(asked)
        return coming(EnrolmentCode(code="K7QFA-2MRDB", expires_at=EXPIRES))


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def desk(tmp_path: Path, hub: Hub) -> Iterator[Desk]:
    made = desk_of(ADMINISTRATOR, tmp_path)
    made.save([Draft("hub", KeyEnrolled(key="9f" * 16, person="karen", device="x-laptop", public="ab" * 32))])
    made.store_code, made.store_unlink = hub.code, hub.unlink
    made.store_accounts = lambda: coming(ACCOUNTS)
    yield made
    made.cache.close()


@pytest.fixture
def admin(qtbot: QtBot, worker: Worker, desk: Desk) -> OnAdministration:
    return OnAdministration(qtbot, worker, desk)


def banner(admin: OnAdministration) -> str:
    return "\n".join(one.accessibleName() for one in admin.window.findChildren(Banner) if one.isVisible())


def listed(admin: OnAdministration, *people: str) -> None:
    """Choose the people of a list, from the keyboard."""
    admin.press(Qt.Key.Key_B)
    admin.pick("admin.who", "list")
    admin.find("admin.list").setFocus()
    for one in people:
        admin.type(one)
        admin.press(Qt.Key.Key_Return)
    admin.save()


def made(admin: OnAdministration, count: int) -> None:
    admin.qtbot.waitUntil(lambda: sum(bool(row.code) for row in admin.screen.codes.rows) == count)
    admin.settle()


def test_codes_for_everybody_of_an_agency_are_made_with_two_keys_and_shown(
    admin: OnAdministration, hub: Hub
) -> None:
    admin.press(Qt.Key.Key_B)
    assert keys.clashes(admin.window) == []
    admin.pick("admin.who", "mash")
    admin.save()
    assert "to be made" in banner(admin)
    assert hub.asked == [], "nothing is made before it has been seen who"
    assert keys.clashes(admin.window) == []
    assert nameless(admin.window) == []
    waiting = len(admin.screen.codes.rows)
    admin.save()
    made(admin, waiting)
    assert f"{waiting} codes made" in banner(admin)
    assert "CODE-dee" in {row.code for row in admin.screen.codes.rows}
    assert {one.person: one.account for one in hub.asked}["dee"] == "dee.lowe"
    assert keys.clashes(admin.window) == []


def test_each_line_that_gets_no_code_says_why(admin: OnAdministration, hub: Hub) -> None:
    hub.fails["tom"] = Refusal("account-taken", "Another person has an account of that name.", "account")
    listed(admin, "Tom Hartley", "Nobody At All", "Sam Iqbal,s.iqbal")
    assert "2 codes to be made 1 line gets none, and it says why." in banner(admin)
    admin.save()
    made(admin, 1)
    assert [row.refused for row in admin.screen.codes.rows] == [
        "Another person has an account of that name.",
        "Nobody here is called that. Add the person first.",
        "",
    ]
    assert "2 lines get none" in banner(admin)
    assert hub.asked[-1] == NewDevice(person="sam", account="s.iqbal")
    assert admin.screen.codes.table.select_key("tom")
    admin.settle()
    assert "Another person has an account of that name." in admin.words()


def test_where_the_line_is_lost_what_was_made_stays_and_one_goes_on(
    admin: OnAdministration, hub: Hub
) -> None:
    hub.fails["sam"] = ConnectionError("gone")
    listed(admin, "Tom Hartley", "Sam Iqbal", "Iris Bennion")
    admin.save()
    made(admin, 1)
    admin.qtbot.waitUntil(lambda: "cannot be reached" in banner(admin))
    assert "1 of 3 made" in banner(admin)
    hub.fails.clear()
    admin.save()
    made(admin, 3)
    assert [one.person for one in hub.asked] == ["tom", "sam", "sam", "iris"]


def test_a_refusal_that_all_would_meet_stops_the_run(admin: OnAdministration, hub: Hub) -> None:
    hub.fails["tom"] = Refusal("not-permitted", "Only an administrator makes codes for devices.")
    listed(admin, "Tom Hartley", "Sam Iqbal")
    admin.save()
    admin.qtbot.waitUntil(lambda: "Only an administrator" in banner(admin))
    assert len(hub.asked) == 1


def test_one_stops_in_the_middle_and_what_is_answered_later_is_still_shown(
    admin: OnAdministration, hub: Hub
) -> None:
    hub.held = Future()
    listed(admin, "Tom Hartley", "Sam Iqbal")
    admin.save()
    assert "0 of 2 made" in banner(admin)
    admin.press(Qt.Key.Key_Escape)
    hub.held.set_result(EnrolmentCode(code="CODE-late", expires_at=EXPIRES))
    made(admin, 1)
    assert len(hub.asked) == 1
    assert "1 of 2 made" in banner(admin)


def test_codes_go_when_they_are_left_and_an_answer_that_comes_after_is_nobodys(
    admin: OnAdministration, hub: Hub, desk: Desk
) -> None:
    listed(admin, "Tom Hartley")
    admin.save()
    made(admin, 1)
    admin.press(Qt.Key.Key_S)
    admin.qtbot.waitUntil(lambda: admin.screen.codes.viewer.isVisible())
    admin.settle()
    admin.screen.hide()
    admin.settle()
    assert admin.screen.codes.rows == ()
    assert admin.screen.codes.viewer.isHidden()
    assert b"CODE-tom" not in b"".join(value.encode() for value in desk.cache.drafts("").values())
    admin.screen.show()
    hub.held = Future()
    listed(admin, "Sam Iqbal")
    admin.save()
    admin.press(Qt.Key.Key_Escape)
    admin.press(Qt.Key.Key_Escape)
    hub.held.set_result(EnrolmentCode(code="CODE-late", expires_at=EXPIRES))
    admin.settle()
    assert admin.screen.codes.rows == ()
    assert "No codes are being made" in admin.words()


def test_the_slips_are_saved_under_a_password_only(admin: OnAdministration, tmp_path: Path) -> None:
    listed(admin, "Tom Hartley")
    admin.save()
    made(admin, 1)
    admin.press(Qt.Key.Key_S)
    admin.qtbot.waitUntil(lambda: admin.screen.codes.viewer.isVisible())
    admin.settle()
    admin.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    admin.write("viewer.folder", str(tmp_path))
    admin.save()
    assert not list(tmp_path.glob("*.pdf"))
    assert "give the file a password" in admin.words(admin.screen.codes.viewer)
    admin.write("viewer.password", "nine blue herons")
    admin.save()
    assert len(list(tmp_path.glob("*.pdf"))) == 1


def test_a_list_is_read_from_a_file(
    admin: OnAdministration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "people.csv"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    admin.press(Qt.Key.Key_B)
    admin.pick("admin.who", "list")
    admin.click("admin.choose")
    assert "cannot be read" in admin.words()
    file.write_text("Tom Hartley\n")
    admin.click("admin.choose")
    assert admin.text("admin.list") == "Tom Hartley\n"


def test_what_was_typed_of_a_list_comes_back(
    admin: OnAdministration, qtbot: QtBot, worker: Worker, desk: Desk
) -> None:
    admin.press(Qt.Key.Key_B)
    admin.pick("admin.who", "list")
    admin.write("admin.list", "Tom Hartley")
    admin.press(Qt.Key.Key_Escape)
    again = OnAdministration(qtbot, worker, desk)
    again.press(Qt.Key.Key_B)
    assert isinstance(who := again.find("admin.who"), ChoiceField)
    assert (who.value(), again.text("admin.list")) == ("list", "Tom Hartley")


def test_whom_the_directory_signs_in_is_unlinked_and_the_code_is_shown_once(
    admin: OnAdministration, hub: Hub
) -> None:
    admin.choose_person("karen")
    assert "No account yet" in admin.words()
    assert not [one for one in admin.window.findChildren(QWidget, "admin.reset") if one.isVisible()]
    admin.choose_person("dee")
    assert "Signs in as dee.lowe, through Council sign-in" in admin.words()
    admin.press(Qt.Key.Key_R)
    assert "Council sign-in signs them in no more" in admin.words()
    assert keys.clashes(admin.window) == []
    assert hub.unlinked == []
    admin.save()
    admin.qtbot.waitUntil(lambda: "K7QFA-2MRDB" in admin.words())
    assert hub.unlinked == [Unlink(person="dee")]


def test_who_lost_password_and_codes_is_let_choose_anew_and_the_code_is_shown_once(
    admin: OnAdministration, hub: Hub
) -> None:
    admin.choose_person("ruth")
    assert "Signs in as ruth.okafor, with a password" in admin.words()
    admin.press(Qt.Key.Key_R)
    assert "Password, authenticator and recovery codes sign them in no more" in admin.words()
    assert nameless(admin.window) == []
    admin.save()
    admin.qtbot.waitUntil(lambda: "K7QFA-2MRDB" in admin.words())
    assert hub.unlinked == [Unlink(person="ruth")]


def test_without_a_line_it_is_said_that_codes_are_made_at_the_hub(
    qtbot: QtBot, worker: Worker, desk: Desk
) -> None:
    desk.store_accounts = None
    admin = OnAdministration(qtbot, worker, desk)
    admin.choose_person("dee")
    assert "Signs in as" not in admin.words()
    admin.press(Qt.Key.Key_B)
    admin.save()
    assert "The hub cannot be reached: codes are made there." in admin.words()
    desk.store_accounts = lambda: coming(ACCOUNTS)
    desk.online = lambda: True
    admin.screen.show_status(None)
    admin.settle()
    admin.save()
    assert "to be made" in banner(admin)
