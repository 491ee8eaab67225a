"""One person's profile on one computer: its folder, how it is made, opened, signed in and locked.

The folder holds the vault's wrap and the encrypted cache; in clear, where the store is, whose it is by name,
and how many acts waited when it was last locked. Everything that waits (keyring, key derivation, network)
waits here, so call it from a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import msgspec
from uuid6 import uuid7

from sync import protocol
from sync.client import Server, Status, Synchroniser, Unreachable
from sync.client.directory import sign_in_by_directory, ways_in
from sync.client.sign_in import enrol, sign_in
from sync.protocol import Enrolled, Session

from ..cache import open_cache
from ..cache.engine import FILE_NAME
from ..domain.acts import Author, Seen
from ..domain.errors import Refusal
from ..profile_folder import WHOSE
from ..proofs.head import Head, SignedHead
from ..proofs.signature import SigningKey
from ..vault.files import make_folder, replace_file
from ..vault.vault import OpenVault, Vault
from ..vault.wrap import FILE as VAULT
from .claim import Claim
from .desk import Desk, Me, Where
from .lease import Lease

__all__ = ["Account", "Barred", "Enrolled", "Profile", "Server", "Session", "Status", "Synchroniser"]

SERVER = "server.json"
BARRED = "barred"
UNSENT = "unsent"
"""The file with how many acts waited at the last lock, for the day when it cannot be opened to be counted."""


class Account(msgspec.Struct, frozen=True):
    """What the cache keeps of the person and the device it belongs to."""

    hub: str
    person: str
    account: str
    device: str
    key: str
    name: str = ""
    standings: tuple[protocol.Standing, ...] = ()


class Barred(msgspec.Struct, frozen=True):
    """Why this person or device may not be here any more: the refusal's code and sentence."""

    code: str
    sentence: str

    @property
    def device(self) -> bool:
        """Whether it is the device: a new one-time code is needed."""
        return self.code == "device-revoked"


class _Enrolling(msgspec.Struct, frozen=True):
    """A device whose enrolment has begun: the same key is offered until an answer has come."""

    device: str
    seed: bytes


class Profile:
    """An unlocked profile. ``lock`` closes the cache and overwrites the key."""

    def __init__(self, folder: Path, vault: OpenVault, server: Server) -> None:
        """Takes the vault over: where this fails it is locked. Raises ``Refusal``."""
        self.folder = folder
        self.server = server
        self._vault = vault
        self._left: Future[None] = Future()
        self._store_key = b""
        self._offset = timedelta()
        try:
            self._claim = Claim(folder)
            try:
                self.cache = open_cache(folder / FILE_NAME, vault.cache_key.hex)
                self.lease = Lease(self.cache, lambda: datetime.now(UTC) + self._kept_offset())
                """How long it may be read without the hub."""
            except BaseException:
                self._claim.release()
                raise
        except BaseException:
            vault.lock()
            raise

    @staticmethod
    def exists(folder: Path) -> bool:
        return (folder / SERVER).exists() and (folder / VAULT).exists()

    @classmethod
    def create(cls, folder: Path, passphrase: str, server: Server) -> Profile:
        """A new profile. Raises ``Refusal`` of the vault: keyring missing or locked, passphrase too weak."""
        make_folder(folder)
        # The vault last: until it is there, what an interruption left is not taken for a profile.
        _write(folder, server)
        return cls(folder, Vault.create(folder, passphrase), server)

    @classmethod
    def create_or_open(cls, folder: Path, passphrase: str, server: Server) -> Profile:
        """A new profile, or the one that an interrupted enrolment left here."""
        return cls.open(folder, passphrase) if cls.exists(folder) else cls.create(folder, passphrase, server)

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Profile:
        """Unlock. Raises ``Refusal``: of the vault, of the cache, *profile-damaged*, *profile-in-use*."""
        try:
            server = msgspec.json.decode((folder / SERVER).read_bytes(), type=Server)
        except (OSError, msgspec.DecodeError) as error:
            raise Refusal(
                "profile-damaged",
                "This folder does not say where its hub is. Restore the folder, or enrol this computer anew.",
            ) from error
        return cls(folder, Vault.open(folder, passphrase), server)

    def leave(self) -> None:
        """It is about to be locked: nobody waits for the keyring any longer. Returns at once."""
        if not self._left.done():
            self._left.set_result(None)

    def lock(self) -> None:
        """Close the cache and overwrite the key, whatever becomes of the one."""
        try:
            # It may be closed already, or the disk be full: neither keeps it from being locked.
            with suppress(Refusal):
                waiting = sum(self.cache.waiting_counts().values())
                replace_file(self.folder / UNSENT, str(waiting).encode())
            self.cache.close()
        finally:
            self._vault.lock()
            self._claim.release()

    # --- the person

    @property
    def account(self) -> Account | None:
        """Whose profile this is; ``None`` before enrolment."""
        kept = self.cache.fact("account")
        return None if kept is None else msgspec.json.decode(kept, type=Account)

    def enrol(self, code: str, password: str, device_name: str) -> Enrolled:
        """Enrol this device with a one-time code. Returns the store's answer, with what is shown once.

        The key is kept before it is sent, so that an answer lost on the way costs nothing but a new code:
        with that and the same password, what is shown once comes again. A profile that was enrolled before
        gets a new key: what the old one signed and nobody was sent is told as refused, to be done again, once
        they have signed in.
        Raises ``Refusal``, also *profile-of-another*.
        """
        kept = self.cache.fact("enrolling")
        if kept is None:
            kept = msgspec.json.encode(_Enrolling(str(uuid7()), SigningKey.generate().to_bytes()))
            self.cache.put_fact("enrolling", kept)
        trying = msgspec.json.decode(kept, type=_Enrolling)
        key = SigningKey.from_bytes(trying.seed)
        enrolled = enrol(self.server, code, trying.device, device_name, key, password)
        before = self.account
        if before is not None and (before.hub, before.person) != (enrolled.hub, enrolled.person):
            self.cache.put_facts({"enrolling": None})
            raise Refusal(
                "profile-of-another",
                f"This profile is {before.name or 'another person'}'s. Choose another folder for yours.",
            )
        account = Account(
            enrolled.hub,
            enrolled.person,
            enrolled.account,
            trying.device,
            enrolled.key,
            before.name if before else "",
            before.standings if before else (),
        )
        self.server = msgspec.structs.replace(self.server, hub=enrolled.hub)
        _write(self.folder, self.server)
        self.cache.put_facts(
            {
                "signing-key": trying.seed,
                "store-key": enrolled.store_key,
                "account": msgspec.json.encode(account),
                "enrolling": None,
                "session": None,
                BARRED: None,
            }
        )
        return enrolled

    def sign_in(self, password: str, code: str) -> Session:
        """A session of this person on this device. Raises ``Refusal`` or ``Unreachable``."""
        account, key = self._account(), self._key()
        session = sign_in(self.server, account.account, password, code, account.device, key)
        return self._signed_in(account, session)

    def directory(self) -> str:
        """What people call the directory through which they may sign in; empty where there is none, and
        where the hub does not answer."""
        try:
            return ways_in(self.server).directory
        except (Refusal, Unreachable):
            return ""

    def sign_in_by_directory(self, browse: Callable[[str], object], stop: Event) -> Session:
        """A session by way of the system browser, which ``browse`` opens at an address. Waits until somebody
        has signed in there or ``stop`` is set. Raises ``Refusal`` or ``Unreachable``."""
        account, key = self._account(), self._key()
        session = sign_in_by_directory(self.server, account.device, key, browse, stop=stop)
        return self._signed_in(account, session)

    def _key(self) -> SigningKey:
        """The device's key; there is one wherever there is an account."""
        seed = self.cache.fact("signing-key")
        assert seed is not None
        return SigningKey.from_bytes(seed)

    def _signed_in(self, account: Account, session: Session) -> Session:
        if not session.standings:
            raise Refusal("role-missing", "You hold no role in this hub now. Ask an administrator for one.")
        # Before the session is kept: whatever ends this program here, nothing stays set aside beside one.
        self.cache.release(account.person)
        self._offset = session.server_time - datetime.now(UTC)
        kept = msgspec.structs.replace(account, name=session.name, standings=session.standings)
        self.cache.put_facts(
            {
                "account": msgspec.json.encode(kept),
                "session": msgspec.json.encode(session),
                "clock-offset": msgspec.json.encode(self._offset),
                BARRED: None,
            }
        )
        self.lease.renew()
        replace_file(self.folder / WHOSE, session.name.encode())
        return session

    def barred(self) -> Barred | None:
        """Why nobody works here until they have signed in, or enrolled, again; ``None`` where all is well."""
        kept = self.cache.fact(BARRED)
        return None if kept is None else msgspec.json.decode(kept, type=Barred)

    def kept_session(self) -> Session | None:
        """The session of the last sign-in, while its time has not run out by the store's clock."""
        kept = self.cache.fact("session")
        if kept is None:
            return None
        session = msgspec.json.decode(kept, type=Session)
        return session if session.expires_at > datetime.now(UTC) + self._kept_offset() else None

    def _kept_offset(self) -> timedelta:
        """The store's clock minus this computer's, as measured at the last sign-in."""
        kept = self.cache.fact("clock-offset")
        return timedelta() if kept is None else msgspec.json.decode(kept, type=timedelta)

    def desk(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Desk:
        """The desk of this profile's person; it works without the store as well.

        Raises ``Refusal`` (*never-signed-in*) where the person has not signed in here once.
        """
        account = self._account()
        key = self.cache.fact("signing-key")
        if not account.standings or key is None:
            raise Refusal("never-signed-in", "Sign in once while online; after that this works offline too.")
        authors = tuple(
            Author(account.person, s.agency, s.role, account.key, s.team) for s in account.standings
        )
        self._store_key = self.cache.fact("store-key") or b""
        self._offset = self._kept_offset()
        me = Me(account.hub, account.person, account.name, authors[0], authors)
        desk = Desk(
            self.cache,
            me,
            SigningKey.from_bytes(key),
            now=now,
            prove_passphrase=lambda passphrase: Vault.prove(self.folder, passphrase, left=self._left),
            change_passphrase=lambda old, new: Vault.change_passphrase(
                self.folder, old, new, left=self._left
            ),
        )
        desk.clock_offset_ms = _milliseconds(self._offset)
        head = self.cache.fact("head")
        if head is not None:
            # It was verified before it was kept.
            kept = msgspec.json.decode(msgspec.json.decode(head, type=SignedHead).head, type=Head)
            desk.seen = Seen(kept.epoch, kept.size, kept.root.hex())
        return desk

    def synchroniser(self, desk: Desk, session: Session, on_status: Callable[[Status], None]) -> Synchroniser:
        """The network of a desk that :meth:`desk` made, not yet started."""

        def seen(head: Seen) -> None:
            desk.seen = head

        def said(status: Status) -> None:
            # A full disk keeps nobody from being told.
            with suppress(Refusal):
                if status.signed_out:
                    # What is no good any more is not tried again at the next unlocking.
                    barred = Barred(status.barred, status.signed_out)
                    kept = msgspec.json.encode(barred) if status.barred else None
                    self.cache.put_facts({"session": None, BARRED: kept})
                elif status.online:
                    self.lease.renew()
            on_status(status)

        network = Synchroniser(
            self.cache,
            self.server,
            session,
            self._store_key,
            on_change=desk.tell,
            on_status=said,
            on_presence=desk.heard,
            on_seen=seen,
        )
        desk.clock_offset_ms = _milliseconds(self._offset)
        desk.wake = network.wake
        desk.say_where = network.be_at
        network.be_at(desk.at)
        desk.online = lambda: network.status.online
        people = f"/v1/hubs/{self.server.hub}/people"
        desk.store_search = lambda search: network.ask(search, people, protocol.PeopleFound)
        due = f"/v1/hubs/{self.server.hub}/due"
        desk.store_due = lambda asked: network.ask(asked, due, protocol.DueFound)
        received = f"/v1/hubs/{self.server.hub}/recipients"
        desk.store_recipients = lambda asked: network.ask(asked, received, protocol.RecipientsFound)
        codes = f"/v1/hubs/{self.server.hub}/enrolment-codes"
        desk.store_code = lambda asked: network.ask(asked, codes, protocol.EnrolmentCode)
        accounts = f"/v1/hubs/{self.server.hub}/accounts"
        desk.store_accounts = lambda: network.ask(protocol.AccountsAsked(), accounts, protocol.AccountsFound)
        unlinked = f"/v1/hubs/{self.server.hub}/unlinked"
        desk.store_unlink = lambda asked: network.ask(asked, unlinked, protocol.EnrolmentCode)
        desk.where = Where(self.server.url, self.server.fingerprint)
        desk.store_renew = lambda asked: network.ask(asked, "/v1/recovery-codes", protocol.Renewed)
        desk.store_chunk = network.fetch_chunk
        return network

    @property
    def account_name(self) -> str:
        """The name this person signs in with; empty before enrolment."""
        return self.account.account if self.account else ""

    def _account(self) -> Account:
        account = self.account
        if account is None:
            raise Refusal("not-enrolled", "This device has not been enrolled.")
        return account


def _write(folder: Path, server: Server) -> None:
    replace_file(folder / SERVER, msgspec.json.encode(server))


def _milliseconds(offset: timedelta) -> int:
    return round(offset.total_seconds() * 1000)
