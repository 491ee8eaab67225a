"""The board itself: filters, the list, the referral chosen, and what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mash_desktop.desk import ChangeSet, Desk, attention, downtime, hub_board
from mash_desktop.desk.hub_board import TABS, Board, BoardRow, Case, RefusedRating
from ui.forms import Make, OpenForm, SideForm
from ui.hub_board.asking import AskForm
from ui.hub_board.faces import columns
from ui.hub_board.forms import EscalateForm, RateForm, RequestForm, ResolveForm
from ui.hub_board.side import CasePanel
from ui.screen import Screen
from ui.theme import Role, Tone, Voice
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Page
from ui.widgets.layout import Box, Column, empty
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable
from ui.widgets.tabs import Tab, TabStrip
from ui.widgets.text import Text
from ui.work import Worker


class HubBoard(Screen):
    place_id, title = "hub", "Hub board"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._changed: frozenset[str] = frozenset()
        self._refreshing = False
        self._asked = ""
        """The referral chosen last: what stands at the side, or is about to."""
        self._board = Board()
        self._wanted = ""
        self._entering = False
        self._pace = Text("", Role.SMALL, Voice.ASIDE)
        self._pace.setObjectName("hub.pace")
        self.tabs = TabStrip(
            [Tab(tab, label) for tab, label in TABS], accessible_name="Filters", aside=self._pace
        )
        self.tabs.setObjectName("hub.tabs")
        self.tabs.chosen.connect(lambda _: self._show_rows())
        self.table: DenseTable[BoardRow] = DenseTable(
            columns(desk.now), key=lambda row: row.stream, accessible_name="Open referrals"
        )
        self.table.setObjectName("hub.table")
        self.table.chosen.connect(self._row_chosen)
        self.table.opened.connect(lambda row: self.asks_to_open.emit("file", row.stream))
        self._card = Card(padding=1, gap=0)
        self._card.put(self.table, 1)
        self._loading = SkeletonRows(what="Open referrals")
        self._instead = Column(gap=0)
        self._hint, self._banners = Column(gap=0), Column(gap=8)
        self._list = Column(self._hint, self._banners, self.tabs, gap=10, margins=12)
        self._list.put(self._loading)
        self._instead_box = Box(self._instead)
        self._instead_box.hide()
        self._list.put(self._instead_box, 1)
        self._list.put(self._card, 1)
        self._list_box = Box(self._list)
        self._middle = Column(gap=0)
        self._middle.put(self._list_box, 1)
        self.side = CasePanel()
        self.setLayout(Column(Page(self._middle, right=self.side)))
        side = self.side
        self._form = OpenForm(
            self,
            desk,
            self.table.setFocus,
            {
                "rate": side.rate,
                "ask": side.ask,
                "escalate": side.escalate,
                "resolve": side.resolve,
                "chase": side.chase,
                "go_on_without": side.without,
                "withdraw": side.withdraw,
            },
        )
        self._wire()
        self._card.hide()

    def _wire(self) -> None:
        side = self.side
        side.rate.clicked.connect(self._rate)
        side.ask.clicked.connect(self._ask)
        side.table.clicked.connect(self._to_table)
        side.escalate.clicked.connect(self._escalate)
        side.resolve.clicked.connect(self._resolve)
        side.chase.clicked.connect(
            partial(self._request, "Chase an answer", "Save", "How, and whom", "how", hub_board.chase)
        )
        side.without.clicked.connect(
            partial(
                self._request,
                "Go on without an answer",
                "Go on without",
                "Why the decision does not wait for it",
                "reason",
                hub_board.go_on_without,
            )
        )
        side.withdraw.clicked.connect(
            partial(
                self._request,
                "Withdraw a request",
                "Withdraw",
                "Why it is withdrawn",
                "reason",
                hub_board.withdraw,
            )
        )

    # --- reading

    def enter(self) -> None:
        self._entering = True
        if not self._board.rows:
            self.run(partial(hub_board.first_rows, self._desk), self._first, self._failed)
        self.run(partial(hub_board.read_board, self._desk), self._show_board, self._failed)
        self.run(partial(hub_board.refused_ratings, self._desk), self._show_refused)
        self.run(partial(downtime.unmade, self._desk), self._show_hint)

    def open(self, reference: str) -> None:
        self._wanted = reference
        self.tabs.choose("open")
        self._show_rows()

    def chosen(self) -> str:
        return self.table.current_key()

    def show_change(self, change_set: object) -> None:
        if not isinstance(change_set, ChangeSet):
            return
        streams = frozenset(one for one in change_set.streams if one.startswith("referral:"))
        if change_set.hub:
            self._changed = frozenset()
            self.run(partial(hub_board.read_board, self._desk), self._show_board)
        else:
            self._changed |= streams
            self._refresh()
        if self._asked in streams:
            self._read_case(self._asked)
        if change_set.outbox:
            self.run(partial(hub_board.refused_ratings, self._desk), self._show_refused)

    def _refresh(self) -> None:
        """One refreshing at a time, each on the board that the last one made: none undoes another."""
        if self._changed and not self._refreshing and self._board.whole:
            self._refreshing, changed, self._changed = True, self._changed, frozenset()
            self.run(
                partial(hub_board.refreshed, self._desk, self._board, changed), self._refreshed, self._stale
            )

    def _stale(self, error: Exception) -> None:
        self._refreshing = False
        self._tell(error)

    def _refreshed(self, board: Board) -> None:
        self._refreshing = False
        self._show_board(board)
        self._refresh()

    def _first(self, board: Board) -> None:
        if not self._board.whole:
            self._show_board(board)

    def _failed(self, error: Exception) -> None:
        self._loading.hide()
        if self._board.rows:
            self._tell(error)
            return
        sentence = getattr(error, "sentence", "The profile could not be read.")
        self._show_instead(ErrorState("The board could not be read", sentence, self.enter))

    def _show_board(self, board: Board) -> None:
        self._board = board
        self._loading.hide()
        self._show_rows()

    def _show_rows(self) -> None:
        now = self._desk.now()
        rows = self._board.shown(self.tabs.current(), now)
        if self._board.rows and rows:
            self._instead_of_rows(None)
            self.table.set_rows(rows)
            self._take_focus()
        elif self._board.whole:
            self._instead_of_rows(self.tabs.current())
        if self._wanted and self.table.select_key(self._wanted):
            self._wanted = ""
        elif self.table.current() is None and rows:
            self.table.select_key(rows[0].stream)
        self._show_counts()
        if self.table.current() is None or not rows:
            self.side.show_case(None, now)

    def _take_focus(self) -> None:
        """Work begins in the list, which could not have focus before it was there."""
        if self._entering and self.isVisible():
            self._entering = False
            self.table.setFocus()

    def _instead_of_rows(self, tab: str | None) -> None:
        if tab is None:
            empty(self._instead)
            self._instead_box.hide()
            self._card.show()
            return
        self.table.set_rows(())
        if self._board.rows:
            title, sentence = "None just now", "Referrals come into this list by themselves."
        else:
            title = "Nothing is open in the hub"
            sentence = "Referrals stand here from admission to sign-off, the most urgent first."
        self._show_instead(EmptyState("layout-grid", title, sentence))

    def _show_instead(self, state: EmptyState | ErrorState) -> None:
        empty(self._instead)
        self._instead.put(state)
        self._instead_box.show()
        self._card.hide()

    def _show_counts(self) -> None:
        now = self._desk.now()
        counts = self._board.counts(now)
        self.tabs.set_tabs([Tab(tab, label, counts[tab]) for tab, label in TABS])
        self._pace.setText(self._board.pace(now))

    def _row_chosen(self, row: BoardRow) -> None:
        self._asked = row.stream
        shown = self.side.case
        if shown is None or shown.stream != row.stream:
            self._form.close()
            # Until the chosen one is read, nothing may be done to the one before it.
            self.side.setEnabled(False)
            self.run(partial(self._desk.viewed, row.stream, "hub"), lambda _: None)
        self._read_case(row.stream)

    def _read_case(self, stream: str) -> None:
        self.run(partial(hub_board.case, self._desk, stream), partial(self._show_case, stream))

    def _show_case(self, stream: str, case: Case | None) -> None:
        if stream == self._asked:
            if case != self.side.case:
                self.side.show_case(case, self._desk.now())
            self.side.setEnabled(True)
            self._form.reached(stream)

    def tick(self) -> None:
        """Time has passed: what is left is reckoned again from what is held."""
        self._show_counts()
        self.table.viewport().update()
        self.side.tick(self._desk.now())
        if self.tabs.current() == "reds":
            self._show_rows()

    # --- a list for an outage

    def _show_hint(self, unmade: bool) -> None:
        empty(self._hint)
        if unmade:
            have = ActionButton("Have it made", "Alt+L", accessible_name="Have a list of open reds made")
            have.setObjectName("hub.have_list")
            have.clicked.connect(partial(self.asks_to_open.emit, "settings", "downtime"))
            later = ActionButton("Not today", "Alt+T", accessible_name="Put this away until tomorrow")
            later.setObjectName("hub.not_today")
            later.clicked.connect(self._not_today)
            told = "Made each day as a PDF under a password, it opens when everything is down."
            lacking = "You have no list of open reds for an outage."
            self._hint.put(Banner(lacking, told, have, later, tone=Tone.NEUTRAL))

    def _not_today(self) -> None:
        empty(self._hint)
        self.table.setFocus()
        self.run(partial(downtime.not_today, self._desk), lambda _: None)

    # --- somebody was quicker

    def _show_refused(self, refused: tuple[RefusedRating, ...]) -> None:
        empty(self._banners)
        for one in refused:
            again = ActionButton("Do it again", "Y", accessible_name=f"Rate {one.reference} again as you did")
            again.setObjectName("hub.again")
            again.clicked.connect(partial(self._again, one))
            leave = ActionButton("Let it go", "L", accessible_name=f"Let your rating of {one.reference} go")
            leave.setObjectName("hub.let_go")
            leave.clicked.connect(
                partial(self.run, partial(attention.let_go, self._desk, one.act), lambda _: None)
            )
            self._banners.put(
                Banner(
                    f"{one.reference}: {one.theirs}",
                    f"Yours, {one.rag.label.lower()}, was not admitted. Your words are kept: “{one.reason}”",
                    again,
                    leave,
                )
            )

    def _again(self, refused: RefusedRating) -> None:
        self.run(partial(attention.do_again, self._desk, refused.act), lambda _: None)

    # --- forms

    def _open_side(self, form: SideForm, name: str, make: Make) -> None:
        """Open a small form at the side."""
        case = self.side.case
        if case is None:
            return
        self._form.close()
        self.side.open_form(form)
        self._form.open(form, f"hub/{case.stream}/{name}", make, self.side.close_form)

    # --- actions

    def _rate(self) -> None:
        case = self.side.case
        if case is None:
            return

        def opened(dues: dict[str, str]) -> None:
            form = RateForm(case.who, case.rag, dues)
            self._open_side(form, "rate", lambda key: self._save_rating(case.stream, form, key))

        self.run(partial(hub_board.rating_dues, self._desk, case.stream), opened)

    def _save_rating(self, stream: str, form: RateForm, key: str) -> Callable[[], object]:
        typed = form.values()
        return partial(hub_board.rate, self._desk, stream, typed["rag"], typed["reason"], (key,))

    def _request(
        self, heading: str, save: str, label: str, name: str, make: Callable[..., object], _: bool = False
    ) -> None:
        case = self.side.case
        if case is None:
            return
        waiting = [one for one in case.waiting() if make is not hub_board.withdraw or one.may_withdraw]
        form = RequestForm(heading, save, label, name, waiting, self._desk.now())
        self._open_side(
            form,
            make.__name__,
            lambda key: partial(
                make, self._desk, case.stream, form.values()["request"], form.values()[name], (key,)
            ),
        )

    def _escalate(self) -> None:
        case = self.side.case
        if case is None:
            return

        def opened(agencies: tuple[tuple[str, str], ...]) -> None:
            form = EscalateForm(agencies)
            self._open_side(form, "escalate", lambda key: self._save_escalation(case.stream, form, key))

        self.run(partial(hub_board.parties, self._desk), opened)

    def _save_escalation(self, stream: str, form: EscalateForm, key: str) -> Callable[[], object]:
        typed = form.values()
        return partial(
            hub_board.escalate,
            self._desk,
            stream,
            typed["stage"],
            form.parties(),
            typed["words"],
            typed["interim_safety"],
            (key,),
        )

    def _resolve(self) -> None:
        case = self.side.case
        if case is None or not case.escalations:
            return
        form = ResolveForm(case.escalations)
        self._open_side(
            form,
            "resolve",
            lambda key: partial(
                hub_board.resolve,
                self._desk,
                case.stream,
                form.values()["escalation"],
                form.values()["result"],
                (key,),
            ),
        )

    def _to_table(self) -> None:
        case = self.side.case
        if case is not None:
            self.run(
                partial(hub_board.bring_to_table, self._desk, case.stream),
                lambda _: self.asks_to_open.emit("table", case.stream),
            )

    def _ask(self) -> None:
        case = self.side.case
        if case is not None:
            self.run(partial(hub_board.asking, self._desk, case.stream), self._open_asking)

    def _open_asking(self, start: hub_board.Asking | None) -> None:
        case = self.side.case
        if start is None or case is None or case.stream != start.stream:
            return
        self._form.close()
        form = AskForm(start)
        take = self.side.lend_middle(self._middle, self._list_box, form)
        self._form.open(
            form,
            f"hub/{start.stream}/ask",
            lambda key: partial(hub_board.ask, self._desk, start.stream, form.asks(), (key,)),
            take,
        )
