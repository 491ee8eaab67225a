"""What the hub tells once: the authenticator's key, as a square and in letters, and the recovery codes. It
stands beside the door until somebody is signed in, or among the settings until they are left, and is kept
nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from mash_desktop.domain.identifiers import in_fours
from ui.theme import Role, Voice, look_of
from ui.widgets.card import Card
from ui.widgets.field import TextField
from ui.widgets.text import Text

_MARGIN = 4
Square = Sequence[Sequence[bool]]


class SquareMark(QWidget):
    """Dark on light in every theme, since cameras read it so; edges of whole pixels."""

    def __init__(self, square: Square, accessible_name: str) -> None:
        super().__init__()
        self._square = square
        self.setAccessibleName(accessible_name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def _module(self) -> int:
        return max(look_of(self).px(4), 2)

    def sizeHint(self) -> QSize:
        side = (len(self._square) + 2 * _MARGIN) * self._module
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, side = QPainter(self), self._module
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        for down, row in enumerate(self._square):
            for across, dark in enumerate(row):
                if dark:
                    at = QRectF((across + _MARGIN) * side, (down + _MARGIN) * side, side, side)
                    painter.fillRect(at, Qt.GlobalColor.black)


class ShownOnce(Card):
    """``uri`` is the authenticator's, empty where that stays as it is; ``square`` the same for a camera."""

    def __init__(self, uri: str, square: Square, codes: Sequence[str]) -> None:
        super().__init__(padding=24, gap=10)
        self.put(Text("Shown once", Role.TITLE))
        if uri:
            secret = parse_qs(urlsplit(uri).query)["secret"][0]
            half = len(secret) // 2
            letters = "\n".join(in_fours(part) for part in (secret[:half], secret[half:]))
            self.key = _kept("Or type this key into it", letters, 2)
            self.key.text.setObjectName("sign_in.key")
            self.put(Text("Scan this with your authenticator now.", Role.BASE, wrap=True))
            mark = SquareMark(square, "Square that an authenticator scans; the key below says the same")
            self.put(mark)
            self.body.setAlignment(mark, Qt.AlignmentFlag.AlignHCenter)
            self.put(self.key)
        rows = [" · ".join(codes[at : at + 2]) for at in range(0, len(codes), 2)]
        self.codes = _kept("Recovery codes", "\n".join(rows), len(rows))
        self.codes.text.setObjectName("sign_in.recovery_codes")
        self.put(self.codes)
        self.put(
            Text(
                "Write the codes down, away from this computer. Each signs you in once where the "
                "authenticator is lost.",
                Role.SMALL,
                Voice.LABEL,
                wrap=True,
            )
        )


def _kept(label: str, words: str, lines: int) -> TextField:
    field = TextField(label, words, lines=lines)
    field.text.setReadOnly(True)
    field.text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return field
