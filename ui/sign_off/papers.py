"""Making the papers of a referral: a copy for whoever is to have it, the letter as somebody worded it.

One way for every screen that offers them. It is told how the screen opens a form and which referral is open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, Signal

from mash_desktop.desk import Desk, papers
from mash_desktop.desk.sign_off import form_key
from ui.forms import SideForm
from ui.screen import Screen
from ui.sign_off.forms import copy_form, letter_form
from ui.viewer import Viewer

Act = Callable[[Desk, str, Mapping[str, str]], object]
"""What a form becomes, of the referral that is open."""


class Papers(QObject):
    """``make`` a paper by its id: what has to be asked first is asked, and what was made is shown."""

    _made = Signal(object)

    def __init__(
        self,
        screen: Screen,
        desk: Desk,
        viewer: Viewer,
        prefix: str,
        stream: Callable[[], str],
        open_form: Callable[[SideForm, str, Act], object],
    ) -> None:
        super().__init__(screen)
        self._screen, self._desk, self._viewer, self._prefix = screen, desk, viewer, prefix
        self._stream, self._open_form = stream, open_form
        self._made.connect(viewer.show_paper)

    def make(self, copy: str) -> None:
        stream = self._stream()
        if copy == "referrer":
            then = partial(self._open_letter, stream)
            self._screen.run(partial(papers.default_letter, self._desk, stream), then)
        elif copy == "receiving_team":
            self._screen.run(partial(papers.teams, self._desk, stream), partial(self._choose_team, stream))
        else:
            self._make_at_once(stream, copy)

    def _make_at_once(self, stream: str, copy: str) -> None:
        task = partial(papers.make_and_record, self._desk, stream, copy)
        self._screen.run(task, self._viewer.show_paper)

    def _open_letter(self, stream: str, default: str) -> None:
        # Another referral may be open by now: nobody's words go into another one's letter.
        if stream == self._stream():
            self._open_form(letter_form(default, self._prefix), "letter", self._make_letter)

    def _choose_team(self, stream: str, teams: tuple[tuple[str, str], ...]) -> None:
        """Each receiving team has its own copy."""
        if len(teams) < 2:
            self._make_at_once(stream, "receiving_team")
        elif stream == self._stream():
            self._open_form(copy_form(teams, self._prefix), "copy", self._make_copy)

    def _make_copy(self, desk: Desk, stream: str, values: Mapping[str, str]) -> None:
        drafts, sending = (form_key(stream, "copy"),), values["sending"]
        self._made.emit(
            papers.make_and_record(desk, stream, "receiving_team", drafts=drafts, sending=sending)
        )

    def _make_letter(self, desk: Desk, stream: str, values: Mapping[str, str]) -> None:
        drafts = (form_key(stream, "letter"),)
        self._made.emit(papers.make_and_record(desk, stream, "referrer", values["outcome"], drafts))
