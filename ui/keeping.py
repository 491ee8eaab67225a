"""Keeps what is typed into a form within a second, and offers it back when the form is opened again.

It knows no form: it is told how to read the form's values and how to fill them in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer

from mash_desktop.desk import Desk, drafts

T = TypeVar("T")

_AFTER_MS = 600


class Soon(QTimer):
    """Rings soon after the first edit; further typing does not put it off, so that what is typed without a
    pause is kept within a second as well."""

    def __init__(self, parent: QObject, then: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(_AFTER_MS)
        self.timeout.connect(then)

    def wind(self) -> None:
        if not self.isActive():
            self.start()


class Works(Protocol):
    """What has work done off the GUI thread, as a ``Screen`` does."""

    def run(self, task: Callable[[], T], then: Callable[[T], object]) -> None: ...


class Keeper(QObject):
    """Call ``touched`` at each edit. ``key`` goes into ``forget_drafts`` of the act that the form becomes."""

    def __init__(
        self,
        screen: Works,
        desk: Desk,
        key: str,
        values: Callable[[], dict[str, str]],
        fill: Callable[[dict[str, str]], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.key = key
        self._screen, self._desk, self._values, self._fill = screen, desk, values, fill
        self._ended = False
        self._timer = Soon(self, self.save)

    def offer(self) -> None:
        """Read what was typed before and fill it in, unless somebody has begun to type meanwhile."""
        self._screen.run(partial(drafts.kept, self._desk, self.key), self._offered)

    def _offered(self, kept: dict[str, str]) -> None:
        if kept and not self._ended and not self._timer.isActive():
            self._fill(kept)

    def touched(self) -> None:
        if not self._ended:
            self._timer.wind()

    def save(self) -> None:
        """Keep what is typed now."""
        self._timer.stop()
        if not self._ended:
            self._screen.run(partial(drafts.keep, self._desk, self.key, self._values()), _nothing)

    def leave(self) -> None:
        """The form goes from sight with its words unsent: keep the last of them."""
        if self._timer.isActive():
            self.save()

    def pause(self) -> None:
        """The act is being made: nothing typed before it is kept after it."""
        self._timer.stop()
        self._ended = True

    def resume(self) -> None:
        """The act was refused: the words stay."""
        self._ended = False
        self.save()


def _nothing(_: object) -> None:
    return None
