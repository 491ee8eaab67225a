"""One person asked about: who they are, and the answer about them with what a refusal needs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.requests import Person, PersonAnswer
from mash_desktop.domain.codes import AnswerResult, RefusalReason
from mash_desktop.domain.errors import Refusal
from ui.theme import Role, Tone, Voice
from ui.widgets.button import KeyCap
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Box, Column, Row
from ui.widgets.pill import Pill
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow

_RESULTS = ((AnswerResult.FINDINGS, "Findings"), (AnswerResult.NOTHING_HELD, "Nothing held"),
            (AnswerResult.REFUSED, "Refuse"))  # fmt: skip
_TONES = {AnswerResult.FINDINGS: Tone.GREEN, AnswerResult.REFUSED: Tone.VIOLET}


class PersonBlock(QWidget):
    """``edited`` at each edit; the number is the key that leads here."""

    edited = Signal()

    def __init__(self, number: int, person: Person) -> None:
        super().__init__()
        self.subject, self.name = person.subject, person.name
        facts = [person.born, person.relation if person.relation != "subject" else ""]
        head = Row(Text(person.name, Role.BASE_BOLD), gap=8)
        if person.of_concern:
            head.put(Pill("of concern", Tone.ACCENT))
        if person.unsafe_to_contact:
            head.put(Pill("unsafe to contact", Tone.RED))
        self._said = Pill()
        head.put(self._said)
        head.put(None)
        if number <= 9:
            head.put(KeyCap(str(number)))
        self.result = ChoiceRow(
            [(code.value, words) for code, words in _RESULTS], accessible_name=f"Answer about {person.name}"
        )
        name = f"requests.person.{person.subject}"
        self.result.setObjectName(f"{name}.result")
        for code, _ in _RESULTS:
            self.result.button(code.value).setObjectName(f"{name}.result.{code.value}")
        head.put(self.result)
        self.reason = ChoiceField("Why it is not shared", [(one.value, one.label) for one in RefusalReason])
        self.text = TextField("What the refusal rests on", lines=2)
        self.review = Field("Reviewed on", placeholder="12 Dec 2026")
        for field, part in ((self.reason, "reason"), (self.text, "text"), (self.review, "review")):
            field.setObjectName(f"{name}.{part}")
            field.control.setAccessibleName(f"{field.label.text()}: {person.name}")
            field.changed.connect(self.edited)
        first = Row(gap=12)
        first.put(self.reason, 3)
        first.put(self.review, 1)
        self._refusal = Box(Column(first, self.text, gap=6, margins=(0, 2, 0, 4)))
        self._refusal.hide()
        self._detail = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        rows = Column(head, gap=2, margins=(0, 4, 0, 6))
        told = " · ".join(part for part in (*facts, *person.addresses) if part)
        if told:
            rows.put(Text(told, Role.SMALL, Voice.LABEL, wrap=True))
        rows.put(self._detail)
        rows.put(self._refusal)
        self.setLayout(rows)
        self.result.chosen.connect(self._chosen)
        self.show_answer(person)

    def show_answer(self, person: Person) -> None:
        """What has been answered so far; what is being typed stays."""
        answer = person.answer
        self._said.setVisible(answer is not None)
        self._detail.setVisible(answer is not None)
        if answer is not None:
            self._said.set_face(Pill(answer.words, _TONES.get(answer.result, Tone.NEUTRAL)).face)
            self._detail.setText(answer.detail)

    def choose(self, result: AnswerResult) -> None:
        """As a press on that answer."""
        self.result.button(result.value).click()

    def _chosen(self, code: str) -> None:
        refused = code == AnswerResult.REFUSED.value
        self._refusal.setVisible(refused)
        self.edited.emit()

    def begin(self) -> None:
        """Put focus where the answer is chosen."""
        chosen = self.result.value()
        (self.result.button(chosen) if chosen else self.result).setFocus()

    def answer(self) -> PersonAnswer:
        code, reason = self.result.value(), self.reason.value()
        return PersonAnswer(
            AnswerResult(code) if code else None,
            RefusalReason(reason) if reason else None,
            self.text.value(),
            self.review.value(),
        )

    def fill(self, answer: PersonAnswer) -> None:
        """Put back what was typed before."""
        if answer.result is not None:
            self.result.set_value(answer.result.value)
            self._refusal.setVisible(answer.result is AnswerResult.REFUSED)
        self.reason.offer(answer.reason.value if answer.reason else "")
        self.text.offer(answer.text)
        self.review.offer(answer.review)

    def refuse(self, refusal: Refusal) -> bool:
        """Show what is wrong here, if this is where it is; then True."""
        answer = self.answer()
        if answer.result is not AnswerResult.REFUSED:
            return False
        at: Field | TextField | ChoiceField = self.reason
        if refusal.field == "review_on":
            at = self.review
        elif answer.reason is not None and not answer.text.strip():
            at = self.text
        at.show_error(refusal.sentence)
        at.setFocus()
        return True
