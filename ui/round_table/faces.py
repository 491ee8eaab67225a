"""How levels, movements, answers and kinds are coloured at the table: by what they mean."""

from __future__ import annotations

from mash_desktop.desk.round_table import Around, Line, Rung
from ui.theme import Tone
from ui.widgets.pill import PillFace

_WEIGHTS = {"high": Tone.RED, "middle": Tone.AMBER, "low": Tone.NEUTRAL}
_STATES = {
    "open": Tone.GREEN,
    "returned": Tone.ACCENT,
    "refused": Tone.VIOLET,
    "without": Tone.VIOLET,
    "asked": Tone.AMBER,
    "late": Tone.RED,
    "not asked": Tone.AMBER,
}
_KINDS = {"seen": Tone.GREEN, "contact": Tone.ACCENT, "earlier": Tone.VIOLET}
_MOVES = {"up": ("▲ stepped up", Tone.VIOLET), "down": ("▼ stepped down", Tone.VIOLET),
          "confirmed": ("= confirmed", Tone.NEUTRAL)}  # fmt: skip


def level_face(rung: Rung | None) -> PillFace:
    return PillFace(rung.label, _WEIGHTS[rung.weight]) if rung else PillFace("not given")


def short_level(label: str) -> str:
    """*s47* for *Child protection (s47)*; the whole where it has no short name."""
    _, opened, rest = label.partition("(")
    return rest.rstrip(") ") if opened else label


def move_face(move: str) -> PillFace | None:
    """▲ stepped up, = confirmed or ▼ stepped down; nothing while no level is chosen."""
    found = _MOVES.get(move)
    return PillFace(*found) if found else None


def seat_face(seat: Around) -> PillFace:
    return PillFace(seat.words, _STATES.get(seat.state, Tone.NEUTRAL))


def here_face(seat: Around) -> PillFace:
    """For an agency somebody of which has the case open: whether they came is the chair's to record."""
    return PillFace("has it open" if seat.in_the_room else "arriving now", Tone.ACCENT)


def kind_face(line: Line) -> PillFace:
    """What weighs much is amber, whatever its kind."""
    tone = Tone.AMBER if line.weight == "high" else _KINDS.get(line.kind, Tone.NEUTRAL)
    return PillFace(line.kind, tone)
