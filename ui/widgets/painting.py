"""Strokes shared by everything that paints itself: panels, focus rings, and lines of text with glyphs.

The marks ◆ ▲ ▼ ● ■ ✓ are drawn as shapes, because the typeface does not hold them and each system would
replace them by another size. They may stand anywhere in a line.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTextLayout,
)

from ui.theme import Look

GLYPHS = "◆▲▼●■✓"
_GLYPH = re.compile(f"([{GLYPHS}])")
_SPOKEN = str.maketrans(dict.fromkeys(GLYPHS, ""))


def spoken(text: str) -> str:
    """A line without its marks, for a screen reader: the words beside them say the same."""
    return " ".join(text.translate(_SPOKEN).split())


def panel(
    painter: QPainter, rect: QRectF, radius: float, fill: QColor | None, edge: QColor | None, width: float = 1
) -> None:
    """A rounded rectangle whose edge lies inside ``rect``."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    inset = width / 2 if edge is not None else 0
    painter.setPen(QPen(edge, width) if edge is not None else Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius, radius)


def focus_ring(painter: QPainter, rect: QRectF, radius: float, look: Look, gap: QColor | None = None) -> None:
    """The 2 px accent ring; ``gap`` sets it off from a fill of the same colour."""
    panel(painter, rect, radius, None, look.colour("accent"), 2)
    if gap is not None:
        panel(painter, rect.adjusted(2, 2, -2, -2), max(radius - 2, 1), None, gap, 1)


def _runs(text: str) -> list[str]:
    """Words and glyphs by themselves, in their order."""
    return [run for run in _GLYPH.split(text) if run]


def line_width(text: str, font: QFont) -> float:
    metrics = QFontMetricsF(font)
    em = float(font.pixelSize())
    return sum(
        _glyph_width(run, em) if run in GLYPHS else metrics.horizontalAdvance(run) for run in _runs(text)
    )


def _glyph_width(glyph: str, em: float) -> float:
    return em * (0.82 if glyph in "✓▲▼" else 0.76)


def draw_line(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line of text, centred in height, elided at the right if it does not fit."""
    metrics = QFontMetricsF(font)
    width = line_width(text, font)
    if width > rect.width() + 0.5:
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        width = line_width(text, font)
    x = rect.left()
    if align & Qt.AlignmentFlag.AlignRight:
        x = rect.right() - width
    elif align & Qt.AlignmentFlag.AlignHCenter:
        x = rect.center().x() - width / 2
    baseline = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2
    painter.setFont(font)
    painter.setPen(colour)
    em = float(font.pixelSize())
    for run in _runs(text):
        if run in GLYPHS:
            advance = _glyph_width(run, em)
            # Marks sit on the baseline and rise to the height of the capitals.
            _draw_glyph(painter, run, QRectF(x, baseline - 0.7 * em, advance, 0.72 * em), colour)
            painter.setPen(colour)
            x += advance
        else:
            painter.drawText(QPointF(x, baseline), run)
            x += metrics.horizontalAdvance(run)


def draw_lines(
    painter: QPainter, rect: QRectF, text: str, font: QFont, colour: QColor, height: float, most: int
) -> None:
    """Words over as many lines of ``height`` as they need, ``most`` at most: the last of them elides."""
    text = text.replace("\n", " ")
    layout = QTextLayout(text, font)
    starts: list[int] = []
    layout.beginLayout()
    while len(starts) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(rect.width())
        starts.append(line.textStart())
    layout.endLayout()
    ends = [*starts[1:], len(text)]
    top = rect.center().y() - height * len(starts) / 2
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        line_rect = QRectF(rect.left(), top + at * height, rect.width(), height)
        draw_line(painter, line_rect, text[start:end].rstrip(), font, colour)


def _draw_glyph(painter: QPainter, glyph: str, box: QRectF, colour: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    side = box.height()
    square = QRectF(box.left(), box.top(), side, side)
    centre = square.center()
    if glyph == "●":
        painter.drawEllipse(square.adjusted(side * 0.06, side * 0.06, -side * 0.06, -side * 0.06))
    elif glyph == "■":
        painter.drawRect(square.adjusted(side * 0.1, side * 0.1, -side * 0.1, -side * 0.1))
    elif glyph == "◆":
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(centre.x(), square.top()),
                    QPointF(square.right(), centre.y()),
                    QPointF(centre.x(), square.bottom()),
                    QPointF(square.left(), centre.y()),
                ]
            )
        )
    elif glyph in "▲▼":
        square = QRectF(box.left(), box.top(), box.width() * 0.92, side)
        point, base = square.top(), square.bottom()
        if glyph == "▼":
            point, base = base, point
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(square.center().x(), point),
                    QPointF(square.right(), base),
                    QPointF(square.left(), base),
                ]
            )
        )
    else:
        path = QPainterPath(QPointF(box.left() + side * 0.08, box.top() + side * 0.58))
        path.lineTo(box.left() + side * 0.38, box.top() + side * 0.9)
        path.lineTo(box.left() + side * 0.98, box.top() + side * 0.1)
        pen = QPen(colour, max(side * 0.15, 1.2))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.strokePath(path, pen)
