"""Write every picture of the gallery: ``python -m tests.ui.gallery FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.ui.gallery.round_table import second_display
from tests.ui.gallery.shell_state import state
from tests.ui.gallery.window import window
from ui.picture import picture, pictures
from ui.theme import Mode, Theme
from ui.work import Worker


def main(folder: Path) -> None:
    """Write every picture of the gallery into ``folder``."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    Theme.apply(app, Mode.LIGHT)
    worker = Worker()
    shell = window(worker)
    every = (*Mode,)
    for place in ("hub", "triage", "table", "figures", "settings"):
        shell.go(place)
        pictures(shell, folder, place, modes=every)
    shell.go("triage")
    for scale in (1.5, 2.0):
        Theme.apply(app, Mode.LIGHT, scale)
        for place in ("hub", "triage", "figures"):
            shell.go(place)
            picture(shell, folder / f"{place}-{round(scale * 100)}.png")
    Theme.apply(app, Mode.LIGHT)
    shell.show_state(state(online=False))
    shell.toast("Chased Education at 14:06.", lambda: None)
    picture(shell, folder / "offline-toast.png")
    shell.palette_overlay.open()
    picture(shell, folder / "palette.png")
    shell.palette_overlay.field.setText("re-rate")
    picture(shell, folder / "palette-typed.png")
    shell.palette_overlay.dismiss()
    shell.key_help.open()
    picture(shell, folder / "keys.png")
    shell.lock()
    picture(shell, folder / "locked.png")
    shell.unlock_page.wrong("That is not the passphrase of this desktop. Type it again.")
    picture(shell, folder / "locked-wrong.png")
    shell.show_sign_in()
    shell.sign_in_page.offline()
    picture(shell, folder / "sign-in-offline.png")
    room = second_display()
    picture(room, folder / "second-display.png", (1920, 1080))
    room.close()
    shell.close()
    worker.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
