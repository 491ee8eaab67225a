"""What was sent to this team, the oldest unaccepted first; beside it the one chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from mash_desktop.desk import ChangeSet, Desk, attention, handover, inbox, papers, refused
from mash_desktop.desk.handover import HandedOver
from mash_desktop.desk.inbox import Open, Received
from mash_desktop.desk.refused import Refused
from mash_desktop.domain.entries.outcome import OutcomeAccepted, OutcomeReturned
from ui.forms import OpenForm, SideForm
from ui.inbox.handovers import HandoversCard
from ui.inbox.panel import OpenPanel
from ui.screen import Screen
from ui.sign_off.forms import close_form
from ui.sign_off.reading import face_of
from ui.theme import Voice
from ui.viewer import Viewer
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card, Page
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Box, Column, empty
from ui.widgets.pill import rag_face
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable, TableColumn
from ui.work import Worker


class Inbox(Screen):
    place_id, title = "inbox", "Receiving team’s inbox"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._asked = ""
        """The sending chosen last: what stands at the side, or is about to."""
        self._wanted = ""
        self._entering = False
        self.table: DenseTable[Received] = DenseTable(
            self._columns(), key=lambda row: row.sending, accessible_name="Referrals sent to this team"
        )
        self.table.setObjectName("inbox.table")
        self.table.chosen.connect(self._row_chosen)
        self.table.opened.connect(lambda row: self.asks_to_open.emit("file", row.stream))
        self._card = Card(padding=1, gap=0)
        self._card.put(self.table, 1)
        self._card.hide()
        self._loading = SkeletonRows(what="Referrals sent to this team")
        self._banners, self._instead = Column(gap=8), Column(gap=0)
        self._instead_box = Box(self._instead)
        self._instead_box.hide()
        self.handovers = HandoversCard(desk.now)
        middle = Column(self._banners, self._loading, self.handovers, gap=10, margins=12)
        middle.put(self._instead_box, 1)
        middle.put(self._card, 1)
        self.side = OpenPanel()
        self.setLayout(Column(Page(middle, right=self.side)))
        opened_by = {"back": self.side.back, "first": self.side.first, "close": self.side.finish}
        self._form = OpenForm(self, desk, self.table.setFocus, opened_by)
        self.viewer = Viewer(self, desk)
        self._wire()

    def _columns(self) -> list[TableColumn[Received]]:
        return [
            TableColumn("Reference", lambda row: row.reference),
            TableColumn("Who", lambda row: row.who, bold=True, stretch=2),
            TableColumn(
                "Level",
                lambda row: row.level.text if row.level else "not known",
                pills=lambda row: [face_of(row.level)] if row.level else [],
            ),
            TableColumn(
                "Rating",
                lambda row: row.rag.label if row.rag else "not rated",
                pills=lambda row: [rag_face(row.rag.value)] if row.rag else [],
            ),
            TableColumn("Sent", lambda row: row.sent, voice=Voice.LABEL),
            TableColumn("First action", lambda row: row.waits(self._desk.now()), stretch=1),
            TableColumn("State", lambda row: row.state.text, pills=lambda row: [face_of(row.state)]),
        ]

    def _wire(self) -> None:
        side = self.side
        side.accept.clicked.connect(self._accept)
        side.back.clicked.connect(self._back)
        side.first.clicked.connect(self._first)
        side.finish.clicked.connect(self._finish)
        side.paper.clicked.connect(self._paper)
        side.file.clicked.connect(self._file)
        self.handovers.taken.connect(self._take_over)
        self.handovers.opened.connect(lambda row: self.asks_to_open.emit("file", row.stream))

    # --- reading

    def enter(self) -> None:
        self._entering = True
        self._read_rows()
        self._read_refused()

    def _read_rows(self) -> None:
        self.run(partial(handover.handed_over, self._desk), self._show_handovers)
        self.run(partial(inbox.received, self._desk), self._show_rows, self._failed)

    def _show_handovers(self, rows: tuple[HandedOver, ...]) -> None:
        self.handovers.show_rows(rows)
        wanted = next((row.handover for row in rows if row.stream == self._wanted), "")
        if rows and self.isVisible() and (self._entering or wanted):
            self._entering = False
            self.handovers.table.select_key(wanted or rows[0].handover)
            self.handovers.table.setFocus()

    def open(self, reference: str) -> None:
        self._wanted = reference
        if not self._select_wanted():
            self._read_rows()

    def chosen(self) -> str:
        return self.table.current_key()

    def _select_wanted(self) -> bool:
        """Choose the sending that was asked for, or what came of the referral, once it is in the list."""
        rows = self.table.rows()
        found = next((row.sending for row in rows if self._wanted in (row.sending, row.stream)), "")
        if not found or not self.table.select_key(found):
            return False
        self._wanted = ""
        return True

    def show_change(self, change_set: object) -> None:
        if not isinstance(change_set, ChangeSet):
            return
        if any(stream.startswith("referral:") for stream in change_set.streams):
            self._read_rows()
        shown = self.side.shown
        if shown is not None and shown.row.stream in change_set.streams:
            self._read(shown.row)
        if change_set.outbox:
            self._read_refused()

    def _failed(self, error: Exception) -> None:
        self._loading.hide()
        if self.table.rows():
            self._tell(error)
            return
        sentence = getattr(error, "sentence", "The profile could not be read.")
        self._show_instead(ErrorState("The inbox could not be read", sentence, self.enter))

    def _show_rows(self, rows: tuple[Received, ...]) -> None:
        self._loading.hide()
        self.table.set_rows(rows)
        handed_over = bool(self.handovers.table.rows())
        self.side.setVisible(bool(rows) or not handed_over)
        if not rows:
            self._form.close()
            self.side.show_open(None, self._desk.now())
            self._show_instead(
                EmptyState(
                    "inbox",
                    "Nothing has been sent to this team",
                    "What the hub decides comes here to be accepted, or returned with a reason; what is left "
                    "for the night, to be taken over.",
                )
            )
            self._instead_box.setVisible(not handed_over)
            return
        self._show_instead(None)
        if not self._select_wanted() and self.table.current() is None:
            self.table.select_key(rows[0].sending)
        if self._entering and self.isVisible():
            self._entering = False
            self.table.setFocus()

    def _show_instead(self, state: EmptyState | ErrorState | None) -> None:
        empty(self._instead)
        self._instead_box.setVisible(state is not None)
        self._card.setVisible(state is None)
        if state is not None:
            self._instead.put(state)

    def _row_chosen(self, row: Received) -> None:
        self._asked = row.sending
        shown = self.side.shown
        if shown is not None and shown.row.sending == row.sending:
            self.side.setEnabled(True)
            return
        self._form.close()
        # Until the chosen one is read, nothing may be done to the one before it.
        self.side.setEnabled(False)
        task = partial(inbox.open_received, self._desk, row)
        self.run(task, partial(self._show_open, row.sending))

    def _read(self, row: Received) -> None:
        task = partial(inbox.read_received, self._desk, row)
        self.run(task, partial(self._show_open, row.sending))

    def _show_open(self, sending: str, shown: Open | None) -> None:
        if sending == self._asked:
            if shown != self.side.shown:
                self.side.show_open(shown, self._desk.now())
            self.side.setEnabled(True)
            self._form.reached(sending)

    def tick(self) -> None:
        """Time has passed."""
        self.table.viewport().update()
        self.handovers.tick()
        self.side.tick(self._desk.now())

    # --- actions

    def _take_over(self, row: HandedOver) -> None:
        self.run(
            partial(handover.take_over, self._desk, row),
            lambda _: self.says.emit(f"{row.who}, {row.reference}, taken over."),
        )

    def _accept(self) -> None:
        shown = self.side.shown
        if shown is not None:
            row = shown.row
            self.run(
                partial(inbox.accept, self._desk, row),
                lambda _: self.says.emit(f"{row.who}, {row.reference}, accepted."),
            )

    def _back(self) -> None:
        reason = TextField("Why it goes back", lines=3)
        form = SideForm("inbox", "Return to who sent it", "Return", reason, fields={"reason": reason})
        self._open(form, "back", inbox.send_back)

    def _first(self) -> None:
        words = TextField("What was done first", lines=3)
        done_at = Field("When", placeholder="now", aside="14:20 · yesterday 16:00 · 12 Nov 10:05")
        form = SideForm(
            "inbox",
            "First action",
            "Save",
            words,
            done_at,
            fields={"words": words, "done_at": done_at},
        )
        self._open(form, "first", inbox.record_first_action)

    def _finish(self) -> None:
        self._open(close_form("inbox"), "close", inbox.close)

    def _open(
        self, form: SideForm, name: str, act: Callable[[Desk, Received, Mapping[str, str]], object]
    ) -> None:
        if self.side.shown is None:
            return
        row = self.side.shown.row
        self._form.close()
        self.side.open_form(form)
        self._form.open(
            form,
            inbox.form_of(row.stream, row.sending, name),
            lambda _: partial(act, self._desk, row, form.values()),
            self.side.close_form,
        )

    def _paper(self) -> None:
        if self.side.shown is not None:
            row = self.side.shown.row
            make = partial(papers.make_and_record, self._desk, row.stream, "receiving_team")
            self.run(partial(make, sending=row.sending), self.viewer.show_paper)

    def _file(self) -> None:
        if self.side.shown is not None:
            self.asks_to_open.emit("file", self.side.shown.row.stream)

    # --- not admitted

    def _read_refused(self) -> None:
        task = partial(refused.refused_acts, self._desk, OutcomeAccepted, OutcomeReturned)
        self.run(task, self._show_refused)

    def _show_refused(self, found: tuple[Refused, ...]) -> None:
        empty(self._banners)
        for one in found:
            buttons = []
            if one.kind == "outcome.returned":
                again = ActionButton("Use the words again", "Y", accessible_name="Use what you wrote again")
                again.setObjectName("inbox.again")
                again.clicked.connect(partial(self._again, one))
                buttons.append(again)
            leave = ActionButton("Let it go", "G", accessible_name=f"Let your act on {one.reference} go")
            leave.setObjectName("inbox.let_go")
            leave.clicked.connect(partial(self._let_go, one))
            theirs = f" Since then: {one.theirs}" if one.theirs else ""
            detail = f"Yours was not admitted and is kept: {one.mine}{theirs}"
            self._banners.put(Banner(f"{one.reference}: {one.sentence}", detail, *buttons, leave))

    def _let_go(self, one: Refused) -> None:
        self.run(partial(attention.let_go, self._desk, one.act), lambda _: None)

    def _again(self, one: Refused) -> None:
        self._form.close()
        sending = one.typed.get("sent", "")
        form = inbox.form_of(one.stream, sending, "back")
        task = partial(refused.take_up_again, self._desk, one, form)
        self.run(task, lambda _: self._open_again(sending))

    def _open_again(self, sending: str) -> None:
        if self.table.select_key(sending):
            self._back()
