"""The governance screen.

Names for whoever drives it: ``govern.tabs``, ``govern.days``, ``govern.person``, ``govern.kind``,
``govern.sought`` (who looked at this), ``govern.trail``, ``govern.withdrawn``,
``govern.disposals``, ``govern.propose``, ``govern.agree``, ``govern.decline``, ``govern.hold``,
``govern.retention``, ``govern.looked``, ``govern.terms``, ``govern.mend`` (broken glass ends now),
``govern.withdraw``, ``govern.target``, ``govern.entry``, ``govern.reason``, ``govern.refiled``,
``govern.form.save``, ``govern.form.close``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from mash_desktop.desk import ChangeSet, Desk, glass, governance
from mash_desktop.desk.governance import DAYS, KINDS, Access, Sought, Trail, Withdrawal
from mash_desktop.domain.entries.access import GlassBroken, SignInFailed
from mash_desktop.domain.errors import Refusal
from ui.forms import OpenForm, SideForm
from ui.governance.disposals import Disposals
from ui.governance.pieces import (
    AccessCard,
    MendForm,
    WithdrawalCard,
    WithdrawForm,
    action,
    retention_table,
    trail_table,
    withdrawn_table,
)
from ui.keys import keys
from ui.screen import Screen
from ui.theme import Role, Voice
from ui.widgets.button import KeyCap
from ui.widgets.card import Card, Page, SidePanel
from ui.widgets.choice import ChoiceField
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Flow, empty
from ui.widgets.states import EmptyState, ErrorState, SkeletonRows
from ui.widgets.table import DenseTable
from ui.widgets.tabs import Tab, TabStrip
from ui.widgets.text import Text
from ui.work import Worker

_EMPTY = {
    "trail": (
        "Nothing in the trail here",
        "Who looked, searched, printed, exported or was refused stands here. Choose more days, or everybody.",
    ),
    "glass": ("No glass was broken", "Whoever breaks the glass stands here, with the reason they gave."),
    "sign_ins": ("No sign-in was refused", "Refused sign-ins stand here, with where they came from."),
    "withdrawn": (
        "No entry has been withdrawn",
        "What was misfiled and taken back from everybody who held it stands here.",
    ),
    "disposal": (
        "Nothing to dispose of",
        "What is due under the schedule stands here, what waits for a second person, legal holds, and what "
        "is gone.",
    ),
    "retention": ("No retention schedule", "An administrator writes it in the hub's configuration."),
}


class GovernanceScreen(Screen):
    place_id, title = "govern", "Governance"
    _answered = Signal(object, object)

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._trail: Trail | None = None
        self._withdrawn: tuple[Withdrawal, ...] = ()
        self._entered = False
        self._wanted = ""
        """The key of the row that was asked for, until it is here."""
        self._card: AccessCard | None = None
        self._shown: Access | Withdrawal | None = None
        """What the card beside shows; a form or a note shows none."""
        self.days = self._filter("When", "days", DAYS, "7")
        self.person = self._filter("Who", "person", (("", "Everybody"),), "")
        self.kind = self._filter("What", "kind", (("", "Everything"), *KINDS), "")
        self.target = Field("Who looked at this", placeholder="ISL-26-04417", aside=KeyCap("F"))
        self.target.setObjectName("govern.sought")
        self.target.entered.connect(self._seek)
        keys.on("F", self, self.target.setFocus, "Find who looked at a referral")
        self.trail = trail_table()
        self.trail.setObjectName("govern.trail")
        self.trail.chosen.connect(self._choose)
        self.withdrawn = withdrawn_table()
        self.withdrawn.setObjectName("govern.withdrawn")
        self.withdrawn.chosen.connect(self._choose_withdrawn)
        self._answered.connect(self._have_answer)
        self.retention = retention_table()
        self.retention.setObjectName("govern.retention")
        self._held = Text("", Role.SMALL, Voice.ASIDE)
        self.tabs = TabStrip(accessible_name="Governance")
        self.tabs.setObjectName("govern.tabs")
        self.tabs.chosen.connect(self._choose_tab)
        self._stack = QStackedWidget()
        self.disposals = Disposals(self, desk, self._open_beside, self._show)
        self.disposals.table.chosen.connect(self._choose_line)
        for table in (self.trail, self.withdrawn, self.disposals.table, self.retention):
            self._stack.addWidget(table)
        self._list = Card(padding=1, gap=0)
        self._list.put(self._stack, 1)
        self._loading = SkeletonRows(what="The audit trail")
        self._instead = Column(gap=0)
        self._instead_box = Box(self._instead)
        self._filters = Box(Flow(self.days, self.person, self.kind, self.target, gap=12))
        body = Column(self.tabs, self._filters, self._held, gap=10, margins=12)
        body.put(self._loading)
        body.put(self._instead_box, 1)
        body.put(self._list, 1)
        self.looked = action("Who looked at this", "T", "looked", "Who looked at the same record")
        self.looked.clicked.connect(self._look_at_same)
        self.terms = action("Show what was typed", "S", "terms", "Show what was searched for")
        self.terms.clicked.connect(self._show_terms)
        self.withdraw = action("Withdraw an entry", "W", "withdraw", "Withdraw a misfiled entry")
        self.withdraw.clicked.connect(self._open_withdraw)
        self.mend = action("End it now", "E", "mend", "End the broken glass now")
        self.mend.clicked.connect(self._open_mend)
        self._beside = Column(gap=10)
        foot = Box(Flow(self.looked, self.terms, self.mend, self.withdraw, *self.disposals.actions))
        self.side = SidePanel(Box(self._beside), None, width=370, foot=foot)
        disposals = self.disposals
        self._form = OpenForm(
            self,
            desk,
            self._focus,
            {
                "mend": self.mend,
                "withdraw": self.withdraw,
                "propose": disposals.propose,
                "agree": disposals.agree,
                "decline": disposals.decline,
                "hold": disposals.hold,
                "lift": disposals.hold,
            },
        )
        self.setLayout(Column(Page(body, right=self.side)))
        self._instead_box.hide()
        self._list.hide()
        self.tabs.set_tabs(self._tabs())
        self._show_actions(None)

    def _filter(self, label: str, name: str, choices: Sequence[tuple[str, str]], value: str) -> ChoiceField:
        field = ChoiceField(label, choices, value)
        field.setObjectName(f"govern.{name}")
        field.box.setMinimumContentsLength(14)
        field.changed.connect(self._read)
        return field

    # --- reading

    def enter(self) -> None:
        self._entered = True
        self._read()
        self.tabs.setFocus()

    def open(self, reference: str) -> None:
        """Show a tab, and on it the row of a key."""
        tab, _, self._wanted = reference.partition("/")
        self.tabs.choose(tab)
        self._choose_tab(tab)

    def chosen(self) -> str:
        return f"{self.tabs.current()}/{self._table().current_key()}"

    def show_change(self, change_set: object) -> None:
        if isinstance(change_set, ChangeSet) and (change_set.streams or change_set.outbox):
            self._read()

    def _sought(self) -> Sought:
        return Sought(self.days.value(), self.person.value(), self.kind.value(), self.target.value().strip())

    def _seek(self) -> None:
        self.tabs.choose("trail")
        self._read()
        self.trail.setFocus()

    def _read(self) -> None:
        self.run(partial(governance.read_trail, self._desk, self._sought()), self._have_trail, self._failed)
        self.run(partial(governance.withdrawals, self._desk), self._have_withdrawn)
        self.run(partial(governance.retention, self._desk), self.retention.set_rows)
        (self.disposals.read if self.tabs.current() == "disposal" else self.disposals.count)()

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Refusal) and error.field == "target":
            self.target.show_error(error.sentence)
            self.target.setFocus()
            return
        sentence = getattr(error, "sentence", "The profile could not be read.")
        self._say_instead(ErrorState("The audit trail could not be read", sentence, self._read))

    def _have_trail(self, trail: Trail) -> None:
        self._trail = trail
        self.target.clear_error()
        self.person.set_choices((("", "Everybody"), *trail.people))
        days = "1 day" if trail.days_held == 1 else f"{trail.days_held} days"
        self._held.setText(
            f"This desk holds {days} of the trail, from {trail.since}. It holds no case content."
            if trail.days_held
            else "This desk holds no day of the trail yet."
        )
        self._show()
        if self._entered:
            self._entered = False
            self._focus()

    def _have_withdrawn(self, withdrawn: tuple[Withdrawal, ...]) -> None:
        self._withdrawn = withdrawn
        self.withdrawn.set_rows(withdrawn)
        self.tabs.set_tabs(self._tabs())
        if self.tabs.current() == "withdrawn":
            self._show()

    # --- showing

    def _tabs(self) -> list[Tab]:
        trail = self._trail
        counts: tuple[int | None, ...] = (None, None, None)
        if trail is not None:
            counts = (
                len(trail.rows),
                len(trail.of_kind(GlassBroken)),
                len(trail.of_kind(SignInFailed)),
            )
        return [
            Tab("trail", "Audit trail", counts[0]),
            Tab("glass", "Broken glass", counts[1]),
            Tab("sign_ins", "Refused sign-ins", counts[2]),
            Tab("withdrawn", "Withdrawn", len(self._withdrawn)),
            Tab("disposal", "Disposal", self.disposals.open_lines),
            Tab("retention", "Retention"),
        ]

    def _choose_tab(self, tab: str) -> None:
        if tab == "disposal":
            self.disposals.read()
            self.disposals.ask()
        self._show()

    def _show(self) -> None:
        trail, tab = self._trail, self.tabs.current()
        if trail is None:
            return
        self._loading.hide()
        self.tabs.set_tabs(self._tabs())
        of_trail = tab in _OF_TRAIL
        self._filters.setVisible(of_trail)
        self._held.setVisible(of_trail)
        if of_trail:
            kind = {"glass": GlassBroken, "sign_ins": SignInFailed}.get(tab)
            self.trail.set_rows(trail.of_kind(kind) if kind is not None else trail.rows)
        table = self._table()
        self._stack.setCurrentWidget(table)
        if self._wanted and table.select_key(self._wanted):
            self._wanted = ""
        if table.rows():
            self._instead_box.hide()
            self._list.show()
        else:
            self._say_instead(EmptyState("shield-check", *_EMPTY[tab]))
        self._show_chosen()
        self._form.reached(self.chosen())

    def _table(self) -> DenseTable[Any]:
        """That of the tab."""
        others: dict[str, DenseTable[Any]] = {
            "withdrawn": self.withdrawn,
            "disposal": self.disposals.table,
            "retention": self.retention,
        }
        return others.get(self.tabs.current(), self.trail)

    def _say_instead(self, state: EmptyState | ErrorState) -> None:
        self._loading.hide()
        empty(self._instead)
        self._instead.put(state)
        self._instead_box.show()
        self._list.hide()

    def _show_chosen(self) -> None:
        """What is chosen on this tab, beside it. A card that shows it already stays as it is."""
        tab = self.tabs.current()
        withdrawal = self.withdrawn.current() if tab == "withdrawn" else None
        access = self.trail.current() if tab in _OF_TRAIL else None
        chosen = withdrawal or access
        if chosen is not None and chosen == self._shown:
            self._show_actions(access)
        elif withdrawal is not None:
            self._show_actions(None)
            self._choose_withdrawn(withdrawal)
        else:
            self._show_beside(access)

    def _put_beside(self, piece: QWidget, shown: Access | Withdrawal | None = None) -> None:
        empty(self._beside)
        self._card = piece if isinstance(piece, AccessCard) else None
        self._shown = shown
        self._beside.put(piece)

    def _choose(self, access: Access) -> None:
        self._show_chosen()
        if access.kind == GlassBroken.KIND:
            self.run(partial(glass.see, self._desk, access.id), lambda _: None)

    def _choose_line(self, _: object) -> None:
        # A row that only moved up or down fires too, whatever tab is open.
        if self.tabs.current() == "disposal":
            self._show_beside(None)

    def _choose_withdrawn(self, withdrawal: Withdrawal) -> None:
        if self.tabs.current() != "withdrawn" or self._form.current is not None:
            return
        card = WithdrawalCard(withdrawal)
        self._put_beside(card, withdrawal)

        def have(future: Future[Any]) -> None:
            future.add_done_callback(partial(self._tell_answer, card))

        def failed(error: Exception) -> None:
            if shiboken6.isValid(card):
                card.say(getattr(error, "sentence", _NOT_ANSWERED))

        self.run(partial(governance.ask_recipients, self._desk, withdrawal.entry), have, failed)

    def _tell_answer(self, card: WithdrawalCard, future: Future[Any]) -> None:
        # On the network's thread; a screen that is gone is told nothing.
        if shiboken6.isValid(self):
            self._answered.emit(card, future)

    def _have_answer(self, card: WithdrawalCard, future: Future[Any]) -> None:
        if not shiboken6.isValid(card):
            return
        if future.cancelled() or future.exception() is not None:
            card.say(_NOT_ANSWERED)
            return
        task = partial(governance.recipients, self._desk, future.result())
        self.run(task, lambda found: card.show_recipients(found) if shiboken6.isValid(card) else None)

    def _show_beside(self, access: Access | None) -> None:
        self._show_actions(access)
        if self._form.current is not None:
            return
        line = self.disposals.card() if self.tabs.current() == "disposal" else None
        if access is not None:
            self._put_beside(AccessCard(access), access)
        elif line is not None:
            self._put_beside(line)
        else:
            note = "Choose a line to see all of it." if self.tabs.current() != "retention" else _SCHEDULE
            if self.tabs.current() == "disposal" and self.disposals.note:
                note = self.disposals.note
            self._put_beside(Text(note, Role.BASE, Voice.LABEL, wrap=True))

    def _show_actions(self, access: Access | None) -> None:
        self.looked.setVisible(access is not None and bool(access.target))
        self.terms.setVisible(access is not None and access.searched)
        self.mend.setVisible(access is not None and access.glass is not None)
        disposal = self.tabs.current() == "disposal"
        self.withdraw.setVisible(not disposal)
        self.disposals.show_actions(disposal)

    def _focus(self) -> None:
        table = self._stack.currentWidget()
        (table if self._list.isVisible() and table is not None else self.target).setFocus()

    # --- doing

    def _look_at_same(self) -> None:
        access = self.trail.current()
        if access is not None and access.target:
            self.target.set_value(access.about if access.about.startswith("ISL") else access.target)
            self._seek()

    def _show_terms(self) -> None:
        access, card = self.trail.current(), self._card
        if access is None or card is None:
            return

        def show(terms: str) -> None:
            if self._card is card:
                card.show_terms(terms)

        self.run(partial(governance.terms_of, self._desk, access), show)

    def _open_beside(self, form: SideForm, key: str, make: Callable[[str], Callable[[], object]]) -> None:
        """A form of the disposals, in the place of what stands beside the table."""
        self._form.close()
        self._put_beside(form)
        self._form.open(form, key, make, self._show_chosen)

    def _open_mend(self) -> None:
        access = self.trail.current()
        if access is None or access.glass is None:
            return
        broken = access.glass
        self._form.close()
        form = MendForm(broken)
        self._put_beside(form)

        def mend(key: str) -> Callable[[], object]:
            return partial(glass.mend, self._desk, broken, form.values()["reason"], (key,))

        self._form.open(form, f"govern/mend/{broken.id}", mend, self._show_chosen)

    def _open_withdraw(self) -> None:
        access = self.trail.current() if self._stack.currentWidget() is self.trail else None
        target = access.about or access.target if access is not None else ""
        self._form.close()
        form = WithdrawForm(target if target.startswith("ISL") else "")
        form.entry.left.connect(partial(self._look_since, form))
        self._put_beside(form)
        self._form.open(form, "govern/withdraw", lambda key: self._withdraw(form, key), self._show_chosen)

    def _look_since(self, form: WithdrawForm) -> None:
        target, entry = form.target.value(), form.entry.value()
        if not (target.strip() and entry.strip()):
            return

        def show(words: str) -> None:
            if self._form.current is form:
                form.show_looked(words)

        def refuse(error: Exception) -> None:
            if self._form.current is form and isinstance(error, Refusal):
                form.refuse(error.sentence, error.field)

        self.run(partial(governance.looked_since, self._desk, target, entry), show, refuse)

    def _withdraw(self, form: WithdrawForm, key: str) -> Callable[[], object]:
        typed = form.values()
        return partial(
            governance.withdraw,
            self._desk,
            typed["target"],
            typed["entry"],
            typed["reason"],
            typed["refiled"],
            (key,),
        )


_OF_TRAIL = {"trail", "glass", "sign_ins"}
_NOT_ANSWERED = "The hub does not answer now. Choose the line again in a moment."
_SCHEDULE = (
    "This is the schedule that the hub has configured. Disposing of anything needs two people, and leaves a "
    "stub in the log."
)
