"""One item as it is written: when, about whom, the words, what sort it is, and whether it is released."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from mash_desktop.desk.requests import ItemDraft, Person, Release
from mash_desktop.domain.codes import (
    DataKind,
    IntelligenceGrade,
    IntelligenceHandling,
    IntelligenceSource,
    Significance,
    Voice,
)
from mash_desktop.domain.errors import Refusal
from ui.theme import Role
from ui.theme import Voice as Spoken
from ui.widgets.button import ActionButton, KeyCap
from ui.widgets.card import Card
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow, TickBox

ASPECTS = (
    ("event", "Event"),
    ("involvement", "Involvement"),
    ("risk", "Risk"),
    ("strength", "Strength"),
)
_RELEASES = (
    (Release.AS_IT_IS.value, "As it is"),
    (Release.REWORDED.value, "In other words"),
    (Release.HOLD.value, "Hold for now"),
)
ONWARD = "May be used beyond the table"
_VOICES = (Voice.FACT, Voice.SEEN, Voice.OPINION, Voice.TOLD)


class ItemForm(Card):
    """``added`` asks for the item to be put to the answer; ``edited`` fires at each edit."""

    added = Signal()
    edited = Signal()

    def __init__(self, people: Sequence[Person], graded: bool) -> None:
        super().__init__("Write down what we hold", KeyCap("I"))
        self._about = {
            one.subject: TickBox(one.name, len(people) == 1, accessible_name=f"About {one.name}")
            for one in people
        }
        self.when = Field("When", placeholder="12 Nov 2026, c. Sept 2026, 2011")
        self.words = TextField("What is held", lines=2)
        self.voice = ChoiceRow(
            [(one.value, one.label) for one in _VOICES], "fact", accessible_name="How known"
        )
        self.aspect = ChoiceRow(ASPECTS, "event", accessible_name="Part")
        self.data_kind = ChoiceField("Kind of data", [(one.value, one.label) for one in DataKind], "ordinary")
        self.significance = ChoiceField(
            "Significance", [("", "Not said"), *((one.value, one.label) for one in Significance)]
        )
        self.source = ChoiceField(
            "Source",
            [("", "Not graded"), *((one.value, f"{one.value} {one.label}") for one in IntelligenceSource)],
        )
        self.grade = ChoiceField(
            "Grade",
            [("", "Not graded"), *((one.value, f"{one.value} {one.label}") for one in IntelligenceGrade)],
        )
        self.handling = ChoiceField(
            "Handling",
            [("", "Not graded"), *((one.value, f"{one.value} {one.label}") for one in IntelligenceHandling)],
        )
        self.release = ChoiceRow(_RELEASES, Release.AS_IT_IS.value, accessible_name="Release to the table")
        self.wording = TextField("Words that go to the table", lines=2)
        self.until = Field("On the table until", placeholder="no end, or 12 Dec 2026")
        self.onward = TickBox(ONWARD)
        self._wording = Box(Column(self.wording))
        self._wording.hide()
        self.fault = Text("", Role.SMALL, Spoken.RED, wrap=True)
        self.fault.hide()
        self.add = ActionButton("Add this item", "Ctrl+I", accessible_name="Add this item to the answer")
        self._lay_out(graded)
        self._name()

    def _lay_out(self, graded: bool) -> None:
        first = Row(gap=12)
        first.put(self.when, 2)
        first.put(self.data_kind, 2)
        first.put(self.significance, 2)
        self.put(Row(Text("About", Role.SMALL, Spoken.LABEL), Box(Flow(*self._about.values(), gap=4)), None))
        self.put(self.words)
        self.put(first)
        if graded:
            grading = Row(gap=12)
            for field in (self.source, self.grade, self.handling):
                grading.put(field, 1)
            self.put(Text("Intelligence, 3x5x2", Role.SMALL, Spoken.LABEL))
            self.put(grading)
        self.put(Box(Flow(_told("How known", self.voice), _told("Part", self.aspect), gap=16)))
        self.put(Box(Flow(_told("Release to the table", self.release), self.until, self.onward, gap=16)))
        self.put(self._wording)
        self.put(self.fault)
        self.put(Row(self.add, None))

    def _name(self) -> None:
        named = {
            "when": self.when, "words": self.words, "voice": self.voice, "aspect": self.aspect,
            "data_kind": self.data_kind, "significance": self.significance, "source": self.source,
            "grade": self.grade, "handling": self.handling, "release": self.release,
            "wording": self.wording, "until": self.until, "onward": self.onward, "add": self.add,
        }  # fmt: skip
        for name, widget in named.items():
            widget.setObjectName(f"requests.item.{name}")
            if isinstance(widget, (Field, TextField, ChoiceField)):
                widget.changed.connect(self._edited)
            if isinstance(widget, ChoiceRow):
                widget.chosen.connect(self._edited)
        for row, codes in ((self.voice, [v.value for v in _VOICES]), (self.aspect, [a for a, _ in ASPECTS]),
                           (self.release, [r for r, _ in _RELEASES])):  # fmt: skip
            for code in codes:
                row.button(code).setObjectName(f"{row.objectName()}.{code.replace(' ', '-')}")
        for subject, tick in self._about.items():
            tick.setObjectName(f"requests.item.about.{subject}")
            tick.clicked.connect(self._edited)
        self.onward.clicked.connect(self._edited)
        self.add.clicked.connect(self.added)

    def _edited(self, _: object = None) -> None:
        self.fault.hide()
        self._settle()
        self.edited.emit()

    def _settle(self) -> None:
        """What depends on another answer: conditions leave no release as it is."""
        conditions = self.handling.value() == IntelligenceHandling.WITH_CONDITIONS.value
        self.release.button(Release.AS_IT_IS.value).setEnabled(not conditions)
        if conditions and self.release.value() == Release.AS_IT_IS.value:
            self.release.set_value(Release.REWORDED.value)
        self._wording.setVisible(self.release.value() == Release.REWORDED.value)
        for of_release in (self.until, self.onward):
            of_release.setVisible(self.release.value() != Release.HOLD.value)

    def item(self) -> ItemDraft:
        """The item as it is written."""
        weight, source = self.significance.value(), self.source.value()
        grade, handling = self.grade.value(), self.handling.value()
        return ItemDraft(
            when=self.when.value(),
            about=tuple(subject for subject, tick in self._about.items() if tick.isChecked()),
            words=self.words.value(),
            voice=Voice(self.voice.value()),
            data_kind=DataKind(self.data_kind.value()),
            significance=Significance(weight) if weight else None,
            aspect=self.aspect.value(),
            source=IntelligenceSource(source) if source else None,
            grade=IntelligenceGrade(grade) if grade else None,
            handling=IntelligenceHandling(handling) if handling else None,
            release=Release(self.release.value()),
            wording=self.wording.value(),
            until=self.until.value(),
            onward=self.onward.isChecked(),
        )

    def fill(self, item: ItemDraft) -> None:
        """Show this item instead of what is written."""
        self.when.set_value(item.when)
        for subject, tick in self._about.items():
            tick.setChecked(subject in item.about or len(self._about) == 1)
        self.words.set_value(item.words)
        self.voice.set_value(item.voice.value)
        self.aspect.set_value(item.aspect)
        self.data_kind.set_value(item.data_kind.value)
        for field, code in (
            (self.significance, item.significance),
            (self.source, item.source),
            (self.grade, item.grade),
            (self.handling, item.handling),
        ):
            field.set_value(code.value if code else "")
        self.release.set_value(item.release.value)
        self.wording.set_value(item.wording)
        self.until.set_value(item.until)
        self.onward.setChecked(item.onward)
        self._settle()

    def begin(self) -> None:
        self.words.setFocus()

    def refuse(self, refusal: Refusal) -> None:
        """Say what is wrong where it is written."""
        reworded = self.release.value() == Release.REWORDED.value and bool(self.words.value().strip())
        fields: dict[str, Field | TextField | ChoiceField] = {
            "when": self.when,
            "words": self.wording if reworded else self.words,
            "handling": self.handling,
            "until": self.until,
        }
        at = fields.get(refusal.field or "")
        if at is not None:
            at.show_error(refusal.sentence)
            at.setFocus()
            return
        about = refusal.field == "subjects"
        self.fault.setText("Say who this is about." if about else refusal.sentence)
        self.fault.show()
        if about:
            next(iter(self._about.values())).setFocus()


def _told(label: str, row: ChoiceRow) -> Box:
    return Box(Row(Text(label, Role.SMALL, Spoken.LABEL), row, gap=8))
