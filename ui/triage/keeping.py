"""Keeps what is typed: keystrokes as drafts within a second, sections as entries once their typing pauses.

Everything is done on the database thread in the order in which it was asked for, so a later keystroke's draft
always stands after an earlier section's leaving.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from mash_desktop.desk import Desk
from mash_desktop.desk.triage import Form, Typed, keep, keep_line, leave
from mash_desktop.domain.errors import Refusal
from ui.screen import Screen

DRAFT_MS, LEAVE_MS = 600, 2000
_NOT_YET = frozenset({"field-empty", "nobody-of-concern", "nobody-named", "subject-unknown"})
"""What is merely not said yet: told when a route is taken, not while somebody is still typing."""


class Leaves(Protocol):
    """A part of the contact whose form leaves as an entry."""

    @property
    def typed(self) -> bool: ...
    def form(self) -> Form: ...
    def settle(self) -> None: ...
    def refuse(self, field: str | None, sentence: str) -> bool: ...


class Keeping(QObject):
    """For one contact at a time. ``left`` fires when something has left."""

    left = Signal()

    def __init__(self, screen: Screen, desk: Desk) -> None:
        super().__init__(screen)
        self._screen, self._desk = screen, desk
        self.stream = ""
        self._to_leave: dict[str, Leaves] = {}
        self._to_keep: dict[str, Callable[[], Typed]] = {}
        self._line: tuple[str, str] | None = None
        self._drafts = QTimer(self)
        self._drafts.setSingleShot(True)
        self._drafts.setInterval(DRAFT_MS)
        self._drafts.timeout.connect(self.flush)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(LEAVE_MS)
        self._pause.timeout.connect(self.leave_all)

    @property
    def typed(self) -> bool:
        """Something was typed that has not left."""
        return bool(self._to_leave)

    def edited(self, name: str, section: Leaves) -> None:
        """A section has been typed in: keep it soon, let it leave at the next pause."""
        self._to_leave[name] = section
        self._to_keep[name] = section.form
        self._wind(pause=True)

    def draft_only(self, name: str, form: Callable[[], Typed]) -> None:
        """Keep a form that leaves in an act of its own."""
        self._to_keep[name] = form
        self._wind(pause=False)

    def line(self, name: str, text: str) -> None:
        """Keep a line of typing."""
        self._line = (name, text)
        self._wind(pause=False)

    def _wind(self, *, pause: bool) -> None:
        # The draft's time is not put off by further typing, so that it is kept within a second; what is typed
        # in a contact that is not open yet, or that was refused, is kept as well.
        if not self._drafts.isActive():
            self._drafts.start()
        if self.stream and pause:
            self._pause.start()

    def begin(self, stream: str) -> None:
        """Keep for this contact from now on; what was typed before it was opened is its own."""
        self.stream = stream
        if self._to_keep or self._to_leave:
            self._wind(pause=bool(self._to_leave))

    def forget(self) -> None:
        """Nothing is open."""
        self._drafts.stop()
        self._pause.stop()
        self.stream = ""
        self._to_leave.clear()
        self._to_keep.clear()
        self._line = None

    def forget_line(self) -> None:
        """The line has become a person, and its draft ended with that."""
        self._line = None

    def forget_draft(self, name: str) -> None:
        self._to_keep.pop(name, None)

    def flush(self) -> None:
        """Keep every keystroke now."""
        self._drafts.stop()
        forms = [form() for form in self._to_keep.values()]
        self._to_keep.clear()
        if forms:
            self._screen.run(partial(keep, self._desk, self.stream, forms), _nothing)
        if self._line is not None:
            name, text = self._line
            self._line = None
            self._screen.run(partial(keep_line, self._desk, self.stream, name, text), _nothing)

    def leave_all(self) -> None:
        """Let every section that was typed in leave now."""
        self._pause.stop()
        self.flush()
        if not self.stream:
            return
        stream, leaving = self.stream, dict(self._to_leave)
        self._to_leave.clear()
        for section in leaving.values():
            form = section.form()
            self._screen.run(
                partial(leave, self._desk, stream, form),
                partial(self._has_left, stream, section, form),
                partial(self._refused, stream, section),
            )

    def _has_left(self, stream: str, section: Leaves, form: Form, _: None) -> None:
        if stream == self.stream and section.form() == form:
            section.settle()
        self.left.emit()

    def _refused(self, stream: str, section: Leaves, error: Exception) -> None:
        if not isinstance(error, Refusal):
            self._screen.says.emit("That was not kept as an entry; it stays here as typed. Try again.")
        elif (
            stream == self.stream
            and error.code not in _NOT_YET
            and not section.refuse(error.field, error.sentence)
        ):
            self._screen.says.emit(error.sentence)


def _nothing(_: object) -> None:
    return None
