"""The side of a contact: history found while it is typed, the threshold guide, the consultant's words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent

from mash_desktop.desk.triage import Advice
from mash_desktop.desk.triage.guide import Reminded
from mash_desktop.desk.triage.history import NOT_SAME, SAME, UNSURE, History, Match
from mash_desktop.matching import Band
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Hairline, SectionHeading, SidePanel
from ui.widgets.layout import Box, Column, Flow, Row, empty
from ui.widgets.pill import Pill
from ui.widgets.text import Text

_BANDS = {Band.VERY_LIKELY: Tone.AMBER, Band.LIKELY: Tone.AMBER}
_MOST_CARDS = 8
_NOBODY = "Earlier records of a person appear here as you type the name."
_SAID = {
    SAME: ("linked", Tone.GREEN),
    NOT_SAME: ("not the same", Tone.NEUTRAL),
    UNSURE: ("unsure", Tone.NEUTRAL),
}
_ANSWERS = (
    ("Same", "Alt+S", SAME, "Same person"),
    ("Not same", "Alt+X", NOT_SAME, "Not the same person"),
    ("Unsure", "Alt+U", UNSURE, "Unsure whether the same"),
)


class MatchCard(Card):
    """One person who may be the one typed. ``decided`` says *same*, *not_same* or *unsure*."""

    decided = Signal(object, str)
    pressed = Signal(object)

    def __init__(self, match: Match, *, asked: bool) -> None:
        strong = match.band in _BANDS and match.undecided
        super().__init__(edge=Tone.AMBER if strong else None, gap=4)
        self._match = match
        self.setAccessibleName(f"{match.title}. {match.band.label}. {match.reasons}. {match.earlier}")
        pill = Pill(match.band.label, _BANDS.get(match.band, Tone.NEUTRAL))
        head = Row(gap=8)
        head.put(Text(match.title, Role.BASE_BOLD), 1)
        head.put(pill)
        self.put(head)
        if match.reasons:
            self.put(Text(match.reasons, Role.SMALL, Voice.ASIDE, wrap=True))
        if match.earlier:
            self.put(Text(match.earlier, wrap=True, bold=match.last))
        marks = [Pill("Repeat within 12 months", Tone.VIOLET)] if match.repeat else []
        if match.said:
            words, tone = _SAID[match.said]
            marks.append(Pill(words, tone))
        if marks:
            self.put(Box(Flow(*marks)))
        if asked:
            flow = Flow(gap=6)
            for words, key, said, name in _ANSWERS:
                button = ActionButton(words, key, accessible_name=f"{name}: {match.title}", compact=True)
                button.setObjectName(f"triage.match.{said}")
                button.clicked.connect(lambda _=False, said=said: self.decided.emit(self._match, said))
                flow.addWidget(button)
            self.put(Box(flow))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self._match)
        super().mousePressEvent(event)


class ContactSide(SidePanel):
    """``decided`` passes on what a person says of a match."""

    decided = Signal(object, str)

    def __init__(self) -> None:
        self._found = SectionHeading("History found while you type", icon_name="history")
        self._cards = Column(gap=8)
        self._guide = Card(gap=0, padding=8)
        self._advice = Column(gap=8)
        super().__init__(
            self._found,
            Box(self._cards),
            SectionHeading("Threshold guide", "you decide; the guide reminds", icon_name="list-checks"),
            self._guide,
            SectionHeading("From the consultant", icon_name="message-circle"),
            Box(self._advice),
            None,
        )
        self._history: History | None = None
        self._asked: tuple[str, ...] = ()
        self._reminded: tuple[Reminded, ...] | None = None
        self._advised: tuple[Advice, ...] | None = None
        self.show_history(History("", ""))
        self.show_guide(())
        self.show_advice(())

    def show_history(self, found: History) -> None:
        """The matches of one person, the undecided first; their keys belong to the first of these."""
        self._found.set_aside(found.timing if found.cache_ms else " ")
        before = self._history
        if before is not None and (before.subject, before.matches) == (found.subject, found.matches):
            self._history = found
            return
        self._history = found
        self._draw()

    def _draw(self) -> None:
        found = self._history
        assert found is not None
        empty(self._cards)
        if not found.matches:
            words = f"No record found of {found.name}." if found.name else _NOBODY
            self._cards.put(Text(words, Role.SMALL, Voice.ASIDE, wrap=True))
            return
        ordered = sorted(found.matches, key=lambda match: not match.undecided)[:_MOST_CARDS]
        open_ = [match for match in ordered if match.undecided and not match.pointer]
        asked = next((match for match in open_ if match.keys == self._asked), next(iter(open_), None))
        for match in ordered:
            card = MatchCard(match, asked=match is asked and bool(found.subject))
            card.decided.connect(self.decided)
            card.pressed.connect(self._ask)
            self._cards.put(card)
        if open_ and not found.subject:
            self._cards.put(
                Text("Enter adds the person; then say whether it is the same.", Role.SMALL, Voice.ASIDE)
            )

    def _ask(self, match: Match) -> None:
        """A card that is pressed is the one that the keys speak of."""
        if match.undecided and match.keys != self._asked:
            self._asked = match.keys
            self._draw()

    @property
    def history(self) -> History | None:
        return self._history

    def show_guide(self, reminded: Sequence[Reminded]) -> None:
        if self._reminded == tuple(reminded):
            return
        self._reminded = tuple(reminded)
        self._guide.clear()
        if not reminded:
            self._guide.put(Text("Reminders appear as the words come.", Role.SMALL, Voice.ASIDE, wrap=True))
        for at, one in enumerate(reminded):
            if at:
                self._guide.put(Hairline())
            row = Row(gap=8, margins=(4, 6, 4, 6))
            quiet = one.tone == "neutral"
            row.put(
                Text(
                    one.words,
                    Role.SMALL if quiet else Role.BASE,
                    Voice.ASIDE if quiet else Voice.INK,
                    wrap=True,
                ),
                1,
            )
            if one.because and not quiet:
                row.put(Text(f"“{one.because}”", Role.SMALL, Voice.ASIDE))
            row.put(Pill(one.says, Tone(one.tone)))
            self._guide.put(row)

    def show_advice(self, advice: Sequence[Advice]) -> None:
        if self._advised == tuple(advice):
            return
        self._advised = tuple(advice)
        empty(self._advice)
        if not advice:
            words = "What the consultant writes about this contact appears here by itself."
            self._advice.put(Text(words, Role.SMALL, Voice.ASIDE, wrap=True))
        for one in advice:
            head = Row(Text(one.name, Role.BASE_BOLD), Text(one.at, Role.ASIDE, Voice.ASIDE), None, gap=4)
            self._advice.put(Card("", "", head, Text(one.words, wrap=True), gap=2))
