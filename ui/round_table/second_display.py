"""The display for the room, filled: what is known together, who is around the table, what is not known.

It is given what everybody present may see and draws nothing else; ``blank`` takes every word off it.
"""

from __future__ import annotations

from datetime import datetime

from mash_desktop.desk.round_table import Shown, ShownLine
from mash_desktop.working_time import say_duration
from ui.shell.second_display import SecondDisplay
from ui.theme import Role, Voice
from ui.widgets.card import Hairline
from ui.widgets.fitted import AsManyAsFit
from ui.widgets.layout import Box, Column, Row, empty
from ui.widgets.pill import RagChip
from ui.widgets.text import Text

_MOST_SEATS = 7
_WHEN, _SOURCE = 130, 150


class RoundTableDisplay(SecondDisplay):
    """``show_shown`` draws; nothing of a case stays in it after ``blank``."""

    def __init__(self, *, marking: str) -> None:
        super().__init__(marking=marking)
        self._rag = Row(gap=0)
        self.head.put(Box(self._rag))
        self._content = Column(gap=0)
        self.body.put(self._content, 1)

    def show_shown(self, shown: Shown, case: str, now: datetime) -> None:
        """Draw this picture of the case; ``case`` is *Case 3 of 6*."""
        self._clear()
        self.title.setText(shown.title)
        self.case.setText(case)
        self.foot_right.setText(f"Basis: {shown.basis}" if shown.basis else "")
        if shown.rag is not None:
            left = say_duration(shown.clock.left(now)) if shown.clock else ""
            self._rag.put(RagChip(shown.rag.value, left, role=Role.DISPLAY_BOLD))
        halves = Row(gap=56)
        halves.put(_known(shown), 4)
        halves.put(_around(shown), 3)
        self._content.put(halves, 1)
        self.unlock()
        self.refresh_look()

    def blank(self) -> None:
        """Show nothing, and keep nothing to show."""
        self._clear()
        self.title.setText("")
        self.case.setText("")
        self.foot_right.setText("")
        self.lock()

    def _clear(self) -> None:
        empty(self._rag)
        empty(self._content)


def _known(shown: Shown) -> Column:
    rows = Column(Text("What we know together", Role.DISPLAY_SMALL, Voice.LABEL), gap=8)
    if shown.lines:
        more = Text("", Role.DISPLAY, Voice.ASIDE)
        lines = [_line(line) for line in shown.lines]
        rows.put(AsManyAsFit(lines, more, lambda left: f"and {left} earlier", 8), 1)
        return rows
    rows.put(Text(shown.note or "Nothing yet that everyone present may see.", Role.DISPLAY, wrap=True))
    rows.put(None)
    return rows


def _line(line: ShownLine) -> Box:
    when = Text(line.when, Role.DISPLAY, wrap=True)
    source = Text(line.source, Role.DISPLAY, Voice.LABEL, wrap=True)
    when.setFixedWidth(_WHEN)
    source.setFixedWidth(_SOURCE)
    row = Row(when, gap=16, margins=(8, 4, 0, 0))
    row.put(Text(line.what, Role.DISPLAY, wrap=True), 1)
    row.put(source)
    return Box(Column(row, Hairline(), gap=8))


def _around(shown: Shown) -> Column:
    rows = Column(Text("Around the table", Role.DISPLAY_SMALL, Voice.LABEL), gap=14)
    for one in shown.around[:_MOST_SEATS]:
        rows.put(Text(f"{one.mark} {one.words}", Role.DISPLAY, Voice.ASIDE if one.quiet else Voice.INK))
    if shown.around[_MOST_SEATS:]:
        rows.put(Text(f"and {len(shown.around) - _MOST_SEATS} more", Role.DISPLAY, Voice.ASIDE))
    if shown.unknown:
        unknown = Column(
            Text("Still unknown", Role.DISPLAY_SMALL, Voice.LABEL), gap=14, margins=(0, 24, 0, 0)
        )
        unknown.put(Text(shown.unknown, Role.DISPLAY, wrap=True))
        rows.put(unknown)
    rows.put(None)
    return rows
