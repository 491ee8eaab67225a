"""The contact chosen: the referrer's words, people, history, what triage makes of it, and the actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from PySide6.QtWidgets import QLayout, QWidget

from mash_desktop.desk.oversight import Account, Contact, PersonShown
from mash_desktop.desk.triage.history import Match
from mash_desktop.domain.fold.stage import Stage
from mash_desktop.matching import Band
from ui.acting_panel import ActingPanel, action
from ui.oversight.faces import VOICES, time_left
from ui.theme import Role, Tone, Voice
from ui.widgets.banner import Banner
from ui.widgets.card import Card, Hairline, SectionHeading
from ui.widgets.layout import Box, Column, Flow, Grid, Row
from ui.widgets.pill import Pill
from ui.widgets.states import EmptyState
from ui.widgets.text import Text
from ui.widgets.time_left import TimeLeftBar

_BANDS = {Band.VERY_LIKELY: Tone.AMBER, Band.LIKELY: Tone.AMBER}


_button = partial(action, "oversight", "Oversight")


class ContactPanel(ActingPanel):
    """``show_contact`` fills it; a small form stands at its foot in place of the actions."""

    def __init__(self) -> None:
        self.admit = _button(
            "Agree and admit", "A", "admit", "Agree, and admit the chosen contact to the hub"
        )
        self.route = _button("Another route", "O", "route", "Send the chosen contact on a route")
        self.strategy = _button("Strategy discussion", "S", "strategy", "Record a strategy discussion")
        self.advise = _button("Advise", "D", "advise", "Advise the operator on the chosen contact")
        self.close_contact = _button("Close", "K", "close_contact", "Close the chosen contact")
        actions = Flow(self.admit, self.route, self.strategy, self.advise, self.close_contact, gap=8)
        super().__init__(actions, width=624)
        self.contact: Contact | None = None
        self._bar: TimeLeftBar | None = None
        self.show_contact(None, datetime.min)

    def show_contact(self, contact: Contact | None, now: datetime) -> None:
        """Show another contact, or the same one as it stands now."""
        self.contact = contact
        self.clear()
        self._bar = None
        self._show_actions()
        if contact is None:
            sentence = "Choose a contact: what the referrer said and what triage makes of it stand here."
            self.put(EmptyState("eye", "No contact chosen", sentence))
        else:
            for piece in self._pieces(contact, now):
                self.put(piece)
            self.put(None)
        self.relook()

    def tick(self, now: datetime) -> None:
        """A minute has passed."""
        left = time_left(self.contact.clock, now) if self.contact is not None else None
        if left is not None and self._bar is not None:
            self._bar.set_left(left)

    def _show_actions(self) -> None:
        contact = self.contact
        decides = bool(contact and contact.may_decide)
        meets = bool(contact and contact.reaches_threshold)
        self.admit.setEnabled(decides)
        self.route.setEnabled(decides)
        self.route.setText("Another route" if meets else "Agree and send on")
        self.route.updateGeometry()
        self.strategy.setEnabled(bool(contact and contact.may_hold_strategy))
        self.advise.setEnabled(bool(contact and contact.may_advise))
        closes = bool(contact and contact.may_close)
        self.close_contact.setVisible(closes)
        taking = bool(contact and contact.stage is Stage.CONTACT)
        self.admit.set_kind("primary" if decides and meets and not closes else "plain")
        self.route.set_kind("primary" if decides and not meets and not closes else "plain")
        self.advise.set_kind("primary" if taking else "plain")
        self.close_contact.set_kind("primary" if closes else "plain")

    # --- what stands in it

    def _pieces(self, contact: Contact, now: datetime) -> list[QWidget | QLayout]:
        pieces: list[QWidget | QLayout] = [SectionHeading(contact.who, contact.reference)]
        if contact.refusal:
            pieces.append(Banner(contact.refusal, "You can look on and advise.", tone=Tone.NEUTRAL))
        left = time_left(contact.clock, now)
        if left is not None:
            self._bar = TimeLeftBar(left)
            said = Text("To decide and tell the referrer", Role.SMALL, Voice.LABEL)
            pieces.append(Row(said, self._bar, None))
        if contact.triage is not None:
            pieces.append(_triage(contact))
        pieces += [_concern(contact), _history(contact), _people(contact)]
        done = [line for line in (contact.overseen, contact.told, *contact.strategies) if line]
        if done:
            pieces.append(Card("Decided so far", "", *(Text(line, wrap=True) for line in done), gap=4))
        if contact.advice:
            card = Card("Advice to the operator", gap=4)
            for who, words in contact.advice:
                card.put(Text(who, Role.SMALL, Voice.LABEL))
                card.put(Text(words, wrap=True))
            pieces.append(card)
        return pieces


def _triage(contact: Contact) -> Card:
    triage = contact.triage
    assert triage is not None
    route = Pill(
        f"◆ {triage.route_label}" if triage.immediate else triage.route_label,
        Tone.RED if triage.immediate else Tone.ACCENT,
    )
    pills: list[QWidget] = [route]
    if triage.danger:
        pills.append(Pill("immediate danger", Tone.RED))
    pills += [Pill(f"{one.name}: {one.label}", Tone.AMBER) for one in triage.levels]
    return Card(
        "What triage makes of it",
        triage.by,
        Flow(*pills, gap=6),
        Text(triage.rationale, wrap=True),
        edge=Tone.RED if triage.immediate or triage.danger else None,
    )


def _concern(contact: Contact) -> Card:
    card = Card(
        "In the referrer’s words", contact.came, Text(contact.referrer, Role.SMALL, Voice.LABEL, wrap=True)
    )
    for account in contact.accounts:
        card.put(_account(account))
    if not contact.accounts:
        card.put(Text("Nothing has been written yet.", Role.SMALL, Voice.ASIDE))
    return card


def _account(account: Account) -> QWidget:
    rows = Column(gap=4)
    for segment in account.segments:
        row = Row(gap=8)
        row.put(Text(segment.text, wrap=True), 1)
        if segment.voice is not None:
            row.put(Pill(segment.voice.label.lower(), VOICES[segment.voice]))
        rows.put(row)
    if account.danger:
        rows.put(Row(Pill("immediate danger", Tone.RED), None))
    if account.facts:
        rows.put(_labelled(account.facts))
    return Box(rows)


def _labelled(lines: Sequence[tuple[str, str]]) -> Grid:
    grid = Grid(gap=4, margins=(0, 4, 0, 0))
    grid.setColumnStretch(1, 1)
    for at, (label, words) in enumerate(lines):
        grid.addWidget(Text(label, Role.SMALL, Voice.LABEL), at, 0)
        grid.addWidget(Text(words, wrap=True), at, 1)
    return grid


def _people(contact: Contact) -> Card:
    card = Card("People", "", gap=0)
    for at, person in enumerate(contact.people):
        if at:
            card.put(Hairline())
        card.put(_person(person))
    for line, who in contact.homes:
        card.put(Hairline())
        row = Row(Text(line), Text(who, Role.SMALL, Voice.ASIDE), None, margins=(0, 5, 0, 5))
        card.put(row)
    if not contact.people:
        card.put(Text("Nobody has been named yet.", Role.SMALL, Voice.ASIDE))
    return card


def _person(person: PersonShown) -> QWidget:
    name = Text(person.name, Role.BASE_BOLD if person.of_concern else Role.BASE)
    pills = [Pill(words, Tone(tone)) for words, tone in person.marks]
    head = Row(name, gap=8)
    head.put(None)
    for pill in pills:
        head.put(pill)
    relation = "" if person.relation == "subject" else person.relation
    said = [part for part in (person.born, relation, person.ground) if part and part != "–"]
    rows = Column(
        head, Text(" · ".join(said), Role.SMALL, Voice.ASIDE, wrap=True), gap=0, margins=(0, 5, 0, 5)
    )
    if person.told:
        rows.put(_labelled(person.told))
    return Box(rows)


def _history(contact: Contact) -> Card:
    found = [(person.name, match) for person in contact.people for match in person.matches]
    repeat = any(match.repeat and match.said != "not_same" for _, match in found)
    card = Card(
        "History",
        contact.searched,
        edge=Tone.AMBER if any(match.undecided for _, match in found) else None,
        gap=6,
    )
    if repeat:
        card.put(Row(Pill("repeat within 12 months", Tone.VIOLET), None))
    for name, match in found:
        card.put(_match(name, match))
    if not found:
        card.put(Text("No earlier record of these people is held here.", Role.SMALL, Voice.ASIDE, wrap=True))
    return card


def _match(name: str, match: Match) -> QWidget:
    said, tone = {
        "same": ("the same person", Tone.GREEN),
        "not_same": ("not the same", Tone.NEUTRAL),
    }.get(match.said, (match.band.label, _BANDS.get(match.band, Tone.NEUTRAL)))
    head = Row(Text(match.title, bold=match.title), Text(f"for {name}", Role.SMALL, Voice.ASIDE), None)
    head.put(Pill(said, tone))
    rows = Column(head, gap=0)
    for line in (match.earlier, match.reasons):
        if line:
            rows.put(Text(line, Role.SMALL, Voice.ASIDE, wrap=True))
    return Box(rows)
