"""A person at a desk in the demonstration: what they see and press, through real windows and real events.

Everything goes by the names of widgets, keys and words on the glass. Nothing reaches behind the window
except to wait until something is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pyotp
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from mash_desktop.domain.fold import Stage
from ui.composition import PersonWindow
from ui.demo import ending
from ui.demo.people import PASSPHRASE, PASSWORD, DemoPerson
from ui.demo.telling import NotThere
from ui.screen import Screen
from ui.shell.main_window import MainWindow
from ui.widgets.pill import Pill
from ui.widgets.states import SkeletonRows
from ui.widgets.table import DenseTable
from ui.widgets.text import Text

PATIENCE = 180.0
"""Seconds that a person waits for something to appear before the demonstration fails: many, since a machine
with much else to do is no fault."""


class Seat:
    """One person at their own window, on their own profile."""

    def __init__(self, person: DemoPerson, folder: Path, hub_url: str) -> None:
        self.person = person
        self.totp = ""
        self.person_window = PersonWindow(folder / person.account, hub_url=hub_url)
        self.window.resize(1366, 768)

    @property
    def window(self) -> MainWindow:
        return self.person_window.window

    # --- doors

    def enrol(self, fingerprint: str, code: str) -> None:
        """Set this computer up with the one-time code, and sign in for the first time."""
        self.fill_in(fingerprint, code)
        self.set_up()
        self.sign_in()

    def fill_in(self, fingerprint: str, code: str) -> None:
        """Write what an administrator gave, and two secrets of one's own."""
        self.person_window.start()
        page = self.person_window.enrol_page
        for field, words in (
            (page.fingerprint, fingerprint),
            (page.code, code),
            (page.password, PASSWORD),
            (page.passphrase, PASSPHRASE),
        ):
            field.line.setFocus()
            _write(field.line, words)

    def set_up(self) -> None:
        """Enrol with what is filled in: beside the door to sign in at stands the authenticator's key."""
        QTest.mouseClick(self.person_window.enrol_page.button, Qt.MouseButton.LeftButton)
        door = self.person_window.window.sign_in_page
        self.wait(lambda: door.isVisible() and door.shown_once is not None, "the authenticator's key")
        assert door.shown_once is not None
        self.totp = " ".join(door.shown_once.key.value().split())

    def sign_in(self) -> None:
        door = self.person_window.window.sign_in_page
        code = pyotp.TOTP(self.totp.replace(" ", "")).now()
        for field, words in ((door.password, PASSWORD), (door.code, code)):
            field.line.setFocus()
            field.line.clear()
            _write(field.line, words)
        QTest.mouseClick(door.button, Qt.MouseButton.LeftButton)
        self.wait(lambda: self.person_window.shown.status.online, "online")
        self.wait(self._has_a_screen, "the screens")

    def unlock(self) -> None:
        page = self.person_window.window.unlock_page
        self.wait(lambda: page.isVisible(), "the lock page")
        page.passphrase.line.setFocus()
        _write(page.passphrase.line, PASSPHRASE)
        QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
        self.wait(self._has_a_screen, "the screens")

    def wake(self) -> None:
        """Long left alone, as on a slow machine, a desktop has locked itself: open it again."""
        if self.window.locked:
            self.unlock()

    def _has_a_screen(self) -> bool:
        return self.person_window.window.current_screen() is not None

    # --- looking

    def wait(self, seen: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Let the windows live until something is seen. Raises ``NotThere``."""
        until = time.monotonic() + seconds
        while not seen():
            ending.heed()
            if time.monotonic() > until:
                raise NotThere(f"{self.person.name} did not see {what}")
            QApplication.processEvents()
            time.sleep(0.005)
        QApplication.processEvents()

    def settle(self) -> None:
        """Wait until all that this desk was asked to read has been read and shown."""
        worker = self.person_window.worker
        self.wait(lambda: not worker.waiting and not self._reading(), "everything read")

    def sent(self) -> None:
        """Wait until the hub has answered all that was done here."""
        self.settle()
        desk = self.person_window.desk
        self.wait(lambda: desk is not None and not desk.cache.waiting(), "everything sent")

    def _reading(self) -> bool:
        QApplication.processEvents()
        return any(rows.isVisible() for rows in self.window.findChildren(SkeletonRows))

    @property
    def screen(self) -> Screen:
        screen = self.person_window.window.current_screen()
        if screen is None:
            raise NotThere(f"{self.person.name} has no screen open")
        return screen

    def find(self, name: str) -> QWidget:
        """The widget of that name, once it is seen and enabled, wherever on the glass it is."""
        found: list[QWidget] = []

        def seen() -> bool:
            found[:] = [
                widget
                for widget in self.window.findChildren(QWidget, name)
                if widget.isVisible() and widget.isEnabled()
            ]
            return bool(found)

        self.wait(seen, name)
        self._come_forward()
        return found[0]

    def there(self, name: str) -> bool:
        """Whether a widget of that name is seen and enabled now."""
        QApplication.processEvents()
        return any(w.isVisible() and w.isEnabled() for w in self.window.findChildren(QWidget, name))

    def opened(self) -> str:
        """The stream of the referral made or moved last by this person, wherever it stands."""
        desk = self.person_window.desk
        if desk is None:
            raise NotThere(f"{self.person.name} has no desk")
        rows = desk.cache.queue(tuple(Stage), most=10_000)
        mine = [row.stream for row in rows if desk.referral(row.stream).entries[-1].author == desk.me.person]
        return max(mine)

    def stream_of(self, who: str) -> str:
        """The stream of the referral of this household, as lists name it."""
        desk = self.person_window.desk
        rows = desk.cache.queue(tuple(Stage), most=10_000) if desk else ()
        found = [row.stream for row in rows if row.who.startswith(who)]
        if not found:
            raise NotThere(f"{self.person.name} holds no referral of {who}")
        return max(found)

    def has_saved(self, words: str) -> bool:
        """Whether these words of this person are in the cache, as a draft or as an act."""
        desk = self.person_window.desk
        if desk is None:
            return False
        made = [repr(one.entries) for one in desk.cache.waiting()]
        held = [repr(desk.referral(row.stream).entries) for row in desk.cache.queue((Stage.CONTACT,))]
        return any(words in text for text in (*desk.cache.drafts("").values(), *made, *held))

    def all_named(self, prefix: str) -> list[QWidget]:
        """Everything seen whose name begins so, from the top of the glass."""
        found = [w for w in self.window.findChildren(QWidget) if w.objectName().startswith(prefix)]
        return sorted(
            (w for w in found if w.isVisible()), key=lambda w: w.mapTo(self.window, w.rect().topLeft()).y()
        )

    def words(self) -> str:
        """Every word on the glass of this window, a line each."""
        lines = [text.text() for text in self.window.findChildren(Text) if text.isVisible()]
        lines += [button.text() for button in self.window.findChildren(QAbstractButton) if button.isVisible()]
        lines += [pill.face.text for pill in self.window.findChildren(Pill) if pill.isVisible()]
        for table in self.window.findChildren(DenseTable):
            if table.isVisible():
                model = table.model()
                lines += [
                    str(model.data(model.index(row, column), Qt.ItemDataRole.DisplayRole) or "")
                    for row in range(min(model.rowCount(), 200))
                    for column in range(model.columnCount())
                ]
        return "\n".join(lines)

    def sees(self, words: str) -> None:
        self.wait(lambda: words in self.words(), f"“{words}”")

    # --- doing

    def go(self, place: str) -> None:
        """Open a place as the rail does."""
        self.wake()
        self.person_window.window.go(place)
        QApplication.processEvents()

    def open(self, place: str, stream: str) -> None:
        self.person_window.window.open(place, stream)
        QApplication.processEvents()

    def type(self, name: str, words: str, *, then: str = "") -> None:
        """Write into the field of that name, over what stands there; ``then`` is a key pressed after."""
        widget = _editor(self.find(name))
        widget.setFocus()
        if isinstance(widget, (QLineEdit, QPlainTextEdit, QTextEdit)):
            widget.selectAll()
        _write(widget, words)
        if then:
            self.key(then, widget)
        QApplication.processEvents()

    def type_here(self, words: str) -> None:
        """Write into the field that the focus is in."""
        self.wait(lambda: isinstance(self.window.focusWidget(), QLineEdit), "a field to write in")
        focused = self.window.focusWidget()
        assert focused is not None
        _write(focused, words)

    def written(self, name: str) -> str:
        """What stands in the field of that name."""
        widget = _editor(self.find(name))
        assert isinstance(widget, (QLineEdit, QPlainTextEdit, QTextEdit))
        return widget.text() if isinstance(widget, QLineEdit) else widget.toPlainText()

    def choose(self, name: str, words: str) -> None:
        """Choose the entry with these words, or this value, in a box of choices."""
        widget = self.find(name)
        box = widget if isinstance(widget, QComboBox) else widget.findChild(QComboBox)
        if box is None:
            for button in widget.findChildren(QAbstractButton):
                if words in button.text():
                    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
                    QApplication.processEvents()
                    return
            raise NotThere(f"{self.person.name} did not see the choice {words}")
        at = box.findText(words, Qt.MatchFlag.MatchContains)
        at = at if at >= 0 else next((n for n in range(box.count()) if words in str(box.itemData(n))), -1)
        if at < 0:
            raise NotThere(f"{self.person.name} did not see the choice {words}")
        box.setFocus()
        box.setCurrentIndex(at)
        box.activated.emit(at)
        QApplication.processEvents()

    def press(self, name: str) -> None:
        """Press the button of that name."""
        widget = self.find(name)
        if isinstance(widget, QAbstractButton):
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        else:
            QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=widget.rect().center())
        QApplication.processEvents()

    def tick(self, name: str, on: bool = True) -> None:
        """Tick a box, or untick it."""
        widget = self.find(name)
        box = widget if isinstance(widget, QAbstractButton) else widget.findChild(QAbstractButton)
        if not isinstance(box, QAbstractButton):
            raise NotThere(f"{name} is no box to tick")
        if box.isChecked() is not on:
            box.setFocus()
            QTest.keyClick(box, Qt.Key.Key_Space)
        QApplication.processEvents()

    def pick(self, name: str, words: str) -> None:
        """Choose the row of a table that says these words, once there is one."""
        self._come_forward()

        def pressed() -> bool:
            # Found and pressed in one breath: a list may be made anew at any moment.
            for table in self.window.findChildren(DenseTable, name):
                model = table.model()
                for row in range(model.rowCount()):
                    said = [str(model.data(model.index(row, c)) or "") for c in range(model.columnCount())]
                    if table.isVisible() and words in " ".join(said):
                        index = model.index(row, 0)
                        table.scrollTo(index)
                        at = table.visualRect(index).center()
                        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)
                        table.setFocus()
                        return True
            return False

        self.wait(pressed, f"a row with “{words}”")

    def key(self, key: str, widget: QWidget | None = None) -> None:
        """Press a key, or several in turn, where the focus is."""
        self._come_forward()
        target = widget or self.window.focusWidget() or self.window
        QTest.keySequence(target, QKeySequence(key))
        QApplication.processEvents()

    def _come_forward(self) -> None:
        """This window is the one being worked in: keys act in no other."""
        if not self.window.isActiveWindow():
            self.window.activateWindow()
            QTest.qWaitForWindowActive(self.window, 10_000)

    def close(self) -> None:
        self.person_window.window.close()
        QApplication.processEvents()


def _write(widget: QWidget, words: str) -> None:
    """Type words as keys; letters that no plain keyboard has come as an input method sends them."""
    for letter in words:
        if letter.isascii():
            QTest.keyClicks(widget, letter)
        else:
            for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                pressed = QKeyEvent(kind, Qt.Key.Key_unknown, Qt.KeyboardModifier.NoModifier, letter)
                QApplication.sendEvent(widget, pressed)


def _editor(widget: QWidget) -> QWidget:
    """The line or text edit in a field."""
    kinds = (QLineEdit, QPlainTextEdit, QTextEdit)
    if isinstance(widget, kinds):
        return widget
    return next((inner for kind in kinds if (inner := widget.findChild(kind)) is not None), widget)
