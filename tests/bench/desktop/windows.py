"""A window while the hub goes on: what another desk saves, seen; and nothing that holds up who types."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from uuid6 import uuid7

from mash_desktop.cache import Cache, open_engine
from mash_desktop.cache.engine import FILE_NAME
from mash_desktop.desk import Desk, Me
from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.roles import Role
from sync.client import Status, Synchroniser
from tests.bench import Row, measures
from tests.bench.store.running import OPERATOR, Line, a_server, a_store, percentile, pushed, pushes
from tests.support.store import Desk as Signed
from tests.support.store import ServedStore
from ui.referral_file import ReferralFile
from ui.run import application, door
from ui.search import SearchPlace
from ui.work import Worker

from .at_a_desk import take_places
from .made import KEY_HEX, NOTE, household, surname
from .syncing import server_of, told

CONSULTANT = ("scc-children", Role.CONSULTANT_SOCIAL_WORKER)
REFERRALS, NOTES = 500, 5
"""Households of ten or eleven entries each: some five thousand that arrive."""
HEARD = 60
A_TURN = 0.002
"""Seconds that this leaves to other threads between two turns of the window."""
PATIENCE = 120.0


class Seated(QObject):
    """A person at a window, kept together with the store by the product's own network thread."""

    _changed = Signal(object)

    def __init__(self, served: ServedStore, signed: Signed, cache_file: Path) -> None:
        super().__init__()
        self._served, self._signed = served, signed
        author = signed.only
        self.cache = Cache(open_engine(cache_file, lambda: KEY_HEX))
        me = Me(signed.hub, author.person, "Ruth Okafor", author, (author,))
        self.desk = Desk(self.cache, me, signed.key, prove_passphrase=lambda passphrase: None)
        self.desk.listen(self._changed.emit)
        self.worker = Worker()
        self.connect_to_the_hub()
        live_until(lambda: bool(self.desk.directory().configs), "the hub's configuration")
        self.window = door()
        self.window.resize(1366, 768)
        self.window.furnish()
        take_places(self.window, self.desk, self.worker)
        self._changed.connect(self.window.show_change)

    def connect_to_the_hub(self) -> None:
        self.network = Synchroniser(
            self.cache,
            server_of(self._served, self._signed.hub),
            self._signed.session,
            self._signed.enrolled.store_key,
            on_change=self.desk.tell,
            on_status=_nobody_looks,
        )
        self.network.start()

    def leave(self) -> None:
        self.network.stop()
        self.window.close()
        self.window.drop_screens()
        QApplication.processEvents()
        self.worker.close()
        self.cache.close()


def _nobody_looks(_: Status) -> None:
    """The line's state is shown by the shell's own window, which is not here."""


def live_until(seen: Callable[[], bool], what: str) -> None:
    """Let the window live until something is seen."""
    until = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < until, f"waited in vain for {what}"
        QApplication.processEvents()
        time.sleep(A_TURN)


@measures("desktop")
def a_window_while_the_hub_goes_on() -> Iterator[Row]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application()
    with a_server() as server, a_store(server) as served, tempfile.TemporaryDirectory() as folder:
        hub = served.new_hub()
        teller = served.desk(hub, "Priya Nair", OPERATOR)
        signed = served.desk(hub, "Ruth Okafor", CONSULTANT)
        watched = f"referral:{uuid7()}"
        line = Line(served, teller)
        pushed([line], [pushes([teller.compose(household(watched, 1))], 1)])
        seated = Seated(served, signed, Path(folder) / FILE_NAME)
        heard = percentile(_heard(seated, teller, line, watched), 0.95)
        yield Row("another desk's entry on the screen, p95", heard, "ms", at_most=150)
        seated.network.stop()
        entries = told(served, teller, REFERRALS, NOTES)
        longest = _longest_block(seated, entries)
        what = f"longest block of the window while {entries:,} entries arrive and somebody types"
        yield Row(what, longest, "ms", at_most=50)
        seated.leave()
        line.close()


def _heard(seated: Seated, teller: Signed, line: Line, watched: str) -> list[float]:
    """Milliseconds from the store's answer to a push until the open file has the entry."""
    window = seated.window
    live_until(lambda: seated.cache.row(watched) is not None, "the referral")
    window.open("file", watched)
    screen = window.screen_of("file")
    assert isinstance(screen, ReferralFile)
    rows = screen.everything.table.model().rowCount
    live_until(lambda: rows() > 0, "the file")
    times = []
    for _ in range(HEARD):
        before = rows()
        pushed([line], [pushes([teller.compose([Draft(watched, NoteAdded(words=NOTE))])], 1)])
        began = time.perf_counter()
        live_until(lambda before=before: rows() > before, "the entry")  # type: ignore[misc]  # bound now
        times.append(1000 * (time.perf_counter() - began))
    return times


def _longest_block(seated: Seated, entries: int) -> float:
    """The longest turn of the window's thread, in milliseconds, while entries arrive, and it is used."""
    window = seated.window
    window.go("search")
    screen = window.screen_of("search")
    assert isinstance(screen, SearchPlace)
    QApplication.processEvents()
    held = seated.cache.holdings().entries
    seated.connect_to_the_hub()
    turns: list[float] = []
    number = 0
    until = time.monotonic() + PATIENCE
    while seated.cache.holdings().entries < held + entries:
        assert time.monotonic() < until, "the entries did not arrive"
        number += 1
        for letter in (*surname(number * 17), ""):
            began = time.perf_counter()
            if letter:
                QTest.keyClicks(screen.field.line, letter)
            else:
                screen.field.line.clear()
            bar = screen.table.verticalScrollBar()
            bar.setValue((bar.value() + 40) % max(1, bar.maximum()))
            QApplication.processEvents()
            turns.append(1000 * (time.perf_counter() - began))
            time.sleep(A_TURN)
    return max(turns)
