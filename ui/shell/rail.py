"""The rail: the places of this person's role, icon over label, one badge where something waits for them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.keys import Binding, cap_text, keys
from ui.shell.state import Place
from ui.theme import Role, icon_pixmap, look_of
from ui.widgets.card import scrolled
from ui.widgets.layout import Box, Column, Row
from ui.widgets.painting import draw_line, focus_ring, line_width, panel

_WIDTH, _ITEM = 56, 44


class RailButton(QPushButton):
    """One place."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.label)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_place(place)

    def show_place(self, place: Place) -> None:
        self.place = place
        waits = f", {place.badge} waiting for you" if place.badge else ""
        self.setAccessibleName(f"{place.name}{waits}")
        tip = f"{place.name} ({cap_text(place.key)})" if place.key else place.name
        self.setToolTip(tip)
        self.update()

    def sizeHint(self) -> QSize:
        side = look_of(self).px(_ITEM)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        rect, here = QRectF(self.rect()), self.isChecked()
        if here or self.underMouse():
            outline = look.colour("accent") if here and look.tokens.outlined else None
            panel(painter, rect, look.px(8), look.colour("selection" if here else "ground"), outline)
        ink = look.colour("accent" if here else "ink2")
        size = look.px(20)
        pixmap = icon_pixmap(self.place.icon, ink, size, self.devicePixelRatioF())
        left = round((self.width() - size) / 2)
        top = look.px(3) if self.place.label else round((self.height() - size) / 2)
        painter.drawPixmap(left, top, pixmap)
        if self.place.label:
            words = QRectF(0, look.px(25), self.width(), look.px(13))
            draw_line(
                painter, words, self.place.label, look.font(Role.RAIL), ink, Qt.AlignmentFlag.AlignHCenter
            )
        if self.place.badge:
            text = str(self.place.badge) if self.place.badge < 100 else "99+"
            font = look.font(Role.CAP)
            height = look.px(15)
            width = max(line_width(text, font) + look.px(8), height)
            badge = QRectF(self.width() / 2 + look.px(5), 0, width, height)
            badge.moveRight(min(badge.right(), rect.right()))
            panel(painter, badge, height / 2, look.colour("red"), None)
            draw_line(painter, badge, text, font, look.colour("on_strong"), Qt.AlignmentFlag.AlignHCenter)
        if self.hasFocus():
            focus_ring(painter, rect, look.px(8), look)


class Rail(QWidget):
    """``chosen`` fires with a place's id; ``lock_asked`` from the padlock at the foot."""

    chosen = Signal(str)
    lock_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Places")
        self._buttons: dict[str, RailButton] = {}
        self._bindings: list[Binding] = []
        self._places: tuple[Place, ...] = ()
        self._list = Column(gap=4)
        lock = RailButton(Place("lock", "", "lock", "Ctrl+L", title="Lock now"))
        lock.setCheckable(False)
        lock.clicked.connect(self.lock_asked)
        keys.on("Ctrl+L", lock, lock.click, "Lock now", group="Window")
        self.lock = lock
        inside = Column(self._list, None, margins=(6, 8, 6, 4))
        # At large text there may be more places than fit: the list scrolls by wheel, Tab and key.
        self._scroll = scrolled(Box(inside))
        self._scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = Column(gap=0, margins=(0, 0, 1, 0))
        rows.put(self._scroll, 1)
        rows.put(Row(lock, margins=(6, 0, 5, 6)))
        self.setLayout(rows)
        self.relook()

    def relook(self) -> None:
        self.setFixedWidth(look_of(self).px(_WIDTH))

    def set_places(self, places: Sequence[Place]) -> None:
        """Show these places. Badges change in place; the list is made anew only when it differs."""
        if [p.id for p in places] == list(self._buttons):
            for place in places:
                self._buttons[place.id].show_place(place)
            return
        here = self.current()
        for binding in self._bindings:
            keys.off(binding)
        for button in self._buttons.values():
            self._list.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._buttons, self._bindings = {}, []
        for place in places:
            button = RailButton(place)
            button.clicked.connect(lambda _=False, id=place.id: self._press(id))
            self._buttons[place.id] = button
            self._list.addWidget(button)
            self._bindings.append(
                keys.on(place.key, button, button.click, f"Go to {place.name}", group="Places")
            )
        if here in self._buttons:
            self.mark(here)

    def current(self) -> str:
        return next((id for id, button in self._buttons.items() if button.isChecked()), "")

    def button(self, place_id: str) -> RailButton:
        return self._buttons[place_id]

    def mark(self, place_id: str) -> None:
        """Show which place is open."""
        for id, button in self._buttons.items():
            button.setChecked(id == place_id)
            if id == place_id:
                self._scroll.ensureWidgetVisible(button)

    def _press(self, place_id: str) -> None:
        self.mark(self.current() or place_id)
        self.chosen.emit(place_id)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        painter.fillRect(self.rect(), look.colour("panel"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), look.colour("line"))
