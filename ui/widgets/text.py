"""Text in one of the roles and voices, with the line height of the type scale and tabular figures.

Plain text only: what people wrote is never read as markup.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.theme import Look, Role, Voice, look_of
from ui.widgets.painting import draw_line, line_width, spoken

_BOLD_OF = {Role.BASE: Role.BASE_BOLD, Role.SMALL: Role.SMALL_BOLD, Role.ASIDE: Role.HEADING}


class Text(QLabel):
    """One line that elides, or a paragraph if ``wrap``. ``bold`` names the part that is the thing itself."""

    def __init__(
        self,
        text: str = "",
        role: Role = Role.BASE,
        voice: Voice = Voice.INK,
        *,
        wrap: bool = False,
        bold: str = "",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._role, self._voice, self._bold, self._align = role, voice, bold, align
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        policy = QSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred if wrap else QSizePolicy.Policy.Fixed
        )
        policy.setHeightForWidth(wrap)
        self.setSizePolicy(policy)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(spoken(text))
        self.updateGeometry()

    def set_voice(self, voice: Voice) -> None:
        self._voice = voice
        self.update()

    def set_bold(self, part: str) -> None:
        self._bold = part
        self.updateGeometry()
        self.update()

    def _lay_out(self, look: Look, width: float) -> tuple[QTextLayout, float]:
        layout = QTextLayout(self.text().replace("\n", "\u2028"), look.font(self._role))
        option = QTextOption(self._align)
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        layout.setTextOption(option)
        start = self.text().find(self._bold) if self._bold else -1
        if start >= 0:
            strong = QTextLayout.FormatRange()
            strong.start, strong.length = start, len(self._bold)
            form = QTextCharFormat()
            form.setFont(look.font(_BOLD_OF.get(self._role, self._role)))
            strong.format = form
            layout.setFormats([strong])
        height = float(look.line(self._role))
        natural = QFontMetricsF(look.font(self._role)).height()
        y = 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1.0))
            line.setPosition(QPointF(0, y + (height - natural) / 2))
            y += height
        layout.endLayout()
        return layout, max(y, height)

    def hasHeightForWidth(self) -> bool:
        return self.wordWrap()

    def heightForWidth(self, width: int) -> int:
        if not self.wordWrap():
            return -1
        return round(self._lay_out(look_of(self), width)[1])

    def sizeHint(self) -> QSize:
        look = look_of(self)
        if self._bold or not self.wordWrap():
            role = _BOLD_OF.get(self._role, self._role) if self._bold else self._role
            natural = line_width(self.text(), look.font(role))
        else:
            metrics = QFontMetricsF(look.font(self._role))
            natural = max((metrics.horizontalAdvance(part) for part in self.text().split("\n")), default=0)
        width = round(natural + 1.5)
        if self.wordWrap():
            width = min(width, look.px(420))
            return QSize(width, self.heightForWidth(width))
        return QSize(width, look.line(self._role))

    def minimumSizeHint(self) -> QSize:
        look = look_of(self)
        hint = self.sizeHint()
        if self.wordWrap():
            return QSize(min(hint.width(), look.px(80)), look.line(self._role))
        return QSize(min(hint.width(), look.px(48)), hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        look = look_of(self)
        painter = QPainter(self)
        if self.wordWrap() or self._bold:
            layout, height = self._lay_out(look, self.width())
            painter.setPen(look.voice(self._voice))
            top = max((self.height() - height) / 2, 0.0) if not self.wordWrap() else 0.0
            layout.draw(painter, QPointF(0, top))
        else:
            draw_line(
                painter,
                QRectF(self.rect()),
                self.text(),
                look.font(self._role),
                look.voice(self._voice),
                self._align,
            )
