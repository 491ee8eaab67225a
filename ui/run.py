"""Starting the desktop program: one application, one window on one profile folder.

The door of a computer that one person uses is there at once, and the program behind it is read while they
type. Everybody else's waits until it is known which door is theirs.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QApplication

from mash_desktop.profile_folder import one_persons
from ui.shell.main_window import MainWindow
from ui.theme import Mode, Theme
from ui.work import Worker

if TYPE_CHECKING:
    from ui.composition import PersonWindow


def application() -> QApplication:
    """The one application of this process, dressed."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setApplicationName("MASH Desktop")
    Theme.apply(app, Mode.LIGHT, 1.0)
    return app


def door() -> MainWindow:
    """A window that is locked, with nothing behind it yet."""
    window = MainWindow(furnished=False)
    window.lock()
    window.show()
    return window


def read_program() -> type[PersonWindow]:
    """What stands behind the door: the desk, the cache, the line."""
    from mash_desktop.domain import shapes
    from ui.composition import PersonWindow

    shapes.settle()
    return PersonWindow


def collect_again() -> None:
    """Once the program has been read: that stays until its end, and is not looked through for what may go."""
    gc.freeze()
    gc.enable()


def own_folder() -> Path:
    """Where an account of this computer has its profile."""
    data = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)
    return Path(data) / "mash-desktop"


class Starting(QObject):
    """Shows the door, has the program read, and gives it the window and what was asked at the door before."""

    def __init__(self, folder: Path, hub_url: str) -> None:
        super().__init__()
        self._folder, self._hub_url = folder, hub_url
        self.window = door() if one_persons(folder) else MainWindow(furnished=False)
        self.person: PersonWindow | None = None
        self._asked = ""
        self._early = self.window.unlock_page.asked.connect(self._keep)
        self._worker = Worker("start")
        self._worker.submit(read_program, self._begin, self._say_broken)

    def _keep(self, passphrase: str) -> None:
        self._asked = passphrase

    def _begin(self, kind: type[PersonWindow]) -> None:
        if not gc.isenabled():
            collect_again()
        self.window.unlock_page.asked.disconnect(self._early)
        self.person = kind(self._folder, hub_url=self._hub_url, window=self.window)
        self.person.start()
        if self._asked:
            self.window.unlock_page.asked.emit(self._asked)
            self._asked = ""

    def _say_broken(self, _: Exception) -> None:
        self.window.say_above("This program cannot be read.", "Have it installed again.")
        self.window.unlock_page.forget()
        self.window.show()

    def end(self) -> None:
        """The window has been closed, maybe before the program was there."""
        self._worker.close(wait=False)


def open_window(folder: Path | None, hub_url: str) -> int:
    """Open the window of a profile, this account's own without a ``folder``; stay until it is closed."""
    gc.disable()
    app = application()
    starting = Starting(folder or own_folder(), hub_url)
    code = app.exec()
    starting.end()
    return code
