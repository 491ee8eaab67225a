"""The console of the round table: who is there, what is known, what is thought of it, what is decided.

Names for tests and the demonstration: ``table.place``, ``table.opening.save``, ``table.seat.<agency>`` (focus
it, then P, X, I or B; Enter and ``table.seat.<agency>.who``), ``table.others``,
``table.analysis.<harm|likelihood|impact|protective|unknown|voice|discussion|options>``,
``table.chronology`` (E relies on its line),
``table.filter.<agency|person>``, ``table.final.<subject>``, ``table.subjects``, ``table.marac.<subject>``,
``table.intervention.<subject>``, ``table.rationale.<subject>``,
``table.view.<add|agency|subject|level|words|save|close>``, ``table.view.stance.<agrees|dissents|neither>``,
``table.action.<add|words|owner|due|save|close>``,
``table.done.<begin|action|words|save|close>`` (K), ``table.without.<reason|save>``, ``table.draft``,
``table.next``, ``table.second-display``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from mash_desktop.desk import ChangeSet, Desk, drafts
from mash_desktop.desk import round_table as desk_table
from mash_desktop.desk.round_table import Case, Here, Shown, Table
from mash_desktop.domain.codes import Attendance
from mash_desktop.domain.errors import Refusal
from mash_desktop.working_time import say_left
from ui.keeping import Soon
from ui.keys import keys
from ui.round_table.beside import InlineForm
from ui.round_table.console import Console
from ui.round_table.second_display import RoundTableDisplay
from ui.screen import Screen
from ui.theme import Tone
from ui.whereabouts import OpenHere
from ui.widgets.button import ActionButton
from ui.widgets.layout import Column
from ui.widgets.pill import PillFace, rag_face
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.work import Worker

_LOOK_MS = 1000
_Read = tuple[tuple[Case, ...], Table | None, str, dict[str, str]]


class RoundTable(Screen):
    """One case after the other. Everything typed is kept within a second; arrivals show by themselves."""

    place_id, title = "table", "Round table"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._cases: tuple[Case, ...] = ()
        self._table: Table | None = None
        self._stream = ""
        self._wanted = ""
        """The case asked for last: what is shown, or is about to be."""
        self._displays: list[RoundTableDisplay] = []
        self._open_here = OpenHere(self, desk)
        self._others: tuple[object, ...] = ()
        """Who else had the case open when last looked."""
        self._looking = QTimer(self)
        self._looking.setInterval(_LOOK_MS)
        self._looking.timeout.connect(self._look_around)
        self._kept_off = 0
        self.console = Console()
        self._forms_soon = Soon(self, self._keep_forms)
        self.second = ActionButton(
            "Second display", "S", accessible_name="Second display for the room", compact=True
        )
        self.second.setObjectName("table.second-display")
        self.second.clicked.connect(self._toggle_display)
        self._pages = QStackedWidget()
        self._pages.addWidget(SkeletonRows(8, what="Cases for the table"))
        self._pages.addWidget(self.console)
        self.setLayout(Column(self._pages))
        self.destroyed.connect(partial(_close, self._displays))
        self._wire()

    def _wire(self) -> None:
        console = self.console
        for form in console.forms:
            form.edited.connect(self._forms_soon.wind)
        console.seats.attended.connect(self._attended)
        console.analysis.kept.connect(self._keep_analysis)
        console.analysis.recorded.connect(self._record_analysis)
        console.decision.kept.connect(self._keep_decision)
        console.chronology.relied_changed.connect(lambda _: self._relied())
        console.views.form.saved.connect(self._save_view)
        console.to_do.form.saved.connect(self._save_action)
        console.to_do.done_form.saved.connect(self._save_done)
        console.opening.saved.connect(self._open_table)
        console.without.saved.connect(self._go_on_without)
        console.draft.clicked.connect(self._draft)
        console.next.clicked.connect(self._next)
        for key, do, words in (
            ("F", console.chronology.begin_filter, "Filter the chronology"),
            ("E", self._rely, "Rely on the chosen line, or no longer"),
            ("T", console.seats.begin, "Around the table"),
            ("Y", console.analysis.begin, "To the analysis"),
            ("L", console.chronology.table.setFocus, "To the chronology"),
            ("D", console.decision.begin, "To the decision"),
        ):
            # With Alt they lead out of a text field too.
            keys.on(key, console, do, words, group="Round table", also=(f"Alt+{key}",))

    # --- which case

    def enter(self) -> None:
        self._read(self._wanted)

    def open(self, reference: str) -> None:
        """Bring this referral to the table."""
        self._read(reference)

    def chosen(self) -> str:
        return self._wanted

    def _read(self, stream: str) -> None:
        """Read a case; the first in the order where none is named. The last one asked for is shown."""
        self._wanted = stream

        def read() -> _Read:
            found = desk_table.cases(self._desk)
            wanted = stream or (found[0].stream if found else "")
            place = desk_table.last_place(self._desk)
            if not wanted:
                return found, None, place, {}
            visit = desk_table.read_table if wanted == self._stream else desk_table.visit_table
            typed = drafts.kept(self._desk, desk_table.forms_key(wanted))
            return found, visit(self._desk, wanted), place, typed

        self.run(read, self._have, self._unread)

    def _have(self, found: _Read) -> None:
        self._cases, table, place, typed = found
        if table is None:
            self._show(
                EmptyState(
                    "users",
                    "No case is ready for the table",
                    "A case comes here once everybody asked has answered; the hub board can bring it sooner.",
                )
            )
            self._table = None
            self._open_here.left()
            self.chips_changed.emit()
            return
        if self._wanted and table.stream != self._wanted:
            # Another case has been asked for since; its answer follows.
            return
        self._wanted = table.stream
        if table.stream != self._stream:
            self._leave()
            self.console.clear()
            self._stream = table.stream
            self.console.offer({"opening.place": place} | typed)
            begin = True
        else:
            begin = self._pages.currentWidget() is not self.console
        self._table = table
        self._pages.setCurrentWidget(self.console)
        self.console.show_table(table)
        self._open_here.opened(self._stream)
        self._look_around()
        self.chips_changed.emit()
        if begin:
            self.console.begin()
        self._draw_display()

    def _unread(self, error: Exception) -> None:
        sentence = getattr(error, "sentence", "What is kept here could not be read.")
        self._stream, self._wanted, self._table = "", "", None
        self._open_here.left()
        self._show(ErrorState("This case could not be read", sentence, self.enter))
        self._blank_display()

    def _show(self, state: QWidget) -> None:
        before = self._pages.widget(2)
        if before is not None:
            self._pages.removeWidget(before)
            before.deleteLater()
        self._pages.addWidget(state)
        self._pages.setCurrentWidget(state)

    def show_change(self, change_set: object) -> None:
        """What concerns the case is read anew; focus, selection and typing stay."""
        if not isinstance(change_set, ChangeSet):
            return
        if self._stream in change_set.present:
            self._look_around()
        if any(
            stream.startswith(("referral:", "identity:")) or stream == "hub" for stream in change_set.streams
        ):
            self._read(self._wanted)

    def _look_around(self) -> None:
        """Who else has the case open: somebody is gone, too, of whom nothing more is heard."""
        stream = self._stream
        others = (stream, *self._desk.company.at(stream))
        if others == self._others:
            return
        self._others = others

        def show(here: tuple[Here, ...]) -> None:
            if stream == self._stream:
                self.console.seats.show_here(here)

        self.run(partial(desk_table.here, self._desk, stream), show)

    def _next(self) -> None:
        order = [case.stream for case in self._cases]
        if not order:
            self._read("")
            return
        at = order.index(self._stream) + 1 if self._stream in order else 0
        if order[at % len(order)] == self._stream:
            self.says.emit("This is the only case at the table.")
        else:
            self._read(order[at % len(order)])

    def chips(self) -> Sequence[PillFace]:
        table = self._table
        if table is None:
            return ()
        faces = []
        if table.rag is not None:
            left = say_left(table.clock.left(self._desk.now())) if table.clock else "untimed"
            faces.append(rag_face(table.rag.value, left))
        at = self._case_words()
        faces.append(PillFace(f"{table.who} · {at}" if at else table.who))
        if self.display is not None and self.display.isVisible():
            off = f" · {self._kept_off} kept off it" if self._kept_off else ""
            faces.append(PillFace(f"second display: on{off}", Tone.ACCENT))
        return faces

    def bar_widgets(self) -> Sequence[QWidget]:
        return (self.second,)

    def _case_words(self) -> str:
        order = [case.stream for case in self._cases]
        return f"case {order.index(self._stream) + 1} of {len(order)}" if self._stream in order else ""

    # --- what is done

    def _act(
        self,
        task: Callable[[], object],
        done: Callable[[], object] = lambda: None,
        wrong: Callable[[Refusal], object] | None = None,
    ) -> None:
        """One act. Its effect comes back as a change; a refusal goes where the words were typed."""

        def refused(error: Exception) -> None:
            if isinstance(error, Refusal) and wrong is not None:
                wrong(error)
            else:
                self._tell(error)

        self.run(task, lambda _: done(), refused)

    def _open_table(self) -> None:
        form = self.console.opening
        place = form.fields["place"].value()

        def opened() -> None:
            self._ended(form)
            self.console.seats.begin()

        self._act(partial(desk_table.open_table, self._desk, self._stream, place), opened, form.refuse)

    def _attended(self, agency: str, attendance: str, name: str) -> None:
        self._act(
            partial(
                desk_table.record_attendance, self._desk, self._stream, agency, Attendance(attendance), name
            )
        )

    def _keep_forms(self) -> None:
        self._forms_soon.stop()
        key = desk_table.forms_key(self._stream)
        self.run(partial(drafts.keep, self._desk, key, self.console.typed()), _nothing)

    def _ended(self, form: InlineForm) -> None:
        """Its words are an act now, and no draft any more."""
        form.clear()
        self._keep_forms()

    def _keep_analysis(self, part: str, words: str) -> None:
        self.run(partial(desk_table.keep_analysis, self._desk, self._stream, part, words), _nothing)

    def _record_analysis(self, part: str, words: str) -> None:
        self._act(
            partial(desk_table.record_analysis, self._desk, self._stream, part, words),
            wrong=lambda refusal: self.console.analysis.unrecorded(part, refusal.sentence),
        )

    def _save_view(self) -> None:
        views = self.console.views

        def saved() -> None:
            self._ended(views.form)
            views.form.close_form()

        self._act(
            partial(
                desk_table.add_view,
                self._desk,
                self._stream,
                views.agency.value(),
                views.subject.value(),
                views.level.value(),
                views.agrees(),
                views.words.value(),
            ),
            saved,
            views.form.refuse,
        )

    def _save_action(self) -> None:
        form = self.console.to_do.form
        words, owner, due = (form.fields[name].value() for name in ("words", "owner", "due"))

        def saved() -> None:
            self._ended(form)
            form.close_form()

        self._act(
            partial(desk_table.add_action, self._desk, self._stream, words, owner, due), saved, form.refuse
        )

    def _save_done(self) -> None:
        form = self.console.to_do.done_form
        action, words = (form.fields[name].value() for name in ("action", "words"))

        def saved() -> None:
            self._ended(form)
            form.close_form()

        done = partial(desk_table.complete_action, self._desk, self._stream, action, words)
        self._act(done, saved, form.refuse)

    # --- deciding

    def _rely(self) -> None:
        if self._table is None or not self._table.may_draft:
            return
        sentence = self.console.chronology.toggle()
        if sentence:
            self.says.emit(sentence)

    def _relied(self) -> None:
        self.console.show_relied()
        self._keep_decision()

    def _keep_decision(self) -> None:
        self.run(
            partial(desk_table.keep_deciding, self._desk, self._stream, self.console.deciding()), _nothing
        )

    def _draft(self) -> None:
        console = self.console
        console.analysis.flush()
        console.decision.stop()
        console.draft.setEnabled(False)

        def drafted() -> None:
            console.decision.settled()
            console.without.close_form()
            console.chronology.table.setFocus()
            self.says.emit("Drafted. It waits for sign-off.")

        def refused(refusal: Refusal) -> None:
            console.draft.setEnabled(True)
            self._keep_decision()
            console.refuse_draft(refusal)

        self._act(
            partial(desk_table.draft_decision, self._desk, self._stream, console.deciding()), drafted, refused
        )

    def _go_on_without(self) -> None:
        form = self.console.without
        reason = form.fields["reason"].value()

        def recorded() -> None:
            self._ended(form)
            form.close_form()
            self._draft()

        self._act(partial(desk_table.go_on_without, self._desk, self._stream, reason), recorded, form.refuse)

    # --- the second display

    @property
    def display(self) -> RoundTableDisplay | None:
        """The display for the room, once it has been asked for."""
        return self._displays[0] if self._displays else None

    def _toggle_display(self) -> None:
        if self.display is not None and self.display.isVisible():
            self.display.close()
            self._blank_display()
            self.chips_changed.emit()
        else:
            self._draw_display(begin=True)

    def _draw_display(self, begin: bool = False) -> None:
        """Have what everybody present may see worked out and drawn, while the display is on."""
        shown = self.display is not None and self.display.isVisible()
        if self._table is None or not (shown or begin):
            return
        stream = self._stream

        def draw(found: Shown) -> None:
            if stream != self._stream:
                return
            display = self.display
            if display is None:
                display = RoundTableDisplay(marking=found.marking)
                self._displays.append(display)
            display.show_shown(found, self._case_words().capitalize(), self._desk.now())
            self._kept_off = found.held_back
            if begin:
                display.show_on_other_screen()
                self.window().activateWindow()
            self.chips_changed.emit()

        self.run(partial(desk_table.what_all_may_see, self._desk, stream), draw, self._not_drawn)

    def _not_drawn(self, error: Exception) -> None:
        self._blank_display()
        self._tell(error)

    def _blank_display(self) -> None:
        if self.display is not None:
            self.display.blank()

    def blank(self) -> None:
        """Take every word of the case off the second display: on locking."""
        self._blank_display()

    # --- time and leaving

    def _leave(self) -> None:
        self.console.analysis.flush()
        self.console.decision.flush()
        if self._forms_soon.isActive():
            self._keep_forms()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._looking.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._looking.stop()
        if self._table is not None:
            self._leave()
        super().hideEvent(event)

    def tick(self) -> None:
        self.chips_changed.emit()
        self._draw_display()


def _close(displays: list[RoundTableDisplay]) -> None:
    """Once the screen is gone, which on locking is at once, so is what the room saw."""
    for display in filter(shiboken6.isValid, displays):
        display.blank()
        display.close()


def _nothing(_: object) -> None:
    return None
