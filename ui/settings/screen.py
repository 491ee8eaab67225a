"""The settings screen. It puts the kept look on when it is built, which is at unlocking, and keeps each
change of it, whoever made it: this page or a key.

Names for whoever drives it: ``settings.theme``, ``settings.size``, ``settings.password``, ``settings.code``,
``settings.renew`` (Alt N), ``settings.replace`` (Alt A); for officers ``lease.code``, ``lease.reason``,
``lease.extend`` (Alt X); of the passphrase and of the list
for an outage see their cards.
"""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from mash_desktop.desk import Desk, downtime, lease, settings
from ui.forms import bring_focus_into_view
from ui.screen import Screen
from ui.settings.downtime import DowntimeCard
from ui.settings.passphrase import PassphraseCard
from ui.settings.recovery import RecoveryCard
from ui.shell.lease import ExtensionCard
from ui.shell.settings import SettingsPage
from ui.theme import Mode, Role, Theme, Voice, current_look
from ui.widgets.button import KeyCap
from ui.widgets.card import Card, Page, SidePanel
from ui.widgets.layout import Column, Grid
from ui.widgets.text import Text
from ui.work import Worker

_HELP = (
    ("F1", "Every key that works where you are."),
    ("Ctrl+K", "Find people, referrals and commands by typing."),
    ("Ctrl+Shift+S", "What waits to be sent, what was refused and why."),
    ("Ctrl+L", "Lock. What you typed is kept."),
)


class SettingsScreen(Screen):
    place_id, title = "settings", "Settings"

    def __init__(self, desk: Desk, worker: Worker) -> None:
        super().__init__(worker)
        self._desk = desk
        self._kept: settings.Look | None = None
        self._ready = False
        self.page = SettingsPage()
        self.page.theme.setObjectName("settings.theme")
        self.page.text_size.setObjectName("settings.size")
        self.page.changed.connect(_apply)
        self._about = Grid(gap=6)
        self._about.setColumnStretch(1, 1)
        self._downtime = DowntimeCard(desk, worker)
        self._downtime.hide()
        self.run(partial(downtime.may_keep, desk), self._downtime.setVisible)
        self.page.add_cards(PassphraseCard(desk, worker), self._downtime)
        if lease.may_extend(desk):
            self.page.add_cards(ExtensionCard(desk, worker))
        side = SidePanel(self._help(), self._about_card(), RecoveryCard(desk), None)
        self.setLayout(Column(Page(self.page, right=side)))
        Theme.announcer().changed.connect(self._look_changed)
        self.run(partial(settings.kept_look, desk), self._take_up)
        self.run(partial(settings.about, desk), self._show_about)

    def enter(self) -> None:
        self.page.theme.setFocus()

    def open(self, reference: str) -> None:
        """``reference`` is *downtime*: the card of the list for an outage, once it is known to be theirs."""

        def show(may: bool) -> None:
            self._downtime.setVisible(may)
            if may:
                self._downtime.folder.setFocus()
                # Its place is known once it has been laid out.
                QTimer.singleShot(0, self, bring_focus_into_view)

        if reference == "downtime":
            self.run(partial(downtime.may_keep, self._desk), show)

    def _help(self) -> Card:
        card, rows = Card("Help", ""), Grid(gap=8)
        rows.setColumnStretch(1, 1)
        for at, (key, words) in enumerate(_HELP):
            rows.addWidget(KeyCap(key), at, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            rows.addWidget(Text(words, wrap=True), at, 1)
        card.put(rows)
        card.put(
            Text(
                "Your hub’s administrator adds people and devices; your information governance officer "
                "answers for what is recorded and who looked.",
                Role.SMALL,
                Voice.ASIDE,
                wrap=True,
            )
        )
        return card

    def _about_card(self) -> Card:
        card = Card("This desktop", "")
        card.put(self._about)
        return card

    def _show_about(self, rows: tuple[tuple[str, str], ...]) -> None:
        for at, (label, words) in enumerate(rows):
            self._about.addWidget(Text(label, Role.SMALL, Voice.LABEL), at, 0)
            self._about.addWidget(Text(words, wrap=True), at, 1)

    def _take_up(self, kept: settings.Look | None) -> None:
        """Put on the look that was kept; without one, what is on stays and is kept once it is changed."""
        self._kept = kept
        self._ready = True
        if kept is not None:
            _apply(kept.mode, kept.scale)

    def _look_changed(self) -> None:
        look = current_look()
        now = settings.Look(look.mode.value, look.scale)
        if self._ready and now != self._kept:
            self._kept = now
            self.run(partial(settings.keep_look, self._desk, now), _nothing)


def _apply(mode: str, scale: float) -> None:
    app = QApplication.instance()
    if isinstance(app, QApplication):
        Theme.apply(app, Mode(mode), scale)


def _nothing(_: object) -> None:
    return None
