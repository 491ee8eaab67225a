"""Pages and pictures as images. All of it runs on the worker's thread: drawing a page takes a while."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageReader

from mash_desktop.desk.attachments import page_count, page_picture
from mash_desktop.domain.errors import Refusal

PDF = "application/pdf"


def pages_of(content: bytes, media_type: str) -> int:
    """How many pages a document has; a picture is one. Raises ``Refusal`` (*document-unreadable*)."""
    return page_count(content) if media_type == PDF else 1


def page_image(content: bytes, media_type: str, page: int, dots_per_inch: float) -> QImage:
    """One page as an image. Raises ``Refusal`` (*document-unreadable*)."""
    if media_type != PDF:
        return _decoded(content)
    drawn = page_picture(content, page, dots_per_inch=dots_per_inch)
    image = QImage(drawn.pixels, drawn.width, drawn.height, drawn.stride, QImage.Format.Format_RGB32)
    return image.copy()  # the bytes above are not kept by Qt


def _decoded(content: bytes) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    image = reader.read()
    if image.isNull():
        raise Refusal("document-unreadable", "This document cannot be shown: it is damaged or locked.")
    return image
