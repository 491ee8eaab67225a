"""The few shapes every document is built of: chips, sections, label and text pairs, hairline tables.

A piece knows nothing of MASH; it takes words and tones. Every text goes through ``lettering``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, Table, TableStyle

from mash_desktop.documents import lettering
from mash_desktop.documents.content import Tone
from mash_desktop.documents.style import BOTTOM, INKS, LINE, PAGE, RAISED, ROOM, TOP, styles

_CHIP, _PAD, _SIGN = 8.2, 5.0, 9.0
_LONGEST_CHIP = 220.0


class Sign(Enum):
    """The shape in front of a chip's word, so that colour never stands alone."""

    NONE = ""
    DIAMOND = "diamond"
    UP = "up"
    DOWN = "down"
    DISC = "disc"
    SQUARE = "square"


def words(text: str, style: ParagraphStyle | None = None) -> Paragraph:
    """Plain text as a paragraph; line breaks are kept."""
    return Paragraph(lettering.markup(text), style or styles().body)


def strong(text: str) -> Paragraph:
    """The thing itself: bold."""
    return words(text, styles().strong)


def labelled(label: str, text: str = "", style: ParagraphStyle | None = None) -> Paragraph:
    """A quiet label, and its text behind it: "Risks  Two unexplained injuries." """
    marked = f'<font color="#4A5968" face="{lettering.BOLD}" size="8.2">{lettering.markup(label)}</font>'
    return Paragraph(f"{marked}&nbsp;&nbsp;{lettering.markup(text)}", style or styles().body)


class Chip(Flowable):
    """A word on its wash, with a shape in front where the word is a rating or a movement."""

    def __init__(self, text: str, tone: Tone = Tone.PLAIN, sign: Sign = Sign.NONE) -> None:
        super().__init__()
        self.text, self.tone, self.sign = text, tone, sign

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        lead = _PAD + (_SIGN if self.sign is not Sign.NONE else 0)
        room = max(min(aW, _LONGEST_CHIP) - lead - _PAD, 12)
        self.shown = lettering.fitted(self.text, _CHIP, room, bold=True)
        self.lead = lead
        self.width = lead + lettering.width(self.shown, _CHIP, bold=True) + _PAD
        self.height = 14.0
        return self.width, self.height

    def draw(self) -> None:
        ink, wash = INKS[self.tone]
        canvas: Canvas = self.canv
        canvas.setFillColor(wash)
        canvas.roundRect(0, 0, self.width, self.height, 3, stroke=0, fill=1)
        canvas.setFillColor(ink)
        draw_sign(canvas, self.sign, _PAD + 3, self.height / 2, 3.2)
        draw_text(canvas, self.lead, 4.2, self.shown, _CHIP, bold=True)


def draw_sign(canvas: Canvas, sign: Sign, x: float, y: float, size: float) -> None:
    """The shape centred on (x, y) in the colour already set."""
    if sign is Sign.DISC:
        canvas.circle(x, y, size, stroke=0, fill=1)
        return
    corners = {
        Sign.DIAMOND: ((0, 1.15), (1.15, 0), (0, -1.15), (-1.15, 0)),
        Sign.UP: ((0, 1), (1.1, -0.9), (-1.1, -0.9)),
        Sign.DOWN: ((0, -1), (1.1, 0.9), (-1.1, 0.9)),
        Sign.SQUARE: ((-1, 1), (1, 1), (1, -1), (-1, -1)),
    }.get(sign, ())
    if corners:
        path = canvas.beginPath()
        path.moveTo(x + corners[0][0] * size, y + corners[0][1] * size)
        for across, up in corners[1:]:
            path.lineTo(x + across * size, y + up * size)
        path.close()
        canvas.drawPath(path, stroke=0, fill=1)


def draw_text(canvas: Canvas, x: float, y: float, text: str, size: float, bold: bool = False) -> None:
    """One line from (x, y) in the colour already set, whatever faces its letters need."""
    for run in lettering.runs(text, bold):
        canvas.setFont(run.font, size)
        canvas.drawString(x, y, run.text)
        x += lettering.width(run.text, size, bold)


class Flow(Flowable):
    """Chips in a row, going on below where the row is full."""

    def __init__(self, chips: Sequence[Chip], gap: float = 4) -> None:
        super().__init__()
        self.chips, self.gap = tuple(chips), gap

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        x, row, widest = 0.0, 0, 0.0
        self.places: list[tuple[Chip, float, int]] = []
        for chip in self.chips:
            wide, _ = chip.wrap(aW, aH)
            if x and x + wide > aW:
                x, row = 0.0, row + 1
            self.places.append((chip, x, row))
            x += wide + self.gap
            widest = max(widest, x - self.gap)
        self.width, self.height = widest, (row + 1) * 17.0 - 3
        return self.width, self.height

    def draw(self) -> None:
        for chip, x, row in self.places:
            chip.drawOn(self.canv, x, self.height - 14 - row * 17)


class Headed(Flowable):
    """A heading that never parts from the beginning of what it heads."""

    def __init__(self, heading: Flowable, body: Flowable, gap: float = 3, before: float = 0) -> None:
        super().__init__()
        self.heading, self.body, self.gap, self.spaceBefore = heading, body, gap, before

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:
        _, self.top = self.heading.wrap(aW, aH)
        self.top += self.gap
        _, self.rest = self.body.wrap(aW, max(aH - self.top, 0))
        self.width, self.height = aW, self.top + self.rest
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:
        self.wrap(aW, aH)
        parts = self.body.split(aW, aH - self.top) if aH > self.top else []
        return [Headed(self.heading, parts[0], self.gap, self.spaceBefore), *parts[1:]] if parts else []

    def draw(self) -> None:
        self.heading.drawOn(self.canv, 0, self.height - self.top + self.gap)
        self.body.drawOn(self.canv, 0, 0)


class Bookmark(Paragraph):
    """A section's heading, which also stands in the reader's list of contents."""

    def draw(self) -> None:
        canvas: Canvas = self.canv
        title = self.getPlainText()
        key = f"section-{title}"
        canvas.bookmarkHorizontal(key, 0, self.height)
        canvas.addOutlineEntry(title, key, level=0)
        super().draw()


def section(title: str, pieces: Sequence[Flowable], empty: str = "") -> list[Flowable]:
    """A section: its heading held to its first piece. With no pieces, the sentence ``empty``."""
    heading = Bookmark(lettering.markup(title), styles().section)
    first, *rest = pieces or [words(empty, styles().note)]
    return [Headed(heading, first, gap=4, before=15), *rest]


def aside(text: str) -> Paragraph:
    return words(text, styles().aside)


_HAIRLINES: list[tuple[Any, ...]] = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-2, -1), 9),
    ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ("TOPPADDING", (0, 0), (-1, -1), 5),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
]
_SMALLEST_PART = 40
_MOST_OF_A_PAGE = 0.8 * (PAGE[1] - TOP - BOTTOM)


class _Rows(Table):
    """A table that keeps rows whole, but for one too tall for a page: that leaves parts worth reading."""

    def split(self, aW: float, aH: float) -> list[Flowable]:
        for least in (0, _SMALLEST_PART, 1) if aH > _MOST_OF_A_PAGE else (0,):
            self.splitInRow = least
            parts: list[Flowable] = super().split(aW, aH)
            if parts:
                return parts
        return []


def table(
    columns: Sequence[str], shares: Sequence[float], rows: Iterable[Sequence[Sequence[Flowable]]]
) -> Table:
    """A hairline table over the whole width; its head is repeated on every page.

    ``shares`` are the columns' parts of the width. A cell is a sequence of pieces. A row keeps together
    unless it is taller than what a page holds.
    """
    head: list[list[Flowable]] = [[words(column, styles().column)] for column in columns]
    return _ruled([head, *([list(cell) for cell in row] for row in rows)], shares, headed=True)


def pairs(lines: Iterable[tuple[str, str]]) -> list[tuple[Sequence[Flowable], Sequence[Flowable]]]:
    """Rows of labels at the left and texts at the right; lines without text are left out."""
    return [([labelled(label)], [words(text)]) for label, text in lines if text.strip()]


LABELS = (1.0, 3.4)
"""The parts of the width that names or labels and their texts take."""


def rows(cells: Iterable[Sequence[Sequence[Flowable]]], shares: Sequence[float] = LABELS) -> Table:
    """A hairline table with no head."""
    return _ruled([[list(cell) for cell in row] for row in cells], shares, headed=False)


def group(
    name: str,
    state: Sequence[Flowable],
    cells: Iterable[Sequence[Sequence[Flowable]]],
    shares: Sequence[float] = LABELS,
    before: float = 0,
) -> Table:
    """Rows about one thing, whose head (its name and state) is repeated where a page ends among them.

    A name too long for one line ends in an ellipsis: a repeated head has to stay small.
    """
    shown = lettering.fitted(name, styles().block.fontSize, ROOM - 4, bold=True)
    head: list[Flowable] = [words(shown, styles().block), *state]
    spanned = [head, *([] for _ in shares[1:])]
    made = _ruled([spanned, *([list(cell) for cell in row] for row in cells)], shares, headed=True)
    made.setStyle(TableStyle([("SPAN", (0, 0), (-1, 0)), ("TOPPADDING", (0, 0), (-1, 0), 0)]))
    made.spaceBefore = before
    return made


def _ruled(data: list[list[list[Flowable]]], shares: Sequence[float], headed: bool) -> Table:
    whole = sum(shares)
    widths = [ROOM * share / whole for share in shares]
    made = _Rows(data, colWidths=widths, repeatRows=1 if headed else 0)
    commands = [*_HAIRLINES, ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE)]
    if not headed:
        commands.append(("LINEABOVE", (0, 0), (-1, 0), 0.5, LINE))
    made.setStyle(TableStyle(commands))
    return made


def card(columns: Sequence[Sequence[Flowable]], shares: Sequence[float]) -> Table:
    """Columns of pieces side by side on a quiet ground with rounded corners."""
    whole = sum(shares)
    widths = [ROOM * each / whole for each in shares]
    made = _Rows([[list(column) for column in columns]], colWidths=widths)
    made.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, -1), RAISED),
                ("BOX", (0, 0), (-1, -1), 0.5, LINE),
                ("ROUNDEDCORNERS", [5, 5, 5, 5]),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("RIGHTPADDING", (0, 0), (-1, -1), 6),
                ("TOPPADDING", (0, 0), (-1, -1), 8),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 9),
            ]
        )
    )
    return made
