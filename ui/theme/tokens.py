"""The colours of the three themes, and how contrast between two of them is reckoned.

Values only: no Qt, no painting. Every pair that text or a graphic is set in is listed in ``PAIRS_*`` so
that one test can hold all of them to the floor.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Mode(StrEnum):
    LIGHT = "light"
    DARK = "dark"
    HIGH_CONTRAST = "high-contrast"


class Tone(StrEnum):
    """What a colour means, never what it looks like."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    BLUE = "blue"
    VIOLET = "violet"


class Tokens(NamedTuple):
    """One theme. ``edge`` bounds what can be typed into, so unlike ``line`` it must be seen."""

    ground: str
    panel: str
    raised: str
    line: str
    edge: str
    selection: str
    ink: str
    ink2: str
    ink3: str
    accent: str
    accent_wash: str
    red: str
    red_wash: str
    amber: str
    amber_wash: str
    green: str
    green_wash: str
    blue: str
    blue_wash: str
    violet: str
    violet_wash: str
    neutral_wash: str
    on_strong: str
    outlined: bool
    """Washes alone do not carry in high contrast: pills and selection get an outline as well."""

    def tone(self, tone: Tone) -> str:
        """The ink of a tone."""
        return self.ink2 if tone is Tone.NEUTRAL else str(getattr(self, tone.value))

    def wash(self, tone: Tone) -> str:
        """The quiet background of a tone."""
        return str(getattr(self, f"{tone.value}_wash"))


LIGHT = Tokens(
    ground="#F4F6F8", panel="#FFFFFF", raised="#FBFCFD", line="#D9DFE5", edge="#808C99",
    selection="#DCEAF8", ink="#15202B", ink2="#4A5968", ink3="#5B6A79",
    accent="#0B5CAD", accent_wash="#E6F0FA", red="#B3171F", red_wash="#FCE9E9",
    amber="#8A4B00", amber_wash="#FFF1DC", green="#17653A", green_wash="#E4F4EA",
    blue="#1B4F9C", blue_wash="#E4ECFA",
    violet="#5B3B9A", violet_wash="#EFEAF8", neutral_wash="#F1F4F7", on_strong="#FFFFFF", outlined=False,
)  # fmt: skip

DARK = Tokens(
    ground="#10161C", panel="#18212A", raised="#1D2832", line="#2C3945", edge="#667789",
    selection="#1B3B59", ink="#EDF2F6", ink2="#B5C2CE", ink3="#9AA9B7",
    accent="#74B5F5", accent_wash="#16324D", red="#FF9A9A", red_wash="#44191C",
    amber="#FFC46B", amber_wash="#42300F", green="#7FDCA4", green_wash="#12371F",
    blue="#9CC0FF", blue_wash="#1A2F57",
    violet="#C3ABF5", violet_wash="#2C2145", neutral_wash="#10161C", on_strong="#10161C", outlined=False,
)  # fmt: skip

HIGH_CONTRAST = Tokens(
    ground="#000000", panel="#000000", raised="#000000", line="#5C6873", edge="#FFFFFF",
    selection="#003A70", ink="#FFFFFF", ink2="#FFFFFF", ink3="#E2E8EE",
    accent="#FFE14D", accent_wash="#000000", red="#FFB0B0", red_wash="#000000",
    amber="#FFCF87", amber_wash="#000000", green="#9CF0BC", green_wash="#000000",
    blue="#A9CBFF", blue_wash="#000000",
    violet="#DCCBFF", violet_wash="#000000", neutral_wash="#000000", on_strong="#000000", outlined=True,
)  # fmt: skip

THEMES: dict[Mode, Tokens] = {Mode.LIGHT: LIGHT, Mode.DARK: DARK, Mode.HIGH_CONTRAST: HIGH_CONTRAST}

_TONES = tuple(tone.value for tone in Tone if tone is not Tone.NEUTRAL)
_SURFACES = ("ground", "panel", "raised", "selection")

PAIRS_TEXT: tuple[tuple[str, str], ...] = (
    *((ink, surface) for ink in ("ink", "ink2", "ink3") for surface in _SURFACES),
    *((tone, f"{tone}_wash") for tone in _TONES),
    *((tone, surface) for tone in _TONES for surface in ("ground", "panel", "raised", "selection")),
    ("ink2", "neutral_wash"),
    *(("ink", f"{tone}_wash") for tone in _TONES),
    *(("ink2", f"{tone}_wash") for tone in _TONES),
    ("on_strong", "accent"),
    ("on_strong", "red"),
)
PAIRS_GRAPHIC: tuple[tuple[str, str], ...] = (
    ("edge", "ground"),
    ("edge", "panel"),
    ("edge", "raised"),
    *((tone, "line") for tone in _TONES),
)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21, between two colours written ``#RRGGBB``."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
