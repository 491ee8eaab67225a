"""The triage desk as a screen: which contact is on the glass, and every word between it and the desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from mash_desktop.desk import ChangeSet, Desk, triage
from mash_desktop.desk.triage import AtDesk, Chip, Contact, Waiting, routing
from mash_desktop.domain.errors import Refusal
from ui.keys import keys
from ui.screen import Screen
from ui.theme import Tone
from ui.triage.finding import Finding
from ui.triage.keeping import Keeping, Leaves
from ui.triage.leaving import Leaving
from ui.triage.page import ContactPage
from ui.triage.queue import QueuePage
from ui.widgets.button import ActionButton
from ui.widgets.pill import PillFace
from ui.work import Worker

REFRESH_MS = 80


class TriageDesk(Screen):
    """``TriageDesk(desk, worker)``; ``open`` takes up the contact of a stream."""

    place_id, title = "triage", "Triage desk"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._chips: tuple[Chip, ...] = ()
        self._opening = False
        self._when_open: Callable[[], None] | None = None
        self._page: ContactPage | None = None
        self._keeping = Keeping(self, desk)
        self._keeping.left.connect(self._refresh_soon)
        self._queue = QueuePage()
        # Given its parent at once: a page without one would be seen as a window of its own.
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._queue)
        self._new = ActionButton("New contact", "Ctrl+N", accessible_name="New contact", compact=True)
        self._new.setObjectName("triage.new")
        self._new.clicked.connect(self.new)
        self._wait = ActionButton("Waiting", "Ctrl+W", accessible_name="Contacts that wait", compact=True)
        self._wait.setObjectName("triage.waiting.open")
        self._wait.clicked.connect(self.park)
        self._queue.new_asked.connect(self.new)
        self._queue.taken_up.connect(self.open)
        self._queue.end_neared.connect(self._more_waiting)
        keys.on("Ctrl+Tab", self, self.next_contact, "Next open contact")
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._refresh.timeout.connect(self._refresh_now)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.chips_changed)

    # --- the shell

    def chips(self) -> Sequence[PillFace]:
        now = self._desk.now()
        return [
            PillFace(f"{chip.title} · {_elapsed(chip.since, now)}", Tone.ACCENT)
            if chip.current
            else PillFace(f"Parked: {chip.title}")
            for chip in self._chips
        ]

    def bar_widgets(self) -> Sequence[QWidget]:
        return (self._new, self._wait)

    def enter(self) -> None:
        if self._page is None:
            self.run(partial(triage.settings, self._desk), self._have_settings)
        else:
            self._show_desk()

    def open(self, reference: str) -> None:
        if self._page is None:
            self.run(partial(triage.settings, self._desk), self._have_settings)
        self._leave_glass()
        self.run(partial(triage.take_up, self._desk, reference), self._have_desk)

    def chosen(self) -> str:
        return self._keeping.stream

    def show_change(self, change_set: object) -> None:
        """A contact on the glass minds its own stream and identities; the queue minds every referral."""
        if not isinstance(change_set, ChangeSet):
            return
        stream, streams = self._keeping.stream, change_set.streams
        mine = stream in streams or any(one.startswith("identity:") for one in streams)
        if change_set.hub or (mine if stream else bool(streams)):
            self._refresh_soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._second.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._second.stop()
        self._keeping.flush()

    # --- which contact is on the glass

    def _have_settings(self, settings: triage.Settings) -> None:
        if self._page is None:
            page = self._page = ContactPage(settings)
            self._pages.addWidget(page)
            self._wire(page)
            self.run(partial(triage.unopened, self._desk), self._have_unopened)
        else:
            self._show_desk()

    def _have_unopened(self, unopened: bool) -> None:
        """What could not be opened comes back onto the glass by itself, before anything that was opened."""
        if unopened and not self._keeping.stream:
            self.new()
        else:
            self._show_desk()

    def _wire(self, page: ContactPage) -> None:
        finding = self._finding = Finding(self, self._desk, page, self._keeping)
        page.edited.connect(self._edited)
        page.routes.chosen.connect(self._route)
        page.cohort_chosen.connect(self._cohort_chosen)
        page.people.line_edited.connect(self._line_edited)
        page.people.added.connect(lambda: self._add_person())
        page.people.chosen.connect(lambda _subject: finding.search_soon())
        page.people.edit_asked.connect(self._edit_person)
        page.people.remove_asked.connect(self._remove_person)
        page.editor.lives.connect(self._lives)
        page.editor.related.connect(self._relate)
        page.editor.reach.added.connect(self._add_reach)
        page.editor.reach.said.connect(self._say_safe)
        page.editor.home_added.connect(self._add_home)
        page.editor.done.connect(self._keeping.leave_all)
        self._ways_out = Leaving(self, self._desk, page, self._keeping)
        self._ways_out.gone.connect(self._put_down)
        self._ways_out.changed.connect(self._refresh_soon)

    def _show_desk(self) -> None:
        self.run(partial(triage.at_desk, self._desk), self._have_desk)

    def _have_desk(self, state: AtDesk) -> None:
        self._read_chips()
        if state.current:
            fresh = state.current != self._keeping.stream
            self.run(
                partial(triage.view, self._desk, state.current),
                self._begin if fresh else self._have_contact,
                partial(self._cannot_show, state.current),
            )
        elif not self._blank:
            self._keeping.forget()
            self._pages.setCurrentWidget(self._queue)
            self.run(partial(triage.waiting, self._desk), self._have_waiting)

    @property
    def _blank(self) -> bool:
        """A new contact is on the glass, and nothing has been typed in it."""
        return self._pages.currentWidget() is self._page and not self._keeping.stream

    def _read_chips(self) -> None:
        self.run(partial(triage.chips, self._desk), self._have_chips)

    def _have_chips(self, chips: tuple[Chip, ...]) -> None:
        self._chips = chips
        self.chips_changed.emit()

    def _have_waiting(self, rows: Sequence[Waiting]) -> None:
        self._queue.show_rows(rows)
        if self._pages.currentWidget() is self._queue and self.isVisible():
            self._queue.begin()

    def _more_waiting(self) -> None:
        held = len(self._queue.table.rows())
        self.run(partial(triage.waiting, self._desk, held), self._queue.table.append_rows)

    def _begin(self, contact: Contact) -> None:
        page = self._page
        if page is None:
            return
        again, self._opening = self._opening, False
        if again:
            # The same contact under another stream: what is being typed stays, and leaves for the new one.
            page.refresh(contact)
            for name, section in page.sections.items():
                if section.typed:
                    self._keeping.edited(name, section)
        else:
            self._keeping.forget()
            page.begin(contact)
        self._finding.begin()
        self._keeping.begin(contact.stream)
        self._take_up_kept(contact)
        self._pages.setCurrentWidget(page)
        self._do_what_waited(keep=again)
        if contact.taking.route:
            page.open_route(contact.taking)
        elif self.isVisible() and not again:
            (page.account.words if contact.caller.who else page.caller.who).setFocus()
        self._finding.everybody()
        self._finding.search_soon()

    def _have_contact(self, contact: Contact) -> None:
        page = self._page
        if page is None or contact.stream != self._keeping.stream:
            return
        if not contact.open and page.contact is not None and page.contact.open:
            self.says.emit(f"{contact.title} has left triage: {contact.stage.label.lower()}.")
            self._put_down(contact.stream)
            return
        page.refresh(contact)
        page.show_people(self._finding.found)
        self._pages.setCurrentWidget(page)
        self._finding.remind()

    def _cannot_show(self, stream: str, error: Exception) -> None:
        self._opening, self._when_open = False, None
        self.says.emit(getattr(error, "sentence", "This contact cannot be shown here."))
        self._put_down(stream)

    def _put_down(self, stream: str) -> None:
        self._keeping.forget()
        self.run(partial(triage.put_down, self._desk, stream), self._have_desk)

    def new(self) -> None:
        """A blank contact; it becomes a stream with the first thing typed in it."""
        page = self._page
        if page is None:
            return
        self._leave_glass()
        self.run(partial(triage.park, self._desk), lambda _state: self._read_chips())
        self.run(partial(triage.blank, self._desk), self._begin_blank)

    def _begin_blank(self, contact: Contact) -> None:
        page = self._page
        if page is None or self._keeping.stream:
            return
        page.begin(contact)
        self._finding.begin()
        self._take_up_kept(contact)
        self._pages.setCurrentWidget(page)
        page.caller.who.setFocus()

    def _take_up_kept(self, contact: Contact) -> None:
        """What was typed and had not left when this desk was last used leaves with the next pause."""
        page = self._page
        assert page is not None
        for name in contact.kept:
            section = page.sections.get(name)
            if section is not None:
                self._keeping.edited(name, section)

    def park(self) -> None:
        """Take the contact off the glass and show what waits."""
        self._leave_glass()
        self._pages.setCurrentWidget(self._queue)
        self.run(partial(triage.park, self._desk), self._have_desk)

    def next_contact(self) -> None:
        streams = [chip.stream for chip in self._chips]
        if streams:
            at = streams.index(self._keeping.stream) + 1 if self._keeping.stream in streams else 0
            self.open(streams[at % len(streams)])

    def _leave_glass(self) -> None:
        self._when_open = None
        self._keeping.leave_all()
        self._keeping.forget()

    # --- typing

    def _edited(self, name: str, section: Leaves) -> None:
        self._keeping.edited(name, section)
        self._first_edit()
        if name.startswith("person/"):
            self._finding.search_soon()
        elif name == "account":
            self._finding.remind()

    def _line_edited(self) -> None:
        page = self._page
        assert page is not None
        self._keeping.line("line", page.people.line.value())
        self._first_edit()
        self._finding.search_soon()

    def _first_edit(self) -> None:
        page = self._page
        if page is None or self._keeping.stream or self._opening:
            return
        self._opening = True
        self.run(partial(triage.begin, self._desk, *page.chosen_as()), self._opened, self._not_opened)

    def _opened(self, stream: str) -> None:
        self._opening = False
        self.run(partial(triage.adopt, self._desk, stream), lambda _: None)
        self._keeping.begin(stream)
        self._do_what_waited(keep=True)
        self._read_chips()
        self._refresh_soon()

    def _do_what_waited(self, *, keep: bool) -> None:
        """What was asked for faster than the contact could be opened; not of another one."""
        waited, self._when_open = self._when_open, None
        if keep and waited is not None:
            waited()

    def _not_opened(self, error: Exception) -> None:
        self._opening, self._when_open = False, None
        page = self._page
        assert page is not None
        self.run(partial(triage.keep_unopened, self._desk, *page.chosen_as()), lambda _: None)
        if isinstance(error, Refusal) and error.field == "local_authority":
            page.caller.fold(False)
            page.caller.authority.show_error(error.sentence)
        else:
            self._tell(error)

    def _cohort_chosen(self) -> None:
        page, stream = self._page, self._keeping.stream
        assert page is not None
        chosen = page.chosen_as()
        page.show_cohort(chosen[0])
        if not stream:
            if self._keeping.typed:
                self._first_edit()  # what was refused under another authority
            return
        # Both are fixed at entry, so the same contact is taken up again with all that was told.
        self._leave_glass()
        desk = self._desk

        def reopen() -> AtDesk:
            other = routing.reopen_as(desk, stream, *chosen)
            triage.put_down(desk, stream)
            return triage.take_up(desk, other)

        def reopened(state: AtDesk) -> None:
            # What was typed in the meantime is the new one's.
            self.run(partial(triage.adopt, desk, state.current), lambda _: self._have_desk(state))

        def failed(error: Exception) -> None:
            self._opening, self._when_open = False, None
            self._keeping.begin(stream)
            if page.contact is not None:
                page.caller.cohort.set_value(page.contact.cohort.value)
                page.caller.organisational.setChecked(page.contact.organisational)
                page.show_cohort(page.contact.cohort)
            page.caller.authority.show_error(getattr(error, "sentence", "That did not work."))

        self._opening = True
        self.run(reopen, reopened, failed)

    # --- refreshing

    def _refresh_soon(self) -> None:
        if not self._refresh.isActive():
            self._refresh.start()

    def _refresh_now(self) -> None:
        stream = self._keeping.stream
        if stream:
            self.run(partial(triage.view, self._desk, stream), self._have_contact, lambda _error: None)
            self._finding.everybody()
            self._read_chips()
        elif self._pages.currentWidget() is self._queue:
            self.run(partial(triage.waiting, self._desk), self._queue.show_rows)

    # --- routing

    def _route(self, route: str) -> None:
        """A route is never waited for: what was typed is saved first, a person still on the line too."""
        page = self._page
        assert page is not None
        named = bool(page.people.line.value().strip())
        if not self._keeping.stream and (named or self._opening or self._keeping.typed):
            self._when_open = partial(self._route, route)
            self._first_edit()
        elif named:
            self._add_person(partial(self._ways_out.prepare, route))
        else:
            self._ways_out.prepare(route)

    # --- people

    def _add_person(self, then: Callable[[], None] | None = None) -> None:
        page, stream = self._page, self._keeping.stream
        assert page is not None
        line = page.people.line.value()
        if not stream:
            # Typed faster than the contact could be opened: taken as soon as it is.
            self._when_open = self._add_person
            return

        def added(subject: str) -> None:
            self._keeping.forget_line()
            if page.people.line.value() == line:
                page.people.line.set_value("")
            self._refresh_now()
            self._finding.search_soon()
            if then is not None:
                then()

        def refused(error: Exception) -> None:
            page.people.line.show_error(getattr(error, "sentence", "That person was not added; try again."))

        self._keeping.flush()
        self.run(partial(triage.add_line, self._desk, stream, line), added, refused)

    def _remove_person(self, subject: str) -> None:
        stream = self._keeping.stream

        def removed(gone: triage.Removed) -> None:
            self._refresh_now()
            self.says_undoably.emit(f"{gone.name} was taken off.", partial(put_back, gone))

        def put_back(gone: triage.Removed) -> None:
            self.run(partial(triage.put_back, self._desk, stream, gone), lambda _: self._refresh_soon())

        self._keeping.leave_all()
        self.run(partial(triage.remove_person, self._desk, stream, subject), removed)

    def _edit_person(self, subject: str) -> None:
        page = self._page
        assert page is not None
        self._keeping.leave_all()
        self.run(partial(triage.person, self._desk, self._keeping.stream, subject), page.edit)

    def _lives(self, address: str, lives: bool) -> None:
        page = self._page
        assert page is not None
        self.run(
            partial(triage.lives_at, self._desk, self._keeping.stream, address, page.editor.subject, lives),
            lambda _: self._refresh_soon(),
        )

    def _relate(self, other: str, bond: str) -> None:
        page = self._page
        assert page is not None
        self.run(
            partial(triage.relate, self._desk, self._keeping.stream, page.editor.subject, other, bond),
            lambda _: self._refresh_soon(),
        )

    def _add_reach(self, medium: str, value: str, safe: str) -> None:
        page = self._page
        assert page is not None

        def added(_: None) -> None:
            page.editor.reach.clear()
            self._refresh_soon()

        self.run(
            partial(
                triage.add_reach,
                self._desk,
                self._keeping.stream,
                page.editor.subject,
                medium,
                value,
                safe,
            ),
            added,
            lambda error: page.editor.reach.refuse(
                getattr(error, "sentence", "That was not kept; try again.")
            ),
        )

    def _say_safe(self, detail: str, safe: str) -> None:
        self.run(
            partial(triage.say_safe, self._desk, self._keeping.stream, detail, safe),
            lambda _: self._refresh_soon(),
        )

    def _add_home(self, home: triage.Home) -> None:
        page = self._page
        assert page is not None

        def added(_: None) -> None:
            page.editor.home_was_added()
            self._edit_person(page.editor.subject)
            self._refresh_soon()

        def refused(error: Exception) -> None:
            page.editor.refuse_home(
                getattr(error, "field", None), getattr(error, "sentence", "That was not kept; try again.")
            )

        self.run(partial(triage.add_home, self._desk, self._keeping.stream, home), added, refused)


def _elapsed(since: datetime, now: datetime) -> str:
    """``call 04:12``; hours once it has taken one."""
    seconds = max(int((now - since).total_seconds()), 0)
    hours, rest = divmod(seconds, 3600)
    clock = f"{rest // 60:02}:{rest % 60:02}"
    return f"call {hours}:{clock}" if hours else f"call {clock}"
