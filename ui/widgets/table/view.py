"""The dense table: 34 px rows, hairlines, pills and bars painted by a delegate, arrows and Enter.

Fast at a hundred thousand rows because nothing is measured per row: widths come from the specification or
from the first rows, and heights are fixed unless a column may take several lines.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
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
from ui.widgets.painting import draw_line, draw_lines, focus_ring, line_width
from ui.widgets.pill import PillFace, paint_pill, pill_height, pill_width
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
        x, height, faces = area.left(), pill_height(look), column.pills(row)
        shown = pills_that_fit(faces, area.width(), look)
        for face in faces[:shown]:
            width = min(pill_width(face, look), area.right() - x)
            paint_pill(painter, QRectF(x, area.center().y() - height / 2, width, height), face, look)
            x += width + look.px(_PILL_GAP)
        if shown < len(faces):
            rest = QRectF(x, area.top(), area.right() - x, area.height())
            more, voice = _more(len(faces) - shown), look.voice(Voice.LABEL)
            draw_line(painter, rest, more, look.font(Role.SMALL), voice)
        return
    if column.time_left is not None and (left := column.time_left(row)) is not None:
        paint_time_left(painter, area, left, look)
        return
    text, font, colour = column.text(row), look.font(_role(column, row)), look.voice(column.voice_of(row))
    if column.lines > 1 and line_width(text, font) > area.width():
        draw_lines(painter, area, text, font, colour, look.line(Role.BASE), column.lines)
        return
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    draw_line(painter, area, text, font, colour, side)


def pills_that_fit(faces: Sequence[PillFace], room: float, look: Look) -> int:
    """How many pills stand in a cell ``room`` pixels wide: all, or as many as leave room to say *+ 2*.

    The first always stands, cut short if it must be.
    """
    gap = look.px(_PILL_GAP)
    ends, x = [], 0.0
    for face in faces:
        x += pill_width(face, look)
        ends.append(x)
        x += gap
    if not ends or ends[-1] <= room + 0.5:
        return len(ends)
    room -= line_width(_more(len(faces)), look.font(Role.SMALL)) + gap
    return max(sum(end <= room for end in ends), 1)


def _more(count: int) -> str:
    return f"+ {count}"


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
    ``end_neared`` when a further page is wanted. Selection survives ``set_rows`` by key. ``grows`` makes it
    as tall as its rows; with ``fits`` it asks to be, and takes what it gets.
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
        fits: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows_model: TableModel[R] = TableModel(columns, key, self)
        self.hovered_row = -1
        self.selected_rows: frozenset[int] = frozenset()
        self._grows, self._fits = grows, fits
        self._naturals: list[int] = []
        self._wanted = 0
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
        """Show these rows instead; the selected one stays, and stays in sight if it was."""
        before = self.currentIndex()
        in_sight = before.isValid() and self.viewport().rect().intersects(self.visualRect(before))
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
        if in_sight and self.selected_rows:
            self.scrollTo(self.rows_model.index(min(self.selected_rows), 0))

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

    def current_key(self) -> str:
        """The key of that row, empty for none."""
        row = self.current()
        return self.rows_model.key(row) if row is not None else ""

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
        self.horizontalHeader().setMinimumSectionSize(0)
        if not (self._grows or self._fits):
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
        if any(column.lines > 1 for column in model.columns):
            self._raise_rows(widths, look)
        height = look.px(_HEADER) + self.verticalHeader().length() + 1
        if self._grows:
            self.setFixedHeight(height)
        elif self._fits:
            self._wanted = height
            self.setMinimumHeight(min(height, look.px(_HEADER + 4 * _ROW)))
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(hint.width(), self._wanted) if self._fits else hint

    def _raise_rows(self, widths: Sequence[int], look: Look) -> None:
        """Give each row the height of its words."""
        line, pad = look.line(Role.BASE), 2 * look.px(_PAD)
        tall = [(at, column) for at, column in enumerate(self.rows_model.columns) if column.lines > 1]
        for at, row in enumerate(self.rows_model.rows):
            lines = 1
            for section, column in tall:
                wide = line_width(column.text(row), look.font(_role(column, row)))
                lines = max(lines, min(math.ceil(wide / max(widths[section] - pad, 1)), column.lines))
            self.setRowHeight(at, look.px(_ROW) + (lines - 1) * line)

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
        if not widest:
            return 0  # a column for what rarely is takes no room while it is not
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
