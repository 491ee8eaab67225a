"""What keeps a desktop and its hub apart, in a window's words: a real store behind a relay that alters what
it says, and a profile whose session is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import current_thread

import msgspec
import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from uuid6 import uuid7

from mash_desktop.cache import ChangeSet
from mash_desktop.desk.profile import Account, Profile, Server
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.signature import SigningKey
from sync import protocol
from sync.client.evidence import Found
from sync.client.together import FAULT
from tests.support.relay import Alter, Answered, Asked, Relay, spoken
from tests.support.store import ServedStore
from tests.sync.store.tampering.host import Host
from tests.ui.accessibility import nameless
from tests.ui.composition.test_doors import PASSPHRASE, press, said, typed, unlock
from ui.composition import PersonWindow
from ui.keys import keys
from ui.widgets.field import Field

pytestmark = [
    pytest.mark.usefixtures("secret_service", "themed"),
    # Which PostgreSQL the store has is the same to a window.
    pytest.mark.parametrize("postgres", ["embedded"], indirect=True),
]
OPERATOR = ("scc-children", Role.TRIAGE_OPERATOR)
CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class Behind:
    """Priya's window behind a relay, online by the session of an earlier day."""

    def __init__(self, qtbot: QtBot, served: ServedStore, hub: str, folder: Path, stack: ExitStack) -> None:
        self.qtbot, self.served, self.hub = qtbot, served, hub
        self.relay = Relay(Server(served.base_url, served.cert.read_text(), hub), folder)
        stack.callback(self.relay.close)
        signed = served.desk(hub, "Priya Nair", OPERATOR)
        account = Account(
            hub, signed.enrolled.person, "priya", signed.device, signed.enrolled.key, "Priya Nair",
            signed.session.standings,
        )  # fmt: skip
        home = folder / "priya"
        profile = Profile.create(home, PASSPHRASE, self.relay.server)
        profile.cache.put_facts(
            {
                "account": msgspec.json.encode(account),
                "signing-key": signed.key.to_bytes(),
                "store-key": signed.enrolled.store_key,
                "session": msgspec.json.encode(signed.session),
            }
        )
        profile.lock()
        self.person = PersonWindow(home)
        stack.callback(self.person.close)
        qtbot.addWidget(self.person.window)
        self.person.start()
        self.person.window.activateWindow()
        self.until(self.person.window.isActiveWindow)
        self.unlock()
        self.until(lambda: "Online" in self.words())

    def unlock(self) -> None:
        unlock(self.qtbot, self.person)

    def until(self, seen: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(seen, timeout=20_000)

    def words(self) -> str:
        QApplication.processEvents()
        return said(self.person.window)

    def until_said(self, words: str) -> None:
        self.until(lambda: words in self.words())

    def look_again(self) -> None:
        assert self.person.network is not None
        self.person.network.wake()

    def press_foot(self) -> None:
        QTest.mouseClick(self.person.window.status_bar.waiting, Qt.MouseButton.LeftButton)

    @property
    def key(self) -> SigningKey:
        """The store's."""
        return self.served.direct.secrets.signing_key(self.hub)

    def sign(self, head: Head) -> SignedHead:
        return SignedHead.sign(head, self.key)


@pytest.fixture
def behind(qtbot: QtBot, served_store: ServedStore, a_hub: str, tmp_path: Path) -> Iterator[Behind]:
    with ExitStack() as stack:
        yield Behind(qtbot, served_store, a_hub, tmp_path, stack)


def test_what_keeps_a_desktop_from_its_hub_stands_above_every_screen_while_it_does(
    behind: Behind, caplog: pytest.LogCaptureFixture
) -> None:
    """A hub of another version first, then a fault of this program, then a full disk."""
    window, desk = behind.person.window, behind.person.desk
    assert desk is not None
    behind.relay.before = spoken(str(protocol.VERSION + 1))
    behind.look_again()
    told = f"This hub speaks version {protocol.VERSION} of the protocol"
    behind.until_said(told)
    assert "It is tried again by itself" in behind.words()
    assert nameless(window) == []
    window.go("sync")
    assert behind.words().count(told) == 3, "in the banner and what it is called, and on the card of the line"
    # A line that is lost says no more than that.
    behind.relay.before = lambda asked: Answered(500, b"")
    behind.look_again()
    behind.until(lambda: told not in behind.words())
    assert "Offline" in behind.words()
    behind.relay.before = lambda asked: asked
    behind.look_again()
    behind.until_said("Online")

    faults: list[Exception] = []

    def listener(change: ChangeSet) -> None:
        if faults and current_thread().name == "network":
            raise faults.pop()

    desk.listen(listener)
    # What is told stands until the next answer.
    behind.relay.slow = 0.5
    full = Refusal("disk-full", "The disk of this computer is full.")
    for fault, sentence in ((KeyError("Mia Carter"), FAULT), (full, full.sentence)):
        faults.append(fault)
        desk.act(f"referral:{uuid7()}", NoteAdded(words="The school rang."))
        behind.until_said(sentence)
    behind.until_said("Online")
    assert full.sentence not in behind.words()
    assert "Mia Carter" not in caplog.text


def forks(behind: Behind) -> Alter:
    """Every page comes under a head of another history, well signed."""

    def altered(asked: Asked, answered: Answered) -> Answered:
        if not asked.path.endswith("/feed"):
            return answered
        page = msgspec.json.decode(answered.body, type=protocol.Page)
        head = msgspec.json.decode(page.head.head, type=Head)
        forked = behind.sign(replace(head, root=bytes(32)))
        return Answered(answered.status, msgspec.json.encode(replace(page, head=forked)), answered.headers)

    return altered


REWRITTEN = "The store's log no longer contains the history that this desktop has seen."


def test_a_hub_that_lies_is_told_above_every_screen_and_after_a_lock_until_it_has_been_looked_into(
    behind: Behind,
) -> None:
    person, window = behind.person, behind.person.window

    def at_the_evidence() -> bool:
        focused = window.focusWidget()
        return focused is not None and focused.objectName() == "distrust.copy"

    honest, behind.relay.alter = behind.relay.alter, forks(behind)
    behind.look_again()
    behind.until_said(REWRITTEN)
    assert "has stopped sending and fetching" in behind.words()
    assert "The hub’s log is not trusted" in behind.words()
    assert nameless(window) == []
    behind.press_foot()
    assert window.current_place() == "sync"
    behind.until_said("as history-rewritten")
    assert "\n0000 0000 0000 0000\n" in behind.words()
    behind.until(at_the_evidence)
    assert nameless(window) == []
    assert keys.clashes(window) == []

    # An honest store is believed no sooner.
    behind.relay.alter = honest
    person.lock()
    assert REWRITTEN not in behind.words()
    behind.until(lambda: person.worker.waiting == 0)
    asked = len(behind.relay.asked)
    behind.unlock()
    behind.until_said(REWRITTEN)
    window.go("triage")
    press(person, Qt.Key.Key_D, CTRL_SHIFT)
    assert window.current_place() == "sync"
    behind.until_said("as history-rewritten")
    behind.until(at_the_evidence)
    assert len(behind.relay.asked) == asked

    press(person, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    behind.until(lambda: "history-rewritten" in QApplication.clipboard().text())
    kept = msgspec.json.decode(QApplication.clipboard().text(), type=Found)
    assert kept.head is not None
    assert kept.shown is not None
    kept.head.verify(behind.key.public)
    assert kept.shown.verify(behind.key.public).root == bytes(32)

    press(person, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    behind.until_said("Write who looked into it")
    (by,) = window.findChildren(Field, "distrust.by")
    typed(by, "Anita Rao")
    press(person, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    behind.until_said("Online")
    assert "has stopped sending and fetching" not in behind.words()
    behind.until_said("by Anita Rao")
    assert nameless(window) == []


def test_a_log_that_its_host_tampered_with_is_told_at_the_window(behind: Behind) -> None:
    store = behind.served.direct
    with store.engine.begin() as db:
        Host(db, store, behind.hub).sign_head(SigningKey.from_bytes(b"k" * 32))
    behind.look_again()
    behind.until_said("is not signed by this hub's store")
    behind.press_foot()
    behind.until_said("as head-forged")
    assert "Tell your information governance officer" in behind.words()
