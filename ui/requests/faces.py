"""How requests and items are drawn in rows: pills coloured by meaning, time left as it stands now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mash_desktop.desk.requests import RequestRow
from ui.theme import Tone, Voice
from ui.widgets.pill import PillFace, rag_face
from ui.widgets.table import TableColumn
from ui.widgets.time_left import TimeLeft

_STATES = {
    "asked": Tone.AMBER,
    "acknowledged": Tone.ACCENT,
    "returned": Tone.GREEN,
    "refused": Tone.VIOLET,
}
ITEM_STATES = {
    "to be released": Tone.ACCENT,
    "to be held": Tone.NEUTRAL,
    "held": Tone.NEUTRAL,
    "released": Tone.GREEN,
    "reworded": Tone.GREEN,
    "taken back": Tone.VIOLET,
}


def state_face(row: RequestRow) -> PillFace:
    """The state of an answer in a word."""
    return PillFace(row.state_words, _STATES.get(row.state, Tone.NEUTRAL))


def left_cell(row: RequestRow, now: datetime) -> TimeLeft | None:
    """Words and bar while it waits; words alone once answered."""
    if not row.open or row.clock is None:
        return None
    tone = Tone(row.rag.value) if row.rag else Tone.NEUTRAL
    return TimeLeft(row.left(now), row.clock.used(now), tone)


def columns(now: Callable[[], datetime]) -> list[TableColumn[RequestRow]]:
    def said(row: RequestRow) -> list[PillFace]:
        face = state_face(row)
        faces = [PillFace(face.text.removesuffix(" answered"), face.tone)]
        if row.without and row.open:
            faces.append(PillFace("hub went on", Tone.VIOLET))
        return faces

    return [
        TableColumn("Who", lambda row: row.who, bold=True, stretch=1),
        TableColumn(
            "Rating",
            lambda row: row.rag.label if row.rag else "not rated",
            pills=lambda row: [rag_face(row.rag.value)] if row.rag else [],
        ),
        TableColumn("State", lambda row: row.state_words, pills=said),
        TableColumn(
            "Due",
            lambda row: row.left(now()),
            voice=lambda row: Voice.RED if row.late(now()) else Voice.LABEL,
            time_left=lambda row: left_cell(row, now()),
            width=146,
        ),
    ]
