"""One person's window put together: profile, desk, network, screens; locked, unlocked, signed in and out.

What a screen shows is its own; what the shell shows is made here from the desk and the network. Locking drops
every view, closes the cache and overwrites its key; unlocking builds them anew at the place that was left.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QEvent, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from mash_desktop.desk import ChangeSet, Desk, downtime, glass, owed, telephone
from mash_desktop.desk.profile import Enrolled, Profile, Server, Session, Status, Synchroniser
from mash_desktop.documents.square import square
from mash_desktop.domain.errors import Refusal
from mash_desktop.profile_folder import any_aside, several
from ui.idle import Idle
from ui.keys import keys
from ui.opening import NO_HUB, NO_SESSION, NOT_OPENED, Opened, Stock, opened_profile, stock_of, why
from ui.places import PLACES, Factories, read_ahead
from ui.session import SessionWatch, watching
from ui.shell.clipboard import clear_clipboard
from ui.shell.enrol import EnrolPage
from ui.shell.lease import LeasePage
from ui.shell.main_window import MainWindow
from ui.shell.people import Seats
from ui.shell.shown_once import Square
from ui.shell.telephone import StaysBehind, Telephoning
from ui.shown import Shown
from ui.work import Worker

IDLE_MINUTES = 10

_MAKING_MS = 30
"""Between one screen and the next that is made beforehand: what a person does goes first."""
_TOUCHES = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.Wheel)


class PersonWindow(QObject):
    """A window on one profile folder. ``start`` shows the door that fits: enrol, or unlock."""

    opened = Signal()
    """The shell has been unlocked and its screens are there."""
    _status_said = Signal(object)
    _changed = Signal(object)
    _browse = Signal(str)
    _leaving = Signal()

    def __init__(
        self,
        folder: Path,
        server: Server | None = None,
        *,
        hub_url: str = "",
        idle_minutes: int = IDLE_MINUTES,
        window: MainWindow | None = None,
    ) -> None:
        super().__init__()
        self._folder, self._server = folder, server
        self.worker = Worker()
        self._door_worker = Worker("sign-in")
        """Waits for the hub and for the browser, which what is typed does not."""
        self.window = window or MainWindow()
        self.window.furnish()
        self.enrol_page = EnrolPage(server.url if server else hub_url)
        self.window.add_door(self.enrol_page)
        self.lease_page = LeasePage()
        self.window.add_door(self.lease_page)
        self.profile: Profile | None = None
        self.desk: Desk | None = None
        self.network: Synchroniser | None = None
        self._left = ("", "", "")
        self._built = False
        """The screens are there."""
        self._telephoning: Telephoning | None = None
        self._behind = StaysBehind(self.window)
        self._over = False
        """It has been too long without the hub: nothing may be read."""
        self._locks = 0
        """How often it has been locked: what was asked for before a lock opens nothing after it."""
        self._session: SessionWatch | None = None
        self._idle_minutes = idle_minutes
        self._idle = Idle()
        self.shown = Shown(self.window, self.worker, lambda: self._idle_minutes - self._idle.minutes())
        self._left_sign_in = Event()
        """Set when nobody waits any longer for the browser."""
        self.seats = Seats(folder, self.window, self.worker, self)
        """Whose profile it is, where several people take turns here."""
        self._wire()

    def _wire(self) -> None:
        window = self.window
        window.unlock_page.asked.connect(self._unlock)
        window.unlock_page.other_asked.connect(self.lock)
        window.sign_in_page.asked.connect(self._sign_in)
        window.sign_in_page.directory_asked.connect(self._sign_in_by_directory)
        window.sign_in_page.code_given.connect(self._take_code)
        window.sign_in_page.left.connect(self._leave_sign_in)
        self.seats.taken.connect(self._take_seat)
        self.enrol_page.asked.connect(self._enrol)
        self.enrol_page.left.connect(self._leave_enrol)
        self.lease_page.sign_in_asked.connect(self._ask_sign_in)
        self.lease_page.extended.connect(self._take_stock)
        window.lock_asked.connect(self.lock)
        window.sync_asked.connect(self._sync)
        window.connect_asked.connect(self._ask_again)
        window.search_asked.connect(self._search)
        window.closing.connect(self.close)
        window.may_close = self._may_close
        window.place_chosen.connect(self.shown.count)
        self._status_said.connect(self._show_status)
        self._changed.connect(self._show_change)
        self._leaving.connect(self._person_leaves)
        self._browse.connect(lambda url: QDesktopServices.openUrl(QUrl(url)))
        self._minute = QTimer(self)
        self._minute.setInterval(15_000)
        self._minute.timeout.connect(self._tick)
        self._making = QTimer(self)
        self._making.setInterval(_MAKING_MS)
        self._making.timeout.connect(self._make_one)

    # --- doors

    def start(self) -> None:
        """Show the door. Nothing of a case is read before it opens."""
        if several(self._folder):
            self.window.lock()
            self.seats.ask()
        elif Profile.exists(self._folder):
            self.window.lock()
        else:
            self.window.show_door(self.enrol_page)
            if any_aside(self._folder):
                self.seats.ask()
        self.window.show()
        # What is pressed anywhere in the window passes its handle first; widgets are not each watched.
        handle = self.window.windowHandle()
        handle.installEventFilter(self)
        self._session = watching(handle, self._leaving.emit)
        self._session.start()
        # While a person types at the door.
        self._door_worker.submit(read_ahead)

    def _take_seat(self, folder: Path, name: str, there: bool) -> None:
        """The window is this person's from now on: nothing of another's stays in it."""
        self.lock()
        self._folder, self._left = folder, ("", "", "")
        self.shown.forget()
        self.window.unlock_page.set_person(name, "")
        self.window.sign_in_page.forget()
        if there:
            self.window.lock()
        else:
            self.enrol_page.first()
            self.window.show_door(self.enrol_page)

    def _leave_enrol(self) -> None:
        if self.profile is None:
            self.seats.ask()
        else:
            self.window.show_sign_in()

    def _unlock(self, passphrase: str) -> None:
        self.worker.submit(
            partial(opened_profile, self._folder, passphrase),
            partial(self._have_profile, self._locks),
            partial(self._not_opened, self._folder, self._locks),
            owner=self,
        )

    def _not_opened(self, folder: Path, locks: int, error: Exception) -> None:
        page = self.window.unlock_page
        if locks == self._locks:
            page.wrong(why(error, NOT_OPENED))
            if page.isVisible():
                self.worker.submit(partial(owed.told, folder))

    def _enrol(self, url: str, fingerprint: str, code: str, password: str, passphrase: str) -> None:
        folder = self._folder

        def enrol() -> tuple[Profile, Enrolled]:
            server = self._server or Server.pinned(url, fingerprint)
            profile = Profile.create_or_open(folder, passphrase, server)
            try:
                return profile, profile.enrol(code, password, "This computer")
            except Exception:
                profile.lock()
                raise

        def enrol_again(profile: Profile) -> tuple[Profile, Enrolled]:
            return profile, profile.enrol(code, password, "This computer")

        again, locks = self.profile, self._locks
        begin = enrol if again is None else partial(enrol_again, again)

        def enrol_and_draw() -> tuple[Profile, Enrolled, Square]:
            profile, made = begin()
            return profile, made, square(made.totp_uri) if made.totp_uri else ()

        def enrolled(answer: tuple[Profile, Enrolled, Square]) -> None:
            profile, made, drawn = answer
            left = self.profile is not again or locks != self._locks
            if left:
                self.worker.submit(profile.lock)
            if folder != self._folder:
                return
            self.enrol_page.forget()
            if made.totp_uri:
                self.window.sign_in_page.keep(made.totp_uri, drawn, made.recovery_codes)
            if left:
                # What is shown once stands behind the door that the passphrase opens.
                self.window.lock()
                return
            self.profile = profile
            self._minute.start()
            self._show_sign_in(profile, made.account)

        def failed(error: Exception) -> None:
            if folder == self._folder:
                self.enrol_page.failed(why(error, NO_HUB))

        # A profile that is open may be locked meanwhile: an answer that is lost by it costs a new code.
        worker = self.worker if again is None else self._door_worker
        worker.submit(enrol_and_draw, enrolled, failed, owner=self)

    def _have_profile(self, locks: int, opened: Opened) -> None:
        if locks != self._locks:
            self.worker.submit(opened.profile.lock)
            return
        self.profile = opened.profile
        self._minute.start()
        self.shown.status = opened.status
        shown_once = self.window.sign_in_page.shown_once is not None
        if opened.barred is not None and opened.barred.device:
            self._ask_to_enrol_again(opened.barred.sentence)
        elif opened.desk is None or opened.barred is not None or shown_once:
            self._show_sign_in(opened.profile, opened.account)
            if opened.barred is not None:
                self.window.sign_in_page.tell(opened.barred.sentence)
        else:
            self._begin(opened.desk)
            if opened.session is not None:
                self._connect(opened.session)

    def _ask_to_enrol_again(self, sentence: str) -> None:
        self.enrol_page.again(sentence)
        self.window.show_door(self.enrol_page)

    def _take_code(self) -> None:
        """Somebody whose way of signing in was changed sets this computer up again."""
        self.enrol_page.again("Type the code that your administrator gave you.", may_leave=True)
        self.window.show_door(self.enrol_page)

    def _show_sign_in(self, profile: Profile, account: str) -> None:
        if profile is not self.profile:
            return
        page = self.window.sign_in_page
        page.show_account(account, profile.server.url)
        page.may_leave(self._built or self._over)
        self.window.show_sign_in()

        def offer(directory: str) -> None:
            if profile is self.profile:
                page.offer(directory)

        self._door_worker.submit(profile.directory, offer, owner=self)

    def _sign_in(self, password: str, code: str) -> None:
        if (profile := self.profile) is not None:
            page = self.window.sign_in_page
            self._sign_in_by(
                profile,
                lambda: profile.sign_in(password, code),
                lambda refusal: page.wrong(refusal.sentence, refusal.field or "code"),
            )

    def _sign_in_by_directory(self) -> None:
        if (profile := self.profile) is not None:
            self._left_sign_in = Event()
            stop = self._left_sign_in
            page = self.window.sign_in_page
            self._sign_in_by(
                profile,
                lambda: profile.sign_in_by_directory(self._browse.emit, stop),
                lambda refusal: page.tell(refusal.sentence),
            )

    def _leave_sign_in(self) -> None:
        """Turn back: from waiting for the browser, or from signing in again at all."""
        if not self.window.sign_in_page.button.isEnabled():
            self._left_sign_in.set()
        elif self._built:
            self.window.unlock()
        elif self._over:
            self.window.show_door(self.lease_page)

    def _sign_in_by(
        self, profile: Profile, way: Callable[[], Session], refused: Callable[[Refusal], None]
    ) -> None:
        page = self.window.sign_in_page

        def signed_in(answer: tuple[Session, Desk]) -> None:
            if profile is not self.profile:
                return
            session, desk = answer
            page.ready()
            if self.desk is not None and self.desk.me.author.key != desk.me.author.key:
                # Set up again meanwhile: what the desk of before would sign, nobody takes.
                self._drop_screens()
                self._stop_network()
                self.desk = None
            self.shown.status = Status()
            if self.desk is None:
                self._begin(desk)
            elif self._built:
                self.window.unlock()
            else:
                self._take_stock()
            self._connect(session)
            if session.recovery_left is not None:
                self.window.toast(f"Recovery codes left: {session.recovery_left}. Ask for new ones in time.")

        def failed(error: Exception) -> None:
            if profile is not self.profile:
                return
            page.may_leave(self._built or self._over)
            if not isinstance(error, Refusal):
                page.offline()
            elif error.code == "device-revoked":
                page.ready()
                self._ask_to_enrol_again(error.sentence)
            else:
                refused(error)

        def sign_in() -> tuple[Session, Desk]:
            return way(), profile.desk()

        self._door_worker.submit(sign_in, signed_in, failed, owner=self)

    # --- the shell

    def _begin(self, desk: Desk) -> None:
        """Take the desk; its screens wait until the hub's configuration is here."""
        self.desk = desk
        self.shown.begin(desk)
        desk.listen(self._changed.emit)
        self.worker.submit(partial(glass.close_overdue, desk))
        self._take_stock()

    def _take_stock(self) -> None:
        """Whether anything may be read now; and if so, the screens, once the hub's configuration is here."""
        profile, desk = self.profile, self.desk
        if profile is not None and desk is not None:
            self.worker.submit(partial(stock_of, profile, desk), partial(self._have_stock, desk), owner=self)

    def _have_stock(self, desk: Desk, stock: Stock) -> None:
        if desk is not self.desk or self.profile is None:
            return
        if stock.over is not None:
            first, self._over = not self._over, True
            self.lease_page.show_over(desk, self.profile.lease, self.worker, stock.over, stock.waiting)
            if first:
                self.window.show_door(self.lease_page)
            self._drop_screens()
            self._behind.say(self._folder, stock.left)
        elif stock.made is not None and not self._built:
            self._build(desk, stock.made, stock.mine)
        elif stock.made is None and self.shown.status.signed_out and self.window.unlock_page.isVisible():
            # There is nothing to read yet, and nobody to fetch it.
            self._ask_sign_in()

    def _build(self, desk: Desk, made: Factories, mine: tuple[str, ...]) -> None:
        self._built, self._over = True, False
        self.lease_page.forget()
        places = tuple(PLACES[place] for place in mine if place in made)
        for place in places:
            self.window.promise_screen(place.id, partial(made[place.id], desk, self.worker))
        self._behind.opened(self._folder)
        self._telephoning = Telephoning(self.window, desk, self.worker)
        self._telephoning.looked.connect(self._behind.looked)
        self.shown.build(places)
        self.window.unlock()
        there = any(one.id == self._left[0] for one in places)
        self.window.come_back(*(self._left if there else (places[0].id, "", "")))
        self._making.start()
        self.shown.say_signed_out()
        self.opened.emit()

    def _make_one(self) -> None:
        """One screen more behind the one that is looked at, until all are there."""
        if not self.window.make_one():
            self._making.stop()

    def _connect(self, session: Session) -> None:
        profile, desk = self.profile, self.desk
        if profile is None or desk is None:
            return
        self._stop_network()

        def made(network: Synchroniser) -> None:
            if desk is self.desk:
                self.network = network
                self.worker.submit(network.start)

        self.worker.submit(
            lambda: profile.synchroniser(desk, session, self._status_said.emit), made, owner=self
        )

    def _stop_network(self) -> None:
        """End the network; waiting for it is the worker's."""
        if self.network is not None:
            self.network.leave()
            self.worker.submit(self.network.stop)
            self.network = None

    def lock(self) -> None:
        """Drop every view, close the cache, overwrite the key; show nothing but the door."""
        self._left_sign_in.set()
        self._locks += 1
        clear_clipboard()
        self.window.unlock_page.forget()
        if self.profile is None:
            return
        self._minute.stop()
        self.enrol_page.forget()
        self.window.sign_in_page.clear()
        self.window.lock()
        self._drop_screens()
        self.shown.end()
        self._over = False
        self.lease_page.forget()
        profile, desk = self.profile, self.desk
        self.profile = self.desk = None
        profile.leave()
        if desk is not None:
            self.worker.submit(
                lambda: telephone.outside(telephone.untaken(desk)), partial(self._behind.say, self._folder)
            )
        self.worker.submit(profile.lock, _forget, _forget)
        self._stop_network()

    def _drop_screens(self) -> None:
        """No view of a case is kept; only where it was."""
        if self._built:
            window = self.window
            self._left = (window.current_place(), window.current_reference(), window.current_form())
        self._built = False
        self.shown.drop()
        if self._telephoning is not None:
            self._telephoning.end()
            self._telephoning = None
        self.window.drop_screens()

    def _person_leaves(self) -> None:
        """The session was locked, or the computer is about to sleep: it may, once the profile is locked."""
        self.lock()
        if self._session is not None:
            self.worker.submit(self._session.settled)

    def _may_close(self) -> bool:
        return self._behind.may_close(self._telephoning.left if self._telephoning is not None else "")

    def close(self) -> None:
        """End the window: what is being typed stays in drafts, and what waits in the outbox."""
        self.lock()
        if self._session is not None:
            self.worker.submit(self._session.stop)
            self._session = None
        self._making.stop()
        self.worker.close()
        self._door_worker.close(wait=False)

    # --- what is shown of the line and of the desk

    def _show_status(self, status: object) -> None:
        assert isinstance(status, Status)
        self.shown.say(status)
        if status.barred:
            self.lock()
            self.window.unlock_page.tell(status.signed_out)
        elif self._over and status.online:
            self._take_stock()
        else:
            self.shown.say_signed_out()

    def _show_change(self, change: object) -> None:
        assert isinstance(change, ChangeSet)
        if self.desk is None:
            return
        if not self._built:
            if change.hub:
                self._take_stock()
            return
        self.window.show_change(change)
        if change.outbox and self._telephoning is not None:
            self._telephoning.look()
        self.shown.count()

    def _sync(self) -> None:
        """Show what wants attention; beyond that sign in where nobody is, or send and fetch."""
        profile = self.profile
        wants = self.shown.badges.attention or self.shown.status.distrust
        if wants and self.window.current_place() != "sync":
            self.window.go("sync")
        elif profile is not None and (self.network is None or self.shown.status.signed_out):
            self._ask_sign_in()
        elif self.network is not None:
            self.network.wake()

    def _ask_again(self) -> None:
        """What did not hold together at the hub has been looked into."""
        profile = self.profile

        def have(session: Session | None) -> None:
            if profile is self.profile:
                self._show_status(Status(signed_out="" if session else NO_SESSION))
                if session is not None:
                    self._connect(session)

        if profile is not None:
            self.worker.submit(profile.kept_session, have, owner=self)

    def _ask_sign_in(self) -> None:
        if (profile := self.profile) is not None:
            self.worker.submit(lambda: profile.account_name, partial(self._show_sign_in, profile), owner=self)

    def _search(self, words: str) -> None:
        if any(place.id == "search" for place in self.shown.places):
            self.window.open("search", words)

    def _say_if_any(self, sentence: str) -> None:
        if sentence and self._built:
            self.window.toast(sentence)

    # --- idle

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _TOUCHES:
            self._idle.touch()
        return False

    def _tick(self) -> None:
        if self._idle.minutes() >= self._idle_minutes:
            self.lock()
        self._take_stock()
        if (desk := self.desk) is None or not self._built:
            return
        self.worker.submit(desk.send_access)
        self.worker.submit(partial(glass.close_overdue, desk))
        self.worker.submit(partial(downtime.make_daily, desk), self._say_if_any, owner=self)
        self.shown.show()


def _forget(_: object) -> None:
    """By now the screens are gone: let go of what still knew them, so that their words are free memory."""
    keys.forget_gone()
    gc.collect()
