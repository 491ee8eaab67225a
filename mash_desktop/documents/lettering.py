"""Letters on paper: the product's typeface, a second one behind it, and an honest mark for the rest.

It turns plain text into ReportLab's small markup, so that no text of a person can act as markup. It knows
nothing of sizes, colours or layout.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import groupby
from typing import NamedTuple
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

from mash_desktop.documents.wording import plain
from resources import FOLDER

REGULAR, BOLD, ITALIC = "Atkinson", "Atkinson-Bold", "Atkinson-Italic"
_BEHIND, _BEHIND_BOLD = "DejaVu", "DejaVu-Bold"
_FILES = {
    REGULAR: "AtkinsonHyperlegibleNext-Regular.ttf",
    BOLD: "AtkinsonHyperlegibleNext-Bold.ttf",
    ITALIC: "AtkinsonHyperlegibleNext-Italic.ttf",
    _BEHIND: "DejaVuSans.ttf",
    _BEHIND_BOLD: "DejaVuSans-Bold.ttf",
}


class Run(NamedTuple):
    font: str
    text: str


@cache
def load() -> dict[str, frozenset[int]]:
    """Register the five faces with ReportLab, once; returns the characters that each can draw."""
    folder = FOLDER / "typeface" / "print"
    reach = {}
    for name, file in _FILES.items():
        font = TTFont(name, BytesIO((folder / file).read_bytes()))
        registerFont(font)
        reach[name] = frozenset(font.face.charToGlyph)
    registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=ITALIC, boldItalic=BOLD)
    registerFontFamily(_BEHIND, normal=_BEHIND, bold=_BEHIND_BOLD, italic=_BEHIND, boldItalic=_BEHIND_BOLD)
    return reach


def markup(text: str) -> str:
    """Plain text as ReportLab paragraph markup; every character is either drawn or visibly counted."""
    return "".join(_marked(kind, piece) for kind, piece in _pieces(plain(text))).replace("\n", "<br/>")


def runs(text: str, bold: bool = False) -> tuple[Run, ...]:
    """The same for text drawn directly on a page, on one line."""
    own, behind = (BOLD, _BEHIND_BOLD) if bold else (REGULAR, _BEHIND)
    return tuple(
        Run(behind, piece) if kind == _BEHIND else Run(own, _notice(piece) if kind == "" else piece)
        for kind, piece in _pieces(plain(text).replace("\n", " "))
    )


def width(text: str, size: float, bold: bool = False) -> float:
    """The width in points of ``runs(text)``."""
    return sum(stringWidth(run.text, run.font, size) for run in runs(text, bold))


def fitted(text: str, size: float, room: float, bold: bool = False) -> str:
    """The text, or as much of it as the room in points holds, ending in an ellipsis."""
    if width(text, size, bold) <= room:
        return text
    short, long = 0, len(text)
    while short < long:
        middle = (short + long + 1) // 2
        if width(text[:middle] + "…", size, bold) <= room:
            short = middle
        else:
            long = middle - 1
    return text[:short].rstrip() + "…"


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text cut by face: the typeface's name, the one behind it, or "" where neither has the letters.

    Spaces and punctuation between two unknown words belong to the unknown piece.
    """
    reach = load()
    own, behind = reach[REGULAR], reach[_BEHIND]

    def face(character: str) -> str:
        code = ord(character)
        return REGULAR if code in own or character == "\n" else _BEHIND if code in behind else ""

    cut = [(kind, "".join(part)) for kind, part in groupby(text, face)]
    held: list[tuple[str, str]] = []
    for kind, piece in cut:
        joins = kind == "" and len(held) > 1 and held[-2][0] == "" and re.fullmatch(r"[ ,.'-]+", held[-1][1])
        if joins:
            between = held.pop()[1]
            held[-1] = ("", held[-1][1] + between + piece)
        else:
            held.append((kind, piece))
    yield from held


def _marked(kind: str, piece: str) -> str:
    if kind == "":
        return f"<i>{escape(_notice(piece))}</i>"
    return f'<font face="{_BEHIND}">{escape(piece)}</font>' if kind == _BEHIND else escape(piece)


def _notice(piece: str) -> str:
    """Says what could not be drawn: "[7 Arabic letters: see the file]"."""
    letters = [character for character in piece if unicodedata.category(character)[0] == "L"]
    if not letters:
        count = sum(not character.isspace() for character in piece)
        return f"[{count} {'symbol' if count == 1 else 'symbols'}: see the file]"
    script = unicodedata.name(letters[0], "unknown").split()[0]
    script = script if script == "CJK" else script.title()
    return f"[{len(letters)} {script} {'letter' if len(letters) == 1 else 'letters'}: see the file]"
