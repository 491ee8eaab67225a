"""The button that every action is: a label, its key in a small cap, and the shortcut itself."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.keys import cap_text, keys
from ui.theme import Look, Role, icon_pixmap, look_of
from ui.widgets.painting import draw_line, focus_ring, line_width, panel

Kind = Literal["primary", "plain", "urgent"]
_HEIGHT, _COMPACT, _PAD, _COMPACT_PAD, _GAP, _RADIUS, _ICON = 32, 28, 12, 8, 8, 6, 16


def cap_width(text: str, look: Look) -> int:
    return round(line_width(text, look.font(Role.CAP)) + 2 * look.px(5) + 0.5)


def paint_cap(
    painter: QPainter, left: float, middle: float, text: str, look: Look, height: float = 0
) -> None:
    """A key cap: panel, hairline, a heavier foot. It reads the same on a card and on a primary button."""
    height = height or look.px(18)
    box = QRectF(left, middle - height / 2, cap_width(text, look), height)
    line = look.colour("edge" if look.tokens.outlined else "line")
    panel(painter, box, look.px(4), look.colour("panel"), line)
    painter.setPen(QPen(line, 2))
    foot = box.bottom() - 1
    painter.drawLine(QPointF(box.left() + look.px(3), foot), QPointF(box.right() - look.px(3), foot))
    draw_line(
        painter,
        box.adjusted(0, 0, 0, -1),
        text,
        look.font(Role.CAP),
        look.colour("ink2"),
        Qt.AlignmentFlag.AlignHCenter,
    )


class KeyCap(QWidget):
    """A cap on its own, beside an aside or in a field: shows a key, does nothing."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = cap_text(key)
        self.setAccessibleName(f"key {self._text}")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = look_of(self)
        # No taller than the label that it stands beside, so that its field stays level with its neighbours.
        return QSize(cap_width(self._text, look), look.line(Role.SMALL))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = look_of(self)
        paint_cap(QPainter(self), 0, self.height() / 2, self._text, look, self.height())


class ActionButton(QPushButton):
    """``ActionButton("Re-rate", "R", accessible_name="Re-rate the Bennett household")``.

    ``primary`` is the one next step of a screen; ``urgent`` is red and for urgent routes only. The key
    works while the button is seen and enabled. ``key`` may be empty where a row of them has one key.
    """

    def __init__(
        self,
        text: str,
        key: str = "",
        kind: Kind = "plain",
        *,
        accessible_name: str,
        icon_name: str = "",
        compact: bool = False,
        group: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._key, self._kind, self._icon, self._compact = key, kind, icon_name, compact
        self.setAccessibleName(accessible_name)
        if key:
            self.setAccessibleDescription(f"key {cap_text(key)}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._binding = keys.on(key, self, self.click, accessible_name, group=group)

    @property
    def key(self) -> str:
        return self._key

    def set_kind(self, kind: Kind) -> None:
        self._kind = kind
        self.update()

    def event(self, event: QEvent) -> bool:
        # Enter on a focused button presses that button, even where Enter is another one's key.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers()
        ):
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        look = look_of(self)
        width = 2 * look.px(self._pad) + line_width(self.text(), look.font(Role.BASE_BOLD))
        if self._icon:
            width += look.px(_ICON) + (look.px(_GAP) if self.text() else 0)
        if self._key:
            width += look.px(_GAP) + cap_width(cap_text(self._key), look)
        return QSize(round(width + 1), look.px(_COMPACT if self._compact else _HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @property
    def _pad(self) -> int:
        return _COMPACT_PAD if self._compact else _PAD

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        rect, radius = QRectF(self.rect()), look.px(_RADIUS)
        strong = self._kind != "plain" and self.isEnabled()
        if strong:
            fill = look.colour("accent" if self._kind == "primary" else "red")
            if self.underMouse() or self.isDown():
                fill = fill.darker(118) if look.mode.value == "light" else fill.lighter(112)
            ink = look.colour("on_strong")
            panel(painter, rect, radius, fill, None)
        else:
            hovered = (self.underMouse() or self.isDown()) and self.isEnabled()
            fill = look.colour("selection" if hovered else "raised")
            ink = look.colour("ink" if self.isEnabled() else "ink3")
            panel(
                painter,
                rect,
                radius,
                fill,
                look.colour("edge" if look.tokens.outlined and self.isEnabled() else "line"),
            )
        pad = look.px(self._pad)
        x = float(pad)
        if self._icon:
            size = look.px(_ICON)
            pixmap = icon_pixmap(self._icon, ink, size, self.devicePixelRatioF())
            painter.drawPixmap(round(x), round((self.height() - size) / 2), pixmap)
            x += size + look.px(_GAP)
        cap = cap_text(self._key) if self._key else ""
        room = self.width() - x - pad - (cap_width(cap, look) + look.px(_GAP) if cap else 0)
        draw_line(painter, QRectF(x, 0, room + 1, self.height()), self.text(), look.font(Role.BASE_BOLD), ink)
        if cap:
            paint_cap(painter, self.width() - pad - cap_width(cap, look), self.height() / 2, cap, look)
        if self.hasFocus():
            focus_ring(painter, rect, radius, look, look.colour("panel") if strong else None)
