"""Coming in and being turned out at a window, with a real store and a real directory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pyotp
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from uuid6 import uuid7

from mash_desktop.desk import attention
from mash_desktop.desk.profile import Profile, Server, Session
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from sync.protocol import Unlink
from sync.store.bootstrap import Appointed, revoke_key
from sync.store.sign_in.provider import Provider
from tests.support.provider import OpenIdProvider, browse
from tests.support.store import PASSWORD, ServedStore
from tests.ui.accessibility import nameless
from tests.ui.composition.test_doors import PASSPHRASE, said, typed
from ui.composition import PersonWindow
from ui.keys import keys
from ui.shell.sign_in import SignInPage

pytestmark = [
    pytest.mark.usefixtures("secret_service", "themed"),
    pytest.mark.parametrize("postgres", ["embedded"], indirect=True),
]
OPERATOR = ("scc-children", Role.TRIAGE_OPERATOR)
WAIT = 40_000


class AtTheWindow:
    """Somebody with an account, at a window of their own."""

    def __init__(self, qtbot: QtBot, served: ServedStore, hub: str, folder: Path, linked: str) -> None:
        self.qtbot, self.served, self.hub = qtbot, served, hub
        self.appointed: Appointed = served.appoint(hub, "Priya Nair", OPERATOR)
        if linked:
            served.direct.directories.link(hub, self.appointed.account, linked)
        server = Server(served.base_url, served.cert.read_text(), "")
        self.person = PersonWindow(folder, server)
        qtbot.addWidget(self.person.window)
        self.person.start()
        self.totp = ""

    @property
    def page(self) -> SignInPage:
        return self.person.window.sign_in_page

    def until(self, seen: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(seen, timeout=WAIT)

    def enrol(self, code: str, password: str = PASSWORD, *, first: bool = True) -> None:
        page = self.person.enrol_page
        self.until(page.isVisible)
        if first:
            typed(page.fingerprint, "given with the code")
            typed(page.passphrase, PASSPHRASE)
        typed(page.code, code)
        typed(page.password, password)
        QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
        self.until(self.page.isVisible)
        if self.page.shown_once is not None:
            self.totp = self.page.shown_once.key.value().replace(" ", "").replace("\n", "")

    def sign_in(self, later: int = 0) -> None:
        totp = pyotp.TOTP(self.totp)
        self.page.password.set_value(PASSWORD)
        self.page.code.set_value(totp.at(int(time.time()) + later))
        QTest.mouseClick(self.page.button, Qt.MouseButton.LeftButton)
        self.until(self.working)

    def working(self) -> bool:
        return self.person.shown.status.online and self.person.window.current_screen() is not None

    def unlock(self) -> None:
        page = self.person.window.unlock_page
        typed(page.passphrase, PASSPHRASE)
        QTest.keyClick(page.passphrase.line, Qt.Key.Key_Return)


@pytest.fixture
def sitting(
    qtbot: QtBot, served_store: ServedStore, a_hub: str, tmp_path: Path
) -> Iterator[Callable[..., AtTheWindow]]:
    seats: list[AtTheWindow] = []

    def sit(linked: str = "") -> AtTheWindow:
        seats.append(AtTheWindow(qtbot, served_store, a_hub, tmp_path / "profile", linked))
        return seats[-1]

    yield sit
    for seat in seats:
        seat.person.close()


def test_a_revoked_device_locks_at_once_and_what_was_unsent_waits_for_a_new_code(
    sitting: Callable[..., AtTheWindow], qtbot: QtBot
) -> None:
    seat = sitting()
    seat.enrol(seat.appointed.code)
    shown = seat.page.shown_once
    assert shown is not None
    assert shown.codes.value().count("-") == 10
    seat.sign_in()
    person = seat.person
    desk, profile = person.desk, person.profile
    assert desk is not None
    assert profile is not None
    old = desk.me.author.key
    person._stop_network()
    seat.until(lambda: person.worker.waiting == 0)
    desk.act(f"referral:{uuid7()}", NoteAdded(words="Rang the school."))
    person._connect(profile.kept_session())  # type: ignore[arg-type]  # it was opened just now
    revoke_key(seat.served.direct, seat.hub, old, "The laptop was lost.")
    seat.until(lambda: person.window.locked)
    seat.until(lambda: "no longer enrolled" in said(person.window.unlock_page))
    assert (person.desk, person.profile) == (None, None)
    seat.until(lambda: person.worker.waiting == 0)

    seat.unlock()
    seat.until(person.enrol_page.isVisible)
    seat.until(lambda: "no longer enrolled" in said(person.enrol_page))
    assert nameless(person.window) == []
    code, _ = seat.served.code(seat.hub, seat.appointed.account)
    seat.enrol(code, first=False)
    assert seat.page.shown_once is None
    # The code of the moment has been used.
    seat.sign_in(later=30)
    desk = person.desk
    assert desk is not None
    assert desk.me.author.key != old
    seat.until(lambda: desk.cache.waiting()[0].code == "key-revoked")
    (item,) = attention.read_items(desk)
    attention.do_again(desk, item.act)
    seat.until(lambda: not desk.cache.waiting() or desk.cache.waiting()[0].code not in {"", "key-revoked"})


class Browser(QObject):
    """What the system would open for a person: it takes the address, and they sign in there."""

    def __init__(self, subject: str) -> None:
        super().__init__()
        self._subject = subject
        self._executor = ThreadPoolExecutor()
        self.opened: list[str] = []
        self.page: Future[httpx.Response] | None = None

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(url.toString())
        if self._subject:
            encoded = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
            self.page = self._executor.submit(browse, encoded, self._subject)

    def end(self) -> None:
        self._executor.shutdown()


@pytest.fixture
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    made = Browser(request.param)
    QDesktopServices.setUrlHandler("http", made, "open")  # type: ignore[arg-type]  # a name, whatever is said
    yield made
    QDesktopServices.unsetUrlHandler("http")
    made.end()


SUBJECT = "priya.at.the.window"


@pytest.fixture
def directory(served_store: ServedStore, a_hub: str, openid_provider: OpenIdProvider) -> OpenIdProvider:
    provider = Provider("Council sign-in", openid_provider.issuer, "mash")
    served_store.direct.directories.set(a_hub, provider, 1)
    return openid_provider


@pytest.mark.parametrize("browser", [SUBJECT], indirect=True)
def test_a_person_signs_in_with_the_browser_and_is_locked_out_on_leaving_the_directory(
    sitting: Callable[..., AtTheWindow], browser: Browser, directory: OpenIdProvider
) -> None:
    seat = sitting(SUBJECT)
    seat.enrol(seat.appointed.code, "")
    seat.until(seat.page.by_directory.isVisible)
    assert seat.page.by_directory.text() == "Sign in with Council sign-in"
    assert nameless(seat.person.window) == []
    QTest.mouseClick(seat.page.by_directory, Qt.MouseButton.LeftButton)
    seat.until(seat.working)
    assert browser.page is not None
    assert "can be closed" in browser.page.result().text
    directory.leave(SUBJECT)
    seat.until(lambda: seat.person.window.locked)
    seat.until(lambda: "no longer answers for you" in said(seat.person.window.unlock_page))
    seat.until(lambda: seat.person.worker.waiting == 0)
    seat.unlock()
    seat.until(seat.page.isVisible)
    assert seat.person.desk is None


@pytest.mark.parametrize("browser", ["priya.unlinked"], indirect=True)
def test_whom_an_administrator_unlinked_sets_the_computer_up_again_with_a_code_and_a_password(
    sitting: Callable[..., AtTheWindow], browser: Browser, directory: OpenIdProvider
) -> None:
    """Also where the window was open all along: what the desk of before would sign, nobody takes."""
    seat = sitting("priya.unlinked")
    seat.enrol(seat.appointed.code, "")
    seat.until(seat.page.by_directory.isVisible)
    QTest.mouseClick(seat.page.by_directory, Qt.MouseButton.LeftButton)
    seat.until(seat.working)
    person = seat.person
    assert person.desk is not None
    old = person.desk.me.author.key
    person._stop_network()
    seat.until(lambda: person.worker.waiting == 0)
    unlinked = seat.served.direct.enrolment.reset(seat.hub, seat.appointed.person, "Noor Haddad")
    QTest.mouseClick(person.window.status_bar.waiting, Qt.MouseButton.LeftButton)
    seat.until(seat.page.isVisible)
    assert keys.clashes(person.window) == []
    QTest.mouseClick(seat.page.by_code, Qt.MouseButton.LeftButton)
    seat.until(person.enrol_page.isVisible)
    assert nameless(person.window) == []
    assert keys.clashes(person.window) == []
    QTest.mouseClick(person.enrol_page.leave, Qt.MouseButton.LeftButton)
    seat.until(seat.page.isVisible)
    QTest.mouseClick(seat.page.by_code, Qt.MouseButton.LeftButton)
    seat.enrol(unlinked.code, first=False)
    seat.sign_in()
    seat.until(lambda: person.desk is not None and person.desk.me.author.key != old and seat.working())
    desk = person.desk
    assert desk.store_accounts is not None
    assert desk.store_unlink is not None
    seat.until(lambda: person.network is not None and person.network.status.online)
    for asked in (desk.store_accounts(), desk.store_unlink(Unlink(person=seat.appointed.person))):
        with pytest.raises(Refusal, match="not-permitted"):
            asked.result(20)
    given = Server.pinned(seat.served.base_url, desk.where.fingerprint)
    assert (given.url, desk.where.url) == (seat.served.base_url, seat.served.base_url)


@pytest.mark.parametrize("browser", [""], indirect=True)
def test_whoever_turns_back_from_the_browser_finds_the_door_as_it_was(
    sitting: Callable[..., AtTheWindow], browser: Browser, directory: OpenIdProvider
) -> None:
    seat = sitting("nobody.at.the.window")
    seat.enrol(seat.appointed.code, "")
    seat.until(seat.page.by_directory.isVisible)
    QTest.mouseClick(seat.page.by_directory, Qt.MouseButton.LeftButton)
    seat.until(lambda: bool(browser.opened))
    # What is typed elsewhere is kept meanwhile.
    seat.until(lambda: seat.person.worker.waiting == 0)
    QTest.mouseClick(seat.page.leave, Qt.MouseButton.LeftButton)
    seat.until(lambda: "Nobody was signed in" in said(seat.page))
    assert seat.page.button.isEnabled()
    assert seat.page.by_directory.isEnabled()


@pytest.mark.parametrize("browser", [""], indirect=True)
def test_closing_the_window_does_not_wait_for_the_browser(
    sitting: Callable[..., AtTheWindow], browser: Browser, directory: OpenIdProvider
) -> None:
    seat = sitting("nobody.at.the.window")
    seat.enrol(seat.appointed.code, "")
    seat.until(seat.page.by_directory.isVisible)
    QTest.mouseClick(seat.page.by_directory, Qt.MouseButton.LeftButton)
    seat.until(lambda: bool(browser.opened))
    seat.person.close()
    assert seat.person.profile is None


def signed_in(seat: AtTheWindow) -> tuple[Profile, Session]:
    """Somebody who has set up and signed in, and the session that is kept."""
    seat.enrol(seat.appointed.code)
    seat.sign_in()
    profile = seat.person.profile
    assert profile is not None
    session = profile.kept_session()
    assert session is not None
    return profile, session


def test_a_session_that_has_ended_is_opened_again_where_one_was(sitting: Callable[..., AtTheWindow]) -> None:
    seat = sitting()
    _profile, session = signed_in(seat)
    person = seat.person
    with seat.served.client(session.token) as client:
        client.post("/v1/sign-out")
    seat.until(lambda: bool(person.shown.status.signed_out))
    assert not person.window.locked
    QTest.mouseClick(person.window.status_bar.waiting, Qt.MouseButton.LeftButton)
    seat.until(seat.page.isVisible)
    QTest.mouseClick(seat.page.leave, Qt.MouseButton.LeftButton)
    assert not person.window.locked
    QTest.mouseClick(person.window.status_bar.waiting, Qt.MouseButton.LeftButton)
    seat.until(seat.page.isVisible)
    seat.until(lambda: seat.page.button.isEnabled())


def test_after_a_lock_longer_than_the_session_nothing_seems_online_and_one_is_asked_to_sign_in(
    sitting: Callable[..., AtTheWindow],
) -> None:
    """And may read on without."""
    seat = sitting()
    profile, session = signed_in(seat)
    person = seat.person
    over = replace(session, expires_at=datetime.now(UTC) - timedelta(minutes=1))
    profile.cache.put_fact("session", msgspec.json.encode(over))
    person.lock()
    seat.until(lambda: person.worker.waiting == 0)
    seat.unlock()
    seat.until(lambda: person.window.current_screen() is not None)
    assert not person.shown.status.online
    assert person.network is None
    assert "your session is over" in person.window._toast.accessibleName()
    assert person.window._toast.isVisible()
    assert "Online" not in said(person.window)
    QTest.mouseClick(person.window.status_bar.waiting, Qt.MouseButton.LeftButton)
    seat.until(seat.page.isVisible)
    QTest.mouseClick(seat.page.leave, Qt.MouseButton.LeftButton)
    assert not person.window.locked


def test_a_lock_in_the_midst_of_setting_up_loses_nothing_that_is_shown_once(
    sitting: Callable[..., AtTheWindow],
) -> None:
    seat = sitting()
    person, page = seat.person, seat.person.enrol_page
    for field, words in (
        (page.fingerprint, "given with the code"),
        (page.passphrase, PASSPHRASE),
        (page.code, seat.appointed.code),
        (page.password, PASSWORD),
    ):
        typed(field, words)
    QTest.mouseClick(page.button, Qt.MouseButton.LeftButton)
    person.lock()
    seat.until(lambda: person.worker.waiting == 0)
    assert person.window.unlock_page.isVisible()
    assert person.profile is None
    assert (page.passphrase.value(), page.button.isEnabled()) == ("", True)
    # A lock before somebody has signed in keeps it as well.
    shown = seat.page.shown_once
    assert shown is not None
    for _ in range(2):
        seat.unlock()
        seat.until(seat.page.isVisible)
        assert shown.isVisible()
        person.lock()
        seat.until(lambda: person.worker.waiting == 0)
        assert not shown.isVisible()
    seat.unlock()
    seat.until(seat.page.isVisible)
    seat.totp = "".join(shown.key.value().split())
    seat.sign_in()
    assert seat.page.shown_once is None
    assert not person.shown.status.signed_out


def test_a_sign_in_that_is_answered_after_a_lock_opens_nothing(sitting: Callable[..., AtTheWindow]) -> None:
    seat = sitting()
    seat.enrol(seat.appointed.code)
    person = seat.person
    seat.page.password.set_value(PASSWORD)
    seat.page.code.set_value(pyotp.TOTP(seat.totp).now())
    QTest.mouseClick(seat.page.button, Qt.MouseButton.LeftButton)
    person.lock()
    seat.until(lambda: person._door_worker.waiting == 0 and person.worker.waiting == 0)
    assert (person.desk, person.profile) == (None, None)
    assert person.window.unlock_page.isVisible()
    assert seat.page.button.isEnabled()
