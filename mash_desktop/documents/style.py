"""The look on paper: the light tokens of the product, sizes, and the few paragraph styles.

No content and no layout here.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm

from mash_desktop.documents.content import Tone
from mash_desktop.documents.lettering import BOLD, ITALIC, REGULAR, load

PAGE = A4
MARGIN = 17 * mm
TOP = 23 * mm
BOTTOM = 22 * mm
ROOM = PAGE[0] - 2 * MARGIN

RAISED, PANEL, LINE = HexColor("#FBFCFD"), HexColor("#FFFFFF"), HexColor("#D9DFE5")
INK, INK_2, INK_3 = HexColor("#15202B"), HexColor("#4A5968"), HexColor("#5B6A79")

INKS: dict[Tone, tuple[Color, Color]] = {
    Tone.PLAIN: (INK_2, HexColor("#F0F3F6")),
    Tone.ACCENT: (HexColor("#0B5CAD"), HexColor("#E6F0FA")),
    Tone.RED: (HexColor("#B3171F"), HexColor("#FCE9E9")),
    Tone.AMBER: (HexColor("#8A4B00"), HexColor("#FFF1DC")),
    Tone.GREEN: (HexColor("#17653A"), HexColor("#E4F4EA")),
    Tone.VIOLET: (HexColor("#5B3B9A"), HexColor("#EFEAF8")),
}
"""Ink and wash of each tone."""


class Styles(NamedTuple):
    title: ParagraphStyle
    sender: ParagraphStyle
    section: ParagraphStyle
    block: ParagraphStyle
    body: ParagraphStyle
    strong: ParagraphStyle
    small: ParagraphStyle
    aside: ParagraphStyle
    note: ParagraphStyle
    column: ParagraphStyle
    letter: ParagraphStyle


@cache
def styles() -> Styles:
    load()
    body = ParagraphStyle("body", fontName=REGULAR, fontSize=9.5, leading=13, textColor=INK, splitLongWords=1)

    def like(name: str, **changes: Any) -> ParagraphStyle:
        return ParagraphStyle(name, body, **changes)

    return Styles(
        title=like("title", fontName=BOLD, fontSize=20, leading=25),
        sender=like("sender", fontName=BOLD, fontSize=16, leading=21),
        section=like("section", fontName=BOLD, fontSize=12, leading=16),
        block=like("block", fontName=BOLD, fontSize=10.5, leading=14),
        body=body,
        strong=like("strong", fontName=BOLD),
        small=like("small", fontSize=8.2, leading=11.2, textColor=INK_2),
        aside=like("aside", fontSize=8.2, leading=11.2, textColor=INK_3),
        note=like("note", fontName=ITALIC, textColor=INK_2),
        column=like("column", fontName=BOLD, fontSize=8.2, leading=11, textColor=INK_2),
        letter=like("letter", fontSize=10.5, leading=15),
    )
