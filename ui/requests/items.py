"""What the agency has put to this request: items not yet sent and items recorded; release and take back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal

from mash_desktop.desk.requests import Held, ItemDraft, Release
from mash_desktop.domain.errors import Refusal
from ui.requests.faces import ITEM_STATES
from ui.requests.item_form import ONWARD
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.field import TextField
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.pill import PillFace
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text
from ui.widgets.tick import TickBox


@dataclass(frozen=True, slots=True)
class _Line:
    """An item of either sort. ``place`` is that among the items not yet sent."""

    key: str
    when: str
    about: str
    words: str
    kind: str
    state: str
    place: int | None
    held: Held | None


class ItemsCard(Card):
    """``release_asked(contribution, wording or None, agreed to use beyond the table)``,
    ``take_back_asked(contribution, reason)``, ``removed(place)``."""

    release_asked = Signal(str, object, bool)
    take_back_asked = Signal(str, str)
    removed = Signal(int)

    def __init__(self) -> None:
        super().__init__("What we have written down", "", padding=12)
        self.table: DenseTable[_Line] = DenseTable(
            [
                TableColumn("When", lambda line: line.when or "no date", voice=Voice.LABEL),
                TableColumn("About", lambda line: line.about, voice=Voice.LABEL),
                TableColumn("What", lambda line: line.words, stretch=1),
                TableColumn("Kind", lambda line: line.kind, pills=lambda line: [PillFace(line.kind)]),
                TableColumn(
                    "State",
                    lambda line: line.state,
                    pills=lambda line: [PillFace(line.state, ITEM_STATES[line.state])],
                ),
            ],
            key=lambda line: line.key,
            accessible_name="What we have written down",
            grows=True,
        )
        self.table.setObjectName("requests.items")
        self.full = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        self.release = _button("Release", "R", "Release the chosen item to the table as it is")
        self.reword = _button("Release in other words", "W", "Release the chosen item in other words")
        self.back = _button("Take back", "T", "Take the chosen item back from the table")
        self.remove = _button("Remove", "Del", "Remove the chosen item, which has not been sent")
        self.onward = TickBox(ONWARD)
        self.words = TextField("Words that go to the table", lines=2)
        self.save = ActionButton("Save", "Ctrl+S", accessible_name="Save the wording or the reason")
        self.close_form = ActionButton("Close", "Esc", accessible_name="Close the wording or the reason")
        self._form = Box(Column(self.words, Row(self.save, self.close_form, None)))
        self._form.hide()
        self._rewording = False
        self._agreed = ("", False)
        """Of the chosen item, whether its release agrees: a tick since then stays while it is chosen."""
        self._saving: Callable[[str], object] = lambda words: None
        for name, widget in (
            ("release", self.release), ("reword", self.reword), ("take-back", self.back),
            ("remove", self.remove), ("onward", self.onward), ("words", self.words), ("save", self.save),
            ("close", self.close_form),
        ):  # fmt: skip
            widget.setObjectName(f"requests.items.{name}")
        self.put(self.table)
        self.put(self.full)
        self.put(Box(Flow(self.release, self.reword, self.back, self.remove, self.onward)))
        self.put(self._form)
        self._wire()

    def _wire(self) -> None:
        self.table.chosen.connect(lambda _: self._settle())
        self.release.clicked.connect(
            lambda: self._on_held(
                lambda held: self.release_asked.emit(held.id, None, self.onward.isChecked())
            )
        )
        self.reword.clicked.connect(
            lambda: self._on_held(
                lambda held: self._ask_words(held, "Words that go to the table", self._reworded)
            )
        )
        self.back.clicked.connect(
            lambda: self._on_held(
                lambda held: self._ask_words(held, "Why it is taken back", self._taken_back)
            )
        )
        self.remove.clicked.connect(self._removed)
        self.save.clicked.connect(lambda: self._saving(self.words.value()))
        self.close_form.clicked.connect(self.done)

    def show_items(
        self, written: Sequence[ItemDraft], held: Sequence[Held], name: Callable[[str], str]
    ) -> None:
        """Those recorded first, then those of the answer being written."""
        lines = [_Line(one.id, one.on, one.about, one.words, one.kind, one.state, None, one) for one in held]
        lines += [
            _Line(
                f"draft {place}",
                item.when,
                ", ".join(name(subject) for subject in item.about),
                item.words,
                item.voice.label.lower(),
                "to be held" if item.release is Release.HOLD else "to be released",
                place,
                None,
            )
            for place, item in enumerate(written)
        ]
        self.setVisible(bool(lines))
        self.table.set_rows(lines)
        if lines and self.table.current() is None:
            self.table.select_key(lines[-1].key)
        self._settle()

    def done(self) -> None:
        """The wording or reason has been dealt with."""
        self._rewording = False
        self._settle()
        self._form.hide()
        self.words.set_value("")
        self.words.clear_error()
        self.table.setFocus()

    def refuse(self, refusal: Refusal) -> None:
        """Say what is wrong with the wording or the reason, or below the item where there is neither."""
        if self._form.isVisible():
            self.words.show_error(refusal.sentence)
            self.words.setFocus()
        else:
            self.full.setText(refusal.sentence)

    def _settle(self) -> None:
        line = self.table.current()
        held = line.held if line else None
        out = held is not None and held.state in {"released", "reworded"}
        self.release.setVisible(held is not None and not out and not held.conditions)
        self.reword.setVisible(held is not None)
        # Only where it goes with a release about to be made: by itself a tick would agree to nothing.
        self.onward.setVisible(held is not None and (not out or self._rewording))
        agreed = (held.id, held.onward) if held is not None else ("", False)
        if agreed != self._agreed:
            self.onward.setChecked(agreed[1])
        self._agreed = agreed
        self.back.setVisible(out)
        self.remove.setVisible(line is not None and line.place is not None)
        said = [line.words] if line else []
        if held is not None:
            said += [f"At the table: {held.released_words}" if held.state == "reworded" else "", held.marks]
            said += ["waits to be sent" if held.pending else ""]
        self.full.setText(" · ".join(part for part in said if part))

    def _on_held(self, then: Callable[[Held], object]) -> None:
        line = self.table.current()
        if line is not None and line.held is not None:
            then(line.held)

    def _ask_words(self, held: Held, label: str, saving: Callable[[Held, str], object]) -> None:
        self.words.label.setText(label)
        self.words.control.setAccessibleName(label)
        self.words.set_value("")
        self._saving = lambda words: saving(held, words)
        self._rewording = saving == self._reworded
        self._settle()
        self._form.show()
        self.words.setFocus()

    def _reworded(self, held: Held, words: str) -> None:
        self.release_asked.emit(held.id, words, self.onward.isChecked())

    def _taken_back(self, held: Held, words: str) -> None:
        self.take_back_asked.emit(held.id, words)

    def _removed(self) -> None:
        line = self.table.current()
        if line is not None and line.place is not None:
            self.removed.emit(line.place)


def _button(text: str, key: str, name: str) -> ActionButton:
    return ActionButton(text, key, accessible_name=name, compact=True)
