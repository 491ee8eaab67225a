"""People and household: the line that adds a person, the table, the full form of one, and addresses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from mash_desktop.desk.triage import BONDS, Bond, Contact, Home, Person, PersonRow
from mash_desktop.desk.triage.history import SAME, History
from mash_desktop.domain.codes import Ethnicity, Sex
from ui.keys import keys
from ui.theme import Role, Tone, Voice
from ui.triage.fields import FieldRow
from ui.triage.inputs import YES_NO, Section, Tick
from ui.triage.reaching import ReachPart
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.widgets.layout import Box, Flow, Row, empty
from ui.widgets.pill import PillFace
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class _Shown:
    person: PersonRow
    face: PillFace | None


def _face(person: PersonRow, found: History | None) -> PillFace | None:
    """*2 possible matches* until somebody has said; then *linked*."""
    if found is not None and found.undecided:
        count = len(found.undecided)
        words = "1 possible match" if count == 1 else f"{count} possible matches"
        return PillFace(words, Tone.AMBER)
    if found is not None and any(match.said == SAME for match in found.matches):
        return PillFace("linked", Tone.GREEN)
    return PillFace("unsafe to contact") if person.unsafe else None


class PeopleCard(Card):
    """``added`` asks for the line to be taken; the others name a subject."""

    added = Signal()
    line_edited = Signal()
    chosen = Signal(str)
    edit_asked = Signal(str)
    remove_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__(gap=6)
        self.line = Field(
            "",
            placeholder="type “name birthdate relation”, Enter",
            accessible_name="Person: name, birth date, relation",
        )
        self.line.line.setObjectName("triage.line")
        self.line.entered.connect(self.added)
        self.line.changed.connect(self.line_edited)
        self.table: DenseTable[_Shown] = DenseTable(
            [
                TableColumn("Name", lambda r: r.person.name, bold=lambda r: r.person.of_concern, stretch=2),
                TableColumn("Born", lambda r: r.person.born, stretch=1),
                TableColumn("Relation", lambda r: r.person.relation or "–", stretch=1),
                TableColumn("Why in scope", lambda r: r.person.why, stretch=1),
                TableColumn(
                    "",
                    lambda r: r.face.text if r.face else "",
                    pills=lambda r: [r.face] if r.face else [],
                    stretch=1,
                ),
            ],
            key=lambda r: r.person.subject,
            accessible_name="People and household",
            grows=True,
        )
        self.table.setObjectName("triage.people")
        self.table.setToolTip("Enter or F2 edits a person, Delete takes one off")
        self.table.chosen.connect(lambda row: self.chosen.emit(row.person.subject))
        self.table.opened.connect(lambda row: self.edit_asked.emit(row.person.subject))
        keys.on("F2", self.table, self._edit, "Edit this person", within=True)
        keys.on("Delete", self.table, self._remove, "Take this person off", within=True)
        home = {
            "line": Field("Where they live"),
            "postcode": Field("Postcode"),
            "suppressed": Tick("Suppressed", accessible_name="This address is suppressed"),
        }
        self._home = Home()
        self.home = Section("home", home, self._make_home, lambda form: {n: getattr(form, n) for n in home})
        self._title = Text("People and household", Role.HEADING, Voice.LABEL)
        head = Row(self._title, gap=12)
        head.put(self.line, 1)
        self.put(head)
        self.put(self.table)
        self._home_row = Box(FieldRow(*home.values(), shares=(5, 2, 2)))
        self.put(self._home_row)

    def _make_home(self, **values: Any) -> Home:
        kept = self._home
        return Home(
            address=kept.address,
            lived_from=kept.lived_from,
            lived_to=kept.lived_to,
            subjects=kept.subjects,
            **values,
        )

    def _edit(self) -> None:
        if (row := self.table.current()) is not None:
            self.edit_asked.emit(row.person.subject)

    def _remove(self) -> None:
        if (row := self.table.current()) is not None:
            self.remove_asked.emit(row.person.subject)

    def show_people(self, rows: Sequence[PersonRow], found: Mapping[str, History]) -> None:
        shown = [_Shown(row, _face(row, found.get(row.subject))) for row in rows]
        if list(self.table.rows()) != shown:
            self.table.set_rows(shown)
        self.table.setVisible(bool(shown))

    def show_home(self, shown: bool) -> None:
        """Where the family lives; a setting is no household."""
        self._title.setText("People and household" if shown else "People concerned")
        self._home_row.setVisible(shown)

    def offer_home(self, home: Home) -> None:
        self._home = home
        self.home.offer(home)

    def clear_home(self, home: Home) -> None:
        self._home = home
        self.home.clear(home)

    def subject(self) -> str:
        """Whose history is looked at: the row chosen, or the first."""
        row = self.table.current() or next(iter(self.table.rows()), None)
        return row.person.subject if row else ""


class PersonEditor(Card):
    """Every field of one person. Esc, or Done, goes back to the table; what was typed leaves by itself."""

    done = Signal()
    lives = Signal(str, bool)
    related = Signal(str, str)
    home_added = Signal(object)

    def __init__(self) -> None:
        super().__init__("Person", "leaves by itself; nothing to save")
        self._subject = ""
        inputs: dict[str, Any] = {
            "forenames": Field("Forenames"),
            "surname": Field("Surname"),
            "aliases": Field("Also known as", placeholder="with commas between"),
            "birth": Field("Born, or due", placeholder="3 Apr 2017, c. 1988"),
            "sex": ChoiceField("Sex", [(s.value, s.label) for s in Sex]),
            "relation": Field("Relation"),
            "parental_responsibility": ChoiceField("Parental responsibility?", YES_NO),
            "ground": Field("Why in scope"),
            "school": Field("School and year"),
            "nhs_number": Field("NHS number"),
            "upn": Field("UPN"),
            "ethnicity": ChoiceField("Ethnicity", [(e.value, f"{e.value} {e.label}") for e in Ethnicity]),
            "of_concern": Tick("The concern is about this person"),
            "alleged": Tick("Alleged to cause harm"),
            "unsafe": Tick("Unsafe to contact"),
        }
        self.section = Section("person", inputs, lambda **v: Person(subject=self._subject, **v),
                               lambda form: {name: getattr(form, name) for name in inputs})  # fmt: skip
        self._first: Field = inputs["forenames"]
        for names, shares in (
            (("forenames", "surname", "aliases", "birth"), (4, 4, 3, 3)),
            (("relation", "parental_responsibility", "ground", "sex"), (4, 4, 3, 3)),
            (("school", "nhs_number", "upn", "ethnicity"), (4, 4, 3, 3)),
        ):
            self.put(FieldRow(*(inputs[name] for name in names), shares=shares))
        self.put(Box(Flow(*(inputs[name] for name in ("of_concern", "alleged", "unsafe")), gap=16)))
        self._bonds: dict[str, ChoiceField] = {}
        self._bonds_row = FieldRow(shares=(), least=170)
        self._bonds_box = Box(self._bonds_row)
        self.put(self._bonds_box)
        self.reach = ReachPart()
        self.put(self.reach)
        self._homes = Flow(gap=16)
        self._homes_box = Box(self._homes)
        self.put(self._homes_box)
        self._new = {
            "line": Field("Another address"),
            "postcode": Field("Postcode"),
            "lived_from": Field("From", placeholder="2024"),
            "lived_to": Field("To", placeholder="empty while it lasts"),
        }
        for name, field in self._new.items():
            field.line.setObjectName(f"triage.person.new.{name}")
        add = ActionButton(
            "Add address", "Alt+A", accessible_name="Add this address to the person", compact=True
        )
        add.setObjectName("triage.person.add_address")
        add.clicked.connect(self._add)
        finish = ActionButton("Done", "Esc", accessible_name="Back to the people", compact=True)
        finish.setObjectName("triage.person.done")
        finish.clicked.connect(self.done)
        self.put(FieldRow(*self._new.values(), shares=(5, 3, 2, 3)))
        self.put(Row(add, None, finish))

    @property
    def subject(self) -> str:
        return self._subject

    def begin(self) -> None:
        self._first.setFocus()

    def person(self) -> Person:
        form = self.section.form()
        assert isinstance(form, Person)
        return form

    def show_person(self, form: Person, contact: Contact) -> None:
        """Show one person; another one's typing has left by then."""
        if form.subject != self._subject:
            self._subject = form.subject
            self.section.clear(form)
            for field in self._new.values():
                field.set_value("")
            self.reach.clear()
        else:
            self.section.offer(form)
        assert self.heading is not None
        self.heading.title.setText(" ".join(p for p in (form.forenames, form.surname) if p) or "Person")
        self.refresh(contact)

    def refresh(self, contact: Contact) -> None:
        """What is kept at once, choice by choice, as it stands now."""
        row = next((one for one in contact.rows if one.subject == self._subject), None)
        # A setting is no household: nobody in it is related for living there.
        self._show_bonds(row.bonds if row is not None and not contact.organisational else ())
        self.reach.show_ways(row.reach if row is not None else ())
        self._show_homes(contact)

    def _show_bonds(self, bonds: Sequence[Bond]) -> None:
        if list(self._bonds) != [bond.other for bond in bonds]:
            empty(self._bonds_row)
            self._bonds = {}
            for bond in bonds:
                field = ChoiceField(f"To {bond.name}", BONDS)
                field.setObjectName(f"triage.person.bond.{bond.other}")
                field.changed.connect(partial(self._relate, bond.other))
                self._bonds[bond.other] = field
                self._bonds_row.add(field, 1)
        for bond in bonds:
            self._bonds[bond.other].set_value(bond.bond)
        self._bonds_box.setVisible(bool(bonds))

    def _relate(self, other: str) -> None:
        self.related.emit(other, self._bonds[other].value())

    def _show_homes(self, contact: Contact) -> None:
        kept = self.window().focusWidget()
        if kept is not None and self._homes_box.isAncestorOf(kept):
            return
        empty(self._homes)
        for home in contact.homes:
            until = f", until {home.lived_to}" if home.lived_to else ""
            tick = Tick(f"Lives at {home.line}{until}")
            tick.setObjectName(f"triage.person.home.{home.address}")
            tick.offer(self._subject in home.subjects)
            tick.clicked.connect(lambda on, address=home.address: self.lives.emit(address, on))
            self._homes.addWidget(tick)
        self._homes_box.setVisible(bool(contact.homes))
        self._homes_box.updateGeometry()

    def _add(self) -> None:
        line, postcode, since, until = (field.value() for field in self._new.values())
        home = Home(line=line, postcode=postcode, lived_from=since, lived_to=until, subjects=(self._subject,))
        self.home_added.emit(home)

    def home_was_added(self) -> None:
        for field in self._new.values():
            field.set_value("")

    def refuse_home(self, field: str | None, sentence: str) -> None:
        self._new.get(field or "line", self._new["line"]).show_error(sentence)
