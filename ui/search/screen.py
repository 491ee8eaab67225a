"""The search place: what this desk holds as one types, the store's answer a moment later, and why each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from time import monotonic
from typing import Any

import shiboken6
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStackedLayout

from mash_desktop.desk import ChangeSet, Desk, glass, search
from mash_desktop.desk.search import Result, Results
from ui.forms import OpenForm
from ui.glass import glass_form
from ui.keys import keys
from ui.screen import Screen
from ui.theme import Role, Tone, Voice
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Hairline, Page, SectionHeading, SidePanel
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, empty
from ui.widgets.pill import Pill, PillFace
from ui.widgets.states import EmptyState
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text
from ui.work import Worker

SEARCH_MS, STORE_MS = 150, 500


def _faces(row: Result) -> list[PillFace]:
    return [PillFace(row.stage, Tone.VIOLET if row.pointer else Tone.NEUTRAL)]


class SearchPlace(Screen):
    """``SearchPlace(desk, worker)``; ``open`` takes what was typed in the palette."""

    place_id, title = "search", "Search"
    _store_answered = Signal(object, object)

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._asked = 0
        self._noted = ""
        self._results = Results("")
        self._awaited = ""
        """The record that opens when it comes: its glass was broken here, and one is still here."""
        self.field = Field(
            "", placeholder="name, birth date, address or reference",
            accessible_name="Search people, addresses, references and what was told",
        )  # fmt: skip
        self.field.line.setObjectName("search.field")
        self.field.changed.connect(self._typed)
        self.field.entered.connect(self._enter_results)
        keys.on("Down", self.field.line, self._into_results, "Into the results", within=True, listed=False)
        self.heading = SectionHeading("Results", " ")
        self.table: DenseTable[Result] = DenseTable(
            [
                TableColumn("Name", lambda r: r.name, bold=True, stretch=2),
                TableColumn("Born", lambda r: r.born),
                TableColumn("Agency", lambda r: r.agency),
                TableColumn("Reference", lambda r: r.reference),
                TableColumn("Stands at", lambda r: r.stage, pills=_faces),
                TableColumn("Last", lambda r: r.last),
                TableColumn("Why", lambda r: r.why, small=True, voice=Voice.LABEL, stretch=1),
            ],
            key=lambda r: r.key,
            accessible_name="Search results",
        )
        self.table.setObjectName("search.results")
        self.table.chosen.connect(self._show)
        self.table.opened.connect(self._open_result)
        card = Card(padding=1, gap=0)
        card.put(self.table, 1)
        listed = Column(self.heading, gap=10)
        listed.put(card, 1)
        self._pages = QStackedLayout()
        self._begin = Box(Column(EmptyState(
            "search", "Search what the hub holds",
            "Type a name, a birth date, an address, a reference or words of a concern. What this desk holds "
            "comes at once, what the store holds a moment later. Down leads into the results.",
        )))  # fmt: skip
        self._none = Box(Column(EmptyState(
            "search-x", "Nothing found",
            "Try part of a name, another spelling, or a birth date beside the name. A search is recorded, "
            "whether or not it finds anybody.",
        )))  # fmt: skip
        self._listed = Box(listed)
        middle = Column(self.field, gap=10, margins=12)
        middle.put(self._pages, 1)
        self._side = Column(gap=8)
        self.setLayout(Column(Page(middle, right=SidePanel(Box(self._side), None, width=340))))
        # Once they have a parent: a page without one would be seen as a window of its own.
        for page in (self._begin, self._none, self._listed):
            self._pages.addWidget(page)
        self._search = self._timer(SEARCH_MS, self._search_now)
        self._store = self._timer(STORE_MS, self._ask_store)
        self._store_answered.connect(self._have_store)
        self._form = OpenForm(self, desk, self.table.setFocus)
        self.gone_from_sight.connect(self._await)
        self._show(None)

    def _timer(self, milliseconds: int, then: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(then)
        return timer

    def enter(self) -> None:
        self.field.setFocus()
        self.field.line.selectAll()

    def open(self, reference: str) -> None:
        self.field.set_value(reference)
        self.field.setFocus()
        self._search_now()

    def show_change(self, change_set: object) -> None:
        if not isinstance(change_set, ChangeSet) or not change_set.streams:
            return
        if self._results.typed:
            self._search.start()
        if self._awaited in change_set.streams:
            record, self._awaited = self._awaited, ""
            if record.startswith("referral:"):
                self.asks_to_open.emit("file", record)

    def _await(self, record: str = "") -> None:
        self._awaited = record if self.isVisible() else ""

    # --- asking

    def _typed(self) -> None:
        self._search.start()

    def _search_now(self) -> None:
        self._search.stop()
        self._asked += 1
        typed = self.field.value()
        self.run(partial(search.find, self._desk, typed), partial(self._have, self._asked))

    def _have(self, asked: int, results: Results) -> None:
        if asked == self._asked:
            self._show_results(results)
            self._store.start()

    def _ask_store(self) -> None:
        asked, began, typed = self._asked, monotonic(), self._results.typed
        if typed.strip() and typed != self._noted:
            # Recorded once it has been left standing, not for each letter on the way.
            self._noted = typed
            self.run(partial(search.note, self._desk, self._results), lambda _: None)

        def have(future: Future[Any] | None) -> None:
            if future is not None:
                future.add_done_callback(partial(self._say, (asked, began)))

        self.run(partial(search.ask_store, self._desk, typed), have, lambda _error: None)

    def _say(self, question: object, future: Future[Any]) -> None:
        # On the network's thread; a screen that is gone is told nothing.
        if shiboken6.isValid(self):
            self._store_answered.emit(question, future)

    def _have_store(self, question: tuple[int, float], future: Future[Any]) -> None:
        asked, began = question
        if asked != self._asked or future.cancelled() or future.exception() is not None:
            return  # offline: what the cache holds stays, and its timing names no store
        task = partial(search.with_store, self._desk, self._results, future.result(), monotonic() - began)
        self.run(task, lambda results: self._show_results(results) if asked == self._asked else None)

    # --- showing

    def _show_results(self, results: Results) -> None:
        self._results = results
        self.table.set_rows(results.rows)
        self.heading.title.setText("1 result" if len(results.rows) == 1 else f"{len(results.rows)} results")
        self.heading.set_aside(results.timing if results.cache_ms else " ")
        page = self._listed if results.rows else self._none if results.typed.strip() else self._begin
        self._pages.setCurrentWidget(page)
        if results.rows and self.table.current() is None:
            self.table.select_key(results.rows[0].key)
        self._show(self.table.current())

    def _show(self, row: Result | None) -> None:
        """The chosen result in full, beside the list; a form that is open there stays."""
        if self._form.current is not None:
            return
        empty(self._side)
        if row is None:
            words = "The chosen result stands here, with what was known before."
            self._side.put(Text(words, Role.SMALL, Voice.ASIDE, wrap=True))
            return
        card = Card(gap=4)
        card.put(Text(row.name, Role.BASE_BOLD, wrap=True))
        for words in (row.born, row.address, "" if row.pointer else row.agency):
            if words not in ("", "–"):
                card.put(Text(words, wrap=True))
        card.put(Text(f"Found: {row.why}", Role.SMALL, Voice.ASIDE, wrap=True))
        card.put(Pill.of(_faces(row)[0]))
        self._side.put(card)
        if row.pointer:
            words = f"{row.agency} holds this record. Ask them, and say why: its content is not here."
            self._side.put(Text(words, Role.SMALL, Voice.ASIDE, wrap=True))
        if row.glass:
            button = ActionButton(
                "Break the glass", "Alt+B", accessible_name=f"Break the glass of a record of {row.agency}"
            )
            button.setObjectName("search.glass")
            button.clicked.connect(lambda: self._break_glass(row))
            self._side.put(button)
        if row.episodes:
            self._side.put(SectionHeading("Involvement", icon_name="history"))
            past = Card(gap=4)
            for at, words in enumerate(row.episodes):
                if at:
                    past.put(Hairline())
                past.put(Text(words, wrap=True))
            self._side.put(past)
        if row.stream:
            button = ActionButton(
                "Open the file", "Alt+O", "primary", accessible_name=f"Open the file of {row.name}"
            )
            button.setObjectName("search.open")
            button.clicked.connect(lambda: self._open_result(row))
            self._side.put(button)

    def _enter_results(self) -> None:
        """Enter searches at once; with results in sight it goes into them."""
        if self._search.isActive() or not self._results.rows:
            self._search_now()
        else:
            self._into_results()

    def _into_results(self) -> None:
        if self._results.rows:
            self.table.setFocus()

    def _open_result(self, row: Result) -> None:
        if row.stream:
            self.asks_to_open.emit("file", row.stream)

    def _break_glass(self, row: Result) -> None:
        form = glass_form("search", row.agency, row.glass)
        empty(self._side)
        self._side.put(form)

        def closed() -> None:
            empty(self._side)
            QTimer.singleShot(0, self, lambda: self._show(self.table.current()))

        def broken(key: str) -> Callable[[], object]:
            reason = form.values()["reason"]
            return partial(glass.break_glass, self._desk, row.record, reason, (key,))

        self._form.open(form, f"search/glass/{row.record}", broken, closed, partial(self._await, row.record))
