"""The screen of an agency's requests: the list at the left, the chosen request with its answer beside it.

Names for tests and the demonstration: ``requests.list``, ``requests.filter``, ``requests.acknowledge``,
``requests.person.<subject>.result.<findings|nothing_held|refused>``, ``….reason``, ``….text``, ``….review``,
``requests.systems.more``, ``requests.systems.<name>``, ``requests.item.<when|words|data_kind|significance|
source|grade|handling|wording|until|onward|add>``, ``requests.item.about.<subject>``,
``requests.item.voice.<fact|seen|opinion|told>``, ``requests.item.aspect.<event|involvement|risk|strength>``,
``requests.item.release.<as-it-is|reworded|hold>``, ``requests.items`` and ``requests.items.<release|reword|
take-back|remove|onward|words|save|close>``, ``requests.send``, ``requests.nothing-held``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QStackedWidget

from mash_desktop.desk import ChangeSet, Desk
from mash_desktop.desk.requests import (
    AnswerDraft,
    RequestDetail,
    RequestRow,
    acknowledge,
    check_item,
    keep_draft,
    kept_draft,
    known_systems,
    nothing_held,
    open_request,
    read_request,
    release,
    requests_of_agency,
    send_answer,
    take_back,
)
from mash_desktop.domain.errors import Refusal
from ui.keeping import Soon
from ui.keys import keys
from ui.requests.answer import AnswerPage
from ui.requests.faces import columns
from ui.screen import Screen
from ui.theme import Tone
from ui.whereabouts import OpenHere
from ui.widgets.card import Card, Page, SidePanel
from ui.widgets.fitted import Fitted
from ui.widgets.layout import Box, Column
from ui.widgets.pill import PillFace
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable
from ui.widgets.tabs import Tab, TabStrip
from ui.work import Worker

_OPEN, _ANSWERED = "open", "answered"


class Requests(Screen):
    """What my agency is asked. Everything typed is kept within a second."""

    place_id, title = "requests", "My agency’s requests"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._rows: tuple[RequestRow, ...] = ()
        self._chosen: tuple[str, str] | None = None
        self._open_here = OpenHere(self, desk)
        self.answer: AnswerPage | None = None
        self.filter = TabStrip(accessible_name="Which requests")
        self.filter.setObjectName("requests.filter")
        self.filter.chosen.connect(lambda _: self._show_rows())
        self.list: DenseTable[RequestRow] = DenseTable(
            columns(desk.now), key=lambda row: row.id, accessible_name="Requests to my agency", grows=True
        )
        self.list.setObjectName("requests.list")
        self.list.chosen.connect(self._row_chosen)
        self.list.opened.connect(lambda _: self._begin())
        self._none = EmptyState(
            "inbox", "No request waits", "What the hub asks your agency appears here by itself."
        )
        self._waiting = SkeletonRows(6, what="Requests")
        self._card = Card(padding=1, gap=0)
        self._card.put(self.list)
        side = SidePanel(self.filter, self._waiting, self._card, self._none, None, width=488, side="left")
        self._middle = QStackedWidget()
        self._choose = EmptyState(
            "inbox", "Choose a request", "Arrows move along the list, Enter begins the answer."
        )
        self._middle.addWidget(Box(Column(self._choose)))
        self.setLayout(Column(Page(Fitted(Column(self._middle)), left=side)))
        self._card.hide()
        self._none.hide()
        self._keep_soon = Soon(self, self._keep)
        keys.on("L", self, self.list.setFocus, "To the list of requests", group="Requests", also=("Alt+L",))

    # --- the list

    def enter(self) -> None:
        def shown(rows: tuple[RequestRow, ...]) -> None:
            self._have_rows(rows)
            # What is hidden takes no focus, and the list was until now.
            if not self.isAncestorOf(self.window().focusWidget() or self.window()):
                self.list.setFocus()

        self.run(partial(requests_of_agency, self._desk), shown, self._unread)
        self.list.setFocus()

    def open(self, reference: str) -> None:
        """Show a request, or that of a referral."""

        def chosen(rows: tuple[RequestRow, ...]) -> None:
            self._have_rows(rows)
            found = next((row for row in rows if reference in (row.id, row.stream)), None)
            if found is not None:
                self.filter.choose(_OPEN if found.open else _ANSWERED)
                self._show_rows()
                self.list.select_key(found.id)

        self.run(partial(requests_of_agency, self._desk), chosen, self._unread)

    def chosen(self) -> str:
        return self._chosen[1] if self._chosen is not None else ""

    def show_change(self, change_set: object) -> None:
        if not isinstance(change_set, ChangeSet) or not (change_set.streams or change_set.hub):
            return
        self.run(partial(requests_of_agency, self._desk), self._have_rows, self._unread)
        if self._chosen is not None and self._chosen[0] in change_set.streams:
            self._refresh(self._chosen)

    def chips(self) -> Sequence[PillFace]:
        waiting = [row for row in self._rows if row.open]
        now = self._desk.now()
        late = sum(row.late(now) for row in waiting)
        faces = [PillFace(f"{len(waiting)} to answer", Tone.ACCENT)] if waiting else []
        return [*faces, PillFace(f"{late} late", Tone.RED)] if late else faces

    def _have_rows(self, rows: tuple[RequestRow, ...]) -> None:
        self._rows = rows
        waiting = sum(row.open for row in rows)
        self.filter.set_tabs(
            [Tab(_OPEN, "To answer", waiting), Tab(_ANSWERED, "Answered", len(rows) - waiting)]
        )
        self._show_rows()
        if self._chosen is not None and self.answer is not None:
            self._open_here.opened(self._chosen[0])
        self.chips_changed.emit()

    def _show_rows(self) -> None:
        shown = [row for row in self._rows if row.open == (self.filter.current() != _ANSWERED)]
        self._waiting.hide()
        self._none.setVisible(not shown)
        self._choose.setVisible(bool(shown))
        self._card.setVisible(bool(shown))
        self.list.set_rows(shown)
        if shown and self.list.hasFocus() and self.list.current() is None:
            self.list.select_key(shown[0].id)

    def _unread(self, error: Exception) -> None:
        self._waiting.hide()
        sentence = getattr(error, "sentence", "What is kept here could not be read.")
        self._show(ErrorState("The requests could not be read", sentence, self.enter))

    # --- one request

    def _row_chosen(self, row: object) -> None:
        assert isinstance(row, RequestRow)
        if self._chosen == (row.stream, row.id):
            return
        self._leave()
        if self.answer is not None:
            # Until the chosen one is read, nothing may be written to the one before it.
            self.answer.setEnabled(False)
        self._chosen = chosen = (row.stream, row.id)
        self.run(
            lambda: (
                open_request(self._desk, *chosen), known_systems(self._desk), kept_draft(self._desk, *chosen)
            ),
            lambda found: self._have_request(chosen, *found),
            lambda error: self._no_request(chosen, error),
        )  # fmt: skip

    def _have_request(
        self,
        chosen: tuple[str, str],
        detail: RequestDetail,
        known: Sequence[str],
        draft: AnswerDraft,
        begin: bool = False,
    ) -> None:
        if chosen != self._chosen:
            return
        page = AnswerPage(detail, known, draft, self._desk.now())
        page.edited.connect(self._keep_soon.wind)
        page.acknowledge.clicked.connect(self._acknowledge)
        page.send.clicked.connect(self._send)
        page.nothing.clicked.connect(self._nothing_held)
        page.item.added.connect(self._add_item)
        page.items.release_asked.connect(self._release)
        page.items.take_back_asked.connect(self._take_back)
        self._show(page)
        self.answer = page
        self._open_here.opened(chosen[0])

    def _no_request(self, chosen: tuple[str, str], error: Exception) -> None:
        if chosen == self._chosen:
            self._show(ErrorState("This request is not here", getattr(error, "sentence", "")))

    def _show(self, widget: AnswerPage | ErrorState) -> None:
        self.answer = None
        if (before := self._middle.widget(1)) is not None:
            self._middle.removeWidget(before)
            before.deleteLater()
        self._middle.addWidget(widget)
        self._middle.setCurrentIndex(1)

    def _refresh(self, chosen: tuple[str, str]) -> None:
        def shown(detail: RequestDetail) -> None:
            if self.answer is not None and chosen == self._chosen:
                self.answer.show_detail(detail, self._desk.now())

        self.run(
            partial(read_request, self._desk, *chosen), shown, lambda error: self._no_request(chosen, error)
        )

    def _begin(self) -> None:
        if self.answer is not None:
            self.answer.people[0].begin()

    # --- what is typed

    def _keep(self) -> None:
        self._keep_soon.stop()
        if self.answer is not None and self._chosen is not None:
            self.run(partial(keep_draft, self._desk, *self._chosen, self.answer.draft()), _nothing)

    def _leave(self) -> None:
        if self._keep_soon.isActive():
            self._keep()

    # --- what is done

    def _act(
        self,
        task: Callable[[], object],
        done: Callable[[], object],
        wrong: Callable[[Refusal], object] | None = None,
    ) -> None:
        """One act; while it is made its buttons are asleep, and a refusal shows where it belongs."""
        page = self.answer
        if page is None:
            return
        self._keep_soon.stop()
        page.set_busy(True)

        def finished(_: object) -> None:
            page.set_busy(False)
            done()

        def refused(error: Exception) -> None:
            page.set_busy(False)
            self._keep()
            if isinstance(error, Refusal):
                (wrong or page.refuse)(error)
            else:
                self._tell(error)

        self.run(task, finished, refused)

    def _again(self, sentence: str) -> None:
        """The answer is sent: show the request anew, with nothing typed."""
        chosen = self._chosen
        self.says.emit(sentence)
        if chosen is None:
            return
        self.run(
            lambda: (
                read_request(self._desk, *chosen), known_systems(self._desk), kept_draft(self._desk, *chosen)
            ),
            lambda found: self._have_request(chosen, *found),
        )  # fmt: skip
        self.list.setFocus()

    def _acknowledge(self) -> None:
        if self._chosen is not None:
            self._act(partial(acknowledge, self._desk, *self._chosen), lambda: None)

    def _send(self) -> None:
        if self._chosen is not None and self.answer is not None:
            draft = self.answer.draft()
            self._act(
                partial(send_answer, self._desk, *self._chosen, draft),
                lambda: self._again("Answer kept, on its way."),
            )

    def _nothing_held(self) -> None:
        if self._chosen is not None and self.answer is not None:
            draft = self.answer.draft()
            self._act(
                partial(nothing_held, self._desk, *self._chosen, draft),
                lambda: self._again("Nothing held: answered for everybody."),
            )

    def _add_item(self) -> None:
        page, chosen = self.answer, self._chosen
        if page is None or chosen is None:
            return
        item = page.item.item()

        def refused(error: Exception) -> None:
            if isinstance(error, Refusal):
                page.item.refuse(error)
            else:
                self._tell(error)

        self.run(partial(check_item, self._desk, *chosen, item), lambda _: page.add_item(), refused)

    def _release(self, contribution: str, wording: object, onward: bool) -> None:
        words = wording if isinstance(wording, str) else None
        self._on_item(lambda stream: release(self._desk, stream, contribution, words, onward))

    def _take_back(self, contribution: str, reason: str) -> None:
        self._on_item(lambda stream: take_back(self._desk, stream, contribution, reason))

    def _on_item(self, act: Callable[[str], object]) -> None:
        if self._chosen is not None and self.answer is not None:
            items = self.answer.items
            self._act(partial(act, self._chosen[0]), items.done, items.refuse)

    # --- time

    def hideEvent(self, event: QHideEvent) -> None:
        self._leave()
        super().hideEvent(event)

    def tick(self) -> None:
        self.list.viewport().update()
        if self.answer is not None:
            self.answer.show_time(self._desk.now())


def _nothing(_: object) -> None:
    return None
