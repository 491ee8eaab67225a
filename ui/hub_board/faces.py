"""How the rows of the board are drawn: columns, pills, and time left as it stands this minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mash_desktop.desk.countdown import Countdown
from mash_desktop.desk.hub_board import BoardRow, Mark
from ui.theme import Tone, Voice
from ui.widgets.pill import PillFace, rag_face
from ui.widgets.table import TableColumn
from ui.widgets.time_left import TimeLeft


def face_of(mark: Mark) -> PillFace:
    return PillFace(mark.text, Tone(mark.tone))


def time_left(clock: Countdown | None, words: str, tone: str, now: datetime) -> TimeLeft | None:
    """The cell: words first, bar second; ``None`` where no clock runs, so that the words stand alone."""
    return TimeLeft(words, clock.used(now), Tone(tone)) if clock is not None else None


def columns(now: Callable[[], datetime]) -> list[TableColumn[BoardRow]]:
    def left(row: BoardRow) -> TimeLeft | None:
        return time_left(row.clock, row.left(now()), row.rag.value if row.rag else "neutral", now())

    return [
        TableColumn("Reference", lambda row: row.reference),
        TableColumn("Who", lambda row: row.who, bold=True, stretch=2),
        TableColumn(
            "Rating",
            lambda row: row.rag.label if row.rag else "not rated",
            pills=lambda row: [rag_face(row.rag.value)] if row.rag else [PillFace("to rate", Tone.ACCENT)],
        ),
        TableColumn("Time left", lambda row: row.left(now()), voice=Voice.LABEL, time_left=left),
        TableColumn(
            "Agencies",
            lambda row: ", ".join(one.words(now()) for one in row.agencies) or "nobody asked",
            pills=lambda row: [face_of(one.mark(now())) for one in row.agencies],
            stretch=1,
        ),
        TableColumn("Waits for", lambda row: row.waits_for),
        TableColumn("With", lambda row: row.with_whom),
    ]
