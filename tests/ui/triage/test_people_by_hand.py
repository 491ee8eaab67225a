"""The people of a contact by hand: edited in full, related, reached, taken off, and living in a setting."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mash_desktop.desk import Desk, triage
from mash_desktop.domain.entries.contact import ContactDetailRecorded
from tests.ui.accessibility import nameless
from tests.ui.triage.conftest import ALT, CTRL
from tests.ui.triage.driving import Key, Show, find, stream_of, told
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field


def test_a_person_is_taken_off_with_delete_and_put_back_with_undo(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands, "Mia Carter 3 Apr 2017 subject", "Joanne Carter mother PR")
    page.people.table.setFocus()
    hands.press(Key.Key_Down)
    hands.press(Key.Key_Delete)
    hands.wait(lambda: len(page.people.table.rows()) == 1)
    hands.press(Key.Key_Z, CTRL)
    hands.wait(lambda: len(page.people.table.rows()) == 2)
    assert [made.body.relation for made in desk.referral(stream_of(desk)).subjects.values()][-1] == "mother"
    hands.rest()


def test_what_people_are_to_each_other_is_shown_and_corrected(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands, "Mia Carter 3 Apr 2017 subject", "Joanne Carter mother PR")
    mia, joanne = desk.referral(stream_of(desk)).subjects
    page.people.table.setFocus()
    hands.press(Key.Key_Down)
    hands.press(Key.Key_F2)
    hands.wait(lambda: page.editor.subject == joanne)
    bond = find(screen, ChoiceField, f"triage.person.bond.{mia}")
    hands.wait(lambda: bond.value() == "parent")
    bond.setFocus()
    hands.type("o")
    hands.wait(lambda: triage.bonds(desk.referral(stream_of(desk)), joanne)[0].bond == "other")
    assert nameless(screen) == []
    hands.rest()


def test_a_person_is_edited_in_full_and_gets_an_address(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands)
    page.people.table.setFocus()
    hands.press(Key.Key_F2)
    hands.wait(lambda: not page.editor.isHidden())
    school = page.editor.section.inputs["school"]
    assert isinstance(school, Field)
    school.setFocus()
    hands.type("St Chad's, year 4")
    find(page, QWidget, "triage.person.new.line").setFocus()
    hands.type("14 Mill Lane")
    hands.press(Key.Key_A, ALT)
    stream = stream_of(desk)
    hands.wait(lambda: len(desk.referral(stream).addresses) == 1)
    hands.press(Key.Key_Escape)
    assert page.editor.isHidden()
    hands.wait(lambda: next(iter(desk.referral(stream).subjects.values())).body.school == "St Chad's, year 4")


def test_a_concern_about_a_care_home_has_a_setting_and_no_household(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands, "Alma Whitfield 1941 subject")
    first = stream_of(desk)
    hands.press(Key.Key_H, ALT)
    page.caller.organisational.click()
    hands.wait(lambda: stream_of(desk) not in ("", first) and page.setting.isVisible())
    assert not page.people._home_row.isVisible()
    name = page.setting.section.inputs["name"]
    assert isinstance(name, QWidget)
    name.setFocus()
    hands.type("Larch House")
    hands.wait(lambda: triage.chips(desk)[-1].title == "Larch House")
    assert nameless(screen) == []
    hands.rest()


def test_how_a_person_is_reached_says_whether_it_is_safe(show: Show, desk: Desk) -> None:
    screen, hands = show()
    page = told(screen, hands, "Mia Carter 3 Apr 2017 subject", "Joanne Carter mother PR")
    joanne = list(desk.referral(stream_of(desk)).subjects)[1]
    page.people.table.setFocus()
    hands.press(Key.Key_Down)
    hands.press(Key.Key_F2)
    hands.wait(lambda: page.editor.subject == joanne)
    hands.press(Key.Key_P, ALT)
    hands.wait(lambda: page.editor.reach._value.error.isVisible())
    page.editor.reach._value.setFocus()
    hands.type("07700 900123")
    hands.tab()
    hands.type("n")
    hands.press(Key.Key_P, ALT)
    stream = stream_of(desk)
    hands.wait(lambda: bool(desk.referral(stream).all(ContactDetailRecorded)))
    made = desk.referral(stream).all(ContactDetailRecorded)[0].body
    assert (made.subject, made.medium, made.value, made.safe) == (joanne, "phone", "07700 900123", False)
    field = f"triage.person.reach.{made.detail}"
    hands.wait(lambda: screen.findChild(ChoiceField, field) is not None)
    find(screen, ChoiceField, field).setFocus()
    hands.type("s")
    hands.wait(lambda: desk.referral(stream).all(ContactDetailRecorded)[-1].body.safe is True)
    assert nameless(screen) == []
    hands.rest()
