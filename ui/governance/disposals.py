"""Disposal on the governance screen: what is due, proposed, held or gone, and the words that decide it.

The screen shows the table, puts the card beside it and keeps the form; here is what they say and do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from mash_desktop.desk import Desk, keeping
from mash_desktop.desk.keeping import DUE, GONE, HELD, PROPOSED, Line
from ui.forms import SideForm
from ui.governance.pieces import action
from ui.screen import Screen
from ui.theme import Role, Tone, Voice
from ui.widgets.card import Card
from ui.widgets.field import Field, TextField
from ui.widgets.layout import Grid
from ui.widgets.pill import PillFace
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text

MOST_SHOWN = 200
"""What is due and shown at once; more is there once these are decided."""
_STATES = {DUE: Tone.AMBER, PROPOSED: Tone.ACCENT, HELD: Tone.VIOLET, GONE: Tone.NEUTRAL}
_AGREE = "What it names can be read by nobody afterwards, on no desk. The log keeps that it was there."


def disposal_table() -> DenseTable[Line]:
    return DenseTable(
        [
            TableColumn("Record", lambda row: row.about, bold=True),
            TableColumn("What", lambda row: row.what, stretch=1),
            TableColumn("Since", lambda row: row.since),
            TableColumn("Who", lambda row: row.who),
            TableColumn(
                "State", lambda row: row.state, pills=lambda row: [PillFace(row.state, _STATES[row.state])]
            ),
        ],
        key=lambda row: row.key,
        accessible_name="Disposal of records",
    )


class LineCard(Card):
    """One line in full."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.about, line.state, edge=_STATES[line.state])
        self.put(Text(line.what, Role.BASE_BOLD, wrap=True))
        rows = [("Since", line.since), ("Who", line.who), ("Why", line.reason), ("Desks", line.receipts)]
        grid = Grid(gap=6)
        grid.setColumnStretch(1, 1)
        for at, (label, words) in enumerate([row for row in rows if row[1]]):
            grid.addWidget(Text(label, Role.SMALL, Voice.LABEL), at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Text(words, wrap=True), at, 1)
        self.put(grid)
        if line.state == PROPOSED:
            words = "Somebody else agrees to what you proposed." if line.mine else _AGREE
            self.put(Text(words, Role.SMALL, Voice.LABEL, wrap=True))


class ProposeForm(SideForm):
    """A record, whole or one entry of it; what is due needs no other reason."""

    def __init__(self, line: Line | None) -> None:
        self.target = Field("Record, by reference", line.about if line is not None else "")
        self.entry = Field("Number of one entry", placeholder="empty: all of it")
        reason = TextField("Why, in words that tell nothing of the case", lines=3)
        note = f"{line.what}." if line is not None else "Outside the schedule a disposal needs a reason."
        super().__init__(
            "govern",
            "Propose a disposal",
            "Propose",
            Text(f"{note} A second person agrees to it.", Role.SMALL, Voice.LABEL, wrap=True),
            self.target,
            self.entry,
            reason,
            fields={"target": self.target, "entry": self.entry, "reason": reason},
        )

    def begin(self) -> None:
        (self.fields["reason"] if self.target.value() else self.target).setFocus()


class AgreeForm(SideForm):
    """The second step before something is gone for good: it names what."""

    def __init__(self, line: Line) -> None:
        super().__init__(
            "govern",
            "Agree to a disposal",
            "Agree",
            Text(f"{line.about}: {line.what}", Role.BASE_BOLD, wrap=True),
            Text(f"Proposed by {line.who}. {line.reason}".strip(), wrap=True),
            Text(_AGREE, Role.SMALL, Voice.LABEL, wrap=True),
            fields={},
        )

    def begin(self) -> None:
        self.save.setFocus()


class ReasonForm(SideForm):
    """A word that needs its reason: declining, holding, lifting."""

    def __init__(self, heading: str, save: str, label: str, about: str) -> None:
        self.reason = TextField(label, lines=3)
        super().__init__(
            "govern",
            heading,
            save,
            Text(about, Role.SMALL, Voice.LABEL, wrap=True),
            self.reason,
            fields={"reason": self.reason},
        )

    def begin(self) -> None:
        self.reason.setFocus()


Open = Callable[[SideForm, str, Callable[[str], Callable[[], object]]], None]
"""Puts a form beside the table: the form, the key of its draft, and what makes the act."""


class Disposals(QObject):
    """The tab's table, its buttons, and what they do. ``read_anew`` follows each answer of the hub."""

    _answered = Signal(object, object)

    def __init__(self, screen: Screen, desk: Desk, open_form: Open, changed: Callable[[], object]) -> None:
        super().__init__(screen)
        self._screen, self._desk, self._open, self._changed = screen, desk, open_form, changed
        self._due: Sequence[Any] = ()
        self.open_lines = 0
        """How many lines wait for somebody."""
        self.note = ""
        """Why what is due is not shown, where it is not."""
        self.table = disposal_table()
        self.table.setObjectName("govern.disposals")
        self.propose = action("Propose", "P", "propose", "Propose a disposal")
        self.agree = action("Agree", "A", "agree", "Agree to the disposal")
        self.decline = action("Decline", "D", "decline", "Decline the disposal")
        self.hold = action("Legal hold", "H", "hold", "Set or lift a legal hold")
        self.propose.clicked.connect(self._propose)
        self.agree.clicked.connect(self._agree)
        self.decline.clicked.connect(self._decline)
        self.hold.clicked.connect(self._hold)
        self._answered.connect(self._have_due)
        self.actions = (self.propose, self.agree, self.decline, self.hold)
        self.show_actions(False)

    def count(self) -> None:
        """While the tab is closed its count is all that is seen of it."""
        self._screen.run(partial(keeping.count_waiting, self._desk, self._due), self._have_count)

    def _have_count(self, found: int) -> None:
        self.open_lines = found
        self._changed()

    def read(self) -> None:
        self._screen.run(partial(keeping.lines, self._desk, self._due), self._have)

    def ask(self, after: int = 0, earlier: Sequence[Any] = ()) -> None:
        """Ask the hub what is due; it looks at some records at a time. ``earlier`` is what it said before."""

        def have(future: Future[Any]) -> None:
            future.add_done_callback(partial(self._tell, earlier))

        self._screen.run(partial(keeping.ask_due, self._desk, after), have, self._not_asked)

    def _not_asked(self, error: Exception) -> None:
        self.note = getattr(error, "sentence", "The hub did not answer what is due.")
        self._changed()

    def _tell(self, earlier: Sequence[Any], future: Future[Any]) -> None:
        # On the network's thread; a screen that is gone is told nothing.
        if shiboken6.isValid(self):
            self._answered.emit(earlier, future)

    def _have_due(self, earlier: Sequence[Any], future: Future[Any]) -> None:
        if future.cancelled() or future.exception() is not None:
            self._not_asked(RuntimeError())
            return
        found = future.result()
        self.note = ""
        self._due = (*earlier, *found.due)
        self.read()
        if found.next is not None and len(self._due) < MOST_SHOWN:
            self.ask(found.next, self._due)

    def _have(self, found: tuple[Line, ...]) -> None:
        self.table.set_rows(found)
        self._have_count(sum(line.state in {DUE, PROPOSED} for line in found))

    def card(self) -> LineCard | None:
        line = self.table.current()
        return LineCard(line) if line is not None else None

    def show_actions(self, here: bool) -> None:
        """What may be done with the line chosen, where the tab is in sight."""
        line = self.table.current() if here else None
        self.propose.setVisible(here and (line is None or line.state in {DUE, GONE, HELD}))
        proposed = line is not None and line.state == PROPOSED
        self.agree.setVisible(line is not None and proposed and not line.mine)
        self.decline.setVisible(proposed)
        self.hold.setVisible(line is not None and line.state != GONE)

    # --- doing

    def _propose(self) -> None:
        line = self.table.current()
        line = line if line is not None and line.state == DUE else None
        form = ProposeForm(line)

        def make(key: str) -> Callable[[], object]:
            typed = form.values()
            entry, reason = typed["entry"], typed["reason"]
            # Another record than the one chosen, or one entry, is not due because that one is.
            same = line is not None and typed["target"] == line.about
            target = line.target if line is not None and same else typed["target"]
            record = line.record if line is not None and same and not entry.strip() else ""
            return partial(keeping.propose, self._desk, target, entry, reason, record, (key,))

        self._open(form, f"govern/propose/{line.target if line is not None else ''}", make)

    def _agree(self) -> None:
        line = self.table.current()
        if line is not None:
            act = partial(keeping.agree, self._desk, line)
            self._open(AgreeForm(line), f"govern/agree/{line.key}", lambda key: partial(act, (key,)))

    def _decline(self) -> None:
        line = self.table.current()
        if line is not None:
            form = ReasonForm("Decline a disposal", "Decline", "Why it is kept", f"{line.about}: {line.what}")
            self._open_reason(form, "decline", line, keeping.decline)

    def _hold(self) -> None:
        line = self.table.current()
        if line is not None and line.state == HELD:
            form = ReasonForm("Lift a legal hold", "Lift", "Why it is over", f"{line.about}: {line.reason}")
            self._open_reason(form, "lift", line, keeping.lift)
        elif line is not None:
            note = f"{line.about} is kept, whatever the schedule says, until the hold is lifted."
            form = ReasonForm("Set a legal hold", "Hold", "Why it has to be kept", note)
            self._open_reason(form, "hold", line, keeping.hold)

    def _open_reason(self, form: ReasonForm, what: str, line: Line, act: Callable[..., object]) -> None:
        def make(key: str) -> Callable[[], object]:
            return partial(act, self._desk, line, form.values()["reason"], (key,))

        self._open(form, f"govern/{what}/{line.key}", make)
