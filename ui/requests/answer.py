"""One request with its answer being written: the concern, the people, the systems, what is held.

It reads and fills the widgets; what becomes of them is asked of the desk by the screen around it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QWidget

from mash_desktop.desk.requests import AnswerDraft, ItemDraft, RequestDetail
from mash_desktop.domain.codes import AnswerResult
from mash_desktop.domain.errors import Refusal
from ui.keys import keys
from ui.requests.faces import state_face
from ui.requests.item_form import ItemForm
from ui.requests.items import ItemsCard
from ui.requests.person import PersonBlock
from ui.requests.systems import SystemsBlock
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton, KeyCap
from ui.widgets.card import Card, Hairline, scrolled
from ui.widgets.fitted import bring_into_sight
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.pill import Pill, RagChip
from ui.widgets.text import Text


class AnswerPage(QWidget):
    """``edited`` at each edit; the buttons' clicks are the screen's to answer."""

    edited = Signal()

    def __init__(
        self, detail: RequestDetail, known: Sequence[str], draft: AnswerDraft, now: datetime
    ) -> None:
        super().__init__()
        self.detail = detail
        self._written = draft.items
        self.acknowledge = ActionButton("Acknowledge", "A", accessible_name="Acknowledge the request")
        self.people = [PersonBlock(at + 1, one) for at, one in enumerate(detail.people)]
        self.systems = SystemsBlock(known)
        self.item = ItemForm(detail.people, detail.graded)
        self.items = ItemsCard()
        self.send = ActionButton(
            "Answer and release", "Ctrl+Return", "primary", accessible_name="Send the answer and its releases"
        )
        self.nothing = ActionButton(
            "Nothing held", "H, H", accessible_name="Nothing held about anybody not answered for"
        )
        self.fault = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.fault.hide()
        for name, widget in (
            ("acknowledge", self.acknowledge), ("send", self.send), ("nothing-held", self.nothing),
        ):  # fmt: skip
            widget.setObjectName(f"requests.{name}")
        self._build(now)
        self._fill(draft)
        self._wire()

    def _build(self, now: datetime) -> None:
        detail = self.detail
        self._left, self._state, self._rag = Pill(), Pill(), None
        head = Row(Text(detail.row.who, Role.TITLE), gap=8)
        if detail.row.rag is not None:
            head.put(RagChip(detail.row.rag.value))
        for pill in (self._left, self._state):
            head.put(pill)
        head.put(None)
        head.put(Text(detail.row.reference, Role.ASIDE, Voice.ASIDE))
        asked = f"Asked {detail.row.asked_words} by {detail.asked_by}"
        due = f", due {detail.row.due_words}" if detail.row.due_words else ""
        self._seen = Text("", Role.SMALL, Voice.LABEL)
        concern = Card("The minimum you need to know", f"{asked}{due}")
        concern.put(Text(detail.minimum_concern, Role.BASE, wrap=True))
        concern.put(Row(self.acknowledge, self._seen, None, gap=8))
        about = Card(
            "About each person",
            Box(Row(KeyCap("F"), Text("findings", Role.SMALL, Voice.ASIDE), KeyCap("G"),
                    Text("nothing held", Role.SMALL, Voice.ASIDE), KeyCap("X"),
                    Text("refuse", Role.SMALL, Voice.ASIDE), gap=5)),
            gap=4,
        )  # fmt: skip
        for block in self.people:
            about.put(block)
            about.put(Hairline())
        about.put(self.systems)
        body = Column(head, concern, about, self.items, self.item, None, gap=10, margins=(12, 12, 12, 4))
        rows = Column(gap=0)
        rows.put(scrolled(Box(body)), 1)
        rows.put(
            Box(Column(self.fault, Flow(self.send, self.nothing, gap=10), gap=4, margins=(12, 8, 12, 12)))
        )
        self.setLayout(rows)
        self.show_detail(detail, now)

    def _wire(self) -> None:
        for block in self.people:
            block.edited.connect(self._edited)
        self.systems.edited.connect(self._edited)
        self.item.edited.connect(self._edited)
        self.items.removed.connect(self._remove)
        for at, block in enumerate(self.people[:9]):
            keys.on(
                str(at + 1), self, block.begin, f"Answer about {block.name}", group="Requests",
                also=(f"Alt+{at + 1}",),
            )  # fmt: skip
        for key, result, words in (
            ("F", AnswerResult.FINDINGS, "Findings about this person"),
            ("G", AnswerResult.NOTHING_HELD, "Nothing held about this person"),
            ("X", AnswerResult.REFUSED, "Refuse about this person"),
        ):
            keys.on(key, self, partial(self._answer, result), words, group="Requests")
        keys.on("I", self, self.item.begin, "Write an item down", group="Requests", also=("Alt+I",))
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._follow)

    def _follow(self, _: QWidget | None, focused: QWidget | None) -> None:
        """Bring into sight what a key has led to."""
        if focused is not None and self.isAncestorOf(focused):
            bring_into_sight(focused)

    def _answer(self, result: AnswerResult) -> None:
        """The answer for the person that focus is on, else the first without one; then on to the next."""
        focused = [block for block in self.people if block.isAncestorOf(self.focusWidget() or self)]
        waiting = [block for block in self.people if not block.result.value()]
        block = next(iter([*focused, *waiting, *self.people]))
        block.choose(result)
        if result is AnswerResult.REFUSED:
            block.reason.setFocus()
            return
        at = self.people.index(block)
        (self.people[at + 1] if at + 1 < len(self.people) else block).begin()

    # --- what is shown

    def show_detail(self, detail: RequestDetail, now: datetime) -> None:
        """Show how the request stands now; nothing that is being typed changes."""
        self.detail = detail
        self._state.set_face(state_face(detail.row))
        self.show_time(now)
        self.acknowledge.setVisible(not detail.acknowledged and detail.row.open)
        self._seen.setText(f"Acknowledged by {detail.acknowledged}" if detail.acknowledged else "")
        for block, person in zip(self.people, detail.people, strict=True):
            block.show_answer(person)
        self.items.show_items(self._written, detail.items, detail.name)
        self.nothing.setVisible(any(person.answer is None for person in detail.people))
        self.set_busy(False)

    def show_time(self, now: datetime) -> None:
        row = self.detail.row
        late = row.late(now)
        words = row.left(now)
        self._left.setVisible(bool(words) and (late or row.open))
        self._left.set_face(
            Pill(
                words if late or words == "untimed" else f"{words} left", Tone.RED if late else Tone.NEUTRAL
            ).face
        )

    # --- what is written

    def draft(self) -> AnswerDraft:
        return AnswerDraft(
            {block.subject: block.answer() for block in self.people},
            self.systems.systems(),
            self._written,
            self.item.item(),
        )

    def _fill(self, draft: AnswerDraft) -> None:
        for block in self.people:
            if block.subject in draft.people:
                block.fill(draft.people[block.subject])
        self.systems.fill(draft.systems)
        self.item.fill(draft.writing)

    def add_item(self) -> None:
        """Put the item in the fields to the answer, and begin the next."""
        draft = self.draft().with_writing_added()
        self._written = draft.items
        for block in self.people:
            if block.subject in draft.people:
                block.fill(draft.people[block.subject])
        self.item.fill(ItemDraft(about=draft.writing.about))
        self.items.show_items(self._written, self.detail.items, self.detail.name)
        self.item.begin()
        self._edited()

    def _remove(self, place: int) -> None:
        self._written = self._written[:place] + self._written[place + 1 :]
        self.items.show_items(self._written, self.detail.items, self.detail.name)
        self._edited()

    def _edited(self) -> None:
        self.fault.hide()
        self.edited.emit()

    def refuse(self, refusal: Refusal) -> None:
        """Say what is wrong where it is written; what was typed stays."""
        field = refusal.field
        if field == "systems_searched":
            self.systems.refuse(refusal.sentence)
            return
        if field in {"refusal_reason", "review_on"} and any(b.refuse(refusal) for b in self.people):
            return
        of_item = field in {"words", "subjects"} and bool(self.item.words.value().strip())
        if of_item or field in {"when", "handling"}:
            self.item.refuse(refusal)
            return
        self.fault.setText(refusal.sentence)
        self.fault.show()

    def set_busy(self, busy: bool) -> None:
        """While an act is being made it is not made twice."""
        for button in (self.send, self.nothing, self.acknowledge):
            button.setEnabled(not busy and not self.detail.read_only)
