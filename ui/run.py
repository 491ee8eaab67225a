"""Starting the desktop program: one application, one window on one profile folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from ui.composition import PersonWindow
from ui.theme import Mode, Theme


def application() -> QApplication:
    """The one application of this process, dressed."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setApplicationName("MASH Desktop")
    Theme.apply(app, Mode.LIGHT, 1.0)
    return app


def open_window(folder: Path, hub_url: str) -> int:
    """Open the window of a profile and stay until it is closed."""
    app = application()
    person = PersonWindow(folder, hub_url=hub_url)
    person.start()
    return app.exec()
