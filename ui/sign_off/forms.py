"""The small forms of sign-off: one act each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtWidgets import QLayout, QWidget

from mash_desktop.desk.sign_off import After, Suggestion
from mash_desktop.domain.codes import AbuseType, RiskOutcome
from ui.forms import SideForm, Typed
from ui.theme import Role, Voice
from ui.widgets.button import ActionButton
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Flow, Grid, Row
from ui.widgets.text import Text
from ui.widgets.tick import TickBox


class TickForm(SideForm):
    """A form in which agencies are ticked as well: their ids with spaces between stand under ``name``."""

    def __init__(
        self,
        prefix: str,
        heading: str,
        save: str,
        name: str,
        ticks: Sequence[Suggestion],
        *pieces: QWidget | QLayout,
        fields: Mapping[str, Typed],
    ) -> None:
        self._name = name
        self._ticks = {one.id: TickBox(one.label, one.chosen) for one in ticks}
        super().__init__(prefix, heading, save, Flow(*self._ticks.values(), gap=4), *pieces, fields=fields)
        for agency, tick in self._ticks.items():
            tick.setObjectName(f"{prefix}.agency.{agency}")
            tick.clicked.connect(self.edited)

    def values(self) -> dict[str, str]:
        ticked = " ".join(agency for agency, tick in self._ticks.items() if tick.isChecked())
        return super().values() | {self._name: ticked}

    def fill(self, values: dict[str, str]) -> None:
        super().fill(values)
        named = values.get(self._name, "").split()
        for agency, tick in self._ticks.items():
            tick.setChecked(agency in named)

    def begin(self) -> None:
        next(iter(self._ticks.values())).setFocus()


def return_form() -> SideForm:
    reason = TextField("What is to change", lines=3)
    return SideForm("sign", "Return with a reason", "Return", reason, fields={"reason": reason})


class SendForm(SideForm):
    """A team for each person, as their level leads; one key sends everybody where the chosen one goes."""

    def __init__(self, then: After) -> None:
        teams = [("", "Not sent now"), *((one.id, one.label) for one in then.teams)]
        self._teams = {
            f"team.{one.subject}": ChoiceField(one.who, teams, one.team, aside=one.level)
            for one in then.to_send
        }
        grid = Grid(gap=10)
        for at, field in enumerate(self._teams.values()):
            grid.addWidget(field, at // 2, at % 2)
            grid.setColumnStretch(at % 2, 1)
            for touched in (field.changed, field.left):
                touched.connect(partial(self._touch, field))
        self._touched = next(iter(self._teams.values()))
        words = TextField("What they should know first", lines=2, aside="May stay empty")
        together = ActionButton(
            "All to the same", "Ctrl+T", accessible_name="Send everybody to the team of the chosen one"
        )
        together.setObjectName("sign.together")
        together.clicked.connect(self._together)
        if len(self._teams) < 2:
            together.hide()
        fields: dict[str, Typed] = {**self._teams, "words": words}
        heading = "Send to receiving teams" if len(self._teams) > 1 else "Send to receiving team"
        super().__init__("sign", heading, "Send", grid, Row(together, None), words, fields=fields)

    def _touch(self, field: ChoiceField, _: str = "") -> None:
        self._touched = field

    def _together(self) -> None:
        lead = next((one for one in self._teams.values() if one.control.hasFocus()), self._touched)
        for field in self._teams.values():
            field.set_value(lead.value())
        self.edited.emit()


def copy_form(teams: Sequence[tuple[str, str]], prefix: str) -> SideForm:
    sending = ChoiceField("Whose copy", teams, teams[0][0])
    return SideForm(prefix, "Receiving team’s copy", "Make the copy", sending, fields={"sending": sending})


def feedback_form(prefix: str = "sign") -> SideForm:
    how = TextField("How the referrer was told", lines=2)
    not_given = TextField("Or why they were not told", lines=2)
    return SideForm(
        prefix,
        "Feedback to the referrer",
        "Save",
        how,
        not_given,
        fields={"how": how, "not_given": not_given},
    )


def letter_form(default: str, prefix: str) -> SideForm:
    outcome = TextField("What the referrer is told", default, lines=4, aside="It discloses no finding")
    return SideForm(prefix, "Letter to the referrer", "Make the letter", outcome, fields={"outcome": outcome})


def tell_form(then: After) -> SideForm:
    words = TextField("What they were told", lines=2)
    return TickForm(
        "sign",
        "Tell agencies working with the family",
        "Save",
        "agencies",
        then.agencies,
        words,
        fields={"words": words},
    )


def amend_form(then: After) -> SideForm:
    subject = ChoiceField("Whose decision", [(one.id, one.label) for one in then.decidable])
    level = ChoiceField("Final level", [(one.id, one.label) for one in then.levels])
    intervention = TextField("What is done", lines=2)
    rationale = TextField("Why", lines=2)
    reason = TextField("Why it changes after signing", lines=2)
    marac = ChoiceField(
        "Ground for MARAC", [("", "As it was signed"), *((one.id, one.label) for one in then.grounds)]
    )
    if not then.grounds:
        marac.hide()
    return SideForm(
        "sign",
        "Amend the decision",
        "Amend",
        Text("The signed decision stays; this is a new entry.", Role.SMALL, Voice.LABEL, wrap=True),
        subject,
        level,
        marac,
        intervention,
        rationale,
        reason,
        fields={
            "subject": subject,
            "level": level,
            "marac": marac,
            "intervention": intervention,
            "rationale": rationale,
            "reason": reason,
        },
    )


def conclude_form(then: After) -> SideForm:
    subject = ChoiceField("Whose enquiry", [(one.id, one.label) for one in then.subjects])
    risk = ChoiceField("What became of the risk", [(one.value, one.label) for one in RiskOutcome])
    conclusion = TextField("Conclusion", lines=3)
    kinds = [Suggestion(one.value, one.label) for one in AbuseType]
    return TickForm(
        "sign",
        "Conclude the adult’s enquiry",
        "Conclude",
        "abuse_types",
        kinds,
        subject,
        risk,
        conclusion,
        fields={"subject": subject, "risk": risk, "conclusion": conclusion},
    )


def enquiry_form(then: After) -> SideForm:
    subject = ChoiceField("Whose enquiry", [(one.id, one.label) for one in then.subjects])
    made_by = Field("Who is to make it", placeholder="A provider or a trust")
    words = TextField("What they are to find out", lines=2)
    due_on = Field("By", placeholder="12 Dec 2026")
    return SideForm(
        "sign",
        "Cause an enquiry",
        "Save",
        subject,
        made_by,
        words,
        due_on,
        fields={"subject": subject, "made_by": made_by, "words": words, "due_on": due_on},
    )


def report_form(then: After) -> SideForm:
    first = then.open_enquiries[0].id
    enquiry = ChoiceField("Enquiry", [(one.id, one.label) for one in then.open_enquiries], first)
    words = TextField("What it found", lines=3)
    return SideForm(
        "sign", "Report of an enquiry", "Save", enquiry, words, fields={"enquiry": enquiry, "words": words}
    )


def close_form(prefix: str) -> SideForm:
    reason = TextField("Why it closes", lines=2)
    return SideForm(prefix, "Close the referral", "Close it", reason, fields={"reason": reason})
