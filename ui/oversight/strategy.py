"""The strategy discussion, and the small forms at the side: advice and closing."""

from __future__ import annotations

from mash_desktop.desk.oversight import StrategyChoices, StrategyGiven
from ui.forms import SideForm
from ui.oversight.admission import MiddleForm
from ui.theme import Role, Voice
from ui.widgets.card import Card
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Flow
from ui.widgets.text import Text
from ui.widgets.tick import ChoiceRow, TickBox

DECISIONS = (
    ("s47_joint", "Joint s47 enquiry"),
    ("s47_single", "Single-agency s47 enquiry"),
    ("no_s47", "No s47 enquiry"),
)


class StrategyForm(MiddleForm):
    """Who was there, what was decided about whom, and how they are safe meanwhile."""

    def __init__(self, start: StrategyChoices) -> None:
        super().__init__(f"Strategy discussion about {start.who}", "", "users", "Record it")
        self._start = start
        self.present = {
            agency: TickBox(name, agency == start.own, accessible_name=f"Present: {name}")
            for agency, name, _ in start.agencies
        }
        self.about = {
            subject: TickBox(name, True, accessible_name=f"About {name}") for subject, name in start.people
        }
        for prefix, ticks in (("present", self.present), ("about", self.about)):
            for one, tick in ticks.items():
                tick.setObjectName(f"oversight.{prefix}.{one}")
                tick.clicked.connect(self._edited)
        self._missing = Text("", Role.SMALL, Voice.AMBER, wrap=True)
        self.decision = ChoiceRow(DECISIONS, accessible_name="Decision")
        self.decision.setObjectName("oversight.decision")
        self.decision.chosen.connect(self._edited)
        held_at = Field("When it was held", placeholder="now", aside="14:20 · yesterday 16:00 · 12 Nov 10:05")
        reason = TextField("Reasons", lines=3)
        interim = TextField(
            "Interim safety", lines=2, placeholder="Who is with the child, and who stays away"
        )
        seen_by = Field("Child to be seen by", placeholder="Today 18:00, by whom")
        self.take(held_at=held_at, reason=reason, interim_safety=interim, seen_by=seen_by)
        there = Card("Present", "", Flow(*self.present.values(), gap=4), self._missing, held_at)
        about = Card("About", "", Flow(*self.about.values(), gap=4))
        decided = Card("Decision", "", self.decision, reason, interim, seen_by)
        for piece in (there, about, decided):
            self.pieces.put(piece)
        self.pieces.put(None)
        self._edited()

    def given(self) -> StrategyGiven:
        typed = super().values()
        return StrategyGiven(
            tuple(one for one, tick in self.present.items() if tick.isChecked()),
            self.decision.value(),
            tuple(one for one, tick in self.about.items() if tick.isChecked()),
            typed["reason"],
            typed["interim_safety"],
            typed["seen_by"],
            typed["held_at"],
        )

    def values(self) -> dict[str, str]:
        given = self.given()
        return super().values() | {
            "decision": given.decision,
            "present": " ".join(given.present),
            "about": " ".join(given.subjects),
        }

    def fill(self, values: dict[str, str]) -> None:
        super().fill(values)
        for name, ticks in (("present", self.present), ("about", self.about)):
            if name in values:
                chosen = values[name].split()
                for one, tick in ticks.items():
                    tick.setChecked(one in chosen)
        if values.get("decision"):
            self.decision.set_value(values["decision"])
        self._edited()

    def begin(self) -> None:
        next(iter(self.present.values())).setFocus()

    def _edited(self) -> None:
        self.fault.hide()
        missing = self._start.missing([one for one, tick in self.present.items() if tick.isChecked()])
        self._missing.setText(missing or "Everyone who must be there is.")
        self._missing.set_voice(Voice.AMBER if missing else Voice.ASIDE)
        self.edited.emit()


class AdviseForm(SideForm):
    """A word to the operator, while the contact is taken or after."""

    def __init__(self) -> None:
        words = TextField("", lines=3, accessible_name="Advice to the operator")
        super().__init__("oversight", "Advise the operator", "Send advice", words, fields={"advice": words})


class CloseForm(SideForm):
    """Close a contact whose route leads to no team."""

    def __init__(self, needs_feedback: bool) -> None:
        feedback = TextField("How the referrer was told the outcome", lines=2)
        reason = TextField("Why it closes", lines=2)
        fields = {"feedback": feedback, "reason": reason} if needs_feedback else {"reason": reason}
        super().__init__("oversight", "Close the contact", "Close it", *fields.values(), fields=fields)
