"""What a column of a table is: its header, how a row's cell reads, and how it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ui.theme import Voice
from ui.widgets.pill import PillFace
from ui.widgets.time_left import TimeLeft

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class TableColumn(Generic[R]):
    """``text`` is what the cell says, aloud and in words; the rest is how it looks.

    ``width`` is at 100 % text, 0 fits the content; ``stretch`` takes the room left, shared by weight.
    ``lines`` lets a row be taller where its words do not fit on one line, for tables of some hundred rows.
    """

    header: str
    text: Callable[[R], str]
    bold: Callable[[R], bool] | bool = False
    voice: Callable[[R], Voice] | Voice = Voice.INK
    small: bool = False
    right: bool = False
    pills: Callable[[R], Sequence[PillFace]] | None = None
    time_left: Callable[[R], TimeLeft | None] | None = None
    width: int = 0
    stretch: int = 0
    lines: int = 1

    def bold_of(self, row: R) -> bool:
        return self.bold if isinstance(self.bold, bool) else self.bold(row)

    def voice_of(self, row: R) -> Voice:
        return self.voice if isinstance(self.voice, Voice) else self.voice(row)
