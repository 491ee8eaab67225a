"""The main window: rail, top bar, place for the screens, status bar, and the doors in front of them.

The door of this computer is there first, what stands behind it once the window is furnished. Driven by
``ShellState`` and by the screens that it is given. It knows no desk: what a person asks of the shell leaves
as a signal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QScrollArea, QStackedWidget, QWidget

from ui.keys import keys
from ui.shell.door import Door
from ui.shell.unlock import UnlockPage
from ui.theme import Theme, Tone, current_look, wear
from ui.widgets.banner import Banner, Toast
from ui.widgets.layout import Box, Column, Row, Snug, empty

if TYPE_CHECKING:
    from ui.screen import Screen
    from ui.shell.state import ShellState

_TEXT_STEP = 0.1


class MainWindow(QMainWindow):
    """``promise_screen`` or ``add_screen`` each, ``show_state``, ``go``; ``lock`` and ``unlock``."""

    place_chosen = Signal(str)
    lock_asked = Signal()
    sync_asked = Signal()
    connect_asked = Signal()
    search_asked = Signal(str)
    look_asked = Signal(str, float)
    """Theme and text size, when a key changes them; the settings page has a signal of its own."""
    closing = Signal()

    def __init__(self, title: str = "MASH Desktop", *, furnished: bool = True) -> None:
        super().__init__()
        self.setWindowTitle(title)
        self.setMinimumSize(960, 600)
        self._title = title
        self._screens: dict[str, Screen] = {}
        self._to_make: dict[str, Callable[[], Screen]] = {}
        self._status: object = None
        """The last word on the line, which a screen made later hears first."""
        self._reference = ""
        self.unlock_page = UnlockPage()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.unlock_page)
        self._above = Column(gap=0, margins=(12, 10, 12, 0))
        self._above_box = Snug()
        self._above_box.setLayout(self._above)
        self._above_box.hide()
        everything = Column(self._above_box, gap=0)
        everything.put(self._pages, 1)
        self.setCentralWidget(Box(everything))
        self.may_close: Callable[[], bool] = lambda: True
        """Asked before it is closed by a person."""
        self._shell: Box | None = None
        wear(self, current_look())
        if furnished:
            self._pages.setCurrentWidget(self.furnish())

    def furnish(self) -> QWidget:
        """Make what stands behind the door, and the door of the hub; once. Returns the first of these."""
        if self._shell is not None:
            return self._shell
        from ui.shell.bars import StatusBar, TopBar
        from ui.shell.key_help import KeyHelp
        from ui.shell.palette import CommandPalette
        from ui.shell.rail import Rail
        from ui.shell.sign_in import SignInPage
        from ui.shell.state import ShellState

        self._state = ShellState(online=False)
        self.rail, self.top_bar, self.status_bar = Rail(), TopBar(), StatusBar()
        self.sign_in_page = SignInPage()
        self._banners = Column(gap=8, margins=(12, 10, 12, 0))
        self._banner_box = Snug()
        self._banner_box.setLayout(self._banners)
        self._banner_box.hide()
        self._stack = QStackedWidget()
        self._stack.setAccessibleName("Screen")
        beside = Column(self.top_bar, self._banner_box, gap=0)
        beside.put(self._stack, 1)
        beside.put(self.status_bar)
        whole = Row(self.rail, gap=0)
        whole.put(beside, 1)
        self._shell = Box(whole)
        for page in (self._shell, self.sign_in_page):
            self._pages.addWidget(page)
        self.palette_overlay = CommandPalette(self._shell)
        self.key_help = KeyHelp(self._shell)
        self._toast = Toast(self._shell)
        self._wire(self._shell)
        # Python hears of every kind of widget when it first meets one that Qt has made: not with the first
        # list, but while somebody types.
        QScrollArea().viewport()
        return self._shell

    def _wire(self, shell: QWidget) -> None:
        self.rail.chosen.connect(self.go)
        self.rail.lock_asked.connect(self.lock_asked)
        self.status_bar.sync_asked.connect(self.sync_asked)
        self.top_bar.search_asked.connect(self.palette_overlay.open)
        self.palette_overlay.search_asked.connect(self.search_asked)
        keys.on("Ctrl+K", shell, self.palette_overlay.open, "Search and commands", group="Window",
                also=("Ctrl+Shift+P",))  # fmt: skip
        keys.on("F1", shell, self.key_help.open, "Keys", group="Window", also=("?",))
        keys.on("Ctrl++", shell, partial(self._resize_text, 1), "Larger text", group="Window",
                also=("Ctrl+=",))  # fmt: skip
        keys.on("Ctrl+-", shell, partial(self._resize_text, -1), "Smaller text", group="Window")

    # What is shown

    def show_state(self, state: ShellState) -> None:
        """Show a new state; only what differs is drawn anew."""
        self._state = state
        self.rail.set_places(state.places)
        self.status_bar.show_state(state)
        self.top_bar.person.setText(state.person_label)
        self.unlock_page.set_person(state.person_label.split(" · ")[0], state.hub_label)
        marking = " · ".join(part for part in (state.hub_label, state.marking) if part)
        self.unlock_page.set_marking(marking)
        self.sign_in_page.set_marking(marking)

    def show_badge(self, place_id: str, count: int) -> None:
        """What waits for this person at one place."""
        self.show_state(self._state.with_badge(place_id, count))

    def add_screen(self, screen: Screen) -> None:
        """Take a screen in under its ``place_id``."""
        if screen.place_id in self._screens:
            raise ValueError(f"two screens for the place {screen.place_id!r}")
        self._screens[screen.place_id] = screen
        self._stack.addWidget(screen)
        screen.chips_changed.connect(lambda: self._refresh_bar(screen))
        screen.asks_to_open.connect(self.open)
        screen.says.connect(self.toast)
        screen.says_undoably.connect(self.toast)
        screen.asks_to_connect.connect(self.connect_asked)

    def promise_screen(self, place_id: str, make: Callable[[], Screen]) -> None:
        """Make the screen of a place when it is first asked for, or by ``make_one``."""
        self._to_make[place_id] = make

    def make_one(self) -> bool:
        """Make one screen that was promised; whether there was one."""
        if not self._to_make:
            return False
        self.screen_of(next(iter(self._to_make)))
        return True

    def drop_screens(self) -> None:
        """Destroy every screen and what it shows: on locking, no view of a case is kept."""
        self._to_make, self._status = {}, None
        self.top_bar.set_widgets(())
        self.top_bar.set_chips(())
        for screen in self._screens.values():
            self._stack.removeWidget(screen)
            screen.deleteLater()
        self._screens, self._reference = {}, ""

    def show_change(self, change_set: object) -> None:
        """Hand a change set to every screen: each refreshes what it concerns."""
        for screen in self._screens.values():
            screen.show_change(change_set)

    def show_status(self, status: object) -> None:
        """Tell every screen how the line to the hub stands."""
        self._status = status
        for screen in self._screens.values():
            screen.show_status(status)

    def screen_of(self, place_id: str) -> Screen:
        """The screen of a place; an unknown place is a mistake of the composition, hence ``KeyError``."""
        if place_id in self._to_make:
            screen = self._to_make.pop(place_id)()
            self.add_screen(screen)
            if self._status is not None:
                screen.show_status(self._status)
        return self._screens[place_id]

    def current_screen(self) -> Screen | None:
        shown = self._stack.currentWidget()
        return next((screen for screen in self._screens.values() if screen is shown), None)

    def current_place(self) -> str:
        """The place that is open, empty before the first."""
        screen = self.current_screen()
        return screen.place_id if screen is not None else ""

    def current_reference(self) -> str:
        """What is chosen there, or was asked to be opened; empty if nothing in particular."""
        screen = self.current_screen()
        chosen = screen.chosen() if screen is not None else None
        return self._reference if chosen is None else chosen

    def current_form(self) -> str:
        """The form that is open there, as ``come_back`` takes it; empty for none."""
        screen = self.current_screen()
        return screen.forms.name if screen is not None and screen.forms is not None else ""

    def go(self, place_id: str) -> None:
        """Open a place."""
        screen = self.screen_of(place_id)
        self._reference = ""
        self._stack.setCurrentWidget(screen)
        self.rail.mark(place_id)
        self._refresh_bar(screen)
        screen.enter()
        focused = self.focusWidget()
        if focused is None or not screen.isAncestorOf(focused):
            _focus_first(screen)
        self.place_chosen.emit(place_id)

    def open(self, place_id: str, reference: str) -> None:
        """Open a place at one thing."""
        self.go(place_id)
        self._reference = reference
        self.screen_of(place_id).open(reference)

    def come_back(self, place_id: str, reference: str, form: str) -> None:
        """Open a place as it was left: at one thing, with a form that was open on it."""
        if forms := self.screen_of(place_id).forms:
            forms.want(form, reference)
        if reference:
            self.open(place_id, reference)
        else:
            self.go(place_id)

    def _refresh_bar(self, screen: Screen) -> None:
        if self._stack.currentWidget() is screen:
            self.top_bar.set_title(screen.title)
            self.top_bar.set_chips(screen.chips())
            self.top_bar.set_widgets(screen.bar_widgets())
            self.setWindowTitle(f"{screen.title} – {self._title}")

    # What is told

    def toast(self, sentence: str, undo: Callable[[], object] | None = None) -> None:
        self._toast.say(sentence, undo)

    def add_banner(self, banner: QWidget) -> None:
        """Show a banner above every screen until ``remove_banner``."""
        self._banners.addWidget(banner)
        self._banner_box.show()

    def remove_banner(self, banner: QWidget) -> None:
        self._banners.removeWidget(banner)
        banner.hide()
        banner.deleteLater()
        self._banner_box.setVisible(self._banners.count() > 0)

    def say_above(self, sentence: str, detail: str = "") -> None:
        """Say it above everything, doors too, until it is said anew; nothing takes it away."""
        empty(self._above)
        if sentence:
            self._above.put(Banner(sentence, detail, tone=Tone.RED))
        self._above_box.setVisible(bool(sentence))

    # Lock, doors, text size

    def lock(self) -> None:
        """Show the lock page instead of everything. What was typed stays in its fields, unseen."""
        self.show_door(self.unlock_page)

    def add_door(self, page: Door) -> None:
        """A further door than the two that every window has."""
        self._pages.addWidget(page)

    def show_door(self, page: Door) -> None:
        """Show a door instead of everything."""
        self._leave_shell()
        self._pages.setCurrentWidget(page)
        self.setWindowTitle(f"{page.accessibleName()} – {self._title}")

    def show_sign_in(self) -> None:
        self.show_door(self.sign_in_page)

    def _leave_shell(self) -> None:
        if self._shell is None:
            return
        self.palette_overlay.dismiss()
        self.key_help.dismiss()
        self._toast.hide()

    def unlock(self) -> None:
        """Show the shell again, where it was left."""
        self.unlock_page.forget()
        self.sign_in_page.forget()
        self._pages.setCurrentWidget(self.furnish())
        if (screen := self.current_screen()) is not None:
            self._refresh_bar(screen)

    @property
    def locked(self) -> bool:
        return self._pages.currentWidget() is not self._shell

    def _resize_text(self, by: int) -> None:
        look = current_look()
        scale = min(max(round(look.scale + by * _TEXT_STEP, 2), 1.0), 2.0)
        app = QApplication.instance()
        if scale != look.scale and isinstance(app, QApplication):
            Theme.apply(app, look.mode, scale)
            self.look_asked.emit(look.mode.value, scale)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)


def _focus_first(screen: Screen) -> None:
    """Work begins in the screen, not in the rail that led to it."""
    for child in screen.findChildren(QWidget):
        if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisibleTo(screen) and child.isEnabled():
            child.setFocus(Qt.FocusReason.OtherFocusReason)
            return
