"""Tells the desk which referral a screen has open, as long as the screen is in sight: others may see it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from mash_desktop.desk import Desk
from ui.screen import Screen


class OpenHere(QObject):
    """One for a screen."""

    def __init__(self, screen: Screen, desk: Desk) -> None:
        super().__init__(screen)
        self._screen, self._desk = screen, desk
        self._stream = ""
        screen.gone_from_sight.connect(self.left)

    def opened(self, stream: str) -> None:
        """The screen shows this referral. What is read after it has gone from sight is open nowhere."""
        if self._screen.isVisible() and self._desk.at != stream:
            self._stream = stream
            self._screen.run(partial(self._desk.be_at, stream), _nothing)

    def left(self) -> None:
        if self._stream:
            self._screen.run(partial(self._desk.leave, self._stream), _nothing)
            self._stream = ""


def _nothing(_: object) -> None:
    return None
