"""Reading a PDF back the way a recipient could: its words, its metadata, and everything in its streams."""

from __future__ import annotations

import re
from io import BytesIO

import pikepdf
from pypdf import PdfReader


def pages(pdf: bytes) -> list[str]:
    """The words of each page, in one line each."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def everything(pdf: bytes) -> str:
    """Words, metadata and outline together, in which a secret could hide."""
    reader = PdfReader(BytesIO(pdf))
    metadata = " ".join(str(value) for value in (reader.metadata or {}).values())
    outline = " ".join(str(entry) for entry in reader.outline)
    return f"{text(pdf)} {metadata} {outline}"


def uncompressed(pdf: bytes) -> bytes:
    """The file with its streams opened."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(out, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False)
    return out.getvalue()
