"""The small forms at the side of the board: one act each, with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from mash_desktop.desk.hub_board import Answer, Escalation
from mash_desktop.domain.codes import EscalationStage, Rag
from ui.forms import SideForm
from ui.theme import Role, Tone, Voice
from ui.widgets.choice import ChoiceField
from ui.widgets.field import TextField
from ui.widgets.layout import Flow
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow, TickBox


class RateForm(SideForm):
    """One of the ratings that the hub offers, and why; says by when each would have the decision made."""

    def __init__(self, who: str, now: Rag | None, dues: Mapping[str, str]) -> None:
        self.rag = ChoiceRow(
            [(rag.value, f"{rag.shape} {rag.label}") for rag in map(Rag, dues)],
            now.value if now else "",
            accessible_name="Rating",
            tones={rag: Tone(rag) for rag in dues},
        )
        self.rag.setObjectName("hub.rag")
        self._dues = dues
        self._due = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        reason = TextField("Why this rating", lines=2)
        heading = "Rate again" if now else "Rate"
        super().__init__(
            "hub", f"{heading}: {who}", "Save rating", self.rag, self._due, reason, fields={"reason": reason}
        )
        self.rag.chosen.connect(self._chosen)
        self._chosen(self.rag.value())

    def _chosen(self, rag: str) -> None:
        self._due.setText(self._dues.get(rag, "Choose a rating: the clock runs from admission."))
        self.fault.hide()
        self.edited.emit()

    def values(self) -> dict[str, str]:
        return super().values() | {"rag": self.rag.value()}

    def fill(self, values: dict[str, str]) -> None:
        super().fill(values)
        if values.get("rag"):
            self.rag.set_value(values["rag"])
            self._due.setText(self._dues.get(values["rag"], ""))

    def begin(self) -> None:
        self.rag.setFocus()


class RequestForm(SideForm):
    """One request of those that wait, and a line about it: chase, go on without, withdraw."""

    def __init__(
        self, heading: str, save: str, label: str, name: str, answers: Sequence[Answer], now: datetime
    ) -> None:
        request = ChoiceField(
            "Agency",
            [(one.request, f"{one.name} · {one.mark(now).text}") for one in answers],
            answers[0].request if answers else "",
        )
        words = TextField(label, lines=2)
        super().__init__("hub", heading, save, request, words, fields={"request": request, name: words})
        self._words = words

    def begin(self) -> None:
        self._words.setFocus()


class EscalateForm(SideForm):
    """A professional disagreement: how high, between whom, about what, and how people are safe meanwhile."""

    def __init__(self, agencies: Sequence[tuple[str, str]]) -> None:
        stage = ChoiceField("Stage", [(one.value, one.label) for one in EscalationStage], "1")
        self._parties = {agency: TickBox(name, accessible_name=f"Party: {name}") for agency, name in agencies}
        words = TextField("What is disagreed about", lines=2)
        safety = TextField("How people are kept safe meanwhile", lines=2)
        super().__init__(
            "hub",
            "Escalate",
            "Raise",
            stage,
            Text("Between", Role.SMALL, Voice.LABEL),
            Flow(*self._parties.values(), gap=4),
            words,
            safety,
            fields={"stage": stage, "words": words, "interim_safety": safety},
        )
        for agency, tick in self._parties.items():
            tick.setObjectName(f"hub.party.{agency}")
            tick.clicked.connect(self.edited)

    def parties(self) -> tuple[str, ...]:
        return tuple(agency for agency, tick in self._parties.items() if tick.isChecked())

    def values(self) -> dict[str, str]:
        return super().values() | {"parties": " ".join(self.parties())}

    def fill(self, values: dict[str, str]) -> None:
        super().fill(values)
        named = values.get("parties", "").split()
        for agency, tick in self._parties.items():
            tick.setChecked(agency in named)


class ResolveForm(SideForm):
    """How an escalation ended."""

    def __init__(self, escalations: Sequence[Escalation]) -> None:
        escalation = ChoiceField(
            "Escalation", [(one.id, one.words) for one in escalations], escalations[0].id
        )
        result = TextField("How it was resolved", lines=2)
        super().__init__(
            "hub",
            "Resolve an escalation",
            "Save",
            escalation,
            result,
            fields={"escalation": escalation, "result": result},
        )
        self._result = result

    def begin(self) -> None:
        self._result.setFocus()
