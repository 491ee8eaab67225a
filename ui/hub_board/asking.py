"""Asking agencies: who is asked about whom, and the minimum that each is told."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from mash_desktop.desk.hub_board import Ask, AskedAgency, Asking, ScopedPerson
from mash_desktop.desk.wording import counted
from ui.theme import Role, Tone, Voice, look_of
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Hairline, SectionHeading, scrolled
from ui.widgets.field import TextField
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.pill import Pill
from ui.widgets.text import Text
from ui.widgets.tick import TickBox


class _AgencyRow(QWidget):
    """One agency: a tick, and once ticked the people it is asked about and what it is told."""

    edited = Signal()

    def __init__(self, agency: AskedAgency, people: Sequence[ScopedPerson], concern: str) -> None:
        super().__init__()
        self.agency = agency
        self.tick = TickBox(agency.name, accessible_name=f"Ask {agency.name}")
        self.tick.setObjectName(f"hub.ask.agency.{agency.id}")
        head = Row(self.tick, None)
        if agency.already:
            head.put(Text(agency.already, Role.SMALL, Voice.ASIDE))
        if agency.virtual:
            head.put(Pill("virtual partner", Tone.VIOLET))
        self.people = {
            one.subject: TickBox(
                f"{one.name}, {one.relation}" if one.relation not in ("", "subject") else one.name,
                one.subject not in agency.asked_about,
                accessible_name=f"Ask {agency.name} about {one.name}",
            )
            for one in people
        }
        for subject, tick in self.people.items():
            tick.setObjectName(f"hub.ask.person.{agency.id}.{subject}")
            tick.clicked.connect(self.edited)
        self.words = TextField(
            "", concern, lines=2, accessible_name=f"The minimum that {agency.name} is told"
        )
        self.words.setObjectName(f"hub.ask.words.{agency.id}")
        self.words.changed.connect(self.edited)
        self._more = Box(Column(Flow(*self.people.values(), gap=4), self.words, gap=4, margins=(24, 0, 0, 4)))
        self._more.hide()
        self.setLayout(Column(head, self._more, gap=2, margins=(0, 3, 0, 3)))
        self.tick.toggled.connect(self._toggled)

    def _toggled(self, on: bool) -> None:
        self._more.setVisible(on)
        self.words.clear_error()
        self.edited.emit()

    def ask(self) -> Ask | None:
        if not self.tick.isChecked():
            return None
        asked = tuple(subject for subject, tick in self.people.items() if tick.isChecked())
        return Ask(self.agency.id, asked, self.words.value())


class AskForm(QWidget):
    """``asks()`` is what was chosen; ``asked`` and ``closed`` fire; ``edited`` at each edit."""

    asked = Signal()
    closed = Signal()
    edited = Signal()

    def __init__(self, start: Asking) -> None:
        super().__init__()
        self.concern = TextField(
            "The minimum concern: each agency’s text starts from it",
            start.concern,
            lines=2,
            aside="Neither the referrer nor the account",
        )
        self.concern.setObjectName("hub.ask.concern")
        self.concern.changed.connect(self._concern_edited)
        self.rows = {one.id: _AgencyRow(one, start.people, start.concern) for one in start.agencies}
        agencies = Card("Agencies", gap=0)
        for number, row in enumerate(self.rows.values()):
            if number:
                agencies.put(Hairline())
            agencies.put(row)
            row.edited.connect(self._edited)
        self._sum = Text("", Role.BASE, Voice.LABEL)
        self.send = ActionButton(
            "Ask", "Ctrl+Return", "primary", accessible_name=f"Ask these agencies about {start.who}"
        )
        self.send.setObjectName("hub.ask.send")
        self.send.clicked.connect(self.asked)
        close = ActionButton("Close", "Esc", accessible_name="Close the asking of agencies")
        close.setObjectName("hub.ask.close")
        close.clicked.connect(self.closed)
        self.fault = Text("", Role.SMALL, Voice.RED, wrap=True)
        self.fault.hide()
        whole = Column(
            SectionHeading(f"Ask agencies about {start.who}", start.due, icon_name="send"),
            Card("", "", self.concern),
            agencies,
            None,
            gap=10,
            margins=(12, 12, 12, 0),
        )
        foot = Row(self.send, close, gap=10)
        foot.put(self._sum, 1)
        rows = Column(gap=0)
        area = scrolled(Box(whole))
        area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        rows.put(area, 1)
        rows.put(Box(Column(self.fault, foot, gap=6, margins=(12, 8, 12, 12))))
        self.setLayout(rows)
        self._show_sum()

    def minimumSizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(320), look.px(420))

    def begin(self) -> None:
        first = next(iter(self.rows.values()), None)
        if first is not None:
            first.tick.setFocus()

    def asks(self) -> tuple[Ask, ...]:
        return tuple(ask for row in self.rows.values() if (ask := row.ask()) is not None)

    def values(self) -> dict[str, str]:
        typed = {"concern": self.concern.value()} if self.concern.typed else {}
        for ask in self.asks():
            typed[f"people.{ask.agency}"] = " ".join(ask.subjects) or "–"
            typed[f"words.{ask.agency}"] = ask.concern
        return typed

    def fill(self, values: dict[str, str]) -> None:
        if values.get("concern"):
            self.concern.set_value(values["concern"])
            self.concern.typed = True
            for row in self.rows.values():
                row.words.offer(values["concern"])
        for agency, row in self.rows.items():
            if f"people.{agency}" in values:
                row.tick.setChecked(True)
                named = values[f"people.{agency}"].split()
                for subject, tick in row.people.items():
                    tick.setChecked(subject in named)
            words = values.get(f"words.{agency}", "")
            if words and words != row.words.value():
                row.words.set_value(words)
                row.words.typed = True
        self._show_sum()

    def refuse(self, sentence: str, field: str | None) -> None:
        """Say what is wrong at the agency concerned, or at the foot."""
        row = self.rows.get(field or "")
        self.fault.setVisible(row is None)
        if row is not None:
            row.words.show_error(sentence)
            row.words.setFocus()
        else:
            self.fault.setText(sentence)

    def _concern_edited(self) -> None:
        for row in self.rows.values():
            row.words.offer(self.concern.value())
        self._edited()

    def _edited(self) -> None:
        self.fault.hide()
        self._show_sum()
        self.edited.emit()

    def _show_sum(self) -> None:
        asks = self.asks()
        about = {subject for ask in asks for subject in ask.subjects}
        agencies = counted(len(asks), "agency", "agencies")
        said = (
            f"{agencies} asked about {counted(len(about), 'person', 'people')}"
            if asks
            else "No agency chosen"
        )
        self._sum.setText(said[0].upper() + said[1:])
