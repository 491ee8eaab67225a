"""Widgets that are drawn: what they say, and that focus can be seen on each that takes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.gallery.round_table import HOUSEHOLD
from ui.keys import keys
from ui.theme import Mode, Role, Theme, Tone, current_look, dress
from ui.widgets.banner import Banner, Toast
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Page, SidePanel
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.genogram import Child, Couple, Genogram, Household, Person, generations, positions
from ui.widgets.layout import Box, Column, Flow
from ui.widgets.pill import Pill, RagChip
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.tabs import Tab, TabStrip
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow, TickBox
from ui.widgets.time_left import TimeLeft, TimeLeftBar, duration_words


def says(widget: QWidget) -> str:
    return str(QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (72, "1 h 12 m"),
        (24, "0 h 24 m"),
        (0, "0 h 00 m"),
        (51 * 60, "2 d 3 h"),
        (-36, "late 36 min"),
        (-0.4, "late 1 min"),
        (-95, "late 1 h 35 m"),
        (-26 * 60, "late 1 d 2 h"),
    ],
)
def test_durations_read_as_people_say_them_and_late_says_by_how_much(minutes: float, words: str) -> None:
    assert duration_words(timedelta(minutes=minutes)) == words


def test_the_rating_is_a_word_and_a_shape_as_well_as_a_colour(themed: QApplication) -> None:
    chip = RagChip("amber", "5 h 40 m left")
    assert chip.face.text == "▲ Amber · 5 h 40 m left"
    assert chip.face.tone is Tone.AMBER
    assert says(chip) == "Amber · 5 h 40 m left"
    assert says(RagChip("blue")) == "Blue"


def test_time_left_and_lateness_are_said_aloud(themed: QApplication) -> None:
    assert says(TimeLeftBar(TimeLeft("1 h 12 m", 0.7))) == "1 h 12 m left"
    assert says(TimeLeftBar(TimeLeft("late 36 min", 1.0))) == "late 36 min"


def test_what_people_wrote_is_never_read_as_markup(themed: QApplication) -> None:
    assert Text("<b>Mia</b> & Tyler").textFormat() == Qt.TextFormat.PlainText


def _table() -> DenseTable[str]:
    made: DenseTable[str] = DenseTable([TableColumn("Who", str)], key=str, accessible_name="Open referrals")
    made.set_rows(["Carter"])
    return made


def _wrong() -> Field:
    field = Field("Name")
    field.show_error("Type a name.")
    return field


_CONTROLS: dict[str, Callable[[], QWidget]] = {
    "plain button": lambda: ActionButton("Chase", "C", accessible_name="Chase"),
    "primary button": lambda: ActionButton("Sign", "Return", "primary", accessible_name="Sign"),
    "urgent button": lambda: ActionButton("Direct", "D", "urgent", accessible_name="Direct line"),
    "line": lambda: Field("Name"),
    "wrong line": _wrong,
    "lines": lambda: TextField("Words"),
    "choice": lambda: ChoiceField("Sex", [("F", "female")]),
    "tick": lambda: TickBox("Told"),
    "row": lambda: ChoiceRow([("a", "Not known")], accessible_name="Row"),
    "tab": lambda: TabStrip([Tab("a", "All open", 4)], accessible_name="Filters"),
    "table": _table,
}


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("which", _CONTROLS)
def test_the_focus_ring_is_drawn_in_every_theme(
    themed: QApplication, qtbot: QtBot, mode: Mode, which: str
) -> None:
    Theme.apply(themed, mode)
    made, other = _CONTROLS[which](), Field("Other")
    place = Box(Column(made, other, margins=20))
    qtbot.addWidget(place)
    dress(place)
    place.show()
    place.activateWindow()
    qtbot.waitUntil(place.isActiveWindow)
    control = made.button("a") if isinstance(made, TabStrip) else made.focusProxy() or made
    tokens = current_look().tokens
    other.setFocus()
    before = _border(control, QColor(tokens.accent))
    control.setFocus(Qt.FocusReason.TabFocusReason)
    assert _border(control, QColor(tokens.accent)) > 0.9
    if which == "primary button":
        # Its fill is the accent: there the ring is set off by a gap of panel colour.
        assert control.grab().toImage().pixelColor(control.width() // 2, 2) == QColor(tokens.panel)
    else:
        assert before < 0.6


def _border(control: QWidget, accent: QColor) -> float:
    """The share of the upper edge, corners left out, that is drawn in the accent two pixels deep."""
    target = control.viewport() if isinstance(control, DenseTable) else control
    image = target.grab().toImage()
    inset = 10
    columns = range(inset, max(image.width() - inset, inset + 1))
    hits = sum(image.pixelColor(x, y) == accent for x in columns for y in (0, 1))
    return hits / (2 * len(columns))


def test_empty_and_error_say_what_to_do_and_by_which_key(themed: QApplication, qtbot: QtBot) -> None:
    tried: list[bool] = []
    error = ErrorState(
        "The figures could not be read", "The hub cannot be reached.", lambda: tried.append(True)
    )
    empty = EmptyState("inbox", "No request waits", "Requests to your agency appear here.")
    place = Box(Column(error, empty))
    qtbot.addWidget(place)
    place.show()
    place.activateWindow()
    qtbot.waitUntil(place.isActiveWindow)
    assert says(error) == "The figures could not be read. The hub cannot be reached."
    assert says(empty) == "No request waits. Requests to your agency appear here."
    QTest.keyClick(place, Qt.Key.Key_R)
    assert tried == [True]


def test_rows_to_come_say_what_is_being_read(themed: QApplication, qtbot: QtBot) -> None:
    rows = SkeletonRows(3, what="Open referrals")
    qtbot.addWidget(rows)
    assert says(rows) == "Open referrals are being read"
    assert rows.sizeHint().height() == 3 * 34


def test_a_banner_is_as_tall_as_its_words_need(themed: QApplication, qtbot: QtBot) -> None:
    banner = Banner("Somebody else rated this case first.", "K. Shaw rated it amber at 14:03. " * 4)
    place = Box(Column(banner, None))
    qtbot.addWidget(place)
    place.resize(320, 400)
    place.show()
    qtbot.waitUntil(lambda: banner.height() >= banner.heightForWidth(banner.width()) > 100)


def test_a_toast_can_be_undone_once_and_goes_by_itself(themed: QApplication, qtbot: QtBot) -> None:
    place = Box(Column(Card("A")))
    qtbot.addWidget(place)
    place.resize(600, 300)
    place.show()
    place.activateWindow()
    qtbot.waitUntil(place.isActiveWindow)
    undone: list[bool] = []
    toast = Toast(place, seconds=0)
    toast.say("Chased Education at 14:06.", lambda: undone.append(True))
    assert says(toast) == "Chased Education at 14:06."
    QTest.keyClick(place, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone == [True]
    assert not toast.isVisible()
    toast.say("Returned to the drafter.")
    qtbot.waitUntil(lambda: not toast.isVisible())


def test_tabs_keep_the_chosen_one_when_the_counts_change(themed: QApplication, qtbot: QtBot) -> None:
    strip = TabStrip([Tab("all", "All open", 41), Tab("due", "Due", 3)], accessible_name="Filters")
    qtbot.addWidget(strip)
    strip.show()
    strip.activateWindow()
    qtbot.waitUntil(strip.isActiveWindow)
    strip.button("all").setFocus()
    with qtbot.waitSignal(strip.chosen) as chosen:
        QTest.keyClick(strip.button("all"), Qt.Key.Key_Right)
    assert chosen.args == ["due"]
    strip.set_tabs([Tab("all", "All open", 40), Tab("due", "Due", 2)])
    assert (strip.current(), strip.button("due").text()) == ("due", "Due 2")
    strip.set_tabs([Tab("all", "All open", 40)])
    assert strip.current() == "all"


def test_buttons_flow_onto_a_further_line_where_the_room_is_short(themed: QApplication, qtbot: QtBot) -> None:
    flow = Flow(*(ActionButton(f"Route {at}", accessible_name=f"Route {at}") for at in range(4)))
    place = Box(flow)
    qtbot.addWidget(place)
    assert flow.heightForWidth(1000) == 32
    assert flow.heightForWidth(200) > 64


def test_side_panels_go_below_where_the_room_is_short(themed: QApplication, qtbot: QtBot) -> None:
    side = SidePanel(Text("Beside"), width=400)
    page = Page(Column(Text("Middle")), right=side)
    qtbot.addWidget(page)
    page.resize(1200, 500)
    page.show()
    qtbot.waitUntil(lambda: side.x() == 800)
    page.resize(700, 500)
    qtbot.waitUntil(lambda: side.x() == 0)
    assert side.width() == 700
    assert side.y() > 0
    page.resize(1200, 500)
    qtbot.waitUntil(lambda: (side.x(), side.y(), side.width()) == (800, 0, 400))


def test_partners_stand_side_by_side_and_children_below_them(themed: QApplication) -> None:
    assert generations(HOUSEHOLD) == {"lee": 0, "jo": 0, "dean": 0, "tyler": 1, "mia": 1}
    at = positions(HOUSEHOLD, 80, 70)
    assert [id for id in sorted(at, key=lambda id: at[id].x()) if at[id].y() == 0] == ["lee", "jo", "dean"]
    middle = (at["lee"].x() + at["jo"].x()) / 2
    assert (at["tyler"].x() + at["mia"].x()) / 2 == middle
    assert at["tyler"].y() == 70


def test_three_generations_stand_apart_and_nobody_on_anybody(themed: QApplication) -> None:
    household = Household(
        tuple(Person(id, id) for id in ("gran", "mum", "dad", "ex", "one", "two", "half", "lodger")),
        (Couple("mum", "dad"), Couple("mum", "ex", ended=True)),
        (
            Child("mum", ("gran",)),
            Child("one", ("mum", "dad")),
            Child("two", ("mum", "dad")),
            Child("half", ("mum", "ex")),
        ),
    )
    at = positions(household, 80, 70)
    assert (at["gran"].y(), at["mum"].y(), at["dad"].y(), at["half"].y()) == (0, 70, 70, 140)
    for one in at:
        for other in at:
            same_row = at[one].y() == at[other].y()
            assert one == other or not same_row or abs(at[one].x() - at[other].x()) >= 80


def test_a_circle_of_relations_is_drawn_and_does_not_hang(themed: QApplication, qtbot: QtBot) -> None:
    wrong = Household((Person("a", "A"), Person("b", "B")), (), (Child("a", ("b",)), Child("b", ("a",))))
    drawing = Genogram(wrong)
    qtbot.addWidget(drawing)
    assert not drawing.grab().isNull()


def test_the_drawing_says_the_household_in_words(themed: QApplication) -> None:
    drawing = Genogram(HOUSEHOLD)
    interface = QAccessible.queryAccessibleInterface(drawing)
    words = interface.text(QAccessible.Text.Description)
    assert "Mia, 9, subject" in words
    assert "Dean, ?, not identified" in words
    assert "Lee, 40 former partner of Joanne, 38" in words
    assert "Joanne, 38 partner of Dean, ?, since June" in words
    assert "Mia, 9 child of Lee, 40 and Joanne, 38" in words


def test_what_is_no_control_takes_no_focus_and_no_key(themed: QApplication, qtbot: QtBot) -> None:
    place = Box(Column(Pill("linked"), Text("words"), TimeLeftBar(TimeLeft("1 h 00 m", 0.5))))
    qtbot.addWidget(place)
    place.show()
    assert keys.commands(place) == []
    assert all(child.focusPolicy() == Qt.FocusPolicy.NoFocus for child in place.findChildren(QWidget))


def test_what_stands_beside_tabs_goes_below_where_both_do_not_fit(themed: QApplication, qtbot: QtBot) -> None:
    aside = Text("At today’s pace 2 will be late: 04409, 04401", Role.SMALL)
    strip = TabStrip([Tab("open", "All open", 41), Tab("one", "Waiting for one agency", 9)],
                     accessible_name="Filters", aside=aside)  # fmt: skip
    qtbot.addWidget(strip)
    strip.show()
    for width, below in ((900, False), (420, True)):
        strip.resize(width, strip.sizeHint().height())
        QApplication.processEvents()
        tab = strip.button("one")
        assert tab.y() == strip.button("open").y()
        assert (aside.y() >= tab.geometry().bottom()) is below
