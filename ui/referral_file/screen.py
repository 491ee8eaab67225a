"""One referral's file: its heading, everything in order, people, decision, documents, links, actions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from mash_desktop.desk import ChangeSet, Desk, attachments, referral_file
from mash_desktop.desk.attachments import Attached, Bringing
from mash_desktop.desk.referral_file import File, Line, Link, form_key
from ui.forms import OpenForm, SideForm
from ui.glass import glass_form
from ui.keys import keys
from ui.referral_file import forms
from ui.referral_file.documents import Documents
from ui.referral_file.everything import Everything, entry_card
from ui.referral_file.heading import HeadCard, warnings
from ui.referral_file.people import people_cards
from ui.referral_file.side import SideActions
from ui.screen import Screen
from ui.sign_off.forms import feedback_form
from ui.sign_off.papers import Act, Papers
from ui.sign_off.reading import decision_cards, evidence_card
from ui.theme import Role, Voice, look_of
from ui.viewer import Viewer
from ui.whereabouts import OpenHere
from ui.widgets.card import Card, Page, SectionHeading, scrolled
from ui.widgets.layout import Box, Column, empty
from ui.widgets.pill import PillFace
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.tabs import Tab, TabStrip
from ui.widgets.text import Text
from ui.work import Worker

_TABS = ("everything", "people", "decision", "documents", "links")
_WHO_LOOKED = (
    "Who looks at this referral is recorded, with when and from where. Information governance reads that "
    "record; this desk does not hold it."
)


class ReferralFile(Screen):
    place_id, title = "file", "Referral file"
    _progressed = Signal(int, int)
    _brought = Signal(object)
    _not_brought = Signal(object)

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._stream = ""
        self._open_here = OpenHere(self, desk)
        self._file: File | None = None
        self._line: Line | None = None
        self._bringing: Bringing | None = None
        self.head = HeadCard()
        self._warnings = Column(gap=8)
        self.tabs = TabStrip(self._tab_list(), accessible_name="Parts of the file")
        self.tabs.setObjectName("file.tabs")
        self.tabs.chosen.connect(self._turn_to)
        self.everything = Everything()
        self.everything.chosen.connect(self._line_chosen)
        self.documents = Documents(lambda copy: self.papers.make(copy))
        self.documents.opened.connect(self._open_document)
        self.documents.attach.clicked.connect(self._attach)
        self.links: DenseTable[Link] = DenseTable(
            _link_columns(), key=lambda one: one.stream, accessible_name="Linked referrals"
        )
        self.links.setObjectName("file.links")
        self.links.opened.connect(self._follow)
        self._people, self._decision = Column(gap=0), Column(gap=0)
        self._linked = _Either(self.links, "link", "No other referral is linked to this one", _LINKED)
        self._stack = _Parts()
        self._stack.setAccessibleName("Part of the file")
        for page in (
            self.everything,
            scrolled(Box(self._people)),
            scrolled(Box(self._decision)),
            self.documents,
            self._linked,
        ):
            self._stack.addWidget(page)
        self._loading = SkeletonRows(8, what="The file")
        self._loading.hide()
        self._instead = Column(gap=0)
        reading = Column(self._warnings, self.head, self.tabs, gap=10)
        reading.put(self._stack, 1)
        self._reading = Box(reading)
        middle = Column(self._loading, gap=10, margins=12)
        middle.put(self._instead)
        middle.put(self._reading, 1)
        self.side = SideActions()
        self.setLayout(Column(Page(middle, right=self.side)))
        side = self.side
        self._form = OpenForm(
            self,
            desk,
            self._focus,
            {
                "note": side.note,
                "escalate": side.escalate,
                "resolve": side.resolve,
                "feedback": side.feedback,
                "done": side.done,
                "mark": side.mark,
                "unmark": side.unmark,
                "transfer": side.transfer,
                "glass": side.glass,
                "attach": self.documents.attach,
            },
        )
        self.viewer = Viewer(self, desk)
        self.papers = Papers(self, desk, self.viewer, "file", lambda: self._stream, self._open)
        self._wire()
        self._nothing_open()

    def _wire(self) -> None:
        side = self.side
        side.note.clicked.connect(lambda: self._open(forms.note_form(), "note", referral_file.add_note))
        side.escalate.clicked.connect(self._escalate)
        side.resolve.clicked.connect(self._resolve)
        side.feedback.clicked.connect(
            lambda: self._open(feedback_form("file"), "feedback", referral_file.give_feedback)
        )
        side.done.clicked.connect(self._done)
        side.mark.clicked.connect(self._mark)
        side.unmark.clicked.connect(self._unmark)
        side.withdraw.clicked.connect(self._withdraw)
        side.transfer.clicked.connect(self._transfer)
        side.glass.clicked.connect(self._break_glass)
        for at, tab in enumerate(_TABS, 1):
            keys.on(str(at), self._reading, partial(self._turn_to, tab), f"Show {tab}", group="File")
        keys.on("F", self.everything, self.everything.topic.setFocus, "Filter", group="File")
        self._progressed.connect(self._show_progress)
        self._brought.connect(self._put_together)
        self._not_brought.connect(self._bringing_failed)

    # --- reading

    def chips(self) -> list[PillFace]:
        if self._file is None:
            return []
        head = self._file.head
        return [PillFace(f"{head.who} · {head.reference}")]

    def enter(self) -> None:
        if self._stream:
            self._read()
            self._focus()

    def open(self, reference: str) -> None:
        if reference == self._stream and self._file is not None:
            return
        self._form.close()
        self._stop_bringing()
        self._stream, self._file, self._line = reference, None, None
        self._show_instead(None)
        self._reading.hide()
        self._loading.show()
        task = partial(referral_file.open_file, self._desk, reference)
        self.run(task, partial(self._show, reference), self._failed)

    def chosen(self) -> str:
        return self._stream

    def show_change(self, change_set: object) -> None:
        if (
            isinstance(change_set, ChangeSet)
            and self._stream
            and (
                self._stream in change_set.streams
                or change_set.outbox
                or any(one.startswith("identity:") for one in change_set.streams)
            )
        ):
            self._read()

    def _read(self) -> None:
        stream = self._stream
        self.run(
            partial(referral_file.read_file, self._desk, stream), partial(self._show, stream), self._failed
        )

    def _failed(self, error: Exception) -> None:
        self._loading.hide()
        if self._file is not None:
            self._tell(error)
            return
        sentence = getattr(error, "sentence", "The profile could not be read.")
        self._show_instead(ErrorState("The file could not be read", sentence, self._read))

    def _nothing_open(self) -> None:
        self._show_instead(
            EmptyState(
                "folder",
                "No file is open",
                "Search for a person or a reference with Ctrl K, or open a referral from a board.",
            )
        )

    def _show(self, stream: str, file: File | None) -> None:
        if stream != self._stream:
            return
        self._loading.hide()
        if file is None:
            self._show_instead(
                EmptyState("folder", "This desk does not hold that referral", "It may be searched for.")
            )
            return
        self._open_here.opened(stream)
        before, self._file = self._file, file
        self._show_instead(None)
        self._reading.show()
        if before == file:
            return
        head = file.head
        self.head.show_head(head, self._desk.now())
        empty(self._warnings)
        for banner in warnings(head):
            self._warnings.put(banner)
        self.tabs.set_tabs(self._tab_list())
        self.everything.show_lines(file.lines, file.people)
        self._show_people(before, file)
        self._show_decision(before, file)
        self.documents.show_documents(file.documents, file.copies)
        self.documents.attach.setEnabled(head.may_attach)
        self._linked.show_rows(file.links)
        self._show_side()
        self.chips_changed.emit()
        if before is None:
            self._turn_to("everything")
        self._form.reached(stream)

    def _show_people(self, before: File | None, file: File) -> None:
        if before is None or (before.people, before.household) != (file.people, file.household):
            empty(self._people)
            self._people.put(people_cards(file.people, file.household))

    def _show_decision(self, before: File | None, file: File) -> None:
        if before is not None and before.decision == file.decision:
            return
        empty(self._decision)
        shown = file.decision
        if shown is None:
            sentence = "Once it is drafted, the decision and what it rests on stand here."
            self._decision.put(EmptyState("scale", "Nothing has been decided yet", sentence))
            return
        signed = shown.after.signed if shown.after is not None else "Waits for sign-off"
        rows = Column(SectionHeading(signed, shown.drafted), decision_cards(shown), gap=10)
        rows.put(SectionHeading("What it rests on", f"{len(shown.evidence)} of {shown.entries} entries"))
        for one in shown.evidence:
            rows.put(evidence_card(one))
        rows.put(None)
        self._decision.put(Box(rows))

    def _tab_list(self) -> list[Tab]:
        file = self._file
        return [
            Tab("everything", "Everything", len(file.lines) if file else None),
            Tab("people", "People", len(file.people) if file else None),
            Tab("decision", "Decision"),
            Tab("documents", "Documents and papers", file.on_paper if file else None),
            Tab("links", "Linked referrals", len(file.links) if file else None),
        ]

    def _turn_to(self, tab: str) -> None:
        self.tabs.choose(tab)
        self._stack.setCurrentIndex(_TABS.index(tab))
        self._show_side()
        self._focus()

    def _focus(self) -> None:
        """Where work goes on in the part that is shown."""
        if not self.isVisible() or self._file is None or self._form.current is not None:
            return
        at: dict[str, QWidget] = {
            "everything": self.everything.table,
            "documents": self.documents.table if self._file.documents else self.documents.attach,
            "links": self.links,
        }
        at.get(self.tabs.current(), self.tabs.button(self.tabs.current())).setFocus()

    def _show_instead(self, state: EmptyState | ErrorState | None) -> None:
        empty(self._instead)
        if state is not None:
            self._instead.put(state, 1)
            self._reading.hide()
        self.side.setVisible(state is None)

    def _line_chosen(self, line: Line) -> None:
        self._line = line
        self._show_side()

    def _show_side(self) -> None:
        """The entry chosen, and what may be done."""
        line = self._line if self.tabs.current() == "everything" else None
        looked = Card("Who looked", "", Text(_WHO_LOOKED, Role.SMALL, Voice.LABEL, wrap=True))
        self.side.show_pieces(*([entry_card(line)] if line is not None else []), looked)
        if self._file is not None:
            self.side.allow(self._file.head, line)

    def tick(self) -> None:
        self.head.tick(self._desk.now())

    # --- actions

    def _break_glass(self) -> None:
        if self._file is not None:
            head = self._file.head
            form = glass_form("file", head.owner or "its owner", head.may_break_glass)
            self._open(form, "glass", referral_file.break_glass)

    def _open(self, form: SideForm, name: str, act: Act) -> None:
        stream = self._stream
        self._form.close()
        self.side.open_form(form)
        self._form.open(
            form,
            form_key(stream, name),
            lambda _: partial(act, self._desk, stream, form.values()),
            self.side.close_form,
        )

    def _escalate(self) -> None:
        if self._file is not None:
            self._open(forms.escalate_form(self._file.head), "escalate", referral_file.escalate)

    def _resolve(self) -> None:
        if self._file is not None and self._file.head.escalations:
            self._open(forms.resolve_form(self._file.head), "resolve", referral_file.resolve)

    def _done(self) -> None:
        if self._file is not None and self._file.head.to_do:
            self._open(forms.done_form(self._file.head), "done", referral_file.complete_action)

    def _mark(self) -> None:
        if self._file is not None:
            self._open(forms.MarkForm(self._file.head), "mark", referral_file.set_marker)

    def _unmark(self) -> None:
        if self._file is not None and self._file.head.marked:
            self._open(forms.unmark_form(self._file.head), "unmark", referral_file.clear_marker)

    def _withdraw(self) -> None:
        line = self._line
        if line is not None and line.may_withdraw:
            act = partial(_withdrawn, line.key)
            self._open(forms.withdraw_form(line), f"withdraw-{line.key}", act)

    def _transfer(self) -> None:
        if self._file is not None:
            self._open(forms.transfer_form(self._file.head), "transfer", referral_file.transfer)

    def _attach(self) -> None:
        if self._file is not None:
            self._open(forms.AttachForm(self._file.head.about), "attach", _attached)

    def _follow(self, link: Link) -> None:
        if link.held:
            self.asks_to_open.emit("file", link.stream)
        else:
            self.says.emit("This desk does not hold that referral.")

    # --- papers and documents

    def _open_document(self, one: Attached) -> None:
        self._form.close()
        self._stop_bringing()
        bringing = self._bringing = Bringing(
            self._desk,
            one,
            progress=self._progressed.emit,
            finished=lambda: self._brought.emit(one),
            failed=self._not_brought.emit,
        )
        self.run(bringing.start, lambda _: None, self._bringing_failed)

    def _stop_bringing(self) -> None:
        if self._bringing is not None:
            self._bringing.stop()
            self._bringing = None
        self.documents.progress.setText("")

    def _show_progress(self, done: int, of: int) -> None:
        self.documents.progress.setText(f"Bringing it here: {done} of {of} pieces" if done < of else "")

    def _bringing_failed(self, error: Exception) -> None:
        self._bringing = None
        self.documents.progress.setText("")
        sentence = getattr(error, "sentence", "The store cannot be reached. What has come so far is kept.")
        self.says.emit(sentence)

    def _put_together(self, one: Attached) -> None:
        def shown(content: bytes) -> None:
            self.viewer.show_document(content, one.media_type, one.title)

        self._bringing = None
        self.run(partial(attachments.put_together, self._desk, one), shown)
        self._read()


_LINKED = "Repeats, duplicates, and referrals about people linked as the same stand here."


class _Parts(QStackedWidget):
    """The part that is turned to; long ones scroll inside, so that the heading stays in sight."""

    def hasHeightForWidth(self) -> bool:
        return False

    def sizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(480), look.px(320))

    def minimumSizeHint(self) -> QSize:
        look = look_of(self)
        return QSize(look.px(240), look.px(320))


class _Either(QWidget):
    """A table, or a sentence while it has no rows."""

    def __init__(self, table: DenseTable[Link], icon: str, title: str, sentence: str) -> None:
        super().__init__()
        self._table, self._none = table, EmptyState(icon, title, sentence)
        self._card = Card(padding=1, gap=0)
        self._card.put(table, 1)
        rows = Column(gap=0)
        rows.put(self._none, 1)
        rows.put(self._card, 1)
        self.setLayout(rows)

    def show_rows(self, rows: tuple[Link, ...]) -> None:
        self._table.set_rows(rows)
        self._card.setVisible(bool(rows))
        self._none.setVisible(not rows)


def _withdrawn(entry: str, desk: Desk, stream: str, values: Mapping[str, str]) -> object:
    return referral_file.withdraw_entry(desk, stream, entry, values)


def _attached(desk: Desk, stream: str, values: Mapping[str, str]) -> object:
    about = (values["about"],) if values["about"] else ()
    return attachments.attach(desk, stream, values["path"], values["title"], about)


def _link_columns() -> list[TableColumn[Link]]:
    return [
        TableColumn("Reference", lambda one: one.reference),
        TableColumn("Who", lambda one: one.who, bold=True, stretch=1),
        TableColumn("Why", lambda one: one.why, stretch=1),
        TableColumn("Received", lambda one: one.when, voice=Voice.LABEL),
        TableColumn("Stage", lambda one: one.stage),
    ]
