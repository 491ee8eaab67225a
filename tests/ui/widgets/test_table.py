"""The dense table."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.theme import Mode, Theme, current_look
from ui.widgets.pill import PillFace, pill_width, rag_face
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.table.view import pills_that_fit
from ui.widgets.time_left import TimeLeft


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    who: str
    rating: str = "red"
    left: TimeLeft = TimeLeft("0 h 24 m", 0.9)  # noqa: RUF009 (a frozen value)


def rows(count: int) -> list[Case]:
    return [Case(f"ISL-26-{at:05}", f"Household {at}") for at in range(count)]


@pytest.fixture
def table(themed: QApplication, qtbot: QtBot) -> DenseTable[Case]:
    made: DenseTable[Case] = DenseTable(
        [
            TableColumn("Reference", lambda r: r.id),
            TableColumn("Who", lambda r: r.who, bold=True, stretch=1),
            TableColumn(
                "Rating", lambda r: r.rating, pills=lambda r: [rag_face(r.rating), PillFace("Pol ✓")]
            ),
            TableColumn("Time left", lambda r: r.left.text, time_left=lambda r: r.left),
        ],
        key=lambda r: r.id,
        accessible_name="Open referrals",
    )
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def test_the_chosen_row_stays_chosen_when_the_rows_are_read_again(table: DenseTable[Case]) -> None:
    table.set_rows(rows(5))
    assert table.select_key("ISL-26-00003")
    table.set_rows([replace(row, who="Bennett") for row in reversed(rows(5))])
    current = table.current()
    assert current is not None
    assert (current.id, current.who) == ("ISL-26-00003", "Bennett")
    table.set_rows(rows(2))
    assert table.current() is None


def test_arrows_move_and_enter_opens(table: DenseTable[Case], qtbot: QtBot) -> None:
    table.set_rows(rows(5))
    table.setFocus()
    assert table.current() == rows(5)[0]
    with qtbot.waitSignal(table.chosen) as chosen:
        QTest.keyClick(table, Qt.Key.Key_Down)
    assert chosen.args == [rows(5)[1]]
    with qtbot.waitSignal(table.opened) as opened:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [rows(5)[1]]


def test_a_click_chooses_and_the_row_shows_it(table: DenseTable[Case]) -> None:
    table.set_rows(rows(3))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 34 + 17))
    assert table.current() == rows(3)[1]
    shown = table.viewport().grab().toImage().pixelColor(790, 34 + 5)
    assert shown == QColor(current_look().tokens.selection)


def test_each_cell_says_its_header_and_its_words_aloud(table: DenseTable[Case]) -> None:
    table.set_rows([Case("ISL-26-04417", "Carter, Mia + 1", "red")])
    interface = QAccessible.queryAccessibleInterface(table)
    assert interface.text(QAccessible.Text.Name) == "Open referrals"
    model = table.rows_model
    spoken = [model.data(model.index(0, at), Qt.ItemDataRole.AccessibleTextRole) for at in range(4)]
    assert spoken == [
        "Reference: ISL-26-04417",
        "Who: Carter, Mia + 1",
        "Rating: red",
        "Time left: 0 h 24 m",
    ]


def test_a_further_page_is_asked_for_near_the_end_and_joins_without_a_jump(
    table: DenseTable[Case], qtbot: QtBot
) -> None:
    table.set_rows(rows(100))
    qtbot.waitUntil(lambda: table.verticalScrollBar().maximum() > 0)
    with qtbot.waitSignal(table.end_neared):
        table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
    before = table.verticalScrollBar().value()
    table.append_rows([Case("ISL-26-99999", "Later")])
    assert len(table.rows()) == 101
    assert table.verticalScrollBar().value() == before


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_rows_are_34_pixels_and_grow_with_the_text(
    table: DenseTable[Case], themed: QApplication, scale: float
) -> None:
    table.set_rows(rows(3))
    Theme.apply(themed, Mode.LIGHT, scale)
    assert table.rowHeight(0) == round(34 * scale)


def test_columns_fill_the_width_and_give_way_when_it_is_short(table: DenseTable[Case], qtbot: QtBot) -> None:
    table.set_rows(rows(3))
    widths = [table.columnWidth(at) for at in range(4)]
    assert sum(widths) == table.viewport().width()
    table.resize(420, 400)
    qtbot.waitUntil(lambda: table.columnWidth(1) < widths[1])
    assert [table.columnWidth(at) for at in (0, 2, 3)] == [widths[0], widths[2], widths[3]]


def _counted(asked: list[int], text: Callable[[Case], str], row: Case) -> str:
    asked.append(1)
    return text(row)


def test_a_hundred_thousand_rows_are_measured_by_none_of_them(table: DenseTable[Case]) -> None:
    asked: list[int] = []
    many = rows(100_000)
    table.rows_model.columns = tuple(
        replace(column, text=partial(_counted, asked, column.text)) for column in table.rows_model.columns
    )
    began = time.perf_counter()
    table.set_rows(many)
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum() // 2)
    table.grab()
    assert time.perf_counter() - began < 2
    assert len(asked) < 1_000


def test_a_row_grows_a_line_where_its_words_do_not_fit(themed: QApplication, qtbot: QtBot) -> None:
    made: DenseTable[Case] = DenseTable(
        [TableColumn("Who", lambda r: r.who, stretch=1, lines=2)],
        key=lambda r: r.id,
        accessible_name="Chronology",
        fits=True,
    )
    qtbot.addWidget(made)
    made.resize(300, 400)
    made.show()
    short, long = Case("1", "Absent"), Case("2", "A bruise to her forearm; her account does not fit")
    made.set_rows([short, long])
    assert (made.rowHeight(0), made.rowHeight(1)) == (34, 54)
    assert made.sizeHint().height() == 32 + 34 + 54 + 1
    made.resize(900, 400)
    assert made.rowHeight(1) == 34


def test_what_no_row_has_takes_no_room_and_no_bar_below(table: DenseTable[Case]) -> None:
    made: DenseTable[Case] = DenseTable(
        [TableColumn("Who", lambda r: r.who, stretch=1), TableColumn("", lambda r: "")],
        key=lambda r: r.id,
        accessible_name="People",
        parent=table,
    )
    made.resize(400, 300)
    made.show()
    made.set_rows(rows(3))
    assert made.columnWidth(1) == 0
    assert made.columnWidth(0) == made.viewport().width()
    assert made.horizontalScrollBar().maximum() == 0


def test_pills_without_room_are_counted(themed: QApplication) -> None:
    look = current_look()
    faces = [PillFace(f"{name} asked") for name in ("Pol", "Hlth", "Prob", "Educ")]
    each = [pill_width(face, look) for face in faces]
    assert pills_that_fit(faces, sum(each) + 3 * 4, look) == 4
    assert pills_that_fit(faces, sum(each), look) == 3
    assert pills_that_fit(faces, each[0] / 2, look) == 1


def test_a_chosen_row_in_sight_stays_in_sight_when_it_moves(table: DenseTable[Case]) -> None:
    many = rows(200)
    table.set_rows(many)
    table.select_key(many[-1].id)
    table.set_rows([many[-1], *many[:-1]])
    assert table.viewport().rect().contains(table.visualRect(table.currentIndex()).center())
    table.verticalScrollBar().setValue(table.verticalScrollBar().maximum())
    table.set_rows(many[:1] + many[-1:] + many[1:-1])
    assert table.verticalScrollBar().value() > 0
