"""Cards, headings and side panels: the quiet surfaces that content stands on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLayout, QScrollArea, QSizePolicy, QWidget

from ui.theme import Role, Tone, Voice, icon_pixmap, look_of
from ui.widgets.layout import Box, Column, Row, empty
from ui.widgets.painting import panel
from ui.widgets.text import Text

_RADIUS, _EDGE, _NO_LIMIT = 8, 4, 16777215


class IconMark(QWidget):
    """A Lucide icon beside words; it says nothing that the words do not."""

    def __init__(
        self, name: str, size: int = 16, voice: Voice = Voice.LABEL, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name, self._size, self._voice = name, size, voice
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = look_of(self).px(self._size)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        look = look_of(self)
        pixmap = icon_pixmap(
            self._name, look.voice(self._voice), look.px(self._size), self.devicePixelRatioF()
        )
        QPainter(self).drawPixmap(0, 0, pixmap)


class SectionHeading(QWidget):
    """A heading over a group of cards: icon, title, and an aside (words or widgets) at the right."""

    def __init__(
        self,
        title: str,
        aside: str | QWidget = "",
        *,
        icon_name: str = "",
        role: Role = Role.HEADING,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.title = Text(title, role, Voice.LABEL)
        self._row = Row(*([IconMark(icon_name)] if icon_name else []), self.title, None, gap=8)
        self._aside: QWidget | None = None
        self.setLayout(self._row)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if aside:
            self.set_aside(aside)

    def set_aside(self, aside: str | QWidget) -> None:
        """Replace what stands at the right."""
        if isinstance(aside, str) and isinstance(self._aside, Text):
            self._aside.setText(aside)
            return
        if self._aside is not None:
            self._aside.deleteLater()
        self._aside = Text(aside, Role.ASIDE, Voice.ASIDE) if isinstance(aside, str) else aside
        self._row.addWidget(self._aside)


class Card(QFrame):
    """A panel with hairline and radius 8. ``edge`` puts a coloured bar at the left: look here first."""

    def __init__(
        self,
        heading: str = "",
        aside: str | QWidget = "",
        *pieces: QWidget | QLayout | None,
        edge: Tone | None = None,
        padding: int = 12,
        gap: int = 8,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._edge = edge
        top = max(padding - 2, 1) if heading else padding
        self.body = Column(gap=gap, margins=(padding + (3 if edge else 0), top, padding, padding))
        self.setLayout(self.body)
        self.heading = SectionHeading(heading, aside) if heading or aside else None
        if self.heading is not None:
            self.body.addWidget(self.heading)
        for piece in pieces:
            self.body.put(piece)

    def put(self, piece: QWidget | QLayout | None, stretch: int = 0) -> None:
        """Append to the body."""
        self.body.put(piece, stretch)

    def clear(self) -> None:
        """Take out everything under the heading."""
        kept = self.heading
        if kept is not None:
            self.body.removeWidget(kept)
        empty(self.body)
        if kept is not None:
            self.body.addWidget(kept)

    def set_edge(self, edge: Tone | None) -> None:
        self._edge = edge
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        rect, radius = QRectF(self.rect()), look.px(_RADIUS)
        panel(painter, rect, radius, look.colour("panel"), look.colour("line"))
        if self._edge is not None:
            outline = QPainterPath()
            outline.addRoundedRect(rect, radius, radius)
            painter.setClipPath(outline)
            painter.fillRect(QRectF(0, 0, look.px(_EDGE), rect.height()), look.tone(self._edge))


class Hairline(QWidget):
    """A line between rows of a card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), look_of(self).colour("line"))


class SidePanel(QWidget):
    """A column at the side of a screen, with a hairline towards the middle; its content scrolls.

    ``foot`` stays in sight below. ``width`` is that at 100 % text. ``Page`` puts it beside the middle.
    """

    def __init__(
        self,
        *pieces: QWidget | QLayout | None,
        width: int = 400,
        side: str = "right",
        foot: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._width, self._side = width, side
        self.body = Column(*pieces, gap=10, margins=12)
        self._beside = True
        inner = Box(self.body)
        inner.installEventFilter(self)
        self._scroll = scrolled(inner)
        rows = Column(gap=0, margins=(1, 0, 0, 0) if side == "right" else (0, 0, 1, 0))
        rows.put(self._scroll, 1)
        if foot is not None:
            rows.addWidget(Box(Column(foot, margins=(12, 4, 12, 12))))
        self.setLayout(rows)
        self.relook()

    def hasHeightForWidth(self) -> bool:
        # Beside the middle it scrolls in the height there is, whatever wraps in its foot.
        return not self._beside and super().hasHeightForWidth()

    @property
    def wanted_width(self) -> int:
        return look_of(self).px(self._width)

    def relook(self) -> None:
        self.set_beside(self._beside)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # What is inside has another height: below the middle the panel is as tall as that.
        if event.type() == QEvent.Type.LayoutRequest and not self._beside:
            self._stand_below()
        return super().eventFilter(watched, event)

    def set_beside(self, beside: bool) -> None:
        """Beside the middle with a width of its own, or below it at full width and full height."""
        self._beside = beside
        # Beside the middle the content scrolls, so its height asks for nothing.
        height = QSizePolicy.Policy.Ignored if beside else QSizePolicy.Policy.Preferred
        self._scroll.setSizePolicy(QSizePolicy.Policy.Preferred, height)
        if beside:
            self.setFixedWidth(self.wanted_width)
            self._scroll.setMinimumHeight(0)
        else:
            self.setMinimumWidth(0)
            self.setMaximumWidth(_NO_LIMIT)
            self._stand_below()
        self.update()

    def _stand_below(self) -> None:
        inner = self.body.totalHeightForWidth(max(self.width(), look_of(self).px(240)))
        wanted = max(inner, self.body.minimumSize().height())
        if self._scroll.minimumHeight() != wanted:
            self._scroll.setMinimumHeight(wanted)

    def put(self, piece: QWidget | QLayout | None, stretch: int = 0) -> None:
        self.body.put(piece, stretch)

    def clear(self) -> None:
        empty(self.body)

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = look_of(self), QPainter(self)
        painter.fillRect(self.rect(), look.colour("raised"))
        line = look.colour("line")
        if self._beside:
            painter.fillRect(0 if self._side == "right" else self.width() - 1, 0, 1, self.height(), line)
        else:
            painter.fillRect(0, 0, self.width(), 1, line)


class Page(QWidget):
    """A screen's middle with panels beside it; where the room is short they go below, and it all scrolls.

    ``middle`` is a widget or a layout (with margins 12 it stands as in the sketches).
    """

    _LEAST_MIDDLE = 500

    def __init__(
        self,
        middle: QWidget | QLayout,
        *,
        left: SidePanel | None = None,
        right: SidePanel | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._panels = [side for side in (left, right) if side is not None]
        self._box = Row(gap=0)
        for piece in (left, middle, right):
            if piece is not None:
                self._box.put(piece, 1 if piece is middle else 0)
        inner = Box(self._box)
        self._scroll = scrolled(inner)
        self.setLayout(Column(self._scroll))

    def relook(self) -> None:
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        panels = sum(side.wanted_width for side in self._panels)
        beside = self.width() - panels >= look_of(self).px(self._LEAST_MIDDLE)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._box.setDirection(across if beside else down)
        for side in self._panels:
            side.set_beside(beside)


class _Scroll(QScrollArea):
    def sizeHint(self) -> QSize:
        inner = self.widget()
        return inner.sizeHint() if inner is not None else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(80), look.px(80))


def scrolled(widget: QWidget) -> QScrollArea:
    """A widget that scrolls up and down when the room is short, and never sideways."""
    area = _Scroll()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    # The area is no stop of its own: the keys of what is inside it scroll it.
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(widget)
    return area
