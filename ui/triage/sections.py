"""The cards of a contact: who is calling, what happened, telling, and what an adult's concern holds beside.

Each card lays out the inputs of one or two sections; what is typed in them is the contact page's to keep.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mash_desktop.desk.triage import (
    Account,
    Adult,
    Arrival,
    Caller,
    Mark,
    PersonRow,
    Setting,
    Settings,
    Telling,
)
from mash_desktop.domain.codes import (
    AbuseType,
    Cohort,
    ContactChannel,
    NotToldReason,
    PrimaryNeed,
    SourceOfContact,
)
from ui.theme import Role, Voice
from ui.triage.fields import FieldRow
from ui.triage.inputs import YES_NO, Section, Several, Tick
from ui.triage.words import WordsField
from ui.widgets.button import ActionButton, KeyCap
from ui.widgets.card import Card
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.text import Text

NOT_KNOWN = ("-", "Not known")
"""Stands for an empty value, which a list of choices cannot hold."""


class CallerCard(Card):
    """Who is calling, how it came, and whose concern it is."""

    def __init__(self, settings: Settings) -> None:
        self._aside = Text("", Role.ASIDE, Voice.ASIDE)
        more = ActionButton("Change", "Alt+H", accessible_name="Change how the contact came", compact=True)
        more.setObjectName("triage.arrival.more")
        more.clicked.connect(self._open_more)
        super().__init__("Who is calling", Box(Row(self._aside, more, gap=10)))
        self.who = Field("Name and role", placeholder="name, role")
        organisation, call_back = Field("Organisation"), Field("Call back")
        may_know = ChoiceField("Family may know?", YES_NO, accessible_name="May the family know who called?")
        anonymous = Tick("Anonymous", accessible_name="The caller stays anonymous")
        self.caller = Section(
            "caller",
            {
                "who": self.who,
                "organisation": organisation,
                "call_back": call_back,
                "may_know": may_know,
                "anonymous": anonymous,
            },
            Caller,
        )
        self.cohort = ChoiceField("About", [(c.value, c.label) for c in Cohort], Cohort.CHILDREN.value)
        self.cohort.setObjectName("triage.cohort")
        authorities = [*settings.authorities, NOT_KNOWN]
        self.authority = ChoiceField("Local authority", authorities, settings.authority or NOT_KNOWN[0])
        self.authority.setObjectName("triage.authority")
        source = ChoiceField("Source", [(s.value, f"{s.value} {s.label}") for s in SourceOfContact])
        channel = ChoiceField("Came by", [(c.value, c.label) for c in ContactChannel])
        received = Field("Received", placeholder="13:58")
        self._areas = settings.areas
        self._district = ChoiceField("District", [])
        self.arrival = Section(
            "arrival",
            {"source": source, "channel": channel, "received": received, "area": self._district},
            _arrival,
            _arrival_values,
        )
        self.put(FieldRow(self.who, organisation, source, call_back, may_know, shares=(13, 10, 8, 9, 8)))
        self.organisational = Tick("About a setting, not a household")
        self.organisational.setObjectName("triage.organisational")
        fields = FieldRow(
            self.cohort, self.authority, self._district, channel, received, shares=(4, 5, 5, 4, 3)
        )
        self._more = Box(Column(fields, Flow(anonymous, self.organisational, gap=16), gap=8))
        self.put(self._more)
        self.show_districts()
        self.authority.changed.connect(self.show_districts)

    def show_districts(self) -> None:
        """The districts of the authority chosen."""
        authority = self.authority.value()
        within = [(gss, name) for gss, name, of in self._areas if of == authority and gss != authority]
        self._district.set_choices([*within, NOT_KNOWN])

    def say(self, aside: str) -> None:
        """What the row that is folded away says."""
        names = [self.cohort.box.currentText(), self.authority.box.currentText(), aside]
        self._aside.setText(" · ".join(name for name in names if name))

    def fold(self, folded: bool) -> None:
        self._more.setVisible(not folded)

    def _open_more(self) -> None:
        self.fold(not self._more.isHidden())
        (self.who if self._more.isHidden() else self.cohort).setFocus()


def _arrival(area: str, **values: str) -> Arrival:
    return Arrival(area="" if area == NOT_KNOWN[0] else area, **values)


def _arrival_values(form: Arrival) -> dict[str, str]:
    return {
        "source": form.source,
        "channel": form.channel,
        "received": form.received,
        "area": form.area or NOT_KNOWN[0],
    }


class AccountCard(Card):
    """What happened, in the caller's words, and what is asked around it."""

    def __init__(self) -> None:
        aside = Box(Row(Text("Fact · Seen · Opinion", Role.ASIDE, Voice.ASIDE), KeyCap("Ctrl+1–3"), gap=10))
        super().__init__("What happened, in the caller’s words", aside)
        self.words = WordsField("What happened, in the caller’s words")
        self._where = Field("Where is the child now, and with whom?")
        next_access = Field("When does the person next have access?")
        self._need = ChoiceField("Primary need", [(n.value, f"{n.value} {n.label}") for n in PrimaryNeed])
        self._abuse = Several("Kinds of abuse", [(a.value, a.label) for a in AbuseType])
        incident_on = Field("When it happened", placeholder="10 Nov 2026")
        incident_place = Field("Where it happened")
        danger = ChoiceField("Immediate danger?", YES_NO)
        self._simple: dict[str, Any] = {
            "where_now": self._where,
            "next_access": next_access,
            "incident_on": incident_on,
            "incident_place": incident_place,
            "primary_need": self._need,
            "abuse_types": self._abuse,
            "danger": danger,
        }
        self.section = Section("account", {"words": self.words, **self._simple}, _account, self._values)
        self.put(self.words, 1)
        details = ActionButton(
            "Details", "Alt+D", accessible_name="When and where it happened, and what need"
        )
        details.setObjectName("triage.account.more")
        details.clicked.connect(self._open_details)
        self.put(FieldRow(self._where, next_access, danger, details, shares=(7, 6, 4, 3)))
        self._details = Box(
            Column(FieldRow(incident_on, incident_place, self._need, shares=(4, 5, 5)), self._abuse, gap=8)
        )
        self._first_detail = incident_on
        self.put(self._details)
        self.show_cohort(Cohort.CHILDREN)

    def fold(self, form: Account) -> None:
        """Show the details only where something stands in them."""
        self._details.setVisible(_has_details(form))

    def _open_details(self) -> None:
        if self._details.isHidden() or _has_details(self.account()):
            self._details.show()
            self._first_detail.setFocus()
        else:
            self._details.hide()
            self.words.setFocus()

    def _values(self, form: Account) -> dict[str, Any]:
        return {"words": (form.words, form.marks)} | {name: getattr(form, name) for name in self._simple}

    def account(self) -> Account:
        form = self.section.form()
        assert isinstance(form, Account)
        return form

    def show_cohort(self, cohort: Cohort) -> None:
        child = cohort is Cohort.CHILDREN
        self._where.label.setText(f"Where is the {'child' if child else 'person'} now, and with whom?")
        self._where.control.setAccessibleName(self._where.label.text())
        self._need.setVisible(child)
        self._abuse.setVisible(cohort is Cohort.ADULTS)


def _has_details(form: Account) -> bool:
    return bool(form.incident_on or form.incident_place or form.primary_need or form.abuse_types)


def _account(words: tuple[str, tuple[Mark, ...]], **values: Any) -> Account:
    return Account(words=words[0], marks=words[1], **values)


class SettingCard(Card):
    """The care home, school or club that an organisational concern is about."""

    def __init__(self) -> None:
        super().__init__(
            "Setting", "who lives or works here is added below as far as the concern is about them"
        )
        inputs: dict[str, Any] = {
            "name": Field("What it is called"),
            "provider": Field("Run by"),
            "line": Field("Where it is"),
            "postcode": Field("Postcode"),
        }
        self.section = Section("setting", inputs, Setting)
        self.put(FieldRow(*inputs.values(), shares=(5, 4, 5, 2)))


class TellingCard(Card):
    """Who was told of the sharing, or why not; agreeing to a service and consent beside it."""

    def __init__(self) -> None:
        super().__init__("Telling", "told of the sharing, agreeing to a service and consent are three things")
        self._who = ChoiceField("Who", [])
        told, agrees = ChoiceField("Told?", YES_NO), ChoiceField("Agrees to a service?", YES_NO)
        self._reason = ChoiceField("Why not told", [(r.value, r.label) for r in NotToldReason])
        self._text = Field("What that rests on")
        consent = ChoiceField("Data-protection consent?", YES_NO)
        self.section = Section(
            "telling",
            {
                "subject": self._who,
                "told": told,
                "not_told_reason": self._reason,
                "not_told_text": self._text,
                "agrees": agrees,
                "consent": consent,
            },
            lambda not_told_reason, not_told_text, **values: Telling(
                reason=not_told_reason, text=not_told_text, **values
            ),
            lambda form: {
                "subject": form.subject,
                "told": form.told,
                "not_told_reason": form.reason,
                "not_told_text": form.text,
                "agrees": form.agrees,
                "consent": form.consent,
            },
        )
        self._told = told
        self.put(FieldRow(self._who, told, agrees, consent, shares=(6, 3, 4, 4)))
        self.put(FieldRow(self._reason, self._text, shares=(1, 1)))
        self.section.changed.connect(self._show)
        self._show()

    def show_people(self, rows: Sequence[PersonRow]) -> None:
        self._who.set_choices([(row.subject, f"{row.name} ({row.relation})") for row in rows])

    def offer(self, form: Telling) -> None:
        self.section.offer(form)
        self._show()

    def _show(self) -> None:
        for field in (self._reason, self._text):
            field.setVisible(self._told.value() == "no")


class AdultCard(Card):
    """An adult's wishes, consent, capacity, and where it happened."""

    def __init__(self) -> None:
        super().__init__("The adult’s own voice, and the setting")
        inputs: dict[str, Any] = {
            "wishes": Field("What the person wants to happen"),
            "desired_outcomes": Field("Outcomes they want"),
            "consent": ChoiceField("Consents?", YES_NO),
            "override_reason": Field("Why it goes on without consent"),
            "capacity": Field("Mental capacity for this decision"),
            "advocate": Field("Advocate"),
            "setting": Field("Setting"),
            "provider": Field("Provider"),
            "place_of_abuse": Field("Where the abuse took place"),
        }
        self.section = Section("adult", inputs, Adult)
        for names, shares in (
            (("wishes", "desired_outcomes"), (1, 1)),
            (("consent", "override_reason", "capacity", "advocate"), (2, 4, 5, 3)),
            (("setting", "provider", "place_of_abuse"), (1, 1, 1)),
        ):
            self.put(FieldRow(*(inputs[name] for name in names), shares=shares))
        self._settings = (inputs["setting"], inputs["provider"])

    def show_setting(self, shown: bool) -> None:
        """Setting and provider; an organisational concern says them once, for everybody."""
        for field in self._settings:
            field.setVisible(shown)
