"""What everything that paints asks: the colours, sizes and fonts in force for one widget.

A ``Look`` is a value. Widgets keep no copy: they ask ``look_of(self)`` when they measure and when they
paint, so a change of theme or text size needs nothing but a repaint.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from PySide6.QtGui import QColor, QFont, QFontDatabase
from PySide6.QtWidgets import QWidget

from resources import FOLDER
from ui.theme.tokens import THEMES, Mode, Tokens, Tone

FAMILIES = ("Atkinson Hyperlegible Next", "Atkinson Hyperlegible Next Ext")
_FILES = (
    "atkinson-hyperlegible-next-latin-wght-normal.woff2",
    "atkinson-hyperlegible-next-ext-wght-normal.woff2",
)
_REGULAR, _BOLD = 400, 680


class Role(Enum):
    """The type scale: pixels and line height at 100 %, and weight."""

    RAIL = (10, 12, _REGULAR)
    SMALL = (12, 16, _REGULAR)
    SMALL_BOLD = (12, 16, _BOLD)
    CAP = (11, 14, 600)
    ASIDE = (13, 18, _REGULAR)
    HEADING = (13, 18, _BOLD)
    BASE = (14, 20, _REGULAR)
    BASE_BOLD = (14, 20, _BOLD)
    TITLE = (16, 22, _BOLD)
    DISPLAY_FOOT = (18, 26, _REGULAR)
    DISPLAY_SMALL = (21, 30, _REGULAR)
    DISPLAY = (24, 34, _REGULAR)
    DISPLAY_BOLD = (24, 34, _BOLD)
    DISPLAY_TITLE = (44, 54, _BOLD)

    @property
    def pixels(self) -> int:
        return self.value[0]

    @property
    def line(self) -> int:
        return self.value[1]

    @property
    def weight(self) -> int:
        return self.value[2]


class Voice(Enum):
    """The three voices of text, and the tones that a word may be coloured by."""

    INK = "ink"
    LABEL = "ink2"
    ASIDE = "ink3"
    ACCENT = "accent"
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    VIOLET = "violet"


class Look(NamedTuple):
    """A theme at a text size. ``scale`` is 1.0 to 2.0; every length goes through ``px``."""

    mode: Mode = Mode.LIGHT
    scale: float = 1.0

    @property
    def tokens(self) -> Tokens:
        return THEMES[self.mode]

    def px(self, length: float) -> int:
        """A length at 100 % in device-independent pixels at this text size; a hairline stays one."""
        return round(length * self.scale) if length > 1 else int(length)

    def font(self, role: Role) -> QFont:
        return QFont(_font(role, self.px(role.pixels)))

    def line(self, role: Role) -> int:
        return self.px(role.line)

    def colour(self, name: str) -> QColor:
        return QColor(getattr(self.tokens, name))

    def voice(self, voice: Voice) -> QColor:
        return self.colour(voice.value)

    def tone(self, tone: Tone) -> QColor:
        return QColor(self.tokens.tone(tone))

    def wash(self, tone: Tone) -> QColor:
        return QColor(self.tokens.wash(tone))


@lru_cache(maxsize=256)
def _font(role: Role, pixels: int) -> QFont:
    font = QFont()
    font.setFamilies(list(FAMILIES))
    font.setPixelSize(pixels)
    # The weight is an axis of the variable file: QFont.setWeight would only smear the regular one.
    font.setVariableAxis(QFont.Tag("wght"), role.weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def load_typeface() -> None:
    """Make the vendored typeface known to Qt. Once a process; needs a running QGuiApplication."""
    known = set(QFontDatabase.families())
    for family, name in zip(FAMILIES, _FILES, strict=True):
        if family not in known:
            QFontDatabase.addApplicationFontFromData((FOLDER / "typeface" / name).read_bytes())


_current = Look()


def current_look() -> Look:
    """The look of the application; ``look_of`` is the one to ask for a widget."""
    return _current


def set_current_look(look: Look) -> None:
    global _current
    _current = look


def look_of(widget: QWidget | None) -> Look:
    """The look that holds for a widget: that of its window if it has one of its own."""
    if widget is not None:
        own = getattr(widget.window(), "own_look", None)
        if isinstance(own, Look):
            return own
    return _current
