"""The caller's words, with stretches marked as fact, seen or opinion.

A mark is a line under the stretch and a pill behind it. The words stay the caller's: what leaves this field
is plain text and, beside it, the stretches that are marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QMimeData, QObject, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QPainter,
    QPyTextObject,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from mash_desktop.desk.triage import Mark
from ui.keys import keys
from ui.theme import Look, Role, Tone, Voice, look_of
from ui.widgets.layout import Column
from ui.widgets.pill import PillFace, paint_pill, pill_width
from ui.widgets.text import Text

VOICES = ("fact", "seen", "opinion")
_TONES = {"fact": Tone.GREEN, "seen": Tone.ACCENT, "opinion": Tone.VIOLET}
_VOICE = QTextFormat.Property.UserProperty + 1
_PILL = QTextFormat.ObjectTypes.UserObject + 1
_PILL_CHARACTER = "\ufffc"
_SENTENCE_END = re.compile(r"[.!?][”\"’']?(?=[\s\ufffc]|$)|\n")


@dataclass(frozen=True, slots=True)
class _Run:
    start: int
    end: int
    voice: str


class _Pills(QPyTextObject):
    """Draws the pill that stands behind a marked stretch."""

    def __init__(self, text: QTextEdit) -> None:
        super().__init__(text)
        self._text = text

    def _face(self, format: QTextFormat) -> PillFace:
        voice = VOICES[format.objectType() - _PILL]
        return PillFace(voice, _TONES[voice])

    def intrinsicSize(self, doc: QTextDocument, posInDocument: int, format: QTextFormat) -> QSizeF:
        look = look_of(self._text)
        return QSizeF(pill_width(self._face(format), look) + look.px(8), look.px(18))

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,
        posInDocument: int,
        format: QTextFormat,
    ) -> None:
        look, area = look_of(self._text), QRectF(rect)
        inner = area.adjusted(look.px(4), 0, -look.px(4), 0)
        paint_pill(painter, inner, self._face(format), look)


class MarkedText(QTextEdit):
    """Plain words and their marks. ``edited`` fires on each change by a person."""

    edited = Signal()

    def __init__(self, lines: int) -> None:
        super().__init__()
        self._lines = lines
        self._quiet = False
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pills = _Pills(self)
        for at, _ in enumerate(VOICES):
            self.document().documentLayout().registerHandler(_PILL + at, pills)
        self.textChanged.connect(self._changed)

    # What it holds

    def words(self) -> str:
        return self.toPlainText().replace(_PILL_CHARACTER, "")

    def marks(self) -> tuple[Mark, ...]:
        text = self.toPlainText()
        return tuple(
            Mark(text[run.start : run.end].replace(_PILL_CHARACTER, ""), run.voice) for run in self._runs()
        )

    def show_words(self, words: str, marks: tuple[Mark, ...]) -> None:
        """Replace everything. A mark whose stretch is no longer in the words is left out."""
        self._quiet = True
        self.setPlainText(words)
        at = 0
        ranges = []
        for mark in marks:
            start = words.find(mark.text, at)
            start = words.find(mark.text) if start < 0 else start
            if start >= 0 and mark.text:
                at = start + len(mark.text)
                ranges.append(_Run(start, at, mark.voice))
        for run in sorted(ranges, key=lambda one: -one.start):
            self._put_mark(run)
        self.document().clearUndoRedoStacks()
        self._quiet = False

    # Marking

    def mark(self, voice: str) -> None:
        """Mark what is selected, or the sentence at the cursor; the same mark again takes it away."""
        start, end = self._stretch()
        if start == end:
            return
        over = [run for run in self._runs() if run.start < end and start < run.end]
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for run in reversed(over):
            self._take_mark(run)
        gone = sum(1 for run in over if run.end < end)
        if [(run.start, run.end, run.voice) for run in over] != [(start, end, voice)]:
            self._put_mark(_Run(start, end - gone, voice))
        cursor.endEditBlock()

    def _stretch(self) -> tuple[int, int]:
        cursor, text = self.textCursor(), self.toPlainText()
        if cursor.hasSelection():
            start, end = cursor.selectionStart(), cursor.selectionEnd()
        else:
            here = len(text[: cursor.position()].rstrip(_PILL_CHARACTER))
            before = text[: max(here - 1, 0)]
            start = max((found.end() for found in _SENTENCE_END.finditer(before)), default=0)
            after = _SENTENCE_END.search(text, max(here - 1, start))
            end = after.end() if after else len(text)
        while start < end and text[start] in f" \n{_PILL_CHARACTER}":
            start += 1
        while end > start and text[end - 1] in f" \n{_PILL_CHARACTER}":
            end -= 1
        return start, end

    def _put_mark(self, run: _Run) -> None:
        stretch = self._cursor(run.start, run.end)
        stretch.mergeCharFormat(self._stretch_format(run.voice))
        pill = QTextCharFormat()
        pill.setObjectType(_PILL + VOICES.index(run.voice))
        pill.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
        self._cursor(run.end, run.end).insertText(_PILL_CHARACTER, pill)

    def _take_mark(self, run: _Run) -> None:
        self._cursor(run.start, run.end).setCharFormat(QTextCharFormat())
        if self.toPlainText()[run.end : run.end + 1] == _PILL_CHARACTER:
            self._cursor(run.end, run.end + 1).removeSelectedText()

    def _stretch_format(self, voice: str) -> QTextCharFormat:
        format = QTextCharFormat()
        format.setProperty(_VOICE, voice)
        format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        format.setUnderlineColor(look_of(self).tone(_TONES[voice]))
        return format

    def _cursor(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _runs(self) -> Iterator[_Run]:
        """Marked stretches in order; a stretch over several lines or formats is one."""
        last: _Run | None = None
        block = self.document().begin()
        while block.isValid():
            fragments = block.begin()
            while not fragments.atEnd():
                fragment = fragments.fragment()
                voice = fragment.charFormat().property(_VOICE)
                if voice:
                    start, end = fragment.position(), fragment.position() + fragment.length()
                    if last is not None and last.voice == voice and start - last.end <= 1:
                        last = _Run(last.start, end, voice)
                    else:
                        if last is not None:
                            yield last
                        last = _Run(start, end, voice)
                elif last is not None:
                    yield last
                    last = None
                fragments += 1
            block = block.next()
        if last is not None:
            yield last

    def _changed(self) -> None:
        if self._quiet:
            return
        self._quiet = True
        self._tidy()
        self._quiet = False
        self.edited.emit()

    def _tidy(self) -> None:
        """A pill without its stretch goes; a stretch whose pill was deleted is no longer marked."""
        text = self.toPlainText()
        if _PILL_CHARACTER not in text and not any(self._runs()):
            return
        ends = set()
        for run in list(self._runs()):
            if text[run.end : run.end + 1] == _PILL_CHARACTER:
                ends.add(run.end)
            else:
                self._cursor(run.start, run.end).setCharFormat(QTextCharFormat())
        for at in reversed([found.start() for found in re.finditer(_PILL_CHARACTER, text)]):
            if at not in ends:
                self._cursor(at, at + 1).removeSelectedText()

    # Manners

    def relook(self) -> None:
        self._quiet = True
        for run in list(self._runs()):
            self._cursor(run.start, run.end).mergeCharFormat(self._stretch_format(run.voice))
        self.document().markContentsDirty(0, self.document().characterCount())
        self._quiet = False
        self.updateGeometry()

    def insertFromMimeData(self, source: QMimeData) -> None:
        self.textCursor().insertText(source.text().replace(_PILL_CHARACTER, ""))

    def createMimeDataFromSelection(self) -> QMimeData:
        plain = QMimeData()
        plain.setText(self.textCursor().selection().toPlainText().replace(_PILL_CHARACTER, ""))
        return plain

    def keyPressEvent(self, event: QKeyEvent) -> None:
        super().keyPressEvent(event)
        # What is typed behind a pill is not part of the pill's stretch.
        cursor = self.textCursor()
        if (
            not cursor.hasSelection()
            and self.toPlainText()[cursor.position() - 1 : cursor.position()] == _PILL_CHARACTER
        ):
            self.setCurrentCharFormat(QTextCharFormat())

    def _height(self) -> int:
        look: Look = look_of(self)
        return self._lines * look.line(Role.BASE) + look.px(16)

    def sizeHint(self) -> QSize:
        return QSize(look_of(self).px(160), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(look_of(self).px(80), self._height())


class WordsField(QWidget):
    """The field around :class:`MarkedText`: its keys, and the line that says what is wrong."""

    changed = Signal()
    left = Signal()

    def __init__(self, accessible_name: str, *, lines: int = 4) -> None:
        super().__init__()
        self.typed = False
        self.text = MarkedText(lines)
        self.text.setAccessibleName(accessible_name)
        self.error = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.error.hide()
        rows = Column(gap=4)
        rows.put(self.text, 1)
        rows.put(self.error)
        self.setLayout(rows)
        self.setFocusProxy(self.text)
        self.text.edited.connect(self._edited)
        self.text.installEventFilter(self)
        for at, voice in enumerate(VOICES, 1):
            keys.on(
                f"Ctrl+{at}", self.text, partial(self.text.mark, voice), f"Mark as {voice}",
                group="Words", within=True,
            )  # fmt: skip

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.text and event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        return super().eventFilter(watched, event)

    def value(self) -> tuple[str, tuple[Mark, ...]]:
        return self.text.words(), self.text.marks()

    def offer(self, value: tuple[str, tuple[Mark, ...]]) -> None:
        """Show other words, unless somebody has typed here."""
        if not self.typed and self.value() != value:
            self.text.show_words(*value)

    def show_error(self, sentence: str) -> None:
        self.error.setText(sentence)
        self.error.show()
        self.text.setAccessibleDescription(sentence)

    def clear_error(self) -> None:
        if not self.error.isHidden():
            self.error.hide()
            self.text.setAccessibleDescription("")

    def _edited(self) -> None:
        self.typed = True
        self.clear_error()
        self.changed.emit()
