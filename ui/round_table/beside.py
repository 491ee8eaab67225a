"""Beside the decision: what each agency thinks, what is relied on, and what will be done by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QWidget

from mash_desktop.desk.round_table import Line, Table, ViewSeen
from mash_desktop.domain.errors import Refusal
from ui.round_table.faces import level_face, short_level
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton, KeyCap, Kind
from ui.widgets.card import Card, Hairline
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Flow, Row, empty
from ui.widgets.pill import Pill
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow

_STANCES = (("agrees", "Agrees"), ("dissents", "Dissents"), ("neither", "No position"))
Typed = Field | ChoiceField


class InlineForm(QWidget):
    """A few fields in a card, with save and close; ``saved`` fires when they are to become an act."""

    saved = Signal()
    closed = Signal()
    edited = Signal()

    def __init__(
        self,
        name: str,
        what: str,
        fields: Mapping[str, Typed],
        *pieces: QWidget | QLayout,
        save: str = "Save",
        kind: Kind = "plain",
        closes: bool = True,
    ) -> None:
        super().__init__()
        self.name, self.fields = name, dict(fields)
        self._fault = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.save = ActionButton(save, "Ctrl+Return", kind, accessible_name=f"{save}: {what}", compact=True)
        self.save.setObjectName(f"table.{name}.save")
        buttons = Row(self.save)
        if closes:
            close = ActionButton("Close", "Esc", accessible_name=f"Close: {what}", compact=True)
            close.setObjectName(f"table.{name}.close")
            close.clicked.connect(self.close_form)
            buttons.put(close)
        buttons.put(None)
        for field_name, field in fields.items():
            field.setObjectName(f"table.{name}.{field_name}")
            field.changed.connect(self._fault.hide)
            field.changed.connect(self.edited)
            if isinstance(field, Field):
                field.entered.connect(self.saved)
        rows = Column(gap=6, margins=(0, 6, 0, 0))
        for piece in pieces or tuple(fields.values()):
            rows.put(piece)
        rows.put(self._fault)
        rows.put(buttons)
        self.setLayout(rows)
        self._fault.hide()
        self.save.clicked.connect(self.saved)

    def begin(self) -> None:
        self.show()
        first = next((one for one in self.fields.values() if not one.value()), None)
        (first or next(iter(self.fields.values()))).setFocus()

    def close_form(self) -> None:
        self.hide()
        self.closed.emit()

    def clear(self, *names: str) -> None:
        for name in names or self.fields:
            self.fields[name].set_value("")
            self.fields[name].clear_error()

    def refuse(self, refusal: Refusal) -> None:
        """At the field, or below them; what was typed stays."""
        at = self.fields.get(refusal.field or "")
        if at is not None:
            at.show_error(refusal.sentence)
            at.setFocus()
        else:
            self._fault.setText(refusal.sentence)
            self._fault.show()


class ViewsCard(Card):
    """A line an agency, a pill a person; V adds one. ``form`` asks for the view."""

    def __init__(self) -> None:
        super().__init__("Views", "", gap=4)
        self._rows = Column(gap=0)
        self.add = ActionButton("Add", "V", accessible_name="Record an agency’s view", compact=True)
        self.add.setObjectName("table.view.add")
        self.agency = ChoiceField("Agency", [])
        self.subject = ChoiceField("About", [])
        self.level = ChoiceField("Level", [])
        self.stance = ChoiceRow(_STANCES, "agrees", accessible_name="With the decision on the table")
        for code, _ in _STANCES:
            self.stance.button(code).setObjectName(f"table.view.stance.{code}")
        self.words = Field("In their words")
        fields: dict[str, Typed] = {
            "agency": self.agency, "subject": self.subject, "level": self.level, "words": self.words,
        }  # fmt: skip
        who = Row(gap=8)
        who.put(self.agency, 1)
        who.put(self.subject, 1)
        self.form = InlineForm("view", "the view", fields, who, self.level, self.stance, self.words)
        self.form.hide()
        for piece in (Box(self._rows), self.form, Row(self.add, None)):
            self.put(piece)

    def show_table(self, table: Table) -> None:
        empty(self._rows)
        by_agency: dict[str, list[ViewSeen]] = {}
        for view in table.views:
            by_agency.setdefault(view.agency, []).append(view)
        seats = {one.agency: one.name for one in table.around if one.in_the_room or one.asked}
        for agency, views in by_agency.items():
            seats.setdefault(agency, views[0].agency_name)
        for agency, name in seats.items():
            if agency not in by_agency and not any(
                one.in_the_room for one in table.around if one.agency == agency
            ):
                continue
            self._rows.put(_view_row(name, by_agency.get(agency, ()), len(table.subjects) > 1))
            self._rows.put(Hairline())
        self.agency.set_choices(list(seats.items()))
        self.subject.set_choices([(one.subject, one.called) for one in table.subjects])
        self.level.set_choices([(one.id, one.label) for one in table.rungs])
        self.add.setVisible(table.may_record and not self.form.isVisible())
        self._missing = [
            (one.agency, subject.subject)
            for one in table.around
            if one.in_the_room
            for subject in table.subjects
            if not any((v.agency, v.subject) == (one.agency, subject.subject) for v in table.views)
        ]

    def begin(self) -> None:
        """The form, at the next agency in the room whose view on somebody is not known."""
        if not self.words.value():  # nobody's view has been begun
            agency, subject = next(iter(self._missing), ("", ""))
            self.agency.set_value(agency)
            self.subject.set_value(subject)
            self.form.clear("level", "words")
            self.stance.set_value("agrees")
        self.add.hide()
        self.form.begin()

    def agrees(self) -> bool | None:
        return {"agrees": True, "dissents": False}.get(self.stance.value())


def _view_row(name: str, views: Sequence[ViewSeen], several: bool) -> QWidget:
    row = Row(Text(name), None, gap=6, margins=(4, 5, 0, 5))
    if not views:
        row.put(Text("waiting", Role.SMALL, Voice.ASIDE))
        return Box(row)
    for view in views:
        face = level_face(view.rung)
        level = short_level(face.text)
        row.put(Pill(f"{view.called} {level}" if several else level, face.tone))
    if any(view.agrees is False for view in views):
        row.put(Pill("dissents", Tone.VIOLET))
    lines = Column(row, gap=0)
    for view in views:
        if view.words:
            words = Text(f"{view.called}: {view.words}", Role.SMALL, Voice.LABEL, wrap=True)
            lines.put(Row(words, margins=(4, 0, 0, 5)))
    return Box(lines)


class ReliedCard(Card):
    """What the decision rests on, by its lines in the chronology."""

    def __init__(self) -> None:
        super().__init__("Relied on", KeyCap("E"), gap=2)
        self._words = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        self._words.setObjectName("table.relied")
        self.fault = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.put(self._words)
        self.put(self.fault)
        self.fault.hide()

    def show_relied(self, lines: Sequence[Line]) -> None:
        self.fault.hide()
        self._words.setText(
            "\n".join(line.short for line in lines) or "Choose a line of the chronology and press E."
        )

    def refuse(self, sentence: str) -> None:
        self.fault.setText(sentence)
        self.fault.show()


class ActionsCard(Card):
    """What will be done, by whom, by when; A adds one, K says that one was done."""

    def __init__(self) -> None:
        super().__init__("Actions", "", gap=4)
        self._rows = Column(gap=0)
        self.add = ActionButton("Add", "A", accessible_name="Add an action", compact=True)
        self.add.setObjectName("table.action.add")
        self.what = Field("What")
        self.owner = Field("Who", placeholder="R. Okafor")
        self.due = Field("When", placeholder="15:00")
        fields = {"words": self.what, "owner": self.owner, "due": self.due}
        last = Row(gap=8)
        last.put(self.owner, 1)
        last.put(self.due, 1)
        self.form = InlineForm("action", "the action", fields, self.what, last)
        self.done = ActionButton("Done", "K", accessible_name="Say that an action was done", compact=True)
        self.done.setObjectName("table.done.begin")
        self.which, self.came = ChoiceField("Which", []), Field("What came of it")
        done: dict[str, Typed] = {"action": self.which, "words": self.came}
        self.done_form = InlineForm("done", "the action that was done", done)
        for form in (self.form, self.done_form):
            form.hide()
        for piece in (Box(self._rows), self.form, self.done_form, Box(Flow(self.add, self.done))):
            self.put(piece)

    def show_table(self, table: Table) -> None:
        empty(self._rows)
        for one in table.actions:
            aside = ", ".join(part for part in (one.owner, one.due) if part)
            row = Row(gap=6, margins=(4, 5, 0, 5))
            row.put(Text(f"✓ {one.words}" if one.done else one.words, wrap=True), 1)
            row.put(Text(aside, Role.SMALL, Voice.ASIDE))
            self._rows.put(Box(row))
            self._rows.put(Hairline())
        self.which.set_choices(table.to_do)
        open_form = self.form.isVisible() or self.done_form.isVisible()
        self.add.setVisible(table.may_record and not open_form)
        self.done.setVisible(table.may_complete and bool(table.to_do) and not open_form)

    def begin(self, form: InlineForm) -> None:
        self.add.hide()
        self.done.hide()
        form.begin()
