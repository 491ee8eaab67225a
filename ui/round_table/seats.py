"""Around the table: a card an agency, with its answer in a word, its attendance by one key, and who of it has
the case open now."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mash_desktop.desk.round_table import Around, Here
from mash_desktop.desk.wording import joined
from mash_desktop.domain.codes import Attendance
from ui.keys import keys
from ui.round_table.faces import here_face, seat_face
from ui.theme import Role, Voice, look_of
from ui.widgets.button import KeyCap
from ui.widgets.card import Card, SectionHeading, SidePanel
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Flow, Row
from ui.widgets.painting import focus_ring
from ui.widgets.pill import Pill
from ui.widgets.text import Text

_KEYS = (
    ("P", Attendance.PRESENT, "present"),
    ("X", Attendance.APOLOGIES, "apologies"),
    ("I", Attendance.SENT_INFORMATION, "sent information"),
    ("B", Attendance.OBSERVER, "observing"),
)


class SeatCard(Card):
    """One agency. Enter asks who came for it."""

    named = Signal(str)
    stepped = Signal(int)

    def __init__(self, seat: Around) -> None:
        super().__init__(gap=2, padding=10)
        self.seat = seat
        self.setObjectName(f"table.seat.{seat.agency}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pill = Pill()
        self._presence = Text("", Role.SMALL, Voice.INK)
        self._note = Text("", Role.SMALL, Voice.ASIDE, wrap=True)
        self._here: tuple[Here, ...] = ()
        self._arriving = Pill()
        self._who_is_here = Text("", Role.SMALL, Voice.INK, wrap=True)
        here = Row(self._arriving, gap=8)
        here.put(self._who_is_here, 1)
        here.setAlignment(self._who_is_here, Qt.AlignmentFlag.AlignVCenter)
        self._here_row = Box(here)
        self.who = Field("", placeholder="Who came, Enter", accessible_name=f"Who came for {seat.name}")
        self.who.setObjectName(f"table.seat.{seat.agency}.who")
        self.who.hide()
        # Later, since the same press of Enter is yet to reach this card.
        self.who.entered.connect(self._entered, Qt.ConnectionType.QueuedConnection)
        self.put(Row(Text(seat.name, Role.BASE_BOLD), None, self._pill))
        self.put(self._here_row)
        self.put(self._presence)
        self.put(self._note)
        self.put(self.who)
        self.show_seat(seat)

    def show_seat(self, seat: Around) -> None:
        self.seat = seat
        self._pill.set_face(seat_face(seat))
        for text, words in ((self._presence, seat.presence), (self._note, seat.note)):
            text.setText(words)
            text.setVisible(bool(words))
        self._show_here()

    def show_here(self, here: tuple[Here, ...]) -> None:
        """Who of this agency has the case open now."""
        self._here = here
        self._show_here()

    def _show_here(self) -> None:
        seat, names = self.seat, joined(tuple(one.name for one in self._here))
        face = here_face(seat)
        self._arriving.set_face(face)
        self._who_is_here.setText(names)
        self._here_row.setVisible(bool(names))
        arriving = f"{face.text}, {names}" if names else ""
        parts = (seat.name, seat.words, arriving, seat.presence, seat.note)
        self.setAccessibleName(", ".join(part for part in parts if part))

    def ask_who(self) -> None:
        self.who.offer(self.seat.attended_by)
        self.who.show()
        self.who.setFocus()

    def _entered(self) -> None:
        words = self.who.value()
        self.who.hide()
        self.setFocus()
        self.named.emit(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hasFocus():
            self.ask_who()
        elif step is not None:
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            look = look_of(self)
            focus_ring(QPainter(self), QRectF(self.rect()), look.px(8), look)


class SeatsPanel(SidePanel):
    """``attended(agency, attendance, name)``. Arrows move along the seats, single keys act on one."""

    attended = Signal(str, str, str)

    def __init__(self) -> None:
        self._heading = SectionHeading("Around the table", "", icon_name="users")
        self._cards: dict[str, SeatCard] = {}
        self._rows = Column(gap=10)
        self._here: tuple[Here, ...] = ()
        self._also = Text("", Role.SMALL, Voice.LABEL, wrap=True)
        self._also.setObjectName("table.also_here")
        self._also.hide()
        self.others = ChoiceField("Someone else is here", [], placeholder="Choose an agency")
        self.others.setObjectName("table.others")
        legend: list[QWidget] = []
        for key, _, words in _KEYS:
            legend.append(Box(Row(KeyCap(key), Text(words, Role.SMALL, Voice.ASIDE), gap=4)))
        legend.append(Box(Row(KeyCap("Return"), Text("who", Role.SMALL, Voice.ASIDE), gap=4)))
        super().__init__(
            self._heading,
            Box(self._rows),
            self._also,
            self.others,
            None,
            width=300,
            side="left",
            foot=Box(Flow(*legend, gap=8)),
        )
        self.others.changed.connect(self._someone_else)
        for key, attendance, words in _KEYS:
            keys.on(
                key, self, partial(self._attend, attendance), f"This agency: {words}", group="Round table",
                within=True,
            )  # fmt: skip

    def show_seats(self, seats: Sequence[Around], others: Sequence[tuple[str, str]], may: bool) -> None:
        """Show how they stand; focus stays where it is."""
        present = sum(one.in_the_room for one in seats)
        sorry = sum(one.attendance is Attendance.APOLOGIES for one in seats)
        counted = f"{present} present"
        if sorry:
            counted += f" · {sorry} {'apology' if sorry == 1 else 'apologies'}"
        self._heading.set_aside(counted)
        if list(self._cards) != [one.agency for one in seats]:
            self._arrange(seats)
        for one in seats:
            self._cards[one.agency].show_seat(one)
        self.show_here(self._here)
        self.others.set_value("")
        self.others.set_choices(others)
        self.others.setVisible(may and bool(others))
        self._may = may

    def show_here(self, here: tuple[Here, ...]) -> None:
        """Who else has the case open now: at their agency's seat, and below for who has none."""
        self._here = here
        for agency, card in self._cards.items():
            card.show_here(tuple(one for one in here if one.agency == agency))
        also = [f"{one.name}, {one.agency_name}" for one in here if one.agency not in self._cards]
        self._also.setText("\n".join(["Also has the case open:", *also]))
        self._also.setVisible(bool(also))

    def _arrange(self, seats: Sequence[Around]) -> None:
        kept = {one.agency: self._cards.pop(one.agency, None) for one in seats}
        for gone in self._cards.values():
            self._rows.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        self._cards = {}
        for at, one in enumerate(seats):
            card = kept[one.agency]
            if card is None:
                card = SeatCard(one)
                card.named.connect(partial(self._named, card))
                card.stepped.connect(self._step)
            self._rows.removeWidget(card)
            self._rows.insertWidget(at, card)
            self._cards[one.agency] = card

    def begin(self) -> None:
        """Focus on the first agency whose attendance has not been said, else on the first."""
        cards = list(self._cards.values())
        waiting = [card for card in cards if card.seat.attendance is None]
        for card in (*waiting, *cards):
            card.setFocus()
            return

    def _focused(self) -> SeatCard | None:
        return next((card for card in self._cards.values() if card.hasFocus()), None)

    def _attend(self, attendance: Attendance) -> None:
        card = self._focused()
        if card is not None and self._may:
            self.attended.emit(card.seat.agency, attendance.value, card.seat.attended_by)
            self._step(1)

    def _named(self, card: SeatCard, name: str) -> None:
        attendance = card.seat.attendance or Attendance.PRESENT
        if self._may:
            self.attended.emit(card.seat.agency, attendance.value, name)

    def _someone_else(self) -> None:
        if self.others.value():
            self.attended.emit(self.others.value(), Attendance.PRESENT.value, "")

    def _step(self, by: int) -> None:
        cards, card = list(self._cards.values()), self._focused()
        if card is not None:
            to = cards.index(card) + by
            if 0 <= to < len(cards):
                cards[to].setFocus(Qt.FocusReason.TabFocusReason)
