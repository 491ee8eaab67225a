"""Driving a triage desk by hand: finding its pages and inputs, beginning a contact, naming people."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from mash_desktop.desk import Desk, triage
from tests.ui.triage.conftest import CTRL, Hands
from ui.triage import TriageDesk
from ui.triage.page import ContactPage

Key = Qt.Key
Show = Callable[[], tuple[TriageDesk, Hands]]
W = TypeVar("W", bound=QWidget)


def find(screen: QWidget, kind: type[W], name: str) -> W:
    found = screen.findChild(kind, name)
    assert isinstance(found, kind), name
    return found


def page_of(screen: TriageDesk) -> ContactPage:
    return screen.findChildren(ContactPage)[0]


def stream_of(desk: Desk) -> str:
    return triage.at_desk(desk).current


def begin(screen: TriageDesk, hands: Hands) -> ContactPage:
    hands.press(Key.Key_N, CTRL)
    hands.rest()
    return page_of(screen)


def told(screen: TriageDesk, hands: Hands, *lines: str) -> ContactPage:
    """A contact with words and people in it."""
    page = begin(screen, hands)
    page.account.words.setFocus()
    hands.type("Mia came in with a bruise.")
    hands.wait(lambda: bool(screen._keeping.stream))
    page.people.line.setFocus()
    for line in lines or ("Mia Carter 3 Apr 2017 subject",):
        hands.type(line)
        hands.press(Key.Key_Return)
        hands.wait(lambda: page.people.line.value() == "")
    hands.wait(lambda: len(page.people.table.rows()) == max(len(lines), 1))
    return page


def asked(page: ContactPage, hands: Hands) -> None:
    """Wait until a match of somebody who has been added can be answered."""
    hands.wait(lambda: any(b.isVisible() for b in page.side.findChildren(QWidget, "triage.match.same")))
