"""History while a contact is typed: asks the cache a moment after the last key, the store a moment later.

An answer to a question that has since been asked anew is dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from time import monotonic
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal

from mash_desktop.desk import Desk
from mash_desktop.desk.triage import guide, history
from mash_desktop.desk.triage.history import History, Match
from ui.screen import Screen
from ui.triage.keeping import Keeping
from ui.triage.page import ContactPage

SEARCH_MS, STORE_MS = 150, 400


class Finding(QObject):
    """For the contact on the glass. ``found`` is what is known of each person, by subject."""

    _store_answered = Signal(object, object)

    def __init__(self, screen: Screen, desk: Desk, page: ContactPage, keeping: Keeping) -> None:
        super().__init__(screen)
        self._screen, self._desk, self._page, self._keeping = screen, desk, page, keeping
        self.found: dict[str, History] = {}
        self._asked = 0
        self._search = self._timer(SEARCH_MS, self._search_now)
        self._store = self._timer(STORE_MS, self._ask_store)
        self._store_answered.connect(self._have_store)
        page.side.decided.connect(self._decide)

    def _timer(self, milliseconds: int, then: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    def begin(self) -> None:
        """Another contact is on the glass."""
        self._asked += 1
        self.found = {}
        self._page.show_people({})
        self._page.side.show_history(History("", ""))
        self._page.side.show_guide(())

    def search_soon(self) -> None:
        """Something about a person was typed, or another row chosen."""
        self._search.start()

    def _search_now(self) -> None:
        page, stream = self._page, self._keeping.stream
        if not stream:
            return
        line, subject = page.people.line.value(), page.people.subject()
        self._asked += 1
        task: Callable[[], History]
        if line.strip():
            task = partial(history.of_line, self._desk, stream, line)
        elif not page.editor.isHidden():
            task = partial(history.of_person, self._desk, stream, page.editor.person())
        else:
            if subject in self.found:
                self._have(self._asked, self.found[subject])
            return
        self._screen.run(task, partial(self._have, self._asked), _nothing)

    def _have(self, asked: int, found: History) -> None:
        if asked == self._asked:
            self._page.side.show_history(found)
            self._store.start()

    def everybody(self) -> None:
        """Look for every person of the contact, for the pills of the table."""
        stream = self._keeping.stream
        if stream:
            task = partial(history.look_for_everybody, self._desk, stream)
            self._screen.run(task, partial(self._have_everybody, stream))

    def _have_everybody(self, stream: str, found: dict[str, History]) -> None:
        page = self._page
        if stream != self._keeping.stream:
            return
        self.found = found
        page.show_people(found)
        self.remind()
        if not page.people.line.value().strip() and page.editor.isHidden():
            self._search_now()

    # --- the store

    def _ask_store(self) -> None:
        stream, found = self._keeping.stream, self._page.side.history
        if found is None or not stream:
            return
        question = (self._asked, stream, found, monotonic())
        line = self._page.people.line.value()

        def have(future: Future[Any] | None) -> None:
            if future is not None:
                future.add_done_callback(partial(self._say, question))

        self._screen.run(partial(history.ask_store, self._desk, stream, found, line), have, _nothing)

    def _say(self, question: object, future: Future[Any]) -> None:
        # On the network's thread; a screen that is gone is told nothing.
        if shiboken6.isValid(self):
            self._store_answered.emit(question, future)

    def _have_store(self, question: tuple[int, str, History, float], future: Future[Any]) -> None:
        asked, stream, found, began = question
        if asked != self._asked or future.cancelled() or future.exception() is not None:
            return  # offline: what the cache holds stays, and its timing names no store
        task = partial(history.with_store, self._desk, stream, found, future.result(), monotonic() - began)
        self._screen.run(task, partial(self._show_store, asked, stream))

    def _show_store(self, asked: int, stream: str, found: History) -> None:
        if asked != self._asked:
            return
        self._page.side.show_history(found)
        if found.subject:
            self.found[found.subject] = found
            self._page.show_people(self.found)
            task = partial(history.note_search, self._desk, stream, len(found.matches), "store")
            self._screen.run(task, _nothing, _nothing)

    # --- what is made of it

    def _decide(self, match: Match, said: str) -> None:
        stream, found = self._keeping.stream, self._page.side.history
        if found is not None and found.subject and stream:
            task = partial(history.decide, self._desk, stream, found.subject, match, said)
            self._screen.run(task, lambda _: self.everybody())

    def remind(self) -> None:
        """Work the threshold guide out for the words as they stand."""
        stream = self._keeping.stream
        if not stream:
            return
        repeat = any(
            match.repeat and match.said != history.NOT_SAME
            for found in self.found.values()
            for match in found.matches
        )
        task = partial(guide.remind, self._desk, stream, self._page.account.account(), repeat)
        self._screen.run(task, self._page.side.show_guide, _nothing)


def _nothing(_: object) -> None:
    return None
