"""Fields and small controls."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.accessibility import nameless
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Box, Column
from ui.widgets.tick import ChoiceRow, TickBox


@pytest.fixture
def place(themed: QApplication, qtbot: QtBot) -> Box:
    made = Box(Column())
    qtbot.addWidget(made)
    return made


def put(place: Box, qtbot: QtBot, *widgets: QWidget) -> None:
    layout = place.layout()
    assert layout is not None
    for widget in widgets:
        layout.addWidget(widget)
    place.show()
    place.activateWindow()
    qtbot.waitUntil(place.isActiveWindow)


def test_what_was_typed_outlives_a_refresh_and_an_error(place: Box, qtbot: QtBot) -> None:
    field = Field("Call back", "01785 555 0100")
    put(place, qtbot, field)
    field.offer("01785 555 0142")
    assert field.value() == "01785 555 0142"
    QTest.keyClicks(field.line, " ext 7")
    field.offer("somebody else's number")
    field.show_error("A telephone number has at least ten digits.")
    assert field.value() == "01785 555 0142 ext 7"
    assert field.error.isVisible()


def test_an_error_is_said_beside_the_field_and_goes_when_it_is_mended(place: Box, qtbot: QtBot) -> None:
    field = Field("NHS number", "943 476 5910")
    put(place, qtbot, field)
    field.show_error("The check digit does not fit.")
    interface = QAccessible.queryAccessibleInterface(field.line)
    assert interface.text(QAccessible.Text.Name) == "NHS number"
    assert interface.text(QAccessible.Text.Description) == "The check digit does not fit."
    QTest.keyClick(field.line, Qt.Key.Key_Backspace)
    assert not field.error.isVisible()
    assert interface.text(QAccessible.Text.Description) == ""


def test_a_long_error_is_shown_whole_in_a_narrow_field(place: Box, qtbot: QtBot) -> None:
    field = Field("NHS number")
    put(place, qtbot, field)
    place.resize(160, 400)
    field.show_error("The check digit does not fit: look at the last two digits again.")
    qtbot.waitUntil(lambda: field.error.height() >= field.error.heightForWidth(field.error.width()) > 20)


def test_setting_a_value_is_not_typing(place: Box, qtbot: QtBot) -> None:
    words = TextField("Words", lines=2)
    heard: list[str] = []
    words.changed.connect(lambda: heard.append(words.value()))
    put(place, qtbot, words)
    words.set_value("As told")
    assert (heard, words.typed) == ([], False)
    QTest.keyClicks(words.text, "x")
    assert heard == ["xAs told"]
    assert words.typed


def test_tab_leaves_a_text_of_several_lines(place: Box, qtbot: QtBot) -> None:
    words, after = TextField("Words"), Field("Next")
    put(place, qtbot, words, after)
    words.setFocus()
    QTest.keyClick(words.text, Qt.Key.Key_Tab)
    assert after.line.hasFocus()


def test_leaving_a_field_is_the_moment_to_check_it(place: Box, qtbot: QtBot) -> None:
    one, other = Field("One"), Field("Other")
    put(place, qtbot, one, other)
    one.setFocus()
    with qtbot.waitSignal(one.left):
        other.setFocus()


def test_a_choice_is_empty_until_answered_and_a_wheel_does_not_answer_it(place: Box, qtbot: QtBot) -> None:
    sex = ChoiceField("Sex", [("F", "female"), ("M", "male"), ("U", "unknown")])
    put(place, qtbot, sex)
    assert sex.value() == ""
    wheel = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(0, -120), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(sex.box, wheel)
    assert sex.value() == ""
    sex.setFocus()
    with qtbot.waitSignal(sex.changed):
        QTest.keyClick(sex.box, Qt.Key.Key_Down)
    assert sex.value() == "F"
    sex.set_choices([("F", "female"), ("N", "not known")])
    assert sex.value() == "F"


def test_a_row_of_choices_is_walked_by_arrows(place: Box, qtbot: QtBot) -> None:
    row = ChoiceRow([("no", "No"), ("yes", "Yes")], "no", accessible_name="Immediate danger")
    put(place, qtbot, row)
    row.setFocus()
    with qtbot.waitSignal(row.chosen) as chosen:
        QTest.keyClick(row.button("no"), Qt.Key.Key_Right)
    assert chosen.args == ["yes"]
    assert row.value() == "yes"


def test_an_arrow_answers_a_row_that_has_no_answer_yet(place: Box, qtbot: QtBot) -> None:
    row = ChoiceRow([("red", "Red"), ("amber", "Amber")], accessible_name="Rating")
    put(place, qtbot, row)
    row.setFocus()
    QTest.keyClick(row.button("red"), Qt.Key.Key_Right)
    assert row.value() == "amber"


def test_a_field_made_while_another_is_typed_in_takes_nothing_from_it(place: Box, qtbot: QtBot) -> None:
    typed = Field("Call back")
    put(place, qtbot, typed)
    typed.line.setFocus()
    made = [TextField("Reason"), ChoiceField("Stage", [("1", "One")])]
    QApplication.processEvents()
    assert typed.line.hasFocus()
    put(place, qtbot, *made)


def test_a_tick_box_is_ticked_by_space_and_by_a_click_on_its_words(place: Box, qtbot: QtBot) -> None:
    box = TickBox("Parents were told")
    put(place, qtbot, box)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert box.isChecked()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(box.sizeHint().width() - 12, 8))
    assert not box.isChecked()


def test_a_field_without_a_name_cannot_be_made(themed: QApplication) -> None:
    with pytest.raises(ValueError, match="accessible name"):
        Field("")


def test_every_control_here_has_a_name(place: Box, qtbot: QtBot) -> None:
    put(
        place, qtbot, Field("a"), TextField("", accessible_name="b"), ChoiceField("c", [("x", "X")]),
        TickBox("d"), ChoiceRow([("x", "X")], accessible_name="e"),
    )  # fmt: skip
    assert nameless(place) == []


def test_a_choice_of_everything_reads_as_it_is_offered(place: Box, qtbot: QtBot) -> None:
    field = ChoiceField("Agency", [("", "All agencies"), ("police", "Police")])
    assert (field.value(), field.box.currentText()) == ("", "All agencies")
    field.set_choices([("", "All of them"), ("mpft", "MPFT")])
    assert field.box.currentText() == "All of them"
    field.deleteLater()


def test_words_too_long_for_a_field_show_their_beginning(place: Box, qtbot: QtBot) -> None:
    field = Field("Call back")
    field.set_value("01785 555 0142, and after six on 01785 555 0199")
    assert field.line.cursorPosition() == 0
    field.deleteLater()
