"""Oversight itself: the list in order of urgency, the contact chosen, and what is decided about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mash_desktop.desk import ChangeSet, Desk, oversight
from mash_desktop.desk.oversight import TABS, Admission, Contact, Queue, QueueEntry, StrategyChoices
from mash_desktop.domain.errors import Refusal
from ui.forms import Make, OpenForm, SideForm
from ui.oversight.admission import AdmitForm, MiddleForm, RouteForm
from ui.oversight.faces import columns
from ui.oversight.panel import ContactPanel
from ui.oversight.strategy import AdviseForm, CloseForm, StrategyForm
from ui.screen import Screen
from ui.widgets.card import Card, Page
from ui.widgets.layout import Box, Column, empty
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable
from ui.widgets.tabs import Tab, TabStrip
from ui.work import Worker


class Oversight(Screen):
    place_id, title = "oversight", "Oversight"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._changed: frozenset[str] = frozenset()
        self._refreshing = False
        self._asked = ""
        """The referral chosen last: what stands at the side, or is about to."""
        self._queue: Queue | None = None
        self._wanted = ""
        self._entering = False
        self.tabs = TabStrip([Tab(tab, label) for tab, label in TABS], accessible_name="Filters")
        self.tabs.setObjectName("oversight.tabs")
        self.tabs.chosen.connect(lambda _: self._show_rows())
        self.table: DenseTable[QueueEntry] = DenseTable(
            columns(desk.now), key=lambda row: row.stream, accessible_name="Contacts before admission"
        )
        self.table.setObjectName("oversight.table")
        self.table.chosen.connect(self._row_chosen)
        self.table.opened.connect(lambda row: self.asks_to_open.emit("file", row.stream))
        self._card = Card(padding=1, gap=0)
        self._card.put(self.table, 1)
        self._card.hide()
        self._loading = SkeletonRows(what="Contacts")
        self._instead = Column(gap=0)
        self._instead_box = Box(self._instead)
        self._instead_box.hide()
        rows = Column(self.tabs, self._loading, gap=10, margins=12)
        rows.put(self._instead_box, 1)
        rows.put(self._card, 1)
        self._list_box = Box(rows)
        self._middle = Column(gap=0)
        self._middle.put(self._list_box, 1)
        self.side = ContactPanel()
        self.setLayout(Column(Page(self._middle, right=self.side)))
        side = self.side
        self._form = OpenForm(
            self,
            desk,
            self.table.setFocus,
            {
                "admit": side.admit,
                "route": side.route,
                "strategy": side.strategy,
                "advice": side.advise,
                "close": side.close_contact,
            },
        )
        self.side.admit.clicked.connect(partial(self._decide, self._open_admission))
        self.side.route.clicked.connect(partial(self._decide, self._open_route))
        self.side.strategy.clicked.connect(self._strategy)
        self.side.advise.clicked.connect(self._advise)
        self.side.close_contact.clicked.connect(self._close_contact)

    # --- reading

    def enter(self) -> None:
        self._entering = True
        self.run(partial(oversight.read_queue, self._desk), self._show_queue, self._failed)

    def open(self, reference: str) -> None:
        self._wanted = reference
        self.tabs.choose("all")
        self._show_rows()

    def chosen(self) -> str:
        return self.table.current_key()

    def show_change(self, change_set: object) -> None:
        if not isinstance(change_set, ChangeSet) or self._queue is None:
            return
        streams = frozenset(one for one in change_set.streams if one.startswith("referral:"))
        if change_set.hub:
            self._changed = frozenset()
            self.run(partial(oversight.read_queue, self._desk), self._show_queue)
        else:
            self._changed |= streams
            self._refresh()
        others = any(one.startswith("identity:") for one in change_set.streams)
        if self._asked and (self._asked in streams or others):
            self._read_contact(self._asked)

    def _refresh(self) -> None:
        """One refreshing at a time, each on the list that the last one made: none undoes another."""
        if self._changed and not self._refreshing and self._queue is not None:
            self._refreshing, changed, self._changed = True, self._changed, frozenset()
            self.run(
                partial(oversight.refreshed, self._desk, self._queue, changed), self._refreshed, self._stale
            )

    def _stale(self, error: Exception) -> None:
        self._refreshing = False
        self._tell(error)

    def _refreshed(self, queue: Queue) -> None:
        self._refreshing = False
        self._show_queue(queue)
        self._refresh()

    def _failed(self, error: Exception) -> None:
        self._loading.hide()
        if self._queue is not None and self._queue.rows:
            self._tell(error)
            return
        sentence = getattr(error, "sentence", "The profile could not be read.")
        self._show_instead(ErrorState("The contacts could not be read", sentence, self.enter))

    def _show_queue(self, queue: Queue) -> None:
        self._queue = queue
        self._loading.hide()
        self._show_rows()

    def _show_rows(self) -> None:
        queue = self._queue
        if queue is None:
            return
        counts = queue.counts()
        self.tabs.set_tabs([Tab(tab, label, counts[tab]) for tab, label in TABS])
        rows = queue.shown(self.tabs.current())
        self.table.set_rows(rows)
        if not rows:
            title = "None just now" if queue.rows else "No contact waits"
            sentence = "Contacts stand here from the first line until they are decided on, most urgent first."
            self._show_instead(EmptyState("eye", title, sentence))
            self.side.show_contact(None, self._desk.now())
            return
        empty(self._instead)
        self._instead_box.hide()
        self._card.show()
        if self._wanted and self.table.select_key(self._wanted):
            self._wanted = ""
        elif self.table.current() is None:
            self._form.close()
            self.table.select_key(rows[0].stream)
        if self._entering and self.isVisible():
            self._entering = False
            self.table.setFocus()

    def _show_instead(self, state: EmptyState | ErrorState) -> None:
        empty(self._instead)
        self._instead.put(state)
        self._instead_box.show()
        self._card.hide()

    def _row_chosen(self, row: QueueEntry) -> None:
        self._asked = row.stream
        shown = self.side.contact
        if shown is None or shown.stream != row.stream:
            self._form.close()
            # Until the chosen one is read, nothing may be done to the one before it.
            self.side.setEnabled(False)
            self.run(partial(self._desk.viewed, row.stream, "oversight"), lambda _: None)
        self._read_contact(row.stream)

    def _read_contact(self, stream: str) -> None:
        self.run(partial(oversight.contact, self._desk, stream), partial(self._show_contact, stream))

    def _show_contact(self, stream: str, contact: Contact | None) -> None:
        if stream == self._asked:
            if contact != self.side.contact:
                self.side.show_contact(contact, self._desk.now())
            self.side.setEnabled(True)
            self._form.reached(stream)

    def tick(self) -> None:
        """Time has passed: what is left is reckoned again from what is held."""
        self.table.viewport().update()
        self.side.tick(self._desk.now())

    # --- forms

    def _decide(self, opened: Callable[[Admission], None], _: bool = False) -> None:
        contact = self.side.contact
        if contact is not None:
            self.run(
                partial(oversight.admission, self._desk, contact.stream),
                lambda start: opened(start) if start is not None else None,
            )

    def _open_admission(self, start: Admission) -> None:
        form = AdmitForm(start)

        def make(key: str) -> Callable[[], object]:
            if sentence := form.unconfirmed():
                return partial(_refuse, sentence)
            return partial(oversight.admit, self._desk, start.stream, form.given(), (key,))

        self._open_middle(form, start.stream, "admit", make)

    def _open_route(self, start: Admission) -> None:
        contact = self.side.contact
        form = RouteForm(start, agrees=contact is not None and not contact.reaches_threshold)
        self._open_middle(
            form,
            start.stream,
            "route",
            lambda key: partial(oversight.send_on, self._desk, start.stream, form.given(), (key,)),
        )

    def _strategy(self) -> None:
        contact = self.side.contact
        if contact is not None:
            self.run(partial(oversight.strategy_choices, self._desk, contact.stream), self._open_strategy)

    def _open_strategy(self, start: StrategyChoices | None) -> None:
        if start is None:
            return
        form = StrategyForm(start)
        self._open_middle(
            form,
            start.stream,
            "strategy",
            lambda key: partial(oversight.hold_strategy, self._desk, start.stream, form.given(), (key,)),
        )

    def _advise(self) -> None:
        form = AdviseForm()
        self._open_side(
            form,
            "advice",
            lambda stream, key: partial(
                oversight.advise, self._desk, stream, form.values()["advice"], (key,)
            ),
        )

    def _close_contact(self) -> None:
        contact = self.side.contact
        if contact is None:
            return
        form = CloseForm(contact.needs_feedback)

        def make(stream: str, key: str) -> Callable[[], object]:
            typed = form.values()
            return partial(
                oversight.close, self._desk, stream, typed["reason"], typed.get("feedback", ""), (key,)
            )

        self._open_side(form, "close", make)

    def _open_side(self, form: SideForm, name: str, make: Callable[[str, str], Callable[[], object]]) -> None:
        contact = self.side.contact
        if contact is None:
            return
        self._form.close()
        self.side.open_form(form)
        stream = contact.stream
        self._form.open(form, f"oversight/{stream}/{name}", partial(make, stream), self.side.close_form)

    def _open_middle(self, form: MiddleForm, stream: str, name: str, make: Make) -> None:
        contact = self.side.contact
        if contact is None or contact.stream != stream:
            return
        self._form.close()
        take = self.side.lend_middle(self._middle, self._list_box, form)
        self._form.open(form, f"oversight/{stream}/{name}", make, take)


def _refuse(sentence: str) -> None:
    raise Refusal("not-confirmed", sentence)
