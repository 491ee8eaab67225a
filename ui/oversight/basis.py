"""One person in scope: the ground, the kinds of data, and the lawful basis that is confirmed for them."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.oversight import Admission, ScopeOffer, grounds_of
from mash_desktop.domain.codes import Code, DataKind
from mash_desktop.domain.entries.triage import InScope
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.law import Basis
from mash_desktop.domain.lawfulness import say
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Flow, Grid, Row
from ui.widgets.pill import Pill
from ui.widgets.text import Text
from ui.widgets.tick import TickBox

_FIELDS = {
    "gateway": "Legal gateway",
    "article6": "UK GDPR Article 6",
    "article9": "Article 9",
    "schedule_paragraph": "Schedule 1 paragraph",
    "schedule_ground": "Why that paragraph applies",
    "article10": "Article 10",
    "part3": "Law enforcement, Part 3",
    "common_law": "Duty of confidence lifted by",
}
_OFFERS = {"gateway": "gateways", "schedule_paragraph": "schedule_paragraphs"}
NOT_RELIED = "–"


class PersonScope(QWidget):
    """Ticked, a person is in scope; ``confirmed`` holds until anything about them changes."""

    edited = Signal()

    def __init__(self, form: Admission, person: ScopeOffer) -> None:
        super().__init__()
        self.person, self._form = person, form
        self.basis: Basis | None = None
        self.confirmed = False
        subject = person.subject
        self.tick = TickBox(person.name, person.suggested, accessible_name=f"{person.name} is in scope")
        self.tick.setObjectName(f"oversight.scope.{subject}")
        self._state = Pill("", Tone.NEUTRAL)
        self.confirm = ActionButton(
            "Confirm", accessible_name=f"Confirm the basis for {person.name}", compact=True
        )
        self.confirm.setObjectName(f"oversight.confirm.{subject}")
        self.confirm.clicked.connect(self.confirm_now)
        self.change = ActionButton(
            "Change", accessible_name=f"Change the basis for {person.name}", compact=True
        )
        self.change.setObjectName(f"oversight.basis.{subject}")
        self.change.clicked.connect(self._show_or_hide_choices)
        self.ground = Field("", person.ground, placeholder="Why this person is in scope",
                            accessible_name=f"Why {person.name} is in scope")  # fmt: skip
        self.ground.setObjectName(f"oversight.ground.{subject}")
        self.kinds = {
            kind: TickBox(
                kind.label, kind in person.kinds, accessible_name=f"{person.name}: {kind.label} data"
            )
            for kind in DataKind
        }
        for kind, tick in self.kinds.items():
            tick.setObjectName(f"oversight.kind.{subject}.{kind.value}")
            tick.clicked.connect(self._kinds_chosen)
        self._said = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        self.fault = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.fault.hide()
        self._fields = {
            name: ChoiceField(label, (), accessible_name=f"{person.name}: {label}")
            for name, label in _FIELDS.items()
        }
        grid = Grid(gap=6)
        for at, (name, field) in enumerate(self._fields.items()):
            field.setObjectName(f"oversight.{name}.{subject}")
            field.changed.connect(self._basis_chosen)
            grid.addWidget(field, at // 2, at % 2)
        self._choices = Box(grid)
        self._choices.hide()
        head = Row(self.tick, Text(person.about, Role.SMALL, Voice.ASIDE), None, self._state, self.confirm)
        said = Row(gap=8)
        said.put(self._said, 1)
        said.setAlignment(self._said, Qt.AlignmentFlag.AlignVCenter)
        said.put(self.change)
        self._more = Box(
            Column(
                self.ground, Flow(*self.kinds.values(), gap=4), said, self._choices, self.fault,
                gap=4, margins=(24, 0, 0, 0),
            )
        )  # fmt: skip
        self.setLayout(Column(head, self._more, gap=2, margins=(0, 5, 0, 5)))
        self.tick.toggled.connect(self._toggled)
        self.ground.changed.connect(self._unconfirm)
        self._prefill()
        self._show()

    # --- what is chosen

    @property
    def in_scope(self) -> bool:
        return self.tick.isChecked()

    def chosen(self) -> InScope | None:
        """The person as they go into the act; ``None`` out of scope, or without any basis."""
        if not self.in_scope or self.basis is None:
            return None
        return InScope(self.person.subject, self.ground.value().strip(), self._kinds(), self.basis)

    def wrong(self) -> str:
        """Why this person cannot be confirmed as they stand."""
        if self.basis is None:
            return self.fault.text()
        if not self.ground.value().strip():
            return f"Write why {self.person.name} is in scope."
        refusal = self._form.refusal(self.basis, self._kinds())
        return refusal.sentence if refusal else ""

    def confirm_now(self) -> None:
        """A person confirms the basis for this person, if the law offers it."""
        sentence = self.wrong()
        self.confirmed = not sentence
        self._say_fault(sentence)
        self._show()
        self.edited.emit()

    def _kinds(self) -> tuple[DataKind, ...]:
        return tuple(kind for kind, tick in self.kinds.items() if tick.isChecked())

    # --- choosing

    def _show_or_hide_choices(self) -> None:
        self._choices.setVisible(self._choices.isHidden())

    def _toggled(self) -> None:
        self._unconfirm()

    def _kinds_chosen(self) -> None:
        self._prefill()
        self._unconfirm()

    def _prefill(self) -> None:
        """What the agreement proposes for these data; other data begin from it anew."""
        self._say_fault("")
        try:
            self.basis = self._form.prefill(self._kinds())
        except Refusal as refused:
            self.basis = None
            self._say_fault(refused.sentence)
        self._show_choices()

    def _basis_chosen(self) -> None:
        if self.basis is None:
            return
        chosen = {name: field.value() for name, field in self._fields.items() if not field.isHidden()}
        self.basis = msgspec.convert(
            {name: value for name, value in chosen.items() if value not in ("", NOT_RELIED)}, type=Basis
        )
        self._show_choices()
        refusal = self._form.refusal(self.basis, self._kinds())
        self._say_fault(refusal.sentence if refusal else "")
        self._unconfirm()

    def _unconfirm(self) -> None:
        self.confirmed = False
        self._show()
        self.edited.emit()

    # --- showing

    def _say_fault(self, sentence: str) -> None:
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence) and self.fault.parent() is not None)

    def _show(self) -> None:
        self._more.setVisible(self.in_scope)
        self.confirm.setVisible(self.in_scope and not self.confirmed)
        self._state.setVisible(self.in_scope and self.confirmed)
        self._state.set_face(Pill("✓ confirmed", Tone.GREEN).face)
        self._said.setText(say(self.basis) if self.basis is not None else "No basis")

    def _show_choices(self) -> None:
        """What the agreement offers for these data, with what is chosen among it."""
        if self.basis is None:
            for field in self._fields.values():
                field.hide()
            return
        try:
            offer = self._form.offered(self._kinds())
        except Refusal:
            return
        for name, field in self._fields.items():
            offered: tuple[Code, ...] = getattr(offer, _OFFERS.get(name, name), ())
            if name == "schedule_ground":
                offered = grounds_of(offer, self.basis)
            choices = [(one.value, one.label) for one in offered]
            if name != "gateway":
                choices.append((NOT_RELIED, "not relied upon"))
            field.set_choices(choices)
            now: Code | None = getattr(self.basis, name)
            field.set_value(now.value if now is not None else NOT_RELIED)
            field.setVisible(len(choices) > 1 and field.parent() is not None)

    # --- keeping

    def values(self) -> dict[str, str]:
        """What differs from what was offered, for the draft."""
        typed = {
            "scope": "yes" if self.in_scope else "no",
            "ground": self.ground.value(),
            "kinds": " ".join(kind.value for kind in self._kinds()),
        }
        if self.basis is not None:
            typed["basis"] = msgspec.json.encode(self.basis).decode()
        return typed

    def fill(self, values: dict[str, str]) -> None:
        """Put back what was chosen; what was confirmed is to be confirmed again."""
        self.tick.setChecked(values.get("scope", "no") == "yes")
        self.ground.offer(values.get("ground", ""))
        kinds = values.get("kinds", "").split()
        for kind, tick in self.kinds.items():
            tick.setChecked(kind.value in kinds)
        self._prefill()
        if "basis" in values and self.basis is not None:
            self.basis = msgspec.json.decode(values["basis"], type=Basis)
            self._show_choices()
        self._show()
