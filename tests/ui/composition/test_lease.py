"""A window that has been too long without the hub: shut for reading, until officers or the hub open it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import shiboken6
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from mash_desktop.cache.feed import FeedPlace, FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.desk.lease import FACT, sign_extension
from mash_desktop.desk.profile import Profile, Server
from mash_desktop.domain.acts import Author, Draft, compose
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.hub import KeyEnrolled
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.feed_chain import START as CHAIN_START
from mash_desktop.proofs.signature import SigningKey
from tests.domain.story import CONSULTANT, KEY, MANAGER, OPERATOR, START, Story
from tests.support.desks import desk_of, receive, receive_hub
from tests.support.secret_service import SecretService
from tests.ui.accessibility import nameless
from tests.ui.composition.test_doors import PASSPHRASE, STREAM, account, opening, said, typed, unlock
from ui.composition import PersonWindow
from ui.shell.lease import ExtensionCard

__all__ = ["opening"]


@pytest.fixture
def made(tmp_path: Path, secret_service: SecretService) -> Path:
    """A profile that was signed in to once; its key and the officers' are known to it."""
    folder = tmp_path / "priya"
    profile = Profile.create(folder, PASSPHRASE, Server("https://isl.invalid", "", "staffordshire"))
    profile.cache.put_fact("account", msgspec.json.encode(account(MINE.key_id)))
    profile.cache.put_fact("signing-key", MINE.to_bytes())
    receive_hub(profile.cache)
    receive(profile.cache, OPERATOR, Story().taken())
    hears_keys(profile)
    profile.desk().act(STREAM, NoteAdded(words="Made without the hub."))
    profile.lock()
    return folder


MINE = SigningKey.generate()
OFFICERS = (CONSULTANT, MANAGER)
KEYS = {one.person: SigningKey.generate() for one in OFFICERS} | {"priya": MINE}


def hears_keys(profile_or_desk: object) -> None:
    cache = profile_or_desk.cache  # type: ignore[attr-defined]  # either has one
    root = Author("root", "mash", Role.ADMINISTRATOR, KEY.key_id)
    drafts = [
        Draft("hub", KeyEnrolled(key=key.key_id, person=person, device="d", public=key.public.hex()))
        for person, key in KEYS.items()
    ]
    parcel = compose("staffordshire", root, drafts, KEY, START)
    rows = [
        FeedRow(
            "hub", body.entry, True, signed=parcel.signed, body=body, position=at, admitted_at=stamp(START)
        )
        for at, body in enumerate(parcel.bodies, -40)
    ]
    cache.receive(rows, [FeedPlace("hub", 1, 200, CHAIN_START)], cache.places())


def runs_out(folder: Path) -> None:
    """Its time has been over for an hour."""
    profile = Profile.open(folder, PASSPHRASE)
    kept = msgspec.json.decode(profile.cache.fact(FACT) or b"")
    over = datetime.now(UTC) - timedelta(hours=1)
    profile.cache.put_fact(FACT, msgspec.json.encode({**kept, "until": over}))
    profile.lock()


def opens_on(qtbot: QtBot, person: PersonWindow) -> None:
    """Unlock, and wait for whichever door follows."""
    typed(person.window.unlock_page.passphrase, PASSPHRASE)
    QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(person.lease_page.isVisible, timeout=20_000)


@pytest.fixture
def over(qtbot: QtBot, opening: Callable[[Path], PersonWindow], made: Path) -> PersonWindow:
    runs_out(made)
    person = opening(made)
    opens_on(qtbot, person)
    return person


def test_a_desktop_too_long_without_the_hub_shows_nothing_and_says_what_waits(over: PersonWindow) -> None:
    words = said(over.window)
    assert "has been without the hub for more than 72 hours" in words
    assert "1 act of yours waits to be sent." in words
    assert over.window.current_screen() is None
    assert "Carter" not in words
    assert nameless(over.lease_page) == []
    assert "Let a colleague read on" not in words, "an operator is no officer"


def test_signing_in_is_one_press_away_and_turning_back_shows_no_more_than_before(
    qtbot: QtBot, over: PersonWindow
) -> None:
    QTest.mouseClick(over.lease_page.sign_in, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(over.window.sign_in_page.isVisible, timeout=20_000)
    qtbot.waitUntil(lambda: over._door_worker.waiting == 0, timeout=20_000)
    QTest.keyClick(over.window.sign_in_page.password.line, Qt.Key.Key_Escape)
    qtbot.waitUntil(over.lease_page.isVisible, timeout=20_000)
    assert over.window.current_screen() is None


def test_a_window_in_use_is_shut_when_its_time_is_over_and_opens_where_it_was(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], made: Path
) -> None:
    person = opening(made)
    unlock(qtbot, person)
    person.window.open("file", STREAM)
    qtbot.waitUntil(lambda: "Carter" in said(person.window), timeout=20_000)
    profile = person.profile
    assert profile is not None
    kept = profile.lease._kept
    profile.lease._kept = msgspec.structs.replace(kept, until=datetime.now(UTC) - timedelta(minutes=1))
    person._tick()
    qtbot.waitUntil(person.lease_page.isVisible, timeout=20_000)
    assert "Carter" not in said(person.window)
    assert person.window.current_screen() is None
    profile.lease.renew()
    with qtbot.waitSignal(person.opened, timeout=20_000):
        person._tick()
    qtbot.waitUntil(lambda: "Carter" in said(person.window), timeout=20_000)
    assert person.window.current_reference() == STREAM


def test_two_officers_files_open_it_again(
    qtbot: QtBot, over: PersonWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert over.desk is not None
    code = over.lease_page.code.text()
    files = []
    for officer in OFFICERS:
        mine = msgspec.structs.replace(officer, key=KEYS[officer.person].key_id)
        theirs = desk_of(mine, tmp_path)
        hears_keys(theirs)
        theirs._signing_key, theirs.now = KEYS[officer.person], lambda: datetime.now(UTC)
        files.append(tmp_path / f"{officer.person}.mash-extension")
        files[-1].write_text(sign_extension(theirs, code, "The line is cut.").text)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(files[0])], ""))
    QTest.keyClick(over.lease_page.use, Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "Two different officers have to sign" in said(over.window), timeout=20_000)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file) for file in files], ""))
    with qtbot.waitSignal(over.opened, timeout=20_000):
        QTest.keyClick(over.lease_page.use, Qt.Key.Key_U, Qt.KeyboardModifier.AltModifier)
    assert not over.window.locked


def test_a_file_that_cannot_be_read_is_said(qtbot: QtBot, over: PersonWindow, tmp_path: Path) -> None:
    over.lease_page.take([tmp_path / "no such file"])
    qtbot.waitUntil(lambda: "cannot be read or written" in said(over.window), timeout=20_000)


def test_locking_while_shut_forgets_what_the_door_said(qtbot: QtBot, over: PersonWindow) -> None:
    over.lock()
    assert over.window.unlock_page.isVisible()
    assert over.lease_page.code.text() == ""
    qtbot.waitUntil(lambda: over.worker.waiting == 0, timeout=20_000)
    opens_on(qtbot, over)


@pytest.fixture
def officer(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], tmp_path: Path, secret_service: SecretService
) -> PersonWindow:
    """A manager whose own time is over too."""
    folder = tmp_path / "karen"
    profile = Profile.create(folder, PASSPHRASE, Server("https://isl.invalid", "", "staffordshire"))
    standing = msgspec.structs.replace(account().standings[0], agency=MANAGER.agency, role=MANAGER.role)
    mine = msgspec.structs.replace(
        account(KEYS["karen"].key_id), person="karen", name="Karen Shaw", standings=(standing,)
    )
    profile.cache.put_fact("account", msgspec.json.encode(mine))
    profile.cache.put_fact("signing-key", KEYS["karen"].to_bytes())
    receive_hub(profile.cache)
    hears_keys(profile)
    profile.lock()
    runs_out(folder)
    person = opening(folder)
    opens_on(qtbot, person)
    return person


def test_an_officer_signs_for_a_colleague_also_once_their_own_time_is_over(
    qtbot: QtBot, officer: PersonWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = officer.lease_page
    (card,) = page.findChildren(ExtensionCard)
    assert nameless(page) == []
    typed(card.code, "00000000")
    QTest.keyClick(card.button, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "No desktop of this hub has that code" in said(officer.window), timeout=20_000)
    card.code.set_value("")
    typed(card.code, MINE.key_id[:8])
    QTest.keyClick(card.button, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: "Write why it is needed" in said(officer.window), timeout=20_000)
    typed(card.reason, "The line is cut.")
    file = tmp_path / "karen.mash-extension"
    asked: list[str] = []

    def chosen_later(*_: object) -> tuple[str, str]:
        looked_again(qtbot, officer)
        asked.append(file.name)
        return "" if len(asked) == 1 else str(file), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", chosen_later)
    QTest.keyClick(card.button, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: len(asked) == 1, timeout=20_000)
    assert "Signed for Priya Nair." in said(officer.window)
    assert not file.exists()
    looked_again(qtbot, officer)
    QTest.keyClick(card.code.line, Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(file.exists, timeout=20_000)
    qtbot.waitUntil(lambda: officer.worker.waiting == 0, timeout=20_000)
    assert nameless(page) == []
    assert file.read_text().startswith("MASH Desktop extension\n")


def looked_again(qtbot: QtBot, person: PersonWindow) -> None:
    """Some seconds have gone by."""
    person._tick()
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_what_an_officer_types_and_is_told_stays_while_time_goes_by_and_what_waits_is_counted(
    qtbot: QtBot, officer: PersonWindow
) -> None:
    (card,) = officer.lease_page.findChildren(ExtensionCard)
    assert "Nothing of yours waits to be sent." in said(officer.window)
    officer.lease_page.take([Path("no such file")])
    qtbot.waitUntil(lambda: "cannot be read or written" in said(officer.window), timeout=20_000)
    typed(card.code, MINE.key_id[:5])
    assert officer.desk is not None
    officer.desk.act("referral:0", NoteAdded(words="Made without the hub."))
    looked_again(qtbot, officer)
    assert shiboken6.isValid(card)
    assert card.code.line.hasFocus()
    QTest.keyClicks(officer.window.focusWidget(), MINE.key_id[5:8])
    assert card.code.value() == MINE.key_id[:8]
    words = said(officer.window)
    assert "cannot be read or written" in words
    assert "1 act of yours waits to be sent." in words
