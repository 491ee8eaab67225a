"""The doors of one person's window: set up, unlock, lock; on a real vault, keyring and encrypted cache."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from mash_desktop.cache.feed import FeedRow
from mash_desktop.cache.reading import stamp
from mash_desktop.desk.profile import Account, Profile, Server
from mash_desktop.domain.acts import Draft, compose
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.entries.hub import EpochOpened
from mash_desktop.proofs.head import Head, SignedHead
from sync.protocol import Standing
from tests.domain.story import KEY, OPERATOR, START, Story
from tests.support.desks import receive, receive_hub
from tests.support.lines import nobody_listens
from tests.support.secret_service import SecretService
from tests.ui.accessibility import nameless
from ui import composition
from ui.composition import IDLE_MINUTES, PersonWindow
from ui.keys import keys
from ui.shell.door import Door
from ui.triage.page import ContactPage
from ui.widgets.banner import Banner
from ui.widgets.field import Field, TextField
from ui.widgets.text import Text

PASSPHRASE = "quiet river crossing stones"
STREAM = "referral:0"


def account(key: str = KEY.key_id) -> Account:
    standing = Standing(agency=OPERATOR.agency, role=OPERATOR.role)
    return Account("staffordshire", OPERATOR.person, "priya.nair", "device-1", key, "Priya Nair", (standing,))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, secret_service: SecretService) -> Path:
    """A profile that was set up, signed in to once, and locked."""
    folder = tmp_path_factory.mktemp("profile") / "priya"
    profile = Profile.create(folder, PASSPHRASE, Server("https://isl.invalid", "", "staffordshire"))
    profile.cache.put_fact("account", msgspec.json.encode(account()))
    profile.cache.put_fact("signing-key", KEY.to_bytes())
    receive_hub(profile.cache)
    receive(profile.cache, OPERATOR, Story().taken())
    profile.lock()
    return folder


@pytest.fixture
def opening(qtbot: QtBot, themed: object) -> Iterator[Callable[[Path], PersonWindow]]:
    windows: list[PersonWindow] = []

    def open_on(folder: Path) -> PersonWindow:
        person = PersonWindow(folder)
        windows.append(person)
        qtbot.addWidget(person.window)
        person.start()
        person.window.activateWindow()
        qtbot.waitUntil(person.window.isActiveWindow)
        return person

    yield open_on
    for person in windows:
        person.close()


@pytest.fixture
def locked(opening: Callable[[Path], PersonWindow], made: Path) -> PersonWindow:
    (made / "attempts.json").unlink(missing_ok=True)
    return opening(made)


def typed(field: Field, words: str) -> None:
    field.line.setFocus()
    QTest.keyClicks(field.line, words)


def unlock(qtbot: QtBot, person: PersonWindow, passphrase: str = PASSPHRASE) -> None:
    typed(person.window.unlock_page.passphrase, passphrase)
    with qtbot.waitSignal(person.opened, timeout=20_000):
        QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)


def press(person: PersonWindow, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    QTest.keyClick(person.window.focusWidget() or person.window, key, modifier)


def said(window: QWidget) -> str:
    """Every word that can be seen, in texts and in what a screen reader is told."""
    seen = [one.text() for one in window.findChildren(Text) if one.isVisible()]
    return "\n".join(seen + [one.accessibleName() for one in window.findChildren(Banner) if one.isVisible()])


# --- set up


def fill(person: PersonWindow, **values: str) -> None:
    page = person.enrol_page
    for name, words in {
        "hub_url": "https://127.0.0.1:9",
        "fingerprint": "ab" * 32,
        "code": "K7QF-2MRD",
        "password": "a password of my own",
        "passphrase": PASSPHRASE,
    }.items():
        typed(getattr(page, name), values.get(name, words))
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)


def answered(qtbot: QtBot, person: PersonWindow) -> str:
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
    QApplication.processEvents()  # what was put into a layout just now is seen in the next turn
    return said(person.enrol_page)


def test_a_computer_that_is_not_set_up_shows_the_door_for_that(
    opening: Callable[[Path], PersonWindow], tmp_path: Path
) -> None:
    person = opening(tmp_path / "new")
    assert person.enrol_page.isVisible()
    assert nameless(person.window) == []


def test_what_is_missing_is_said_at_its_field(
    opening: Callable[[Path], PersonWindow], tmp_path: Path
) -> None:
    person = opening(tmp_path / "new")
    typed(person.enrol_page.code, "K7QF-2MRD")
    QTest.mouseClick(person.enrol_page.button, Qt.MouseButton.LeftButton)
    assert person.enrol_page.hub_url.error.text().startswith("Type the address")
    assert person.enrol_page.passphrase.error.text().startswith("Choose a passphrase")
    assert person.enrol_page.code.error.isHidden()
    assert not (tmp_path / "new").exists()


def test_an_address_that_is_no_hub_s_is_refused_and_what_was_typed_stays(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], tmp_path: Path
) -> None:
    person = opening(tmp_path / "new")
    fill(person, hub_url="http://isl.example.gov.uk")
    assert "begins with https://" in answered(qtbot, person)
    assert person.enrol_page.code.value() == "K7QF-2MRD"
    assert person.enrol_page.passphrase.value() == PASSPHRASE
    assert person.enrol_page.button.isEnabled()
    assert not Profile.exists(tmp_path / "new")


def test_a_hub_that_does_not_answer_is_said_and_nothing_is_made(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], tmp_path: Path
) -> None:
    person = opening(tmp_path / "new")
    with nobody_listens() as port:
        fill(person, hub_url=f"https://127.0.0.1:{port}")
        assert "The hub cannot be reached" in answered(qtbot, person)
    assert not Profile.exists(tmp_path / "new")


# --- unlock


def test_nothing_of_a_case_is_seen_before_the_door_opens(locked: PersonWindow) -> None:
    assert locked.window.locked
    assert "Carter" not in said(locked.window)
    assert nameless(locked.window) == []


def test_a_wrong_passphrase_is_said_at_its_field_and_opens_nothing(
    qtbot: QtBot, locked: PersonWindow
) -> None:
    page = locked.window.unlock_page
    typed(page.passphrase, "quiet river crossing stone")
    QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not page.passphrase.error.isHidden(), timeout=20_000)
    assert "does not open this profile" in page.passphrase.error.text()
    assert locked.window.locked
    assert locked.desk is None
    unlock(qtbot, locked)
    assert not locked.window.locked


def test_the_passphrase_opens_the_places_of_one_s_roles_and_stays_nowhere(
    qtbot: QtBot, locked: PersonWindow
) -> None:
    unlock(qtbot, locked)
    assert locked.window.current_place() == "triage"
    assert {place.id for place in locked.shown.places} == {"triage", "file", "search", "sync", "settings"}
    assert locked.window.unlock_page.passphrase.value() == ""
    assert nameless(locked.window) == []
    assert keys.clashes(locked.window) == []


def test_every_place_of_a_person_opens(qtbot: QtBot, locked: PersonWindow) -> None:
    unlock(qtbot, locked)
    for place in locked.shown.places:
        locked.window.go(place.id)
        qtbot.waitUntil(lambda: locked.worker.waiting == 0, timeout=20_000)
        assert locked.window.current_place() == place.id
        assert keys.clashes(locked.window) == []


def test_what_wants_attention_is_one_press_away(qtbot: QtBot, locked: PersonWindow) -> None:
    unlock(qtbot, locked)
    desk = locked.desk
    assert desk is not None
    act = desk.act(STREAM, NoteAdded(words="Rang the school."))
    desk.tell(desk.cache.refused(act, "session-old", "Sign in again, then do this again.", None, None, None))
    button = locked.window.status_bar.waiting
    qtbot.waitUntil(lambda: "1 wants your attention" in button.text(), timeout=20_000)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert locked.window.current_place() == "sync"
    qtbot.waitUntil(lambda: "Rang the school." in said(locked.window), timeout=20_000)
    desk.tell(desk.cache.let_go(act))


def test_that_the_hub_was_restored_stands_above_every_screen_until_it_is_seen(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], made: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(made, folder)
    person = opening(folder)
    unlock(qtbot, person)
    assert person.desk is not None
    head = Head(hub="staffordshire", epoch=1, size=412, root=bytes(32), at=START)
    told = EpochOpened(epoch=2, size=390, root="00" * 32, backed_up_at=START)
    parcel = compose("staffordshire", OPERATOR, [Draft("hub", told)], KEY, START)
    body = parcel.bodies[0]
    row = FeedRow("hub", body.entry, True, parcel.signed, body, position=391, admitted_at=stamp(START))
    cache = person.desk.cache
    cache.put_fact("heads-before", msgspec.json.encode([SignedHead.sign(head, KEY)]))
    person.desk.tell(cache.receive([row], [], cache.places()))

    def words() -> str:
        QApplication.processEvents()
        return said(person.window)

    qtbot.waitUntil(lambda: "with 390 entries. This desktop had seen 412" in words(), timeout=20_000)
    assert nameless(person.window) == []
    assert keys.clashes(person.window) == []
    person.lock()
    assert "restored" not in words()
    unlock(qtbot, person)
    qtbot.waitUntil(lambda: "The hub was restored from a backup of" in words(), timeout=20_000)
    press(person, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: "restored" not in words(), timeout=20_000)
    person.lock()
    unlock(qtbot, person)
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
    assert "restored" not in words()


# --- lock


def test_locking_drops_every_view_closes_the_cache_and_shows_the_door(
    qtbot: QtBot, locked: PersonWindow
) -> None:
    unlock(qtbot, locked)
    locked.window.open("file", STREAM)
    qtbot.waitUntil(lambda: "Carter" in said(locked.window), timeout=20_000)
    profile = locked.profile
    assert profile is not None
    press(locked, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert locked.window.locked, "at once, whatever becomes of the rest"
    qtbot.waitUntil(lambda: locked.worker.waiting == 0, timeout=20_000)
    assert locked.window.locked
    assert (locked.desk, locked.profile) == (None, None)
    assert locked.window.current_screen() is None
    assert "Carter" not in said(locked.window)
    shown = [door for door in locked.window.findChildren(Door) if door.isVisible()]
    assert shown == [locked.window.unlock_page]
    with pytest.raises(Exception, match="is locked"):
        profile.cache.counts()


def test_unlocking_returns_to_the_place_that_was_left(qtbot: QtBot, locked: PersonWindow) -> None:
    unlock(qtbot, locked)
    locked.window.open("file", STREAM)
    qtbot.waitUntil(lambda: locked.worker.waiting == 0, timeout=20_000)
    locked.lock()
    unlock(qtbot, locked)
    assert locked.window.current_place() == "file"
    assert locked.window.current_reference() == STREAM
    qtbot.waitUntil(lambda: "Carter" in said(locked.window), timeout=20_000)

    def note() -> TextField | None:
        return next((one for one in locked.window.findChildren(TextField) if one.isVisible()), None)

    press(locked, Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(lambda: note() is not None, timeout=20_000)
    QTest.keyClicks(locked.window.focusWidget(), "Rang twice")
    locked.lock()
    unlock(qtbot, locked)
    qtbot.waitUntil(lambda: (found := note()) is not None and found.value() == "Rang twice", timeout=20_000)
    assert locked.window.current_form() == "note"


def test_a_passphrase_that_was_changed_opens_it_and_the_old_one_does_not(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], made: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(made, folder)
    person = opening(folder)
    unlock(qtbot, person)
    person.window.go("settings")
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
    names = ("passphrase.old", "passphrase.new", "passphrase.again")
    fields = [one for name in names for one in person.window.findChildren(Field, name)]

    def change(*words: str) -> str:
        for field, typing in zip(fields, words, strict=True):
            field.set_value("")
            typed(field, typing)
        press(person, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
        QApplication.processEvents()
        return said(person.window)

    other = "slow lantern under ferns"
    assert "The two are not the same" in change(PASSPHRASE, other, "slow lantern")
    assert "at least 12 characters" in change(PASSPHRASE, "short", "short")
    assert "does not open this profile" in change("not the passphrase", other, other)
    assert "The passphrase is changed." in change(PASSPHRASE, other, other)
    assert {field.value() for field in fields} == {""}
    person.lock()
    typed(person.window.unlock_page.passphrase, PASSPHRASE)
    QTest.keyClick(person.window.unlock_page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "does not open this profile" in said(person.window), timeout=20_000)
    person.window.unlock_page.passphrase.set_value("")
    unlock(qtbot, person, other)


@pytest.mark.parametrize("closed", [False, True], ids=["locking", "closing"])
def test_a_draft_is_there_again_after_leaving_in_the_middle_of_a_word(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], made: Path, tmp_path: Path, closed: bool
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(made, folder)
    person = opening(folder)
    unlock(qtbot, person)
    person.window.go("triage")
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
    press(person, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: person.worker.waiting == 0, timeout=20_000)
    words = person.window.findChildren(ContactPage)[0].account.words
    words.setFocus()
    QTest.keyClicks(person.window.focusWidget(), "She said that he would come ba")
    if closed:
        person.window.close()
        person = opening(folder)
        unlock(qtbot, person)
        person.window.go("triage")
        qtbot.waitUntil(lambda: bool(person.window.findChildren(ContactPage)), timeout=20_000)
    else:
        press(person, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        assert person.window.locked
        unlock(qtbot, person)
        assert person.window.current_place() == "triage"
    page = person.window.findChildren(ContactPage)[0]
    qtbot.waitUntil(lambda: page.account.words.value()[0] == "She said that he would come ba", timeout=20_000)


def test_a_window_left_alone_locks_itself(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], made: Path
) -> None:
    person = opening(made)
    unlock(qtbot, person)
    person._idle_minutes = 0
    person._tick()
    assert person.window.locked
    assert person.desk is None


@pytest.mark.parametrize("wall", ["set back", "gone on while the computer slept"])
def test_whoever_has_left_is_known_by_whichever_clock_says_more(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], made: Path, wall: str
) -> None:
    person = opening(made)
    unlock(qtbot, person)
    long, steady, now = IDLE_MINUTES * 60, time.monotonic(), time.time()
    idle = person._idle
    idle.steady, idle.wall = (steady, now - long) if "slept" in wall else (steady - long, now + 3600)
    person._tick()
    assert person.window.locked


def test_a_fault_of_the_program_while_unlocking_is_not_said_to_be_the_hubs(
    qtbot: QtBot, locked: PersonWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(folder: Path, passphrase: str) -> None:
        raise KeyError("standings")

    page = locked.window.unlock_page
    with monkeypatch.context() as patch:
        patch.setattr(composition, "opened_profile", fails)
        typed(page.passphrase, PASSPHRASE)
        QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: not page.passphrase.error.isHidden(), timeout=20_000)
    assert "Something went wrong in this program" in page.passphrase.error.text()
    assert "hub" not in page.passphrase.error.text()


@pytest.mark.usefixtures("secret_service")
def test_whoever_has_a_desk_that_nothing_was_fetched_for_yet_is_asked_to_sign_in(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    profile = Profile.create(folder, PASSPHRASE, Server("https://isl.invalid", "", "staffordshire"))
    profile.cache.put_fact("account", msgspec.json.encode(account()))
    profile.cache.put_fact("signing-key", KEY.to_bytes())
    profile.lock()
    person = opening(folder)
    page = person.window.unlock_page
    typed(page.passphrase, PASSPHRASE)
    QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(person.window.sign_in_page.isVisible, timeout=20_000)
    assert person.window.sign_in_page.account.text() == "priya.nair"


@pytest.mark.usefixtures("secret_service")
def test_a_door_that_nobody_has_gone_through_locks_itself_too(
    qtbot: QtBot, opening: Callable[[Path], PersonWindow], tmp_path: Path
) -> None:
    folder = tmp_path / "new"
    profile = Profile.create(folder, PASSPHRASE, Server("https://isl.invalid", "", "staffordshire"))
    enrolled = msgspec.structs.replace(account(), standings=())
    profile.cache.put_fact("account", msgspec.json.encode(enrolled))
    profile.lock()
    person = opening(folder)
    page = person.window.unlock_page
    typed(page.passphrase, PASSPHRASE)
    QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(person.window.sign_in_page.isVisible, timeout=20_000)
    typed(person.window.sign_in_page.password, "a password")
    assert person._minute.isActive()
    person._idle_minutes = 0
    person._tick()
    assert page.isVisible()
    assert person.profile is None
    assert person.window.sign_in_page.password.value() == ""
