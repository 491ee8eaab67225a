"""Looking at a PDF: pages as pixels out of bytes in memory, and sentences for what cannot be shown."""

from __future__ import annotations

import io

import pytest
from pikepdf import Dictionary, Name, Pdf
from reportlab.pdfgen.canvas import Canvas

from mash_desktop.documents import protect
from mash_desktop.documents.viewing import page_count, page_picture
from mash_desktop.domain.errors import Refusal


def pdf(pages: int = 2, size: tuple[float, float] = (200, 100)) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size)
    for _ in range(pages):
        canvas.setFillColorRGB(1, 0, 0)
        canvas.rect(0, 0, size[0] / 2, size[1], stroke=0, fill=1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_page_is_drawn_at_the_size_asked_for() -> None:
    made = pdf()
    assert page_count(made) == 2
    shown = page_picture(made, 1, dots_per_inch=144)
    assert (shown.width, shown.height) == (400, 200)
    assert len(shown.pixels) == shown.stride * shown.height
    assert shown.pixels[:3] == b"\x00\x00\xff", "blue, green, red"
    assert shown.pixels[shown.stride - 4 : shown.stride - 1] == b"\xff\xff\xff"


def test_a_page_of_absurd_size_is_drawn_smaller() -> None:
    shown = page_picture(pdf(1, (14_000, 14_000)), 0, dots_per_inch=300)
    assert shown.width * shown.height <= 40_100_000


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 and no more", b"\x89PNG\r\n\x1a\n" * 20])
def test_what_is_no_pdf_says_so(content: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        page_count(content)
    assert refused.value.code == "document-unreadable"


def test_a_locked_document_is_not_opened() -> None:
    with pytest.raises(Refusal, match="damaged or locked"):
        page_count(protect(pdf(), "nine blue herons"))


def test_a_page_that_is_not_there_says_so() -> None:
    with pytest.raises(Refusal):
        page_picture(pdf(1), 5, dots_per_inch=72)


def test_an_action_on_opening_does_nothing() -> None:
    with Pdf.open(io.BytesIO(pdf(1))) as document:
        document.Root.OpenAction = document.make_indirect(Dictionary(S=Name.Launch, F="/bin/true"))
        out = io.BytesIO()
        document.save(out)
    assert page_picture(out.getvalue(), 0, dots_per_inch=72).width == 200
