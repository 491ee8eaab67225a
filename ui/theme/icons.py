"""Lucide icons, tinted and crisp at the device's pixel ratio. Drawing only; names are those of Lucide."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from resources import FOLDER


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return (FOLDER / "icons" / f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=512)
def _pixmap(name: str, colour: str, size: int, ratio: float, stroke: float) -> QPixmap:
    text = _source(name).replace("currentColor", colour)
    text = text.replace('stroke-width="2"', f'stroke-width="{stroke}"')
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(pixmap.rect()))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def icon_pixmap(name: str, colour: QColor, size: int, ratio: float = 1.0, stroke: float = 1.75) -> QPixmap:
    """An icon as a picture of ``size`` device-independent pixels. Raises FileNotFoundError if unknown."""
    return _pixmap(name, colour.name(), size, ratio, stroke)


def icon(name: str, colour: QColor, size: int) -> QIcon:
    """The same for places that want a QIcon: crisp at one and at two device pixels."""
    made = QIcon(icon_pixmap(name, colour, size, 1.0))
    made.addPixmap(icon_pixmap(name, colour, size, 2.0))
    return made
