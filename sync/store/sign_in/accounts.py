"""Accounts and what proves them: a password, an authenticator's code, recovery codes for its loss.

Nothing is kept that signs anybody in: passwords by argon2id, recovery codes by keyed hash, the secret of an
authenticator sealed. Who may try how often is in ``delays``.
"""

from __future__ import annotations

import re
import secrets as random
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.errors import Refusal

from .. import tables
from ..sealing import Secrets

SHORTEST_PASSWORD = 12
TOTP_SECONDS = 30
RECOVERY_CODES = 10
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Factor(Enum):
    """What a code was."""

    AUTHENTICATOR = "authenticator"
    RECOVERY = "recovery"


def one_time_code(groups: int) -> str:
    """A code that is read out and typed: groups of five, without letters that look like digits."""
    return "-".join("".join(random.choice(_ALPHABET) for _ in range(5)) for _ in range(groups))


def plain(code: str) -> str:
    """A code as it was made, however it was typed."""
    return re.sub(r"[^A-Z0-9]", "", code.upper())


class Accounts:
    """The accounts of every hub in one database."""

    def __init__(self, engine: Engine, secrets: Secrets) -> None:
        self._engine = engine
        self._secrets = secrets
        self._hasher = PasswordHasher()

    def open_account(self, db: Connection, hub: str, person: str, account: str) -> None:
        """Name the account of a person. ``Refusal`` (*field-empty*, *account-taken*)."""
        t = tables.accounts
        name = account.strip().casefold()
        if not name:
            raise Refusal("field-empty", "Write the name of the account.", "account")
        owner = db.execute(select(t.c.hub, t.c.person).where(t.c.account == name)).one_or_none()
        if owner is not None and tuple(owner) != (hub, person):
            raise Refusal("account-taken", "Another person has an account of that name.", "account")
        statement = insert(t).values(hub=hub, person=person, account=name)
        db.execute(
            statement.on_conflict_do_update(index_elements=[t.c.hub, t.c.person], set_={"account": name})
        )

    def named(self, account: str) -> Row[Any] | None:
        """The account of that name, once it has a password."""
        a = tables.accounts
        name = account.strip().casefold()
        with self._engine.connect() as db:
            return db.execute(select(a).where(a.c.account == name, a.c.password.is_not(None))).one_or_none()

    def of(self, db: Connection, hub: str, person: str) -> Row[Any]:
        """The account of a person, locked until the transaction ends."""
        a = tables.accounts
        return db.execute(select(a).where(a.c.hub == hub, a.c.person == person).with_for_update()).one()

    # --- password

    def set_password(self, db: Connection, hub: str, person: str, password: str) -> None:
        """``Refusal`` (*password-short*)."""
        if len(password) < SHORTEST_PASSWORD:
            raise Refusal(
                "password-short",
                f"Choose a password of at least {SHORTEST_PASSWORD} characters; three words will do.",
                "password",
            )
        self._put(db, hub, person, password=self._hasher.hash(password))

    @cached_property
    def _dummy(self) -> str:
        """Made at the first question, whoever asks: most commands never put one, and a hash is dear."""
        return self._hasher.hash(random.token_urlsafe(16))

    def password_right(self, account: Row[Any] | None, password: str) -> bool:
        """Whether it is this account's password. For an account that is not there a dummy is hashed, so that
        it takes as long."""
        dummy = self._dummy
        try:
            return self._hasher.verify(account.password if account is not None else dummy, password)
        except (VerificationError, InvalidHashError):
            return False

    def rehash(self, db: Connection, account: Row[Any], password: str) -> None:
        """Keep a password that was right by the parameters of today."""
        if self._hasher.check_needs_rehash(account.password):
            self._put(db, account.hub, account.person, password=self._hasher.hash(password))

    # --- second factor

    def new_authenticator(self, db: Connection, account: Row[Any]) -> str:
        """A new secret in place of any old one; the address to give an authenticator app, once."""
        secret = pyotp.random_base32()
        sealed = self._secrets.seal(totp_purpose(account.hub, account.person), secret.encode())
        self._put(db, account.hub, account.person, totp=sealed, totp_step=0)
        return pyotp.TOTP(secret).provisioning_uri(name=account.account, issuer_name=f"MASH {account.hub}")

    def new_recovery_codes(self, db: Connection, account: Row[Any]) -> tuple[str, ...]:
        """A new set, given once; what was left of the old one is void."""
        r = tables.recovery_codes
        codes = tuple(one_time_code(2) for _ in range(RECOVERY_CODES))
        db.execute(delete(r).where(r.c.hub == account.hub, r.c.person == account.person))
        db.execute(
            insert(r),
            [
                {"hub": account.hub, "person": account.person, "code": self._recovery_digest(account, code)}
                for code in codes
            ],
        )
        return codes

    def use_code(self, account: Row[Any], code: str, now: datetime) -> Factor | None:
        """Use the authenticator's code of the moment, or a recovery code; either is good once."""
        step = self._step(account, code, now)
        if step is not None:
            return Factor.AUTHENTICATOR if self._use_step(account, step) else None
        return Factor.RECOVERY if self._use_recovery(account, code) else None

    def _step(self, account: Row[Any], code: str, now: datetime) -> int | None:
        """The step of time whose code this is, one either side allowed for clocks."""
        secret = self._secrets.open(totp_purpose(account.hub, account.person), account.totp)
        totp = pyotp.TOTP(secret.decode())
        present = int(now.timestamp()) // TOTP_SECONDS
        for step in (present, present - 1, present + 1):
            if random.compare_digest(totp.at(step * TOTP_SECONDS).encode(), code.strip().encode()):
                return step
        return None

    def _use_step(self, account: Row[Any], step: int) -> bool:
        """Whether this code is used for the first time; a code heard by another is no use."""
        a = tables.accounts
        with self._engine.begin() as db:
            done = db.execute(
                update(a)
                .where(a.c.hub == account.hub, a.c.person == account.person, a.c.totp_step < step)
                .values(totp_step=step)
            )
            return done.rowcount == 1

    def _use_recovery(self, account: Row[Any], code: str) -> bool:
        r = tables.recovery_codes
        with self._engine.begin() as db:
            done = db.execute(
                delete(r).where(
                    r.c.hub == account.hub,
                    r.c.person == account.person,
                    r.c.code == self._recovery_digest(account, code),
                )
            )
            return done.rowcount == 1

    def recovery_left(self, db: Connection, hub: str, person: str) -> int:
        """How many recovery codes a person still has."""
        r = tables.recovery_codes
        return db.scalar(select(func.count()).select_from(r).where(r.c.hub == hub, r.c.person == person)) or 0

    def _recovery_digest(self, account: Row[Any], code: str) -> bytes:
        return self._secrets.digest("recovery", f"{account.hub}\x00{account.person}\x00{plain(code)}")

    def _put(self, db: Connection, hub: str, person: str, **values: object) -> None:
        a = tables.accounts
        db.execute(update(a).where(a.c.hub == hub, a.c.person == person).values(values))


def totp_purpose(hub: str, person: str) -> str:
    """What a sealed secret is bound to."""
    return f"totp\x00{hub}\x00{person}"
