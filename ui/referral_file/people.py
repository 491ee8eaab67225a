"""The people of the file as cards, and the household as recorded."""

from __future__ import annotations

from PySide6.QtCore import Qt

from mash_desktop.desk.referral_file import FilePerson
from mash_desktop.desk.round_table import HouseholdSeen
from ui.sign_off.reading import pill
from ui.theme import Role, Tone, Voice
from ui.widgets.card import Card
from ui.widgets.genogram import Child, Couple, Genogram, Household, Person
from ui.widgets.layout import Box, Column, Flow, Grid, Row
from ui.widgets.pill import Pill
from ui.widgets.text import Text


def people_cards(people: tuple[FilePerson, ...], household: HouseholdSeen) -> Box:
    rows = Column(gap=10)
    if household.bonds or household.descents:
        card = Card("Household")
        card.put(Genogram(_drawn(household)), 1)
        rows.put(card)
    for one in people:
        rows.put(_card(one))
    rows.put(None)
    return Box(rows)


def _drawn(household: HouseholdSeen) -> Household:
    return Household(
        people=tuple(
            Person(one.id, one.label, one.sex, one.of_concern, one.identified) for one in household.people
        ),
        couples=tuple(Couple(one.one, one.other, one.ended, one.note) for one in household.bonds),
        children=tuple(Child(one.child, one.parents) for one in household.descents),
    )


def _card(one: FilePerson) -> Card:
    card = Card(gap=6, edge=Tone.RED if any(mark.tone == "red" for mark in one.marks) else None)
    head = Row(Text(one.name, Role.BASE_BOLD), Text(one.born, voice=Voice.LABEL), None, gap=10)
    if one.of_concern:
        head.put(Pill("of concern", Tone.ACCENT))
    card.put(head)
    if one.marks:
        card.put(Flow(*(pill(mark) for mark in one.marks)))
    if one.levels:
        card.put(Flow(*(pill(face, label) for label, face in one.levels)))
    grid = Grid(gap=4)
    grid.setColumnStretch(1, 1)
    addresses = "\n".join(text for text, _ in one.addresses)
    lines = (
        ("Relation", one.relation),
        ("Why in scope", one.ground),
        ("Address", addresses),
        ("Reach", "\n".join(one.reach)),
        *one.identifiers,
    )
    for at, (label, text) in enumerate((label, text) for label, text in lines if text):
        side = Qt.AlignmentFlag.AlignTop if "\n" in text else Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(Text(label, Role.SMALL, Voice.LABEL), at, 0, side)
        hidden = label == "Address" and any(suppressed for _, suppressed in one.addresses)
        voice = Voice.VIOLET if hidden else Voice.INK
        grid.addWidget(Text(text, voice=voice, wrap=True), at, 1)
    card.put(grid)
    return card
