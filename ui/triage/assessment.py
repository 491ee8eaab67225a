"""The domestic abuse tool beside a contact: a question a row, answered with Y, N or K, and a comment.

It counts and shows; it decides nothing. Professional judgement raises a result and is never lowered by it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.triage import Assessed, Settings, result_words
from mash_desktop.domain.assessments import QUESTION_SETS, Question
from mash_desktop.domain.codes import ToolAnswer
from ui.theme import Role, Tone, Voice
from ui.triage.fields import FieldRow
from ui.triage.inputs import Section, Tick
from ui.widgets.card import Card, Hairline
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Row, empty
from ui.widgets.pill import Pill, PillFace
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow

_ANSWERS = tuple((answer.value, answer.label) for answer in ToolAnswer)
_KEYS = {Qt.Key.Key_Y: "yes", Qt.Key.Key_N: "no", Qt.Key.Key_K: "dont_know"}


class _Question(QWidget):
    """One question: its words, the answer, a comment. ``answered`` fires with an answer given by key."""

    changed = Signal()
    answered = Signal()

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question
        self.answer = ChoiceRow(_ANSWERS, accessible_name=f"{question.id}. {question.label}")
        self.answer.setObjectName(f"triage.assessment.{question.id}")
        self.comment = Field("", placeholder="comment", accessible_name=f"Comment on question {question.id}")
        self.comment.line.setObjectName(f"triage.assessment.{question.id}.comment")
        row = Row(gap=10, margins=(0, 3, 0, 3))
        row.put(Text(f"{question.id}", Role.SMALL, Voice.ASIDE))
        row.addWidget(Text(question.label, wrap=True), 5, Qt.AlignmentFlag.AlignVCenter)
        row.put(self.answer)
        row.put(self.comment, 3)
        self.setLayout(row)
        self.answer.chosen.connect(lambda _code: self.changed.emit())
        self.comment.changed.connect(self.changed)
        for code, _ in _ANSWERS:
            self.answer.button(code).installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            code = _KEYS.get(Qt.Key(event.key()))
            if code is not None and event.modifiers() == Qt.KeyboardModifier.NoModifier:
                self.answer.button(code).click()
                self.answered.emit()
                return True
        return super().eventFilter(watched, event)

    def show_answer(self, answer: str, comment: str) -> None:
        self.answer.set_value(answer)
        self.comment.offer(comment)


class AssessmentCard(Card):
    """The tool's questions, the count, judgement and events. ``changed`` fires on each edit by a person."""

    changed = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__("Domestic abuse tool", "Y yes · N no · K don’t know")
        self._settings, tools = settings, settings.tools
        self.tool = ChoiceField("Question set", tools, tools[0][0] if tools else "")
        self.tool.setObjectName("triage.assessment.tool")
        self.result = Pill("", Tone.NEUTRAL)
        self._rows = Column(gap=0)
        self._questions: dict[str, _Question] = {}
        judgement = Tick("Professional judgement: high", accessible_name="Professional judgement: high risk")
        reason, events = Field("What the judgement rests on"), Field("Events in 12 months")
        last = Field("Last at MARAC", placeholder="3 Apr 2026")
        self.section = Section(
            "assessment",
            {"judgement": judgement, "judgement_reason": reason, "events": events, "last_marac": last},
            self._make,
        )
        self.typed = False
        self.put(Row(self.tool, None, self.result))
        self.put(Box(self._rows))
        self.put(FieldRow(judgement, reason, events, last, shares=(5, 6, 3, 3)))
        self.tool.changed.connect(self._other_tool)
        self.section.changed.connect(self._edited)
        self._draw()

    def _make(self, **values: Any) -> Assessed:
        answers = {id: row.answer.value() for id, row in self._questions.items() if row.answer.value()}
        comments = {id: row.comment.value() for id, row in self._questions.items() if row.comment.value()}
        return Assessed(tool=self.tool.value(), answers=answers, comments=comments, **values)

    def form(self) -> Assessed:
        form = self.section.form()
        assert isinstance(form, Assessed)
        return form

    def offer(self, form: Assessed) -> None:
        if self.typed:
            return
        if self.tool.value() != form.tool:
            self.tool.set_value(form.tool)
            self._draw()
        for id, row in self._questions.items():
            row.show_answer(form.answers.get(id, ""), form.comments.get(id, ""))
        self.section.offer(form)
        self._count()

    def settle(self) -> None:
        self.typed = False
        self.section.settle()
        for row in self._questions.values():
            row.comment.typed = False

    def refuse(self, field: str | None, sentence: str) -> bool:
        return self.section.refuse(field, sentence)

    def begin(self, form: Assessed) -> None:
        """Show another contact's answers, whatever was typed."""
        self.settle()
        self._draw()
        self.offer(form)

    def _draw(self) -> None:
        empty(self._rows)
        tool = QUESTION_SETS.get(self.tool.value())
        self._questions = {}
        section = ""
        for question in tool.questions if tool else ():
            if question.section != section:
                section = question.section
                self._rows.put(Text(section, Role.SMALL_BOLD, Voice.LABEL))
            row = _Question(question)
            row.changed.connect(self._edited)
            row.answered.connect(self._next(question.id))
            self._questions[question.id] = row
            self._rows.put(row)
            self._rows.put(Hairline())

    def _next(self, question: str) -> Callable[[], None]:
        def go() -> None:
            ids = list(self._questions)
            at = ids.index(question) + 1
            if at < len(ids):
                self._questions[ids[at]].answer.setFocus(Qt.FocusReason.TabFocusReason)

        return go

    def _other_tool(self) -> None:
        self._draw()
        self._edited()

    def _edited(self) -> None:
        self.typed = True
        self._count()
        self.changed.emit()

    def _count(self) -> None:
        words, high = result_words(self.form(), self._settings.today, self._settings.marac_repeat_months)
        self.result.set_face(PillFace(words, Tone.RED if high else Tone.NEUTRAL))
