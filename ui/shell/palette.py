"""The command palette: everything that can be done here, and a search for people, by typing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.keys import Binding, keys
from ui.shell.overlay import Overlay
from ui.theme import Role, Voice, look_of
from ui.widgets.button import cap_width, paint_cap
from ui.widgets.layout import Column
from ui.widgets.painting import draw_line, line_width

_ROW, _ROWS = 36, 10
_LEAST_FIT = 68
_GROUPS = {"Places": 1, "Window": 2}
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class _Line:
    label: str
    aside: str
    cap: str
    binding: Binding | None
    """None searches for what was typed."""


def ranked(query: str, labels: Sequence[str], limit: int = 40) -> list[int]:
    """Which labels fit what was typed, best first; all of them, in order, where nothing was typed."""
    if not query.strip():
        return list(range(len(labels)))
    from rapidfuzz import process, utils  # nearly fifty modules, which a door need not wait for

    found = process.extract(
        query, labels, scorer=_fit, processor=utils.default_process, limit=limit, score_cutoff=_LEAST_FIT
    )
    return [at for _label, _score, at in found]


def _fit(query: str, label: str, *, score_cutoff: float | None = None) -> float:
    """How well each word typed begins a word of the label, slips forgiven: 0 to 100."""
    from rapidfuzz.fuzz import ratio

    words = label.split()
    # "rerate" is meant for "re rate" as well.
    words += [one + other for one, other in pairwise(words)]
    typed = query.split()

    def begins(word: str, part: str) -> float:
        return 100.0 if word.startswith(part) else ratio(part, word[: len(part) + 1])

    return sum(max(begins(word, part) for word in words) for part in typed) / len(typed)


class _Lines(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.lines: list[_Line] = []

    def show(self, lines: list[_Line]) -> None:
        self.beginResetModel()
        self.lines = lines
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.label
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.label}, key {line.cap}" if line.cap else line.label
        return None


class _Painter(QStyledItemDelegate):
    def __init__(self, view: QListView, model: _Lines) -> None:
        super().__init__(view)
        self._view, self._model = view, model

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(100, look_of(self._view).px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look, line = look_of(self._view), self._model.lines[index.row()]
        area = QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, look.colour("selection"))
            painter.fillRect(
                QRectF(area.left(), area.top(), look.px(3), area.height()), look.colour("accent")
            )
        pad = look.px(16)
        right = area.right() - pad
        if line.cap:
            right -= cap_width(line.cap, look)
            paint_cap(painter, right, area.center().y(), line.cap, look)
            right -= look.px(10)
        if line.aside:
            font = look.font(Role.SMALL)
            width = line_width(line.aside, font)
            aside = QRectF(right - width - 1, area.top(), width + 1, area.height())
            draw_line(painter, aside, line.aside, font, look.voice(Voice.ASIDE))
            right -= width + look.px(10)
        words = QRectF(area.left() + pad, area.top(), right - area.left() - pad, area.height())
        draw_line(painter, words, line.label, look.font(Role.BASE), look.voice(Voice.INK))
        painter.restore()


class CommandPalette(Overlay):
    """``search_asked`` with what was typed, when the last line is chosen or nothing else fits."""

    search_asked = Signal(str)

    def __init__(self, over: QWidget) -> None:
        super().__init__(over, 620, name="Search and commands")
        self.field = QLineEdit()
        self.field.setAccessibleName("Search people, addresses, references, or a command")
        self.field.setPlaceholderText("Search people, addresses, references, or type a command")
        self._model = _Lines(self)
        self.list = QListView()
        self.list.setAccessibleName("Commands")
        self.list.setModel(self._model)
        self.list.setItemDelegate(_Painter(self.list, self._model))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.clicked.connect(self._choose)
        self.sheet.setLayout(
            Column(Column(self.field, margins=(10, 10, 10, 8)), self.list, gap=0, margins=(1, 0, 1, 8))
        )
        self.field.textChanged.connect(self._refresh)
        self.field.installEventFilter(self)
        self._bindings: list[Binding] = []

    def open(self) -> None:
        """Open over the window; what it offers is what could be done a moment ago."""
        offered = [bound for bound in keys.commands(self.window()) if bound.callback != self.open]
        # What this screen does comes before where one can go, and that before the window's own.
        self._bindings = sorted(offered, key=lambda bound: _GROUPS.get(bound.group, 0))
        self.field.clear()
        self._refresh()
        super().open()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self) -> None:
        look = look_of(self)
        self.list.setFixedHeight(look.px(_ROW) * max(min(len(self._model.lines), _ROWS), 1) + look.px(6))
        super()._place()

    def _refresh(self) -> None:
        query = self.field.text().strip()
        labels = [binding.label for binding in self._bindings]
        lines = [
            _Line(bound.label, bound.group, bound.cap, bound)
            for bound in (self._bindings[at] for at in ranked(query, labels))
        ]
        if query:
            lines.append(_Line(f"Search for “{query}”", "people, addresses, references", "", None))
        self._model.show(lines)
        if lines:
            self.list.setCurrentIndex(self._model.index(0, 0))
        if self.isVisible():
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            if (step := moves.get(Qt.Key(event.key()))) is not None:
                self._move(step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.list.currentIndex())
                return True
        return super().eventFilter(watched, event)

    def _move(self, step: int) -> None:
        count = self._model.rowCount()
        if count:
            at = min(max(self.list.currentIndex().row() + step, 0), count - 1)
            self.list.setCurrentIndex(self._model.index(at, 0))

    def _choose(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        line, query = self._model.lines[index.row()], self.field.text().strip()
        self.dismiss()
        if line.binding is None:
            self.search_asked.emit(query)
        elif line.binding.acts:
            line.binding.callback()
