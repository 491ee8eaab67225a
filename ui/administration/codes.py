"""Codes for many devices at once: whom they are for, the run through them, and what came of each.

Codes are held here and nowhere else, until the screen is left or locked. They leave it on a paper that can be
printed, and saved under a password only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from mash_desktop.desk import Desk, administration
from mash_desktop.desk.administration import LIST, CodeRow, EnrolmentCode
from mash_desktop.desk.papers import Paper
from mash_desktop.domain.errors import Refusal
from ui.forms import SideForm
from ui.screen import Screen
from ui.theme import Role, Tone, Voice
from ui.viewer import Viewer
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton
from ui.widgets.card import Card
from ui.widgets.choice import ChoiceField
from ui.widgets.field import TextField
from ui.widgets.layout import Row
from ui.widgets.states import EmptyState
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text

_UNREACHABLE = "The hub cannot be reached. What has been made stands here; go on when the line is back."
_FOR_ALL = frozenset({"not-permitted", "session-ended", "device-revoked", "directory-left"})
"""Refusals that the next person would meet as well."""

Button = Callable[[str, str, str, Callable[[], None]], ActionButton]


def codes_table() -> DenseTable[CodeRow]:
    return DenseTable(
        [
            TableColumn("Person", lambda row: row.name, bold=True),
            TableColumn("Roles", lambda row: row.roles, stretch=1),
            TableColumn("Signs in as", lambda row: row.account),
            TableColumn("Code", lambda row: row.code, bold=True),
            TableColumn(
                "",
                _state,
                stretch=1,
                voice=lambda row: Voice.GREEN if row.code else Voice.RED if row.refused else Voice.ASIDE,
            ),
        ],
        key=lambda row: row.key,
        accessible_name="Codes for devices",
    )


def _state(row: CodeRow) -> str:
    return f"✓ made, good until {row.until}" if row.code else row.refused or "waits"


class WhoForm(SideForm):
    """Everybody without a device, an agency's, or the people of a list, which may be in a file."""

    file_chosen = Signal(str)

    def __init__(self, groups: Sequence[tuple[str, str]]) -> None:
        self._who = ChoiceField("For whom", groups, groups[0][0])
        self._list = TextField("The list", lines=8, aside="or read it from a file")
        self._choose = ActionButton("Choose…", "Alt+O", accessible_name="Choose the file", compact=True)
        self._choose.setObjectName("admin.choose")
        self._choose.clicked.connect(self._read)
        super().__init__(
            "admin",
            "Codes for many devices",
            "Show who",
            self._who,
            self._list,
            Row(self._choose, None),
            Text(
                "One person a line: a name, an e-mail or an account. Of somebody who has no account yet, it "
                "may stand behind the name, after a comma. Nothing is made before you have seen who.",
                Role.SMALL,
                Voice.ASIDE,
                wrap=True,
            ),
            fields={"who": self._who, "list": self._list},
        )
        self._who.changed.connect(self._follow)
        self._follow()

    def fill(self, values: dict[str, str]) -> None:
        super().fill(values)
        self._follow()

    def _follow(self) -> None:
        for widget in (self._list, self._choose):
            widget.setVisible(self._who.value() == LIST)

    def _read(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "A list of people", "", "Lists (*.csv *.txt)")
        if name:
            self.file_chosen.emit(name)

    def take_list(self, text: str) -> None:
        self._list.set_value(text)
        self.edited.emit()


class ManyCodes(QObject):
    """The people chosen, one after the other, and the banner and actions that go with how far it has come.

    ``moved`` when something else is to be shown.
    """

    moved = Signal()
    _answered = Signal(object)

    def __init__(self, screen: Screen, desk: Desk, button: Button) -> None:
        super().__init__(screen)
        self._screen, self._desk, self._button = screen, desk, button
        self.table = codes_table()
        self.running = False
        self._run = 0
        """Which run it is: an answer to one that was left is nobody's."""
        self._fault = ""
        self.viewer = Viewer(screen, desk)
        self._answered.connect(self._take, Qt.ConnectionType.QueuedConnection)
        screen.gone_from_sight.connect(self.forget)

    @property
    def rows(self) -> Sequence[CodeRow]:
        return self.table.rows()

    def show_rows(self, rows: Sequence[CodeRow]) -> None:
        """Whom codes are to be made for. None has been made yet."""
        self._run += 1
        self.running, self._fault = False, ""
        self.table.set_rows(rows)
        self.moved.emit()

    def forget(self) -> None:
        """Let the codes go; what has been made stays good until it expires."""
        while not self.viewer.isHidden():
            self.viewer.dismiss()
        if self.rows:
            self.show_rows(())

    # --- the run

    @property
    def _waiting(self) -> list[CodeRow]:
        return [row for row in self.rows if not row.code and not row.refused]

    @property
    def _made(self) -> int:
        return sum(bool(row.code) for row in self.rows)

    def _go_on(self) -> None:
        self.running, self._fault = True, ""
        self._next()

    def _stop(self) -> None:
        self.running = False
        self.moved.emit()

    def _next(self) -> None:
        waiting = self._waiting
        if not waiting:
            self.running = False
        if self.running:
            row, run = waiting[0], self._run
            ask = partial(administration.ask_code, self._desk, row.person, row.account)
            asked = partial(self._wait_for, run, row)
            self._screen.run(ask, asked, lambda error: self._refused(run, row, error))
        self.moved.emit()

    def _wait_for(self, run: int, row: CodeRow, future: Future[EnrolmentCode]) -> None:
        def came(done: Future[EnrolmentCode]) -> None:
            # On the network's thread; the screen may have been dropped by a lock meanwhile.
            if shiboken6.isValid(self):
                self._answered.emit((run, row, done))

        future.add_done_callback(came)

    def _take(self, answer: tuple[int, CodeRow, Future[EnrolmentCode]]) -> None:
        run, row, done = answer
        if run != self._run:
            return
        error = ConnectionError() if done.cancelled() else done.exception()
        if error is not None:
            self._refused(run, row, error)
            return
        code = done.result()
        self._screen.run(
            partial(administration.made, self._desk, row, code), lambda made: self._put(run, made)
        )

    def _refused(self, run: int, row: CodeRow, error: BaseException) -> None:
        if run != self._run:
            return
        if isinstance(error, Refusal) and error.code not in _FOR_ALL | {"offline"}:
            self._put(run, administration.refused(row, error))
        else:
            self.running = False
            self._fault = error.sentence if isinstance(error, Refusal) else _UNREACHABLE
            self.moved.emit()

    def _put(self, run: int, row: CodeRow) -> None:
        if run == self._run:
            self.table.set_rows([row if one.key == row.key else one for one in self.rows])
            self._next()

    # --- what stands above, and in place of, the table

    def banner(self) -> Banner | None:
        """How far it has come and what can be done next."""
        made, waiting = self._made, len(self._waiting)
        if not self.rows:
            return None
        if self.running:
            stop = self._button("Stop", "Esc", "stop", self._stop)
            sentence = f"{made} of {made + waiting} made"
            return Banner(sentence, "Codes are shown here once.", stop, tone=Tone.ACCENT)
        sheet = [self._button("Slips to print", "S", "sheet", self._sheet)] if made else []
        forget = self._button("Forget them", "Esc", "forget", self.forget)
        if waiting:
            words = "Go on" if made or self._fault else f"Make {_codes(waiting)}"
            make = self._button(words, "Ctrl+Return", "make_codes", self._go_on)
            make.set_kind("primary")
            sentence = f"{made} of {made + waiting} made" if made else f"{_codes(waiting)} to be made"
            tone = Tone.AMBER if self._fault else Tone.ACCENT
            return Banner(sentence, self._fault or self._left_out(), make, *sheet, forget, tone=tone)
        if not made:
            return Banner("Nobody here gets a code.", self._left_out(), forget, tone=Tone.AMBER)
        once = f"Shown once: they go when this screen is left or locked. {self._left_out()}"
        return Banner(f"{_codes(made)} made", once.strip(), *sheet, forget, tone=Tone.GREEN)

    def _left_out(self) -> str:
        """How many of the rows get no code."""
        count = sum(bool(row.refused) for row in self.rows)
        lines = "1 line gets" if count == 1 else f"{count} lines get"
        return f"{lines} none, and it says why." if count else ""

    def empty_state(self, choose: Callable[[], None]) -> EmptyState:
        return EmptyState(
            "key-round",
            "No codes are being made",
            "Make codes for many devices at once: for everybody without one, for an agency, or for a list. "
            "They are shown once, and can be printed as slips.",
            self._button("Choose who", "B", "choose_who", choose),
        )

    def _sheet(self) -> None:
        self._screen.run(partial(administration.sheet, self._desk, tuple(self.rows)), self._show_sheet)

    def _show_sheet(self, made: Paper) -> None:
        if self.rows:
            self.viewer.show_paper(made)

    def row_card(self) -> Card | None:
        """The row chosen, in full: a long refusal is read here."""
        row = self.table.current()
        if row is None:
            return None
        card = Card(row.name, row.account)
        if row.code:
            code = Text(row.code, Role.TITLE)
            code.setObjectName("admin.code")
            card.put(code)
            card.put(Text(f"good until {row.until}", Role.SMALL, Voice.LABEL))
        if row.linked:
            card.put(
                Text("The directory signs them in: no password is asked.", Role.SMALL, Voice.ASIDE, wrap=True)
            )
        if row.refused:
            card.put(Text(row.refused, Role.BASE, Voice.RED, wrap=True))
        return card


def _codes(count: int) -> str:
    return "1 code" if count == 1 else f"{count} codes"
