"""Keys: what a press does, where, and what it is called."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.keys import cap_text, keys
from ui.widgets.button import ActionButton
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Box, Column
from ui.widgets.table import DenseTable, TableColumn


@pytest.fixture
def page(themed: QApplication, qtbot: QtBot) -> Box:
    made = Box(Column())
    qtbot.addWidget(made)
    return made


def put(page: QWidget, widget: QWidget) -> None:
    layout = page.layout()
    assert layout is not None
    layout.addWidget(widget)


def show(qtbot: QtBot, page: QWidget) -> None:
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)


@pytest.mark.parametrize(
    ("key", "cap"),
    [
        ("R", "R"),
        ("Ctrl+K", "Ctrl K"),
        ("Ctrl+Shift+P", "Ctrl Shift P"),
        ("Alt+0, Alt+0", "Alt 0 0"),
        ("Return", "Enter"),
        ("Ctrl++", "Ctrl +"),
        ("Ctrl+-", "Ctrl −"),
        ("?", "?"),
        ("+", "+"),
    ],
)
def test_a_cap_shows_the_key_as_people_say_it(key: str, cap: str) -> None:
    assert cap_text(key) == cap


def test_a_letter_acts_on_the_screen(page: Box, qtbot: QtBot) -> None:
    button = ActionButton("Re-rate", "R", accessible_name="Re-rate")
    put(page, button)
    show(qtbot, page)
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(page, Qt.Key.Key_R)


@pytest.mark.parametrize("kind", ["line", "text", "choice"])
def test_a_letter_never_acts_while_something_is_being_filled_in(page: Box, qtbot: QtBot, kind: str) -> None:
    pressed: list[bool] = []
    button = ActionButton("Re-rate", "R", accessible_name="Re-rate")
    button.clicked.connect(lambda: pressed.append(True))
    field: Field | TextField | ChoiceField
    if kind == "line":
        field = Field("Name")
    elif kind == "text":
        field = TextField("Words")
    else:
        field = ChoiceField("Sex", [("F", "female"), ("R", "refused")])
    put(page, field)
    put(page, button)
    show(qtbot, page)
    field.control.setFocus()
    QTest.keyClick(field.control, Qt.Key.Key_R)
    assert pressed == []
    assert field.value().upper() == "R"


def test_a_key_sleeps_while_its_button_is_hidden_or_disabled(page: Box, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    button = ActionButton("Release", "L", accessible_name="Release")
    button.clicked.connect(lambda: pressed.append(True))
    put(page, button)
    show(qtbot, page)
    button.setEnabled(False)
    QTest.keyClick(page, Qt.Key.Key_L)
    button.setEnabled(True)
    button.hide()
    QTest.keyClick(page, Qt.Key.Key_L)
    assert pressed == []
    button.show()
    QTest.keyClick(page, Qt.Key.Key_L)
    assert pressed == [True]


def test_the_direct_line_takes_two_strokes(page: Box, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    button = ActionButton("Direct line", "Alt+0, Alt+0", "urgent", accessible_name="Direct line")
    button.clicked.connect(lambda: pressed.append(True))
    put(page, button)
    show(qtbot, page)
    QTest.keyClick(page, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
    assert pressed == []
    QTest.keyClick(page, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
    assert pressed == [True]


def test_enter_presses_the_focused_button_and_not_another_whose_key_it_is(page: Box, qtbot: QtBot) -> None:
    pressed: list[str] = []
    for name, key in (("Sign", "Return"), ("Return it", "Ctrl+R")):
        button = ActionButton(name, key, accessible_name=name)
        button.clicked.connect(lambda _=False, name=name: pressed.append(name))
        put(page, button)
    show(qtbot, page)
    other = page.findChildren(ActionButton)[1]
    other.setFocus()
    QTest.keyClick(other, Qt.Key.Key_Return)
    assert pressed == ["Return it"]


def test_enter_in_a_line_reaches_the_button_whose_key_it_is(page: Box, qtbot: QtBot) -> None:
    field = Field("Passphrase", secret=True)
    button = ActionButton("Sign", "Return", "primary", accessible_name="Sign")
    put(page, field)
    put(page, button)
    show(qtbot, page)
    field.setFocus()
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(field.control, Qt.Key.Key_Return)


def test_a_letter_in_a_table_is_the_screens_key_and_no_jump(page: Box, qtbot: QtBot) -> None:
    table: DenseTable[str] = DenseTable(
        [TableColumn("Who", lambda r: r)], key=lambda r: r, accessible_name="Open"
    )
    table.set_rows(["Adeyemi", "Rossi"])
    button = ActionButton("Re-rate", "R", accessible_name="Re-rate")
    put(page, table)
    put(page, button)
    show(qtbot, page)
    table.setFocus()
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(table, Qt.Key.Key_R)
    assert table.current() == "Adeyemi"


def test_a_binding_goes_with_its_scope_and_can_be_taken_back(page: Box, qtbot: QtBot) -> None:
    acted: list[str] = []
    bound = keys.on("F", page, lambda: acted.append("F"), "Filter")
    button = ActionButton("Chase", "C", accessible_name="Chase")
    put(page, button)
    show(qtbot, page)
    assert {each.label for each in keys.commands(page)} == {"Filter", "Chase"}
    button.setParent(None)
    button.deleteLater()
    qtbot.waitUntil(lambda: {each.label for each in keys.commands(page)} == {"Filter"})
    keys.off(bound)
    QTest.keyClick(page, Qt.Key.Key_F)
    assert acted == []
    assert keys.commands(page) == []
