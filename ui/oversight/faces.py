"""How contacts are drawn in oversight: columns, pills for why and how urgent, and time left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from mash_desktop.desk.countdown import Countdown
from mash_desktop.desk.oversight import QueueEntry, Why
from mash_desktop.domain.codes import Voice as Said
from mash_desktop.working_time import say_duration
from ui.theme import Tone, Voice
from ui.widgets.pill import PillFace
from ui.widgets.table import TableColumn
from ui.widgets.time_left import TimeLeft

VOICES = {
    Said.FACT: Tone.GREEN,
    Said.SEEN: Tone.ACCENT,
    Said.OPINION: Tone.AMBER,
    Said.TOLD: Tone.NEUTRAL,
}
_NEARLY = 0.75


def time_left(clock: Countdown | None, now: datetime) -> TimeLeft | None:
    """The cell: amber once three quarters are gone."""
    if clock is None:
        return None
    used = clock.used(now)
    return TimeLeft(say_duration(clock.left(now)), used, Tone.AMBER if used >= _NEARLY else Tone.ACCENT)


def why_faces(row: QueueEntry) -> Sequence[PillFace]:
    """What makes it urgent, then why it is in the list."""
    urgent = [
        PillFace(words, tone)
        for words, tone, holds in (
            ("◆ direct line", Tone.RED, row.immediate),
            ("danger now", Tone.RED, row.danger and not row.immediate),
            ("history", Tone.VIOLET, row.history),
        )
        if holds
    ]
    tone = {Why.DECISION: Tone.AMBER, Why.SAMPLED: Tone.ACCENT}.get(row.why, Tone.NEUTRAL)
    return (*urgent, PillFace(row.why.label, tone))


def columns(now: Callable[[], datetime]) -> list[TableColumn[QueueEntry]]:
    return [
        TableColumn("Who", lambda row: row.who, bold=True, stretch=2),
        TableColumn(
            "Why here",
            lambda row: ", ".join(face.text for face in why_faces(row)),
            pills=why_faces,
            stretch=1,
        ),
        TableColumn("Level", lambda row: row.level or "–"),
        TableColumn(
            "Time left",
            lambda row: row.left(now()),
            voice=Voice.LABEL,
            time_left=lambda row: time_left(row.clock, now()),
        ),
    ]
