"""What one person's window shows of the line and of the desk: its foot, the rail's counts, and what stands
above every screen.

The window takes and drops the desk; how the line stands, it is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from mash_desktop.desk import Desk
from mash_desktop.desk.places import Badges, badges
from mash_desktop.desk.profile import Status
from ui.shell.apart import Apart
from ui.shell.main_window import MainWindow
from ui.shell.restored import Restored
from ui.shell.state import Place, ShellState
from ui.work import Worker


class Shown(QObject):
    """``begin`` with a desk, ``build`` once its screens are there, ``drop`` when they go, ``end`` on
    locking."""

    def __init__(self, window: MainWindow, worker: Worker, minutes_left: Callable[[], int]) -> None:
        """``minutes_left`` says in how many it locks."""
        super().__init__(window)
        self._window, self._worker, self._minutes_left = window, worker, minutes_left
        self.status = Status()
        self.badges = Badges({})
        self.places: tuple[Place, ...] = ()
        self._desk: Desk | None = None
        self._built = False
        """The screens are there."""
        self._restored = Restored(window, worker)
        self._apart = Apart(window)

    def begin(self, desk: Desk) -> None:
        self._desk = desk

    def build(self, places: Sequence[Place]) -> None:
        """Before the screens are shown."""
        self._built, self.places = True, tuple(places)
        self.count()
        self.say(self.status)

    def drop(self) -> None:
        """No view of a case is kept."""
        self._built = False
        self._restored.take_away()
        self._apart.take_away()

    def end(self) -> None:
        self.drop()
        self._desk = None

    def forget(self) -> None:
        """Another person is coming: nothing of the last one's is told."""
        self.status, self.badges = Status(), Badges({})
        self._window.show_state(ShellState(online=False))

    def say(self, status: Status) -> None:
        """How the line stands, at the foot and to every screen."""
        self.status = status
        self.show()
        if self._built:
            self._window.show_status(status)
            self._apart.show(status)
        elif why := status.distrust or status.trouble:
            # There is nothing to read yet: at the door, which is all there is.
            self._window.sign_in_page.tell(why)

    def say_signed_out(self) -> None:
        if self.status.signed_out and self._built:
            self._window.toast(f"{self.status.signed_out} The foot of this window leads there.")

    def count(self) -> None:
        """Count anew what waits."""
        if (desk := self._desk) is not None:
            self._worker.submit(partial(badges, desk), self._have_badges, owner=self)

    def _have_badges(self, counted: Badges) -> None:
        self.badges = counted
        if self._desk is not None and self._built:
            self._restored.show(self._desk, counted.restored)
        self.show()

    def show(self) -> None:
        """The foot and the rail, as things stand."""
        desk = self._desk
        if desk is None:
            return
        self._window.show_state(
            ShellState(
                online=self.status.online,
                distrusted=bool(self.status.distrust),
                fetching=self.status.fetching,
                since=self.status.since,
                waiting=self.badges.waiting,
                attention=self.badges.attention,
                verified_at=self.status.verified_at,
                locks_in=max(self._minutes_left(), 0),
                hub_label=self.badges.hub_label,
                marking=self.badges.marking,
                person_label=f"{desk.me.name} · {desk.me.role.label}",
                places=tuple(
                    Place(p.id, p.label, p.icon, p.key, self.badges.by_place.get(p.id, 0), p.title)
                    for p in self.places
                ),
            )
        )
