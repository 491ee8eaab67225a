"""The square that a camera reads (a QR code), as rows of dark and light; drawing it is a window's."""

from __future__ import annotations


def square(words: str) -> tuple[tuple[bool, ...], ...]:
    """As many rows as columns, true where dark, without the light margin of four that belongs around it."""
    # Not at the head: it brings all of ReportLab's barcodes along.
    from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(words)
    code.make()
    return tuple(tuple(bool(dark) for dark in row) for row in code.modules)
