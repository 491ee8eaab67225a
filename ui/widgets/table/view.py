"""The dense table: 34 px rows, hairlines, pills and bars painted by a delegate, arrows and Enter.

Fast at a hundred thousand rows because nothing is measured per row: heights are fixed and widths come
from the specification or from the first rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ui.theme import Look, Role, Voice, look_of
from ui.widgets.painting import draw_line, focus_ring, line_width
from ui.widgets.pill import paint_pill, pill_height, pill_width
from ui.widgets.table.columns import TableColumn
from ui.widgets.table.model import TableModel
from ui.widgets.time_left import paint_time_left

R = TypeVar("R")
_ROW, _HEADER, _PAD, _PILL_GAP, _BAR_ROOM, _SAMPLE, _LEAST = 34, 32, 8, 4, 138, 60, 110


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: DenseTable[Any]) -> None:
        super().__init__(view)
        self._view = view

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        view = self._view
        look, model = look_of(view), view.rows_model
        row, column = model.rows[index.row()], model.columns[index.column()]
        painter.save()
        area = QRectF(option.rect)
        if index.row() in view.selected_rows:
            painter.fillRect(area, look.colour("selection"))
        elif index.row() == view.hovered_row:
            painter.fillRect(area, look.colour("ground" if look.mode.value == "light" else "raised"))
        painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), look.colour("line"))
        pad = look.px(_PAD)
        _paint_cell(painter, area.adjusted(pad, 0, -pad, -1), column, row, look)
        painter.restore()


def _paint_cell(painter: QPainter, area: QRectF, column: TableColumn[R], row: R, look: Look) -> None:
    if column.pills is not None:
        x, height = area.left(), pill_height(look)
        for face in column.pills(row):
            room = area.right() - x
            if room < look.px(24):
                break
            width = min(pill_width(face, look), room)
            paint_pill(painter, QRectF(x, area.center().y() - height / 2, width, height), face, look)
            x += width + look.px(_PILL_GAP)
        return
    if column.time_left is not None and (left := column.time_left(row)) is not None:
        paint_time_left(painter, area, left, look)
        return
    draw_line(
        painter,
        area,
        column.text(row),
        look.font(_role(column, row)),
        look.voice(column.voice_of(row)),
        Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft,
    )


def _role(column: TableColumn[R], row: R) -> Role:
    if column.small:
        return Role.SMALL
    return Role.BASE_BOLD if column.bold_of(row) else Role.BASE


class _Header(QHeaderView):
    def paintSection(self, painter: QPainter, rect: Any, logical_index: int) -> None:
        look, model = look_of(self), self.model()
        area = QRectF(rect)
        painter.save()
        painter.fillRect(QRectF(area.left(), area.bottom() - 1, area.width(), 1), look.colour("line"))
        flags = model.headerData(logical_index, self.orientation(), Qt.ItemDataRole.TextAlignmentRole)
        pad = look.px(_PAD)
        draw_line(
            painter,
            area.adjusted(pad, 0, -pad, 0),
            str(model.headerData(logical_index, self.orientation()) or ""),
            look.font(Role.SMALL_BOLD),
            look.voice(Voice.LABEL),
            Qt.AlignmentFlag.AlignRight
            if flags & Qt.AlignmentFlag.AlignRight
            else Qt.AlignmentFlag.AlignLeft,
        )
        painter.restore()


class DenseTable(QTableView, Generic[R]):
    """``DenseTable(columns, key=lambda r: r.id, accessible_name="Open referrals")``.

    ``chosen`` fires with the row when the selection moves, ``opened`` on Enter or a double click,
    ``end_neared`` when a further page is wanted. Selection survives ``set_rows`` by key.
    """

    chosen = Signal(object)
    opened = Signal(object)
    end_neared = Signal()

    def __init__(
        self,
        columns: Sequence[TableColumn[R]],
        *,
        key: Callable[[R], str],
        accessible_name: str,
        several: bool = False,
        grows: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows_model: TableModel[R] = TableModel(columns, key)
        self.hovered_row = -1
        self.selected_rows: frozenset[int] = frozenset()
        self._grows = grows
        self._naturals: list[int] = []
        self.setAccessibleName(accessible_name)
        self.setModel(self.rows_model)
        self.setItemDelegate(_Delegate(self))
        header = _Header(Qt.Orientation.Horizontal, self)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHorizontalHeader(header)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setShowGrid(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if several else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows_model.rows[index.row()]))
        self.selectionModel().selectionChanged.connect(self._selection_moved)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.relook()

    # What is shown

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show these rows instead; the selected and the current one stay if they are still there."""
        keys = {self.rows_model.key(row) for row in self.selected()}
        self.selectionModel().blockSignals(True)
        self.rows_model.set_rows(rows)
        if keys:
            for at, row in enumerate(rows):
                if self.rows_model.key(row) in keys:
                    self._select(at)
                    break
        if not keys and self.hasFocus() and rows:
            self._select(0)
        self.selectionModel().blockSignals(False)
        self._selection_moved()
        self._measure()

    def append_rows(self, rows: Sequence[R]) -> None:
        self.rows_model.append(rows)

    def rows(self) -> Sequence[R]:
        return self.rows_model.rows

    def selected(self) -> list[R]:
        model = self.rows_model
        return [model.rows[at] for at in sorted(self.selected_rows) if at < len(model.rows)]

    def current(self) -> R | None:
        """The row that single keys act on."""
        return next(iter(self.selected()), None)

    def select_key(self, key: str) -> bool:
        """Select and bring into view the row of this key; False if it is not here."""
        for at, row in enumerate(self.rows_model.rows):
            if self.rows_model.key(row) == key:
                self._select(at)
                self.scrollTo(self.rows_model.index(at, 0))
                return True
        return False

    def _select(self, at: int) -> None:
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(self.rows_model.index(at, 0), flags.ClearAndSelect | flags.Rows)

    def _selection_moved(self, *_: object) -> None:
        before = self.selected_rows
        self.selected_rows = frozenset(index.row() for index in self.selectionModel().selectedRows())
        self.viewport().update()
        if before != self.selected_rows and (row := self.current()) is not None:
            self.chosen.emit(row)

    # Sizes

    def relook(self) -> None:
        look = look_of(self)
        self.verticalHeader().setMinimumSectionSize(look.px(_ROW))
        self.verticalHeader().setDefaultSectionSize(look.px(_ROW))
        self.horizontalHeader().setFixedHeight(look.px(_HEADER))
        self.horizontalHeader().setMinimumSectionSize(look.px(24))
        if not self._grows:
            self.setMinimumHeight(look.px(_HEADER + 4 * _ROW))
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _measure(self) -> None:
        look = look_of(self)
        self._naturals = [self._natural(column, look) for column in self.rows_model.columns]
        self._fit()

    def _fit(self) -> None:
        look, model = look_of(self), self.rows_model
        widths = list(self._naturals)
        weights = [column.stretch for column in model.columns]
        spare = self.viewport().width() - sum(widths)
        total = sum(weights)
        if spare > 0 and total:
            widths = [w + spare * weight // total for w, weight in zip(widths, weights, strict=True)]
        elif spare < 0 and total:
            # Too narrow: the columns that stretch give way first, down to what can still be read.
            floor = look.px(_LEAST)
            widths = [
                max(min(w, floor), w + spare * weight // total) if weight else w
                for w, weight in zip(widths, weights, strict=True)
            ]
        for at, width in enumerate(widths):
            self.setColumnWidth(at, width)
        if self._grows:
            self.setFixedHeight(look.px(_HEADER) + look.px(_ROW) * len(model.rows) + 1)

    def _natural(self, column: TableColumn[R], look: Look) -> int:
        head = line_width(column.header, look.font(Role.SMALL_BOLD))
        if column.width:
            return max(look.px(column.width), round(head) + 2 * look.px(_PAD))
        widest = head
        for row in self.rows_model.rows[:_SAMPLE]:
            if column.pills is not None:
                faces = column.pills(row)
                gaps = look.px(_PILL_GAP) * max(len(faces) - 1, 0)
                widest = max(widest, sum(pill_width(face, look) for face in faces) + gaps)
            elif column.time_left is not None:
                widest = max(widest, look.px(_BAR_ROOM))
            else:
                widest = max(widest, line_width(column.text(row), look.font(_role(column, row))))
        return round(widest) + 2 * look.px(_PAD) + 1

    # Manners

    def _scrolled(self, value: int) -> None:
        if value >= self.verticalScrollBar().maximum() - self.viewport().height():
            self.end_neared.emit()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers()
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if (row := self.current()) is not None:
                self.opened.emit(row)
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        # Letters belong to the screen's keys, not to a jump through the rows.
        return

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.rowAt(round(event.position().y())))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.selected_rows and self.rows_model.rows:
            self._select(0)

    def _hover(self, row: int) -> None:
        if row != self.hovered_row:
            self.hovered_row = row
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            look, viewport = look_of(self), self.viewport()
            # Focus is on a row; a ring about the whole table would shout.
            ring, at = QRectF(viewport.rect()), self.currentIndex()
            if at.isValid():
                top = self.rowViewportPosition(at.row())
                ring = QRectF(0, top, viewport.width(), self.rowHeight(at.row()) - 1)
            focus_ring(QPainter(viewport), ring, look.px(4), look)
