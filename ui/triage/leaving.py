"""The ways out of a contact, from a key to the act: routes, duplicates, passing on, acknowledging."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from mash_desktop.desk import Desk, triage
from mash_desktop.desk.attachments import attach
from mash_desktop.desk.triage import Contact, history, routing
from ui.screen import Screen
from ui.triage.keeping import Keeping
from ui.triage.page import ContactPage

_SAID = {
    "acknowledge": "The acknowledgement is recorded.",
    "attach": "The document is attached.",
    "duplicate": "Closed as a duplicate.",
    "pass": "Passed to the allocated worker.",
}
_STAYS = ("acknowledge", "attach")
_KEPT = "That did not work. What you wrote is kept; try again."


class Leaving(QObject):
    """``gone`` fires with the stream of a contact that has left triage, ``changed`` when it only changed."""

    gone = Signal(str)
    changed = Signal()

    def __init__(self, screen: Screen, desk: Desk, page: ContactPage, keeping: Keeping) -> None:
        super().__init__(screen)
        self._screen, self._desk, self._page, self._keeping = screen, desk, page, keeping
        page.routes.other.connect(self._open_act)
        page.routing.changed.connect(lambda: keeping.draft_only("routing", page.routing.form))
        page.routing.taken.connect(self._take)
        page.routing.left.connect(self._drop)
        for act in page.acts.values():
            act.asked.connect(partial(self._do, act.what))

    def prepare(self, route: str) -> None:
        """Let what was typed leave, look for everybody named, and open the card of a route on what then
        stands; or say what is missing where it is said."""
        page, desk, stream = self._page, self._desk, self._keeping.stream

        def ready() -> tuple[routing.Routing, Contact]:
            history.look_for_everybody(desk, stream)
            return routing.prepared(desk, stream, route), triage.view(desk, stream)

        def opened(found: tuple[routing.Routing, Contact]) -> None:
            if stream == self._keeping.stream:
                page.refresh(found[1])
                page.open_route(found[0])

        def refused(error: Exception) -> None:
            if stream != self._keeping.stream:
                return
            if not page.ask_for(getattr(error, "field", None), getattr(error, "sentence", _KEPT)):
                self._screen.says.emit(getattr(error, "sentence", _KEPT))

        self._keeping.leave_all()
        self._screen.run(ready, opened, refused)

    def _drop(self) -> None:
        self._keeping.forget_draft("routing")
        if self._keeping.stream:
            self._keeping.line("routing", "")
            self._keeping.flush()

    def _take(self) -> None:
        page, stream = self._page, self._keeping.stream
        if not stream:
            return
        form = page.routing.form()
        self._keeping.draft_only("routing", page.routing.form)
        self._keeping.leave_all()

        def taken(sentence: str) -> None:
            page.open_card(None)
            self._screen.says.emit(sentence)
            self.gone.emit(stream)

        def refused(error: Exception) -> None:
            page.routing.refuse(getattr(error, "field", None), getattr(error, "sentence", _KEPT))

        self._screen.run(partial(routing.take_route, self._desk, stream, form), taken, refused)

    def _open_act(self, what: str) -> None:
        if self._keeping.stream:
            self._page.open_act(what)

    def _do(self, what: str, values: dict[str, str]) -> None:
        page, stream, desk = self._page, self._keeping.stream, self._desk
        if not stream:
            return
        act = page.acts[what]
        tasks: dict[str, Callable[[], object]] = {
            "attach": lambda: attach(desk, stream, values["file"], values["title"]),
            "acknowledge": lambda: routing.acknowledge(desk, stream, values["how"]),
            "duplicate": lambda: routing.name_duplicate(desk, stream, values["of"], values["reason"]),
            "pass": lambda: routing.pass_on(desk, stream, values["worker"], values["reason"]),
        }
        self._keeping.leave_all()

        def done(_: object) -> None:
            act.finish()
            page.open_card(None)
            self._screen.says.emit(_SAID[what])
            if what in _STAYS:
                self.changed.emit()
            else:
                self.gone.emit(stream)

        def refused(error: Exception) -> None:
            act.refuse(getattr(error, "field", None), getattr(error, "sentence", _KEPT))

        self._screen.run(tasks[what], done, refused)
