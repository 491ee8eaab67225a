"""Sync status and attention.

Names for whoever drives it: ``sync.now``, ``sync.table``, ``sync.again``, ``sync.let_go``,
``sync.let_go.confirm``, ``sync.let_go.keep``, ``sync.open``; ``sync.alerts``, ``sync.alert.seen``,
``sync.alert.contact``, ``sync.alert.record``; ``distrust.copy``, ``distrust.by``, ``distrust.settle``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from mash_desktop.desk import ChangeSet, Desk, alerts, attention, trust
from mash_desktop.desk.alerts import Alert
from mash_desktop.desk.attention import Item, Standing, Status
from mash_desktop.desk.places import ROLES
from mash_desktop.desk.wording import say_moment
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.errors import Refusal
from ui.screen import Screen
from ui.sync_status.alerts import alert_page, alerts_table
from ui.sync_status.distrust import distrust_page, settled_card
from ui.sync_status.pieces import (
    LineCard,
    holds_card,
    side_card,
    state_face,
    waiting_words,
)
from ui.theme import Role, Tone, Voice
from ui.widgets.banner import Banner
from ui.widgets.button import ActionButton, Kind
from ui.widgets.card import Card, Page, SidePanel
from ui.widgets.field import Field
from ui.widgets.layout import Box, Column, Row, empty
from ui.widgets.pill import Pill, PillFace
from ui.widgets.states import EmptyState, ErrorState
from ui.widgets.table import DenseTable, TableColumn
from ui.widgets.text import Text
from ui.work import Worker

_AFTER_REFUSAL = {
    "refused": "It was not admitted. Your words are kept until you do it again or let it go.",
    "conflicting": "Yours was not admitted. Your words are kept.",
    "quarantined": "Your words are kept.",
}


class SyncScreen(Screen):
    place_id, title = "sync", "Sync and attention"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._status = Status()
        self._config: HubConfig | None = None
        self._standing: Standing | None = None
        self._found: tuple[trust.Found, ...] = ()
        self._items: tuple[Item, ...] = ()
        self._shown: Item | None = None
        self._alerts: tuple[Alert, ...] = ()
        self._alert: Alert | None = None
        self._letting_go = False
        self._entered = False
        self.now = ActionButton(
            "Send and fetch now", "S", accessible_name="Send and fetch now", icon_name="refresh-cw"
        )
        self.now.setObjectName("sync.now")
        self.now.clicked.connect(self._wake)
        self.table: DenseTable[Item] = DenseTable(
            [
                TableColumn("What you did", lambda i: i.what, bold=lambda i: i.wants_attention, stretch=1),
                TableColumn("About", _about),
                TableColumn("State", self._state_words, pills=lambda i: [state_face(i, self._status.online)]),
            ],
            key=lambda item: item.act,
            accessible_name="What the hub has not admitted",
            grows=True,
        )
        self.table.setObjectName("sync.table")
        self.table.chosen.connect(self._choose)
        self.alerts = alerts_table()
        self.alerts.chosen.connect(self._choose_alert)
        self._rung = Card("Silent alerts to you", "")
        self._rung.put(self.alerts)
        self._line = LineCard(self.now)
        self._holds = Column(gap=0)
        self._settled = Column(gap=0)
        self._list = Card(padding=1, gap=0)
        self._list.put(self.table)
        self._detail = Column(gap=10, margins=12)
        left = SidePanel(
            self._line,
            self._rung,
            self._list,
            Box(self._holds),
            Box(self._settled),
            None,
            width=450,
            side="left",
        )
        self._page = Page(self._detail, left=left)
        self._instead = Column(gap=0)
        self._instead_box = Box(self._instead)
        self._instead_box.hide()
        whole = Column(self._instead_box, gap=0)
        whole.put(self._page, 1)
        self.setLayout(whole)
        self._show_line()
        self._show_items(())

    # --- what is shown

    def enter(self) -> None:
        self._entered = True
        self._read()
        self.now.setFocus()
        self._focus_distrust()

    def open(self, reference: str) -> None:
        """``reference`` is an act's id."""
        self.table.select_key(reference)

    def show_change(self, change_set: object) -> None:
        if isinstance(change_set, ChangeSet) and (change_set.outbox or change_set.streams):
            self._read()

    def show_status(self, status: object) -> None:
        """The line has changed: who holds the network tells it here."""
        if not isinstance(status, Status):
            return
        self._status = status
        self._show_line()
        self.table.viewport().update()
        self._show_distrust()
        if status.distrust:
            self.run(partial(trust.found, self._desk), self._have_found)

    def chips(self) -> Sequence[PillFace]:
        wanting = sum(item.wants_attention for item in self._items)
        waiting = len(self._items) - wanting
        made = []
        if self._alerts:
            words = "1 silent alert" if len(self._alerts) == 1 else f"{len(self._alerts)} silent alerts"
            made.append(PillFace(words, Tone.RED))
        if wanting:
            words = "1 wants your attention" if wanting == 1 else f"{wanting} want your attention"
            made.append(PillFace(words, Tone.AMBER))
        if waiting:
            made.append(PillFace(waiting_words(waiting)))
        return made

    def _read(self) -> None:
        self.run(partial(alerts.alerts, self._desk), self._show_alerts)
        self.run(partial(attention.read_items, self._desk), self._show_items, self._failed)
        self.run(partial(attention.standing, self._desk), self._show_standing)
        self.run(self._desk.config, self._have_config)
        self.run(partial(trust.found, self._desk), self._have_found)

    def _have_config(self, config: HubConfig) -> None:
        self._config = config
        self._show_line()

    def _failed(self, error: Exception) -> None:
        sentence = getattr(error, "sentence", "The profile could not be read.")
        empty(self._detail)
        self._detail.put(ErrorState("The outbox could not be read", sentence, self._read), 1)

    def _show_standing(self, standing: Standing) -> None:
        if standing != self._standing:
            self._standing = standing
            empty(self._holds)
            self._holds.put(holds_card(standing))

    def _show_line(self) -> None:
        status = self._status
        self._line.show_status(
            status, self._said(status.since), self._said(status.synced_at), self._said(status.verified_at)
        )

    def _said(self, at: datetime | None) -> str:
        if at is None or self._config is None:
            return ""
        return say_moment(at, self._desk.now(), self._config)

    def _have_found(self, found: tuple[trust.Found, ...]) -> None:
        if found == self._found:
            return
        self._found = found
        empty(self._settled)
        if settled := tuple(one for one in found if one.settled):
            self._settled.put(settled_card(settled, self._copy))
        self._show_distrust(anew=True)

    def _show_distrust(self, *, anew: bool = False) -> None:
        wrong = self._status.distrust
        self._page.setVisible(not wrong)
        if anew or self._instead_box.isHidden() is bool(wrong):
            empty(self._instead)
            if wrong:
                self._instead.put(distrust_page(wrong, self._found, self._copy, self._settle), 1)
        self._instead_box.setVisible(bool(wrong))
        if wrong and self.isVisible():
            # Once it is laid out: what had focus before is out of sight.
            QTimer.singleShot(0, self, self._focus_distrust)

    def _focus_distrust(self) -> None:
        focused = self._instead_box.focusWidget()
        button = self._instead_box.findChild(ActionButton, "distrust.copy")
        if button is not None and (focused is None or not focused.hasFocus()):
            button.setFocus()

    def _show_alerts(self, found: tuple[Alert, ...]) -> None:
        self._alerts = found
        self.alerts.set_rows(found)
        self._rung.setVisible(bool(found))
        if self._alert is not None and self.alerts.current() is None:
            self._alert = None
            self._show_items(self._items)
        self.chips_changed.emit()

    def _choose_alert(self, alert: Alert) -> None:
        self._alert, self._shown = alert, None
        empty(self._detail)
        buttons = [
            self._button("I have seen it", "N", "alert.seen", self._see, "I have seen this alert", "primary")
        ]
        may_open = self._desk.acting(*ROLES["file"]) is not None
        for name, words, key, stream in (
            ("contact", "Open their contact", "C", alert.contact),
            ("record", "Open the record", "R", alert.record),
        ):
            if stream and may_open:
                ask = partial(self.asks_to_open.emit, "file", stream)
                buttons.append(self._button(words, key, f"alert.{name}", ask, words))
        self._detail.put(alert_page(alert, *buttons))
        self._detail.put(None)

    def _see(self) -> None:
        alert = self._alert
        if alert is not None:
            self.run(partial(alerts.see, self._desk, alert), lambda _: self._read())

    def _show_items(self, items: tuple[Item, ...]) -> None:
        self._items = items
        self.table.set_rows(items)
        self._list.setVisible(bool(items))
        shown = self.table.current()
        if shown is None and items:
            self.table.select_key(items[0].act)
            shown = self.table.current()
        if shown is None and self._alerts:
            if self._alert is None:
                self.alerts.select_key(self._alerts[0].id)
        elif shown is None:
            self._show_nothing()
        elif self._alert is None and shown != self._shown:
            self._choose(shown)
        if self._entered:
            self._entered = False
            if items or self._alerts:
                (self.table if items else self.alerts).setFocus()
        self.chips_changed.emit()

    def _state_words(self, item: Item) -> str:
        return item.state_words(self._status.online)

    def _show_nothing(self) -> None:
        self._shown = None
        empty(self._detail)
        self._detail.put(
            EmptyState(
                "circle-check",
                "Everything is with the hub",
                "What you make is sent at once. What waits to be sent, or was refused, stands here with its "
                "words until it is dealt with.",
            ),
            1,
        )

    def _choose(self, item: Item) -> None:
        self._alert = None
        if self._shown is None or item.act != self._shown.act:
            self._letting_go = False
        self._shown = item
        self._show_item()

    def _show_item(self) -> None:
        item = self._shown
        if item is None:
            return
        empty(self._detail)
        head = Row(Text(item.what, Role.TITLE), gap=10)
        if item.reference:
            head.put(Pill(item.reference))
        head.put(Pill.of(state_face(item, self._status.online)))
        head.put(None)
        self._detail.put(head)
        about = f"{item.about} · {item.when}" if item.about else item.when
        self._detail.put(Text(about, Role.SMALL, Voice.LABEL))
        if item.wants_attention:
            self._detail.put(self._refusal(item))
        mine = side_card("What you made", item.mine, Tone.VIOLET if item.state == "conflicting" else None)
        if item.state == "conflicting":
            self._detail.put(Row(Box(Column(mine, None)), Box(Column(self._other_side(item), None)), gap=10))
        else:
            self._detail.put(mine)
        if item.state == "behind":
            note = "An earlier change to the same referral was refused. This is sent once that is dealt with."
            self._detail.put(Text(note, Role.BASE, Voice.LABEL, wrap=True))
        self._detail.put(None)

    def _other_side(self, item: Item) -> QWidget:
        if item.theirs is not None:
            return side_card("What is there now", item.theirs)
        return Card(
            "What is there now", "", Text("It has not reached this desktop yet, or is not for it.", wrap=True)
        )

    def _refusal(self, item: Item) -> QWidget:
        if self._letting_go:
            yes = self._button("Let it go", "Ctrl+Return", "let_go.confirm", self._let_go, "Let it go")
            no = self._button("Keep it", "Esc", "let_go.keep", self._keep, "Keep it")
            return Banner(
                "Let this go?",
                "Its words leave this desktop for good.",
                yes,
                no,
                tone=Tone.AMBER,
            )
        again = self._button("Do it again", "Y", "again", self._again, f"Do it again: {item.what}", "primary")
        let_go = self._button("Let it go", "L", "let_go", self._ask_to_let_go, f"Let it go: {item.what}")
        buttons = Row(again, let_go, gap=10)
        if item.stream and self._desk.acting(*ROLES["file"]) is not None:
            buttons.put(self._button("Open the file", "O", "open", self._open_file, f"Open {item.reference}"))
        buttons.put(None)
        tone = Tone.RED if item.state == "refused" else Tone.AMBER
        return Box(
            Column(Banner(item.sentence or item.what, _AFTER_REFUSAL[item.state], tone=tone), buttons, gap=10)
        )

    def _button(
        self, words: str, key: str, name: str, do: Callable[[], None], spoken: str, kind: Kind = "plain"
    ) -> ActionButton:
        button = ActionButton(words, key, kind, accessible_name=spoken)
        button.setObjectName(f"sync.{name}")
        button.clicked.connect(do)
        return button

    # --- actions

    def _wake(self) -> None:
        self._desk.wake()
        self.says.emit("Asked the hub. What is new appears by itself.")

    def _copy(self) -> None:
        def have(words: str) -> None:
            QGuiApplication.clipboard().setText(words)
            self.says.emit("Copied, with the heads as the hub signed them. It names no case.")

        self.run(partial(trust.to_hand_over, self._desk), have)

    def _settle(self, by: Field) -> None:
        def failed(error: Exception) -> None:
            by.show_error(error.sentence if isinstance(error, Refusal) else "That was not kept. Try again.")
            by.setFocus()

        def settled(_: None) -> None:
            self._read()
            self.asks_to_connect.emit()

        by.clear_error()
        self.run(partial(trust.settle, self._desk, by.value()), settled, failed)

    def _again(self) -> None:
        item = self._shown
        if item is not None:
            self.run(partial(attention.do_again, self._desk, item.act), lambda _: self._read())

    def _ask_to_let_go(self) -> None:
        self._letting_go = True
        self._show_item()
        confirm = self.findChild(ActionButton, "sync.let_go.confirm")
        if confirm is not None:
            confirm.setFocus()

    def _keep(self) -> None:
        self._letting_go = False
        self._show_item()
        self.table.setFocus()

    def _let_go(self) -> None:
        item = self._shown
        self._letting_go = False
        if item is not None:
            self.run(partial(attention.let_go, self._desk, item.act), lambda _: self._read())

    def _open_file(self) -> None:
        if self._shown is not None:
            self.asks_to_open.emit("file", self._shown.stream)


def _about(item: Item) -> str:
    return item.reference or item.when
