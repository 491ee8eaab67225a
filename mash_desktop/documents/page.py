"""The page around every document, and the making of its bytes in memory.

Marking at the top and the bottom, whose document it is, page x of y; title and author carry the reference
and the hub, never a person's name. The same content gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from io import BytesIO
from typing import Any

from pikepdf import Pdf
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from mash_desktop.documents import lettering
from mash_desktop.documents.content import Letterhead
from mash_desktop.documents.pieces import draw_text
from mash_desktop.documents.style import BOTTOM, INK, INK_2, INK_3, LINE, MARGIN, PAGE, ROOM, TOP
from mash_desktop.documents.wording import moment, plain

_SMALL, _MARK = 8.0, 9.0
_TOTAL = "pages-in-all"


def build(story: Sequence[Flowable], letterhead: Letterhead, kind: str, copy: str) -> bytes:
    """The PDF of a story.

    ``kind`` names the document ("MASH summary"), ``copy`` whose copy it is ("Full copy").
    """
    lettering.load()
    out = BytesIO()
    template = BaseDocTemplate(
        out,
        pagesize=PAGE,
        title=plain(f"{kind} {letterhead.reference}"),
        author=plain(letterhead.hub),
        subject=plain(letterhead.marking),
        creator="MASH Desktop",
        lang="en-GB",
        displayDocTitle=1,
        invariant=1,
        pageCompression=1,
        allowSplitting=1,
    )
    height = PAGE[1] - TOP - BOTTOM
    frame = Frame(MARGIN, BOTTOM, ROOM, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)

    def furnish(canvas: Canvas, _: BaseDocTemplate) -> None:
        _furniture(canvas, letterhead, kind, copy)

    template.addPageTemplates(PageTemplate("page", [frame], onPage=furnish))
    template.build(list(story), canvasmaker=_Canvas)
    return _dated(out.getvalue(), letterhead)


class _Canvas(Canvas):
    """Fills in the number of pages, which is known only at the end, as one shared form."""

    def save(self) -> None:
        pages = self.getPageNumber() - 1
        self.beginForm(_TOTAL, 0, 0, 40, 12)
        self.setFillColor(INK_2)
        draw_text(self, 0, 2, str(pages), _SMALL)
        self.endForm()
        super().save()


def _furniture(canvas: Canvas, letterhead: Letterhead, kind: str, copy: str) -> None:
    left, right, middle = MARGIN, PAGE[0] - MARGIN, PAGE[0] / 2
    third = ROOM / 3 - 8
    canvas.saveState()
    head, foot = PAGE[1] - 13 * 2.834, 11 * 2.834
    canvas.setFillColor(INK)
    for y in (head, foot):
        _centred(canvas, middle, y, lettering.fitted(letterhead.marking, _MARK, third, bold=True))
    canvas.setFillColor(INK_3)
    draw_text(canvas, left, head, lettering.fitted(letterhead.hub, _SMALL, third), _SMALL)
    _to_right(canvas, right, head, lettering.fitted(f"{kind} · {copy}" if copy else kind, _SMALL, third))
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.line(left, foot + 14, right, foot + 14)
    canvas.setFillColor(INK_2)
    number = f" · page {canvas.getPageNumber()} of"
    reference = lettering.fitted(letterhead.reference, _SMALL, third - 70)
    draw_text(canvas, left, foot, reference + number, _SMALL)
    canvas.translate(left + lettering.width(reference + number, _SMALL) + _SMALL / 4, foot - 2)
    canvas.doForm(_TOTAL)
    canvas.restoreState()
    canvas.saveState()
    canvas.setFillColor(INK_3)
    made = f"made {moment(letterhead.made_at, letterhead.time_zone)}"
    _to_right(canvas, right, foot, made)
    canvas.restoreState()


def _centred(canvas: Canvas, x: float, y: float, text: str) -> None:
    draw_text(canvas, x - lettering.width(text, _MARK, bold=True) / 2, y, text, _MARK, bold=True)


def _to_right(canvas: Canvas, x: float, y: float, text: str) -> None:
    draw_text(canvas, x - lettering.width(text, _SMALL), y, text, _SMALL)


def _dated(pdf: bytes, letterhead: Letterhead) -> bytes:
    """The same PDF dated by the moment at which the copy was made.

    ReportLab writes either the present time, which makes every run differ, or the year 2000.
    """
    stamp = letterhead.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    out = BytesIO()
    with Pdf.open(BytesIO(pdf)) as document:
        info: Any = document.docinfo
        info["/CreationDate"] = info["/ModDate"] = stamp
        document.save(out, deterministic_id=True)
    return out.getvalue()
