"""Time left to a limit: words first, bar second; what is late says by how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Look, Role, Tone, look_of
from ui.widgets.painting import draw_line, panel

_BAR, _TEXT = 54, 76


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """``used`` is the share of the limit gone, 0 to 1; ``text`` is as ``duration_words`` writes it."""

    text: str
    used: float
    tone: Tone = Tone.NEUTRAL

    @property
    def late(self) -> bool:
        return self.text.startswith("late")


def duration_words(length: timedelta) -> str:
    """``1 h 12 m``, ``0 h 24 m``, ``2 d 3 h``; less than nothing is ``late 36 min``."""
    minutes = int(abs(length).total_seconds() // 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, odd = divmod(rest, 60)
    if length < timedelta(0):
        if days:
            return f"late {days} d {hours} h"
        return f"late {hours} h {odd:02} m" if hours else f"late {max(odd, 1)} min"
    return f"{days} d {hours} h" if days else f"{hours} h {odd:02} m"


def paint_time_left(painter: QPainter, rect: QRectF, left: TimeLeft, look: Look) -> None:
    """Words at the left of ``rect``, bar after them, both centred in height."""
    room_for_words = rect.width() if left.late else min(look.px(_TEXT), rect.width())
    words = QRectF(rect.left(), rect.top(), room_for_words, rect.height())
    ink = look.colour("red") if left.late else look.colour("ink")
    draw_line(painter, words, left.text, look.font(Role.BASE_BOLD if left.late else Role.BASE), ink)
    room = rect.right() - words.right()
    if left.late or room < look.px(20):
        return
    height = look.px(6)
    track = QRectF(words.right(), rect.center().y() - height / 2, min(look.px(_BAR), room), height)
    rest = look.colour("edge")
    rest.setAlphaF(0.45)  # to be seen on a chosen row as well
    panel(painter, track, height / 2, rest, None)
    share = min(max(left.used, 0.0), 1.0)
    done = QRectF(track.left(), track.top(), max(track.width() * share, height), height)
    panel(painter, done, height / 2, look.tone(left.tone), None)


class TimeLeftBar(QWidget):
    """Time left as a widget; not interactive."""

    def __init__(self, left: TimeLeft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.set_left(left)

    def set_left(self, left: TimeLeft) -> None:
        self._left = left
        self.setAccessibleName(left.text if left.late else f"{left.text} left")
        self.update()

    def sizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(_TEXT) + look.px(_BAR), look.line(Role.BASE))

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_time_left(QPainter(self), QRectF(self.rect()), self._left, look_of(self))
