"""A strip of filters with their counts: "All open 41", "Reds due in an hour 3"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QSizePolicy, QWidget

from ui.theme import Role, look_of
from ui.widgets.layout import Flow, Row, Snug
from ui.widgets.painting import draw_line, focus_ring, line_width, panel


@dataclass(frozen=True, slots=True)
class Tab:
    """``count`` None shows no number."""

    id: str
    label: str
    count: int | None = None

    @property
    def words(self) -> str:
        return self.label if self.count is None else f"{self.label} {self.count}"


class _TabButton(QPushButton):
    def __init__(self, tab: Tab) -> None:
        super().__init__(tab.words)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_tab(tab)

    def show_tab(self, tab: Tab) -> None:
        self.setText(tab.words)
        self.setAccessibleName(tab.words)

    def sizeHint(self) -> QSize:
        look = look_of(self)
        width = line_width(self.text(), look.font(Role.SMALL_BOLD)) + 2 * look.px(7)
        return QSize(round(width + 1), look.px(22))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        rect = QRectF(self.rect())
        on = self.isChecked()
        if on or self.underMouse():
            outline = look.colour("accent") if on and look.tokens.outlined else None
            panel(painter, rect, look.px(5), look.colour("accent_wash" if on else "line"), outline)
        ink = look.colour("accent" if on else "ink2")
        draw_line(painter, rect, self.text(), look.font(Role.SMALL_BOLD), ink, Qt.AlignmentFlag.AlignHCenter)
        if self.hasFocus():
            focus_ring(painter, rect, look.px(5), look)


class TabStrip(Snug):
    """``chosen`` fires with the tab's id. Arrows move along it. ``aside`` stands at the right."""

    chosen = Signal(str)

    def __init__(
        self,
        tabs: Sequence[Tab] = (),
        *,
        accessible_name: str,
        aside: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(accessible_name)
        self._flow, self._aside, self._row = Flow(gap=10), aside, Row(gap=10)
        self._row.put(self._flow, 1)
        if aside is not None:
            self._row.put(aside)
        self.setLayout(self._row)
        self._buttons: dict[str, _TabButton] = {}
        self.set_tabs(tabs)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize) and self._aside is not None:
            # Where both do not fit on a line, the aside stands below: tabs stay in one row.
            wanted = self._flow.sizeHint().width() + self._row.spacing() + self._aside.sizeHint().width()
            across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
            self._row.setDirection(across if wanted <= self.width() else down)
        return super().event(event)

    def set_tabs(self, tabs: Sequence[Tab]) -> None:
        """Show these tabs; the chosen one stays chosen if it is still there."""
        if [tab.id for tab in tabs] == list(self._buttons):
            for tab in tabs:
                self._buttons[tab.id].show_tab(tab)
                self._buttons[tab.id].updateGeometry()
            return
        kept = self.current()
        for button in self._buttons.values():
            self._flow.removeWidget(button)
            button.deleteLater()
        self._buttons = {}
        for tab in tabs:
            button = _TabButton(tab)
            button.clicked.connect(lambda _=False, id=tab.id: self.chosen.emit(id))
            self._buttons[tab.id] = button
            self._flow.addWidget(button)
        if self._buttons:
            self.choose(kept if kept in self._buttons else next(iter(self._buttons)))

    def current(self) -> str:
        return next((id for id, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, id: str) -> None:
        """Mark a tab as the one in force, without firing ``chosen``."""
        self._buttons[id].setChecked(True)

    def button(self, id: str) -> QPushButton:
        return self._buttons[id]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        focused = [id for id, button in self._buttons.items() if button.hasFocus()]
        if step is None or not focused:
            super().keyPressEvent(event)
            return
        ids = list(self._buttons)
        to = self._buttons[ids[(ids.index(focused[0]) + step) % len(ids)]]
        to.setFocus(Qt.FocusReason.TabFocusReason)
        to.click()
