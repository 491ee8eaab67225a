"""The forms in the middle: admitting, with the level and basis of each person; and sending on a route."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from mash_desktop.desk.oversight import Admission, Admitted, LevelGiven, Routed
from mash_desktop.domain.entries.triage import SubjectLevel
from ui.oversight.basis import PersonScope
from ui.theme import Role, Tone, Voice, look_of
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Hairline, SectionHeading, scrolled
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Box, Column, Grid, Row
from ui.widgets.pill import Pill
from ui.widgets.text import Text


class Levels(Card):
    """The level of each person of concern, from the operator's; says where oversight differs."""

    edited = Signal()

    def __init__(self, heading: str, given: Sequence[LevelGiven], ladder: Sequence[tuple[str, str]]) -> None:
        super().__init__(heading, "prefilled with the operator’s")
        self._given = given
        self.fields = {
            one.subject: ChoiceField("", ladder, one.level, accessible_name=f"Level of {one.name}")
            for one in given
        }
        self._changed = {one.subject: Pill(f"operator: {one.label}", Tone.VIOLET) for one in given}
        grid = Grid(gap=6)
        grid.setColumnStretch(1, 1)
        for at, one in enumerate(given):
            field = self.fields[one.subject]
            field.setObjectName(f"oversight.level.{one.subject}")
            field.changed.connect(self._edited)
            grid.addWidget(Text(one.name, Role.BASE_BOLD), at, 0)
            grid.addWidget(field, at, 1)
            grid.addWidget(self._changed[one.subject], at, 2)
            self._changed[one.subject].hide()
        self.put(grid)
        self.fault = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.fault.hide()
        self.put(self.fault)

    def levels(self) -> tuple[SubjectLevel, ...]:
        return tuple(SubjectLevel(subject, field.value()) for subject, field in self.fields.items())

    def by_subject(self) -> dict[str, str]:
        return {subject: field.value() for subject, field in self.fields.items()}

    def fill(self, values: dict[str, str]) -> None:
        for subject, field in self.fields.items():
            if values.get(subject):
                field.set_value(values[subject])
        self._show()

    def _edited(self) -> None:
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        self.fault.hide()
        for one in self._given:
            self._changed[one.subject].setVisible(self.fields[one.subject].value() != one.level)


class MiddleForm(QWidget):
    """A form as large as the middle: it scrolls, and its foot stays in sight."""

    asked = Signal()
    closed = Signal()
    edited = Signal()

    def __init__(self, heading: str, aside: str, icon: str, save: str) -> None:
        super().__init__()
        self.setAccessibleName(heading)
        self.fields: dict[str, Field | TextField | ChoiceField] = {}
        self.save = ActionButton(save, "Ctrl+Return", "primary", accessible_name=f"{save}: {heading}")
        self.save.setObjectName("oversight.form.save")
        self.save.clicked.connect(self.asked)
        close = ActionButton("Close", "Esc", accessible_name=f"Close: {heading}")
        close.setObjectName("oversight.form.close")
        close.clicked.connect(self.closed)
        self.fault = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.fault.hide()
        self.foot = Row(self.save, close, None, gap=10)
        self.pieces = Column(SectionHeading(heading, aside, icon_name=icon), gap=10, margins=(12, 12, 12, 0))
        area = scrolled(Box(self.pieces))
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        rows = Column(gap=0)
        rows.put(area, 1)
        rows.put(Box(Column(self.fault, self.foot, gap=6, margins=(12, 8, 12, 12))))
        self.setLayout(rows)

    def minimumSizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(320), look.px(440))

    def take(self, **fields: Field | TextField | ChoiceField) -> None:
        """Tend to these fields under these names."""
        for name, field in fields.items():
            field.setObjectName(f"oversight.{name}")
            field.changed.connect(self.edited)
        self.fields.update(fields)

    def values(self) -> dict[str, str]:
        return {name: field.value() for name, field in self.fields.items()}

    def fill(self, values: dict[str, str]) -> None:
        for name, field in self.fields.items():
            if values.get(name):
                field.offer(values[name])

    def begin(self) -> None:
        next(iter(self.fields.values())).setFocus()

    def refuse(self, sentence: str, field: str | None) -> None:
        """Say what is wrong at its field, or at the foot. What was typed stays."""
        at = self.fields.get(field or "")
        self.fault.setVisible(at is None)
        if at is not None:
            at.show_error(sentence)
            at.setFocus()
        else:
            self.fault.setText(sentence)


class AdmitForm(MiddleForm):
    """Agree and admit: levels, threshold, purpose, and each person on their own confirmed basis."""

    def __init__(self, start: Admission) -> None:
        super().__init__(f"Admit {start.who}", start.reference, "log-in", "Admit")
        self._start = start
        self.levels = Levels("Level at admission", start.indicative, start.choices())
        reason = TextField("Why", lines=3, placeholder="Why the threshold is met")
        threshold = ChoiceField("Threshold met", ())
        purpose = TextField("Purpose of sharing", lines=3, placeholder="What sharing is to find out")
        told = Field("How the referrer was told", placeholder="Leave empty until they have been")
        self.take(reason=reason, threshold=threshold, purpose=purpose, told=told)
        overrides = {
            subject: TextField(f"Why {name}’s refusal of consent is overridden", why, lines=2)
            for subject, name, why in start.unwilling
        }
        for subject, field in overrides.items():
            self.take(**{f"override_reason.{subject}": field})
        self.people = {one.subject: PersonScope(start, one) for one in start.people}
        self.confirm_next = ActionButton(
            "Confirm the next",
            "Alt+C",
            accessible_name="Confirm the basis of the next person in scope",
            compact=True,
        )
        self.confirm_next.setObjectName("oversight.confirm_next")
        self.confirm_next.clicked.connect(self._confirm_next)
        scope = Card("Who is in scope, and on what basis", self.confirm_next, gap=0)
        for at, person in enumerate(self.people.values()):
            if at:
                scope.put(Hairline())
            scope.put(person)
            person.edited.connect(self._edited)
        self.levels.put(threshold)
        words = Grid(gap=10)
        words.addWidget(reason, 0, 0)
        words.addWidget(purpose, 0, 1)
        self.pieces.put(self.levels)
        self.pieces.put(Card("", "", words, *overrides.values()))
        self.pieces.put(scope)
        self.pieces.put(Card("", "", told))
        self.pieces.put(None)
        self.levels.edited.connect(self._levels_edited)
        self._levels_edited()

    def given(self) -> Admitted:
        typed = super().values()
        return Admitted(
            self.levels.levels(),
            typed["reason"],
            typed["threshold"],
            typed["purpose"],
            tuple(one for person in self.people.values() if (one := person.chosen()) is not None),
            typed["told"],
            tuple((subject, typed[f"override_reason.{subject}"]) for subject, _, _ in self._start.unwilling),
        )

    def unconfirmed(self) -> str:
        """Whom to confirm before the act can be made."""
        for person in self.people.values():
            if person.in_scope and not person.confirmed:
                return f"Confirm the basis for {person.person.name} first."
        return ""

    def values(self) -> dict[str, str]:
        kept = super().values()
        kept |= {f"level.{one.subject}": one.level for one in self.levels.levels()}
        for subject, person in self.people.items():
            kept |= {f"{name}.{subject}": value for name, value in person.values().items()}
        return kept

    def fill(self, values: dict[str, str]) -> None:
        self.levels.fill({subject: values.get(f"level.{subject}", "") for subject in self.people})
        self._levels_edited()
        super().fill(values)
        for subject, person in self.people.items():
            if f"scope.{subject}" in values:
                names = ("scope", "ground", "kinds", "basis")
                person.fill({n: values[f"{n}.{subject}"] for n in names if f"{n}.{subject}" in values})

    def refuse(self, sentence: str, field: str | None) -> None:
        if field == "levels":
            self.levels.fault.setText(sentence)
            self.levels.fault.show()
            return
        if field == "override_reason":
            empty = [name for name, at in self.fields.items() if name.startswith(field) and not at.value()]
            field = next(iter(empty), field)
        super().refuse(sentence, field)

    def _levels_edited(self) -> None:
        """The thresholds on offer are those that a level meets; the highest is taken until another is."""
        threshold = self.fields["threshold"]
        assert isinstance(threshold, ChoiceField)
        reached = self._start.reached(self.levels.by_subject())
        kept, typed = threshold.value(), threshold.typed
        threshold.set_choices(reached)
        if not typed or kept not in dict(reached):
            threshold.set_value(reached[0][0] if reached else "")
        self._edited()

    def _edited(self) -> None:
        self.fault.hide()
        self.confirm_next.setEnabled(bool(self.unconfirmed()))
        self.edited.emit()

    def _confirm_next(self) -> None:
        for person in self.people.values():
            if person.in_scope and not person.confirmed:
                person.confirm_now()
                if not person.confirmed:
                    person.ground.setFocus()
                return


class RouteForm(MiddleForm):
    """Send the contact on a route; to its team where it has one."""

    def __init__(self, start: Admission, agrees: bool) -> None:
        heading = f"Agree and send on {start.who}" if agrees else f"Another route for {start.who}"
        super().__init__(heading, start.reference, "route", "Send on")
        self.levels = Levels("Level", start.indicative, start.choices())
        self.levels.edited.connect(self._edited)
        to = ChoiceField("Route", start.routes, start.route if agrees else "", placeholder="Choose a route")
        reason = TextField("Why", lines=2)
        words = TextField("To the receiving team", lines=3, placeholder="What they need to begin")
        told = Field("How the referrer was told", placeholder="Leave empty until they have been")
        self.take(to=to, reason=reason, words=words, told=told)
        for piece in (Card("", "", to, reason), self.levels, Card("", "", words, told)):
            self.pieces.put(piece)
        self.pieces.put(None)

    def given(self) -> Routed:
        typed = super().values()
        return Routed(self.levels.levels(), typed["reason"], typed["to"], typed["words"], typed["told"])

    def values(self) -> dict[str, str]:
        return super().values() | {f"level.{one.subject}": one.level for one in self.levels.levels()}

    def fill(self, values: dict[str, str]) -> None:
        super().fill(values)
        self.levels.fill({one: values.get(f"level.{one}", "") for one in self.levels.fields})

    def refuse(self, sentence: str, field: str | None) -> None:
        super().refuse(sentence, "to" if field == "route" else field)

    def _edited(self) -> None:
        self.fault.hide()
        self.edited.emit()
