"""That the hub was restored, above every screen until its person has seen it.

Name for whoever drives it: ``restored.seen``.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from mash_desktop.desk import Desk, restored
from ui.shell.main_window import MainWindow
from ui.theme import Tone
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.work import Worker

DETAIL = (
    "What was admitted since comes back from the desktops that made it. Look whether what you did last is "
    "there. If nobody has told you of a restore, tell your information governance officer."
)


class Restored(QObject):
    """The banner in ``window``, while there is one."""

    def __init__(self, window: MainWindow, worker: Worker) -> None:
        super().__init__(window)
        self._window, self._worker = window, worker
        self._banner: Banner | None = None
        self._sentence = ""

    def show(self, desk: Desk, sentence: str) -> None:
        """Empty where there is nothing to tell."""
        if sentence == self._sentence:
            return
        self.take_away()
        if sentence:
            button = ActionButton(
                "I have seen it", "Ctrl+Shift+R", accessible_name="I have seen that the hub was restored"
            )
            button.setObjectName("restored.seen")
            button.clicked.connect(partial(self._see, desk))
            self._sentence, self._banner = sentence, Banner(sentence, DETAIL, button, tone=Tone.AMBER)
            self._window.add_banner(self._banner)

    def take_away(self) -> None:
        """As on locking."""
        banner, self._banner, self._sentence = self._banner, None, ""
        if banner is not None:
            self._window.remove_banner(banner)

    def _see(self, desk: Desk) -> None:
        self._worker.submit(partial(restored.seen, desk), lambda _: self.take_away(), owner=self)
