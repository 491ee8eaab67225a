"""Who comes in: one-time enrolment of a device, sign-in by password and TOTP, sessions by opaque token.

What a person may do once in is the directory's. An unknown account takes the path of a known one, dummy
hash included, and delays grow for both alike.
"""

from __future__ import annotations

import hashlib
import re
import secrets as random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.entries.access import SignInFailed
from mash_desktop.domain.entries.hub import KeyEnrolled
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.fold import Directory
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import key_id, verify
from sync.protocol import Enrol, Enrolled, EnrolmentCode, NewDevice, Session, SignIn, Standing

from . import tables
from .admission import Admission
from .authoring import access_act, hub_act
from .docket import standings
from .examining import STORE
from .refusals import TooSoon
from .sealing import Secrets
from .streams import current_directory

ENROLMENT = b"mash-enrol-v1"
"""The label of a device key's signature over its enrolment code."""
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
CODE_LIFE = timedelta(days=7)
SHORTEST_PASSWORD = 12
TOTP_SECONDS = 30
FREE_FAILURES = {"account": 3, "address": 20}
LONGEST_DELAY = 900
_SEEN_EVERY = timedelta(minutes=1)
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


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


class Accounts:
    """Enrolment, sign-in and sessions of every hub in one database."""

    def __init__(
        self,
        engine: Engine,
        secrets: Secrets,
        admission: Admission,
        *,
        revoked: Callable[[str], None] = lambda hub: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._secrets = secrets
        self._admission = admission
        self._revoked = revoked
        self._clock = clock
        self._hasher = PasswordHasher()
        self._dummy = self._hasher.hash(random.token_urlsafe(16))

    # --- enrolment ---

    def open_account(self, db: Connection, hub: str, person: str, account: str) -> None:
        """Name the account of a person. ``Refusal`` (*account-taken*)."""
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

    def enrolment_code(self, db: Connection, hub: str, person: str) -> tuple[str, datetime]:
        """A new one-time code for one device of this person, and when it expires."""
        code = "-".join("".join(random.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
        expires = self._clock() + CODE_LIFE
        db.execute(
            insert(tables.enrolment_codes).values(
                hub=hub, code=self._code_digest(code), person=person, expires_at=expires
            )
        )
        return code, expires

    def code_for(self, caller: Caller, asked: NewDevice) -> EnrolmentCode:
        """A code that an administrator's desktop asks for. ``Refusal``: *not-permitted*, *person-unknown*,
        *account-missing*, *account-taken*."""
        held = standings(caller.directory, caller.person, self._clock())
        if Role.ADMINISTRATOR not in {one.role for one in held}:
            raise Refusal("not-permitted", "Only an administrator makes codes for devices.")
        if asked.person not in caller.directory.people or asked.person == STORE:
            raise Refusal("person-unknown", "Enrol the person first.", "person")
        a = tables.accounts
        with self._engine.begin() as db:
            known = db.scalar(select(a.c.account).where(a.c.hub == caller.hub, a.c.person == asked.person))
            if known is None and not asked.account.strip():
                raise Refusal(
                    "account-missing", "Name the account that this person signs in with.", "account"
                )
            if known is None:
                self.open_account(db, caller.hub, asked.person, asked.account)
            code, expires = self.enrolment_code(db, caller.hub, asked.person)
        return EnrolmentCode(code=code, expires_at=expires)

    def _code_digest(self, code: str) -> bytes:
        return self._secrets.digest("enrolment", re.sub(r"[^A-Z0-9]", "", code.upper()))

    def enrol(self, asked: Enrol) -> Enrolled:
        """Tie a device's key to the person whose code this is.

        ``Refusal``: *code-refused*, *proof-wrong*, *password-short*, *password-wrong*, *key-taken*.
        """
        now = self._clock()
        if not verify(asked.public, asked.code.encode(), asked.proof, ENROLMENT):
            raise Refusal("proof-wrong", "The device did not show that it holds its key.", "proof")
        c, a = tables.enrolment_codes, tables.accounts
        with self._engine.begin() as db:
            row = db.execute(
                select(c.c.hub, c.c.person, c.c.code)
                .where(c.c.code == self._code_digest(asked.code), c.c.used_at.is_(None), c.c.expires_at > now)
                .with_for_update()
            ).one_or_none()
            if row is None:
                raise Refusal(
                    "code-refused",
                    "This code is not good, or no longer. Ask an administrator for a new one.",
                    "code",
                )
            account = db.execute(
                select(a).where(a.c.hub == row.hub, a.c.person == row.person).with_for_update()
            ).one()
            uri = self._secure(db, account, asked.password)
            self._enrol_key(row.hub, row.person, asked, now)
            db.execute(update(c).where(c.c.hub == row.hub, c.c.code == row.code).values(used_at=now))
        return Enrolled(
            person=row.person,
            account=account.account,
            key=key_id(asked.public),
            hub=row.hub,
            store_key=self._secrets.signing_key(row.hub).public,
            totp_uri=uri,
        )

    def _secure(self, db: Connection, account: object, password: str) -> str | None:
        """Set a new account's password and TOTP, giving the URI; or check the password of one that has."""
        a = tables.accounts
        row: msgspec.Struct = account  # type: ignore[assignment]  # a Row; its columns are read by name
        hub, person = row.hub, row.person  # type: ignore[attr-defined]
        known, name = row.password, row.account  # type: ignore[attr-defined]
        if known is not None:
            if not self._right(known, password):
                raise Refusal("password-wrong", "That is not the password of your account.", "password")
            return None
        if len(password) < SHORTEST_PASSWORD:
            raise Refusal(
                "password-short",
                f"Choose a password of at least {SHORTEST_PASSWORD} characters; three words will do.",
                "password",
            )
        secret = pyotp.random_base32()
        db.execute(
            update(a)
            .where(a.c.hub == hub, a.c.person == person)
            .values(
                password=self._hasher.hash(password),
                totp=self._secrets.seal(f"totp\x00{hub}\x00{person}", secret.encode()),
            )
        )
        return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=f"MASH {hub}")

    def _enrol_key(self, hub: str, person: str, asked: Enrol, now: datetime) -> None:
        with self._engine.connect() as db:
            held = current_directory(db, self._admission.shelf, self._secrets, hub).directory
        known = held.keys.get(key_id(asked.public))
        if known is not None and (known.person, known.device, known.revoked) == (person, asked.device, None):
            return
        body = KeyEnrolled(
            key=key_id(asked.public), person=person, device=asked.device, public=asked.public.hex()
        )
        self._admission.admit_own(hub, hub_act(hub, self._secrets, [body], now))

    # --- sign-in ---

    def sign_in(self, asked: SignIn, address: str) -> Session:
        """``Refusal``: *sign-in-refused* (which of the three is wrong is not said), *sign-in-delayed*,
        *device-revoked*."""
        now = self._clock()
        name = asked.account.strip().casefold()
        whose = {
            "account": self._secrets.digest("account", name),
            "address": self._secrets.digest("address", address),
        }
        self._refuse_delayed(whose, now)
        a = tables.accounts
        with self._engine.connect() as db:
            row = db.execute(select(a).where(a.c.account == name, a.c.password.is_not(None))).one_or_none()
        right = self._right(row.password if row is not None else self._dummy, asked.password)
        step = self._step(row, asked.code, now) if row is not None else None
        if row is None or not right or step is None or not self._use_step(row.hub, row.person, step):
            self._failed(row.hub if row is not None else None, whose, address, now)
            raise Refusal("sign-in-refused", "Account, password or code is not right. Try again.")
        with self._engine.begin() as db:
            db.execute(delete(tables.sign_in_delays).where(tables.sign_in_delays.c.whose == whose["account"]))
            if self._hasher.check_needs_rehash(row.password):
                db.execute(
                    update(a)
                    .where(a.c.hub == row.hub, a.c.person == row.person)
                    .values(password=self._hasher.hash(asked.password))
                )
            directory = current_directory(db, self._admission.shelf, self._secrets, row.hub).directory
            key = next(
                (
                    key
                    for key in directory.keys.values()
                    if (key.person, key.device, key.revoked) == (row.person, asked.device, None)
                ),
                None,
            )
            if key is None:
                raise Refusal(
                    "device-revoked",
                    "This device is not enrolled for you. Ask an administrator for a code.",
                    "device",
                )
            return self._open(db, row.hub, row.person, asked.device, key.id, directory, now, now + ABSOLUTE)

    def _right(self, known: str, password: str) -> bool:
        try:
            return self._hasher.verify(known, password)
        except (VerificationError, InvalidHashError):
            return False

    def _step(self, account: object, code: str, now: datetime) -> int | None:
        """The step of time whose code this is, one either side allowed for clocks; not one used before."""
        hub, person = account.hub, account.person  # type: ignore[attr-defined]  # a Row
        secret = self._secrets.open(f"totp\x00{hub}\x00{person}", account.totp)  # type: ignore[attr-defined]
        totp = pyotp.TOTP(secret.decode())
        present = int(now.timestamp()) // TOTP_SECONDS
        for step in (present, present - 1, present + 1):
            if random.compare_digest(totp.at(step * TOTP_SECONDS).encode(), code.strip().encode()):
                return step
        return None

    def _use_step(self, hub: str, person: str, step: int) -> bool:
        """Whether this code is used for the first time; a code heard by another is no use."""
        a = tables.accounts
        with self._engine.begin() as db:
            done = db.execute(
                update(a)
                .where(a.c.hub == hub, a.c.person == person, a.c.totp_step < step)
                .values(totp_step=step)
            )
            return done.rowcount == 1

    def _refuse_delayed(self, whose: dict[str, bytes], now: datetime) -> None:
        t = tables.sign_in_delays
        with self._engine.connect() as db:
            until = db.scalars(select(t.c.until).where(t.c.whose.in_(list(whose.values())))).all()
        left = max((int((one - now).total_seconds()) + 1 for one in until if one > now), default=0)
        if left:
            raise TooSoon("sign-in-delayed", f"Too many attempts. Wait {left} seconds, then try again.", left)

    def _failed(self, hub: str | None, whose: dict[str, bytes], address: str, now: datetime) -> None:
        t, h = tables.sign_in_delays, tables.hubs
        with self._engine.begin() as db:
            for kind, digest in whose.items():
                before = db.scalar(select(t.c.failures).where(t.c.whose == digest).with_for_update()) or 0
                excess = before + 1 - FREE_FAILURES[kind]
                wait = min(2**excess, LONGEST_DELAY) if excess >= 0 else 0
                statement = insert(t).values(
                    whose=digest, failures=before + 1, until=now + timedelta(seconds=wait)
                )
                db.execute(
                    statement.on_conflict_do_update(
                        index_elements=[t.c.whose],
                        set_={"failures": t.c.failures + 1, "until": statement.excluded.until},
                    )
                )
            # An unknown account is no hub's; it is told to the hub that this store had first.
            hub = hub or db.scalar(select(h.c.hub).order_by(h.c.opened_at, h.c.hub).limit(1))
        if hub is not None:
            body = SignInFailed(account_digest=whose["account"].hex(), address=address, at=now)
            self._admission.admit_own(hub, access_act(hub, self._secrets, [body], now))

    # --- sessions ---

    def _open(
        self,
        db: Connection,
        hub: str,
        person: str,
        device: str,
        key: str,
        directory: Directory,
        now: datetime,
        expires: datetime,
    ) -> Session:
        token = random.token_urlsafe(32)
        db.execute(
            insert(tables.sessions).values(
                hub=hub, token=_digest(token), person=person, device=device, key=key,
                opened_at=now, seen_at=now, expires_at=expires,
            )
        )  # fmt: skip
        return Session(
            token=token,
            person=person,
            name=directory.name(person),
            standings=tuple(
                Standing(agency=one.agency, role=one.role, team=one.team)
                for one in standings(directory, person, now)
            ),
            idle_seconds=int(IDLE.total_seconds()),
            expires_at=expires,
            server_time=self._clock(),
        )

    def caller(self, token: str) -> Caller:
        """Who holds this token. ``Refusal``: *session-ended*, *device-revoked*."""
        return self.caller_by_digest(_digest(token))

    def caller_by_digest(self, digest: bytes, *, seen: bool = True) -> Caller:
        now = self._clock()
        s = tables.sessions
        with self._engine.connect() as db, db.begin():
            row = db.execute(select(s).where(s.c.token == digest)).one_or_none()
            if row is None or row.expires_at <= now or row.seen_at + IDLE <= now:
                raise Refusal("session-ended", "You are signed out. Sign in again.")
            directory = current_directory(db, self._admission.shelf, self._secrets, row.hub).directory
            key = directory.keys.get(row.key)
            if key is None or key.revoked is not None:
                raise Refusal(
                    "device-revoked", "This device is no longer enrolled. Ask an administrator for a code."
                )
            if seen and row.seen_at + _SEEN_EVERY < now:
                db.execute(update(s).where(s.c.hub == row.hub, s.c.token == digest).values(seen_at=now))
        return Caller(row.hub, row.person, row.device, row.key, digest, directory)

    def refresh(self, caller: Caller) -> Session:
        """A new token in place of the old; the day's end stays where it was."""
        now = self._clock()
        s = tables.sessions
        with self._engine.begin() as db:
            expires = db.scalar(
                delete(s).where(s.c.hub == caller.hub, s.c.token == caller.token).returning(s.c.expires_at)
            )
            if expires is None:
                raise Refusal("session-ended", "You are signed out. Sign in again.")
            return self._open(
                db, caller.hub, caller.person, caller.device, caller.key, caller.directory, now, expires
            )

    def sign_out(self, caller: Caller) -> None:
        s = tables.sessions
        with self._engine.begin() as db:
            db.execute(delete(s).where(s.c.hub == caller.hub, s.c.token == caller.token))
        self._revoked(caller.hub)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
