"""The pages of a PDF as pixels, from bytes in memory: for looking at one here, and for sending it to paper.

By PDFium, without its script engine or its forms: nothing in a document runs, fetches or opens anything. Not
for making or changing a PDF.
"""

from __future__ import annotations

from threading import Lock
from typing import Any

import msgspec

from mash_desktop.domain.errors import Refusal

_POINTS = 72.0
_MOST_PIXELS = 40_000_000
_one_at_a_time = Lock()
"""PDFium is not safe to call from two threads."""


class Picture(msgspec.Struct, frozen=True):
    """One page: 32 bits a pixel, blue, green, red and one unused; ``stride`` is bytes a row."""

    width: int
    height: int
    stride: int
    pixels: bytes


def page_count(pdf: bytes) -> int:
    """How many pages. Refused as ``document-unreadable`` where it is no PDF or asks for a password."""
    with _one_at_a_time:
        document = _opened(pdf)
        try:
            return len(document)
        finally:
            document.close()


def page_picture(pdf: bytes, page: int, *, dots_per_inch: float) -> Picture:
    """The page of this number, the first being 0. A page of absurd size is drawn smaller than asked for."""
    with _one_at_a_time:
        document = _opened(pdf)
        try:
            shown = document[page]
            width, height = shown.get_size()
            scale = dots_per_inch / _POINTS
            asked = width * height * scale * scale
            if asked > _MOST_PIXELS:
                scale *= (_MOST_PIXELS / asked) ** 0.5
            drawn = shown.render(scale=scale, may_draw_forms=False, force_bitmap_format=_BGRX)
            return Picture(drawn.width, drawn.height, drawn.stride, bytes(drawn.buffer))
        except (RuntimeError, IndexError, ValueError) as error:
            raise _unreadable() from error
        finally:
            document.close()


_BGRX = 3  # FPDFBitmap_BGRx


def _opened(pdf: bytes) -> Any:
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        return PdfDocument(pdf)
    except (PdfiumError, ValueError) as error:
        raise _unreadable() from error


def _unreadable() -> Refusal:
    return Refusal("document-unreadable", "This document cannot be shown: it is damaged or locked.")
