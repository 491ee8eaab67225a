"""Pills and chips: one word of state, coloured by what it means. The rating has a shape as well."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mash_desktop.domain.codes import Rag
from ui.theme import Look, Role, Tone, look_of
from ui.widgets.painting import draw_line, line_width, panel, spoken

_HEIGHT, _PAD, _RADIUS = 20, 7, 5


@dataclass(frozen=True, slots=True)
class PillFace:
    """What a pill shows. The marks ◆ ▲ ▼ ● ■ ✓ may stand in the text and are drawn as shapes."""

    text: str
    tone: Tone = Tone.NEUTRAL


def rag_face(rating: Rag | str, aside: str = "") -> PillFace:
    """◆ Red, ▲ Amber, ● Green or ■ Blue, with what follows it: ``rag_face("red", "24 min left")``."""
    rag = Rag(rating)
    text = f"{rag.shape} {rag.label}"
    return PillFace(f"{text} · {aside}" if aside else text, Tone(rag.value))


def pill_width(face: PillFace, look: Look, role: Role = Role.SMALL_BOLD) -> int:
    return round(line_width(face.text, look.font(role)) + 2 * _pad(look, role) + 0.5)


def _pad(look: Look, role: Role) -> int:
    return look.px(_PAD * role.pixels / Role.SMALL_BOLD.pixels)


def pill_height(look: Look, role: Role = Role.SMALL_BOLD) -> int:
    return look.px(_HEIGHT * role.pixels / Role.SMALL_BOLD.pixels)


def paint_pill(
    painter: QPainter, rect: QRectF, face: PillFace, look: Look, role: Role = Role.SMALL_BOLD
) -> None:
    """Paint a pill into ``rect``; the text elides when the room is less than ``pill_width``."""
    ink = look.tone(face.tone)
    outline = ink if look.tokens.outlined else None
    panel(painter, rect, look.px(_RADIUS), look.wash(face.tone), outline)
    pad = _pad(look, role)
    draw_line(painter, rect.adjusted(pad, 0, -pad, 0), face.text, look.font(role), ink)


class Pill(QWidget):
    """A pill as a widget; not interactive."""

    def __init__(
        self,
        text: str = "",
        tone: Tone = Tone.NEUTRAL,
        *,
        role: Role = Role.SMALL_BOLD,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role = role
        # Not a maximum: that would narrow the whole column of a grid to the pill.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.set_face(PillFace(text, tone))

    @classmethod
    def of(cls, face: PillFace, *, role: Role = Role.SMALL_BOLD) -> Pill:
        return cls(face.text, face.tone, role=role)

    @property
    def face(self) -> PillFace:
        return self._face

    def set_face(self, face: PillFace) -> None:
        self._face = face
        self.setAccessibleName(spoken(face.text))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(pill_width(self._face, look, self._role), pill_height(look, self._role))

    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(min(hint.width(), look_of(self).px(48)), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        look = look_of(self)
        width = min(self.width(), pill_width(self._face, look, self._role))
        paint_pill(QPainter(self), QRectF(0, 0, width, self.height()), self._face, look, self._role)


class RagChip(Pill):
    """The rating as shape, word and colour."""

    def __init__(
        self,
        rating: Rag | str,
        aside: str = "",
        *,
        role: Role = Role.SMALL_BOLD,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(role=role, parent=parent)
        self.set_rating(rating, aside)

    def set_rating(self, rating: Rag | str, aside: str = "") -> None:
        self.set_face(rag_face(rating, aside))
