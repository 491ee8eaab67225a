"""One person's profile on one computer: its folder, how it is made, opened, signed in and locked.

The folder holds the vault's wrap, the encrypted cache and where the store is; nothing else. Everything that
waits (keyring, key derivation, network) waits here, so call it from a worker.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from uuid6 import uuid7

from sync import protocol
from sync.client import Server, Status, Synchroniser
from sync.client.sign_in import enrol, sign_in
from sync.protocol import Session

from ..cache import Cache, open_engine
from ..cache.engine import FILE_NAME
from ..domain.acts import Author, Seen
from ..domain.errors import Refusal
from ..proofs.signature import SigningKey
from ..vault.vault import OpenVault, Vault
from .desk import Desk, Me

__all__ = ["Account", "Profile", "Server", "Session", "Status", "Synchroniser"]

SERVER = "server.json"


class Account(msgspec.Struct, frozen=True):
    """What the cache keeps of the person and the device it belongs to."""

    hub: str
    person: str
    account: str
    device: str
    key: str
    name: str = ""
    standings: tuple[protocol.Standing, ...] = ()


class Profile:
    """An unlocked profile. ``lock`` closes the cache and overwrites the key."""

    def __init__(self, folder: Path, vault: OpenVault, server: Server) -> None:
        self.folder = folder
        self.server = server
        self._vault = vault
        self._store_key = b""
        self._offset = timedelta()
        self.cache = Cache(open_engine(folder / FILE_NAME, vault.cache_key.hex))

    @staticmethod
    def exists(folder: Path) -> bool:
        return (folder / SERVER).exists()

    @classmethod
    def create(cls, folder: Path, passphrase: str, server: Server) -> Profile:
        """A new profile. Raises ``Refusal`` of the vault: keyring missing or locked, passphrase too weak."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        vault = Vault.create(folder, passphrase)
        _write(folder, server)
        return cls(folder, vault, server)

    @classmethod
    def create_or_open(cls, folder: Path, passphrase: str, server: Server) -> Profile:
        """A new profile, or the one that an interrupted enrolment left here."""
        return cls.open(folder, passphrase) if cls.exists(folder) else cls.create(folder, passphrase, server)

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> Profile:
        """Unlock. Raises ``Refusal`` of the vault or the cache."""
        server = msgspec.json.decode((folder / SERVER).read_bytes(), type=Server)
        vault = Vault.open(folder, passphrase)
        try:
            return cls(folder, vault, server)
        except Refusal:
            vault.lock()
            raise

    def lock(self) -> None:
        self.cache.close()
        self._vault.lock()

    # --- the person

    @property
    def account(self) -> Account | None:
        """Whose profile this is; ``None`` before enrolment."""
        kept = self.cache.fact("account")
        return None if kept is None else msgspec.json.decode(kept, type=Account)

    def enrol(self, code: str, password: str, device_name: str) -> str | None:
        """Enrol this device with a one-time code. Returns the authenticator's address where one is new.

        The key is kept before it is sent, so that an answer lost on the way costs nothing but a new code.
        """
        kept = self.cache.fact("signing-key")
        key = SigningKey.from_bytes(kept) if kept is not None else SigningKey.generate()
        self.cache.put_fact("signing-key", key.to_bytes())
        device = str(uuid7())
        enrolled = enrol(self.server, code, device, device_name, key, password)
        account = Account(enrolled.hub, enrolled.person, enrolled.account, device, enrolled.key)
        self.server = msgspec.structs.replace(self.server, hub=enrolled.hub)
        _write(self.folder, self.server)
        self.cache.put_fact("store-key", enrolled.store_key)
        self.cache.put_fact("account", msgspec.json.encode(account))
        return enrolled.totp_uri

    def sign_in(self, password: str, code: str) -> Session:
        """A session of this person on this device. Raises ``Refusal`` or ``Unreachable``."""
        account = self._account()
        session = sign_in(self.server, account.account, password, code, account.device)
        self._offset = session.server_time - datetime.now(UTC)
        kept = msgspec.structs.replace(account, name=session.name, standings=session.standings)
        self.cache.put_fact("account", msgspec.json.encode(kept))
        self.cache.put_fact("session", msgspec.json.encode(session))
        return session

    def kept_session(self) -> Session | None:
        """The session of the last sign-in, while its time has not run out."""
        kept = self.cache.fact("session")
        if kept is None:
            return None
        session = msgspec.json.decode(kept, type=Session)
        return session if session.expires_at > datetime.now(UTC) else None

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
        me = Me(account.hub, account.person, account.name, authors[0], authors)
        return Desk(
            self.cache,
            me,
            SigningKey.from_bytes(key),
            now=now,
            prove_passphrase=lambda passphrase: Vault.prove(self.folder, passphrase),
        )

    def synchroniser(self, desk: Desk, session: Session, on_status: Callable[[Status], None]) -> Synchroniser:
        """The network of a desk that :meth:`desk` made, not yet started. Reads nothing, so it may be called
        on the GUI thread."""

        def seen(head: Seen) -> None:
            desk.seen = head

        network = Synchroniser(
            self.cache,
            self.server,
            session,
            self._store_key,
            on_change=desk.tell,
            on_status=on_status,
            on_seen=seen,
        )
        desk.clock_offset_ms = round(self._offset.total_seconds() * 1000)
        desk.wake = network.wake
        people = f"/v1/hubs/{self.server.hub}/people"
        desk.store_search = lambda search: network.ask(search, people, protocol.PeopleFound)
        codes = f"/v1/hubs/{self.server.hub}/enrolment-codes"
        desk.store_code = lambda asked: network.ask(asked, codes, protocol.EnrolmentCode)
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
    temporary = folder / f"{SERVER}.new"
    with temporary.open("wb") as file:
        file.write(msgspec.json.encode(server))
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, folder / SERVER)
