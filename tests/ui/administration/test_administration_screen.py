"""Administration as an administrator drives it, and what the hub's stream holds afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.desk import ChangeSet, Desk, administration
from mash_desktop.desk.administration import EnrolmentCode
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.hub import KeyEnrolled
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from tests.domain.story import staffordshire
from tests.support.desks import ADMINISTRATOR, desk_of
from tests.ui.accessibility import nameless
from tests.ui.driven import Driven
from ui.administration import AdministrationScreen
from ui.keys import keys
from ui.theme import Mode, Theme
from ui.widgets.banner import Banner
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.work import Worker


class OnAdministration(Driven[AdministrationScreen]):
    def __init__(self, qtbot: QtBot, worker: Worker, desk: Desk) -> None:
        super().__init__(qtbot, worker, desk, AdministrationScreen(desk, worker))

    def choose_person(self, person: str) -> None:
        assert self.screen.people.select_key(person)
        self.screen.people.setFocus()
        self.settle()

    def pick(self, name: str, value: str) -> None:
        field = self.find(name)
        assert isinstance(field, ChoiceField)
        field.box.setFocus()
        index = field.box.findData(value)
        assert index >= 0, value
        while field.box.currentIndex() != index:
            down = field.box.currentIndex() < index
            self.press(Qt.Key.Key_Down if down else Qt.Key.Key_Up)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = desk_of(ADMINISTRATOR, tmp_path)
    made.save([Draft("hub", KeyEnrolled(key="9f" * 16, person="karen", device="x-laptop", public="ab" * 32))])
    yield made
    made.cache.close()


@pytest.fixture
def admin(qtbot: QtBot, worker: Worker, desk: Desk) -> OnAdministration:
    return OnAdministration(qtbot, worker, desk)


def test_everybody_stands_there_with_everything_named(admin: OnAdministration) -> None:
    assert admin.screen.tabs.button("people").text() == "People 13"
    assert admin.screen.tabs.button("devices").text() == "Devices 1"
    assert "Amara Cole" in admin.words()
    assert nameless(admin.window) == []
    assert keys.clashes(admin.window) == []


def test_a_person_is_added_from_the_keyboard_and_chosen(admin: OnAdministration) -> None:
    admin.press(Qt.Key.Key_N)
    admin.write("admin.name", "Olu Adeyemi")
    admin.pick("admin.agency", "scc-children")
    admin.pick("admin.role", "gateway_worker")
    admin.save()
    assert isinstance(team := admin.find("admin.team"), ChoiceField)
    assert team.error.text().startswith("Choose the team")
    admin.pick("admin.team", "early-help-gateway")
    admin.save()
    row = admin.screen.people.current()
    assert row is not None
    assert (row.name, row.roles, row.pending) == (
        "Olu Adeyemi",
        "Gateway worker, Early Help Gateway",
        True,
    )


def test_what_was_typed_of_a_person_comes_back(
    admin: OnAdministration, qtbot: QtBot, worker: Worker, desk: Desk
) -> None:
    admin.press(Qt.Key.Key_N)
    admin.write("admin.name", "Olu Adeyemi")
    admin.pick("admin.agency", "scc-children")
    admin.pick("admin.team", "scas")
    admin.press(Qt.Key.Key_Escape)
    again = OnAdministration(qtbot, worker, desk)
    again.press(Qt.Key.Key_N)
    assert again.text("admin.name") == "Olu Adeyemi"
    team = again.find("admin.team")
    assert isinstance(team, ChoiceField)
    assert team.value() == "scas"


def test_a_role_is_ended_with_its_reason(admin: OnAdministration, desk: Desk) -> None:
    admin.choose_person("karen")
    admin.press(Qt.Key.Key_E)
    admin.save()
    assert desk.directory().roles_of("karen")
    admin.write("admin.reason", "Moved to another council.")
    admin.save()
    assert desk.directory().roles_of("karen") == ()


def test_a_further_role_is_given(admin: OnAdministration, desk: Desk) -> None:
    admin.choose_person("karen")
    admin.press(Qt.Key.Key_G)
    admin.pick("admin.agency", "mash")
    admin.pick("admin.role", "facilitator")
    admin.save()
    assert {one.role for one in desk.directory().roles_of("karen")} == {Role.HUB_MANAGER, Role.FACILITATOR}


def test_cover_is_given_until_its_last_day(admin: OnAdministration, desk: Desk) -> None:
    admin.choose_person("dan")
    admin.press(Qt.Key.Key_G)
    admin.pick("admin.agency", "mash")
    admin.pick("admin.role", "deputy_hub_manager")
    admin.write("admin.until", "2 Jan 2027")
    admin.save()
    assert desk.directory().roles_of("dan")[-1].until == date(2027, 1, 2)
    assert ", until 2 Jan 2027" in admin.words()


def test_a_device_is_revoked(admin: OnAdministration, desk: Desk) -> None:
    admin.press_mouse(admin.screen.tabs.button("devices"))
    assert admin.screen.devices.select_key("9f" * 16)
    admin.screen.devices.setFocus()
    admin.press(Qt.Key.Key_V)
    admin.write("admin.reason", "Left on a train.")
    admin.save()
    assert admin.screen.tabs.button("devices").text() == "Devices 0"
    assert "Left on a train." in admin.words()


def coming(answer: EnrolmentCode | Exception) -> Future[EnrolmentCode]:
    future: Future[EnrolmentCode] = Future()
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
    return future


def test_a_code_is_shown_once_beside_its_person(admin: OnAdministration, desk: Desk) -> None:
    code = EnrolmentCode(code="K7QF-2MRD", expires_at=datetime(2026, 11, 19, 9, 0, tzinfo=UTC))
    desk.store_code = lambda asked: coming(code)
    admin.choose_person("karen")
    admin.press(Qt.Key.Key_C)
    assert admin.text("admin.account") == "karen.shaw"
    admin.save()
    admin.qtbot.waitUntil(lambda: "K7QF-2MRD" in admin.words())
    assert "good until 19 Nov 2026, 09:00" in admin.words()
    admin.pending.append(ChangeSet(frozenset({"hub"})))
    admin.settle()
    assert "K7QF-2MRD" in admin.words(), "what arrives takes nothing away"
    admin.choose_person("dee")
    admin.choose_person("karen")
    assert "K7QF-2MRD" not in admin.words()


def test_a_code_that_the_hub_refuses_is_said(admin: OnAdministration, desk: Desk) -> None:
    desk.store_code = lambda asked: coming(Refusal("person-unknown", "Enrol the person first.", "person"))
    admin.choose_person("karen")
    admin.press(Qt.Key.Key_C)
    admin.save()
    admin.qtbot.waitUntil(lambda: admin.said == ["Enrol the person first."])


def test_without_a_line_the_command_on_the_store_is_named(admin: OnAdministration) -> None:
    admin.choose_person("karen")
    admin.press(Qt.Key.Key_C)
    admin.save()
    field = admin.find("admin.account")
    assert isinstance(field, Field)
    assert "mash-isl device enrol-code --account karen.shaw" in field.error.text()


def test_agencies_stand_with_their_teams(admin: OnAdministration) -> None:
    admin.press_mouse(admin.screen.tabs.button("agencies"))
    assert admin.screen.agencies.select_key("scc-children")
    admin.settle()
    assert "Social Work Gateway" in admin.words()


def configuration(tmp_path: Path, **changed: object) -> str:
    file = tmp_path / "hub.json"
    file.write_bytes(msgspec.json.encode(msgspec.structs.replace(staffordshire(), **changed)))
    return str(file)


def proposed(admin: OnAdministration, file: str) -> None:
    admin.press_mouse(admin.screen.tabs.button("configuration"))
    admin.screen.lines.setFocus()
    admin.press(Qt.Key.Key_I)
    admin.write("admin.file", file)
    admin.save()


def test_a_changed_configuration_is_shown_before_it_is_put_in_force(
    admin: OnAdministration, desk: Desk, tmp_path: Path
) -> None:
    proposed(admin, configuration(tmp_path, break_glass_hours=8))
    (difference,) = admin.screen.differences.rows()
    assert (difference.what, difference.before, difference.after) == ("Break glass hours", "4", "8")
    assert desk.config().break_glass_hours == 4
    assert nameless(admin.window) == []
    assert keys.clashes(admin.window) == []
    admin.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert desk.config().break_glass_hours == 8
    assert admin.screen.lines.isVisible()


def test_what_is_wrong_with_it_is_named_and_it_can_only_be_left(
    admin: OnAdministration, desk: Desk, tmp_path: Path
) -> None:
    proposed(admin, configuration(tmp_path, break_glass_hours=0))
    said = "\n".join(one.accessibleName() for one in admin.window.findChildren(Banner) if one.isVisible())
    assert "This is at least one." in said
    assert not admin.window.findChildren(QWidget, "admin.force")
    admin.click("admin.leave")
    assert admin.screen.lines.isVisible()
    assert desk.config().break_glass_hours == 4


def test_the_configuration_in_force_stands_with_its_checks(admin: OnAdministration) -> None:
    admin.press_mouse(admin.screen.tabs.button("configuration"))
    assert admin.screen.lines.select_key("Hub/Break glass roles")
    admin.settle()
    assert "Hub manager, Consultant social worker, Safeguarding manager, Police supervisor" in admin.words()
    assert "Direct line (s47, immediate) has no telephone number" in admin.words()
    assert "Everything named exists" not in admin.words()
    administration.set_numbers(admin.desk, {"direct-line": "01785 555014"})
    admin.settle()
    assert "Everything named exists" in admin.words()


def test_a_direct_line_without_a_number_is_told_where_the_board_opens_and_its_number_is_typed_from_there(
    admin: OnAdministration,
) -> None:
    def told() -> list[str]:
        return [one.accessibleName() for one in admin.window.findChildren(Banner) if one.isVisible()]

    (banner,) = told()
    assert "is not told whom to ring" in banner
    assert nameless(admin.window) == []
    assert keys.clashes(admin.window) == []
    admin.press(Qt.Key.Key_T)
    admin.write("admin.direct-line", "01785 555014")
    admin.save()
    admin.press_mouse(admin.screen.tabs.button("people"))
    assert told() == []


def test_a_file_that_cannot_be_read_is_said_at_its_field(admin: OnAdministration) -> None:
    proposed(admin, "/no/such/hub.json")
    field = admin.find("admin.file")
    assert isinstance(field, Field)
    assert "cannot be read" in field.error.text()
    assert field.value() == "/no/such/hub.json"


def test_the_configuration_is_written_to_a_file(admin: OnAdministration, tmp_path: Path) -> None:
    admin.press_mouse(admin.screen.tabs.button("configuration"))
    admin.screen.lines.setFocus()
    admin.press(Qt.Key.Key_W)
    admin.write("admin.file", str(tmp_path / "out.json"))
    admin.save()
    assert (tmp_path / "out.json").exists()
    assert admin.said == ["Written to out.json."]


def test_at_twice_the_text_size_the_list_keeps_its_room(
    admin: OnAdministration, themed: QApplication
) -> None:
    Theme.apply(themed, Mode.LIGHT, 2.0)
    admin.settle()
    assert admin.screen.people.height() >= 2 * 34 * 3


def test_the_number_of_a_direct_line_is_typed_and_rung_from_then_on(
    admin: OnAdministration, desk: Desk
) -> None:
    admin.screen.tabs.choose("configuration")
    admin.screen._show()
    admin.screen._focus()
    admin.press(Qt.Key.Key_T)
    assert nameless(admin.window) == []
    admin.write("admin.direct-line", "duty")
    admin.save()
    field = admin.find("admin.direct-line")
    assert isinstance(field, Field)
    assert field.error.text().startswith("This does not read as a phone number.")
    field.set_value("")
    admin.write("admin.direct-line", "01785 555014")
    admin.save()
    route = desk.config().route("direct-line")
    assert route.telephone == "01785555014"
    admin.press(Qt.Key.Key_T)
    assert admin.text("admin.direct-line") == "01785 555014"
