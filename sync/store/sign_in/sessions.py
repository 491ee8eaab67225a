"""Sessions: opaque tokens, hashed at rest, that end by idleness, by the day's end, or with their device.

A token is always made here, at a sign-in; none that somebody brings along ever becomes good.
"""

from __future__ import annotations

import hashlib
import secrets as random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory
from mash_desktop.proofs.signature import verify
from sync.protocol import Session, Standing

from .. import tables
from ..docket import standings
from ..sealing import Secrets
from ..streams import Shelf, current_directory

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
GRACE = timedelta(hours=4)
"""How long a session lives on while the directory that opened it cannot say that it still has the person."""
_SEEN_EVERY = timedelta(minutes=1)


class Caller(msgspec.Struct, frozen=True):
    """Who a request comes from, as the directory has them now."""

    hub: str
    person: str
    device: str
    key: str
    token: bytes
    directory: Directory

    @property
    def name(self) -> str:
        return self.directory.name(self.person)


class Shown(msgspec.Struct, frozen=True):
    """What a device signed to show that it holds its key."""

    id: str
    signed: bytes
    signature: bytes
    label: bytes


class Sessions:
    """The sessions of every hub in one database."""

    def __init__(
        self,
        engine: Engine,
        secrets: Secrets,
        shelf: Shelf,
        clock: Callable[[], datetime],
        *,
        ended: Callable[[str], None] = lambda hub: None,
    ) -> None:
        self._engine = engine
        self._secrets = secrets
        self._shelf = shelf
        self._clock = clock
        self._ended = ended

    def directory(self, db: Connection, hub: str) -> Directory:
        return current_directory(db, self._shelf, self._secrets, hub).directory

    def open(
        self, db: Connection, hub: str, person: str, device: Shown, *, grant: str | None = None
    ) -> Session:
        """A session of a person on a device that shows it holds a key enrolled for them.

        ``grant`` is the directory's refresh token, where a directory signed them in; empty if it gave none.
        ``Refusal``: *device-revoked*.
        """
        directory = self.directory(db, hub)
        for key in directory.keys.values():
            mine = (key.person, key.device, key.revoked) == (person, device.id, None)
            if mine and verify(bytes.fromhex(key.public), device.signed, device.signature, device.label):
                return self._made(db, Caller(hub, person, device.id, key.id, b"", directory), grant)
        raise Refusal(
            "device-revoked",
            "This device is not enrolled for you. Ask an administrator for a code.",
            "device",
        )

    def _made(self, db: Connection, caller: Caller, grant: str | None) -> Session:
        now, token = self._clock(), random.token_urlsafe(32)
        digest, expires = _digest(token), now + ABSOLUTE
        db.execute(
            insert(tables.sessions).values(
                hub=caller.hub, token=digest, person=caller.person, device=caller.device,
                key=caller.key, opened_at=now, seen_at=now, expires_at=expires,
                grant=self._sealed(caller.hub, digest, grant),
                confirmed_at=None if grant is None else now,
            )
        )  # fmt: skip
        return Session(
            token=token,
            person=caller.person,
            name=caller.name,
            standings=tuple(
                Standing(agency=one.agency, role=one.role, team=one.team)
                for one in standings(caller.directory, caller.person, now)
            ),
            idle_seconds=int(IDLE.total_seconds()),
            expires_at=expires,
            server_time=now,
        )

    def caller(self, token: str) -> Caller:
        """Who holds this token. ``Refusal``: *session-ended*, *device-revoked*, *directory-left*."""
        return self.caller_by_digest(_digest(token))

    def caller_by_digest(self, digest: bytes, *, seen: bool = True) -> Caller:
        now = self._clock()
        s = tables.sessions
        with self._engine.connect() as db, db.begin():
            row = db.execute(select(s).where(s.c.token == digest)).one_or_none()
            if row is None or row.expires_at <= now or row.seen_at + IDLE <= now:
                raise Refusal("session-ended", "You are signed out. Sign in again.")
            if row.left or (row.confirmed_at is not None and row.confirmed_at + GRACE <= now):
                raise Refusal(
                    "directory-left",
                    "The directory no longer answers for you. Sign in again; where it refuses you, ask "
                    "whoever runs it.",
                )
            directory = self.directory(db, row.hub)
            key = directory.keys.get(row.key)
            if key is None or key.revoked is not None:
                raise Refusal(
                    "device-revoked", "This device is no longer enrolled. Ask an administrator for a code."
                )
            if seen and row.seen_at + _SEEN_EVERY < now:
                db.execute(update(s).where(s.c.hub == row.hub, s.c.token == digest).values(seen_at=now))
        return Caller(row.hub, row.person, row.device, row.key, digest, directory)

    def sign_out(self, caller: Caller) -> None:
        s = tables.sessions
        with self._engine.begin() as db:
            db.execute(delete(s).where(s.c.hub == caller.hub, s.c.token == caller.token))
        self._ended(caller.hub)

    # --- sessions that a directory answers for

    def grant(self, row: Row[Any]) -> str:
        """The directory's refresh token of a session as kept."""
        return self._secrets.open(grant_purpose(row.hub, row.token), row.grant).decode()

    def _sealed(self, hub: str, token: bytes, grant: str | None) -> bytes | None:
        return self._secrets.seal(grant_purpose(hub, token), grant.encode()) if grant else None

    def confirm(self, db: Connection, row: Row[Any], grant: str) -> None:
        """The directory still has the person; ``grant`` takes the place of the old, if it gave another."""
        s = tables.sessions
        sealed = self._sealed(row.hub, row.token, grant) or row.grant
        db.execute(
            update(s)
            .where(s.c.hub == row.hub, s.c.token == row.token)
            .values(grant=sealed, confirmed_at=self._clock())
        )

    def leave(self, db: Connection, hub: str, person: str) -> None:
        """The directory no longer has the person: every session that it answered for ends, and says so."""
        s = tables.sessions
        db.execute(
            update(s)
            .where(s.c.hub == hub, s.c.person == person, s.c.confirmed_at.is_not(None))
            .values(left=True, grant=None)
        )

    def tell(self, hub: str) -> None:
        """Have live connections look at their sessions now."""
        self._ended(hub)


def grant_purpose(hub: str, token: bytes) -> str:
    """What a sealed grant is bound to."""
    return f"grant\x00{hub}\x00{token.hex()}"


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
