"""Devices: a one-time code from an administrator ties a device's key to a person, as an entry.

The first device of a person settles their password and their second factor too, and so does the next one of
whoever is to choose them anew: whom the hub's directory signs in no more, or who has lost what they had.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, QueuePool, Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.entries.access import RecoveryCodesMade
from mash_desktop.domain.entries.hub import KeyEnrolled, KeyRevoked
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import key_id, verify
from sync.protocol import Enrol, Enrolled, EnrolmentCode, HeldAccount, NewDevice, Unlink

from .. import tables
from ..authoring import access_act, hub_act
from ..docket import standings
from ..examining import STORE
from .accounts import one_time_code, plain
from .sessions import Caller
from .way_in import WayIn

ENROLMENT = b"mash-enrol-v1"
"""The label of a device key's signature over its enrolment code."""
CODE_LIFE = timedelta(days=7)


@dataclass(eq=False)
class Enrolment(WayIn):
    """One-time codes and the devices enrolled with them."""

    def __post_init__(self) -> None:
        assert isinstance(self._engine.pool, QueuePool)
        # Each holds a connection while it waits for another; all of them at once would wait for each other.
        self._at_once = threading.BoundedSemaphore(max(1, self._engine.pool.size() // 2))

    def code(self, db: Connection, hub: str, person: str) -> tuple[str, datetime]:
        """A new one-time code for one device of this person, and when it expires."""
        code = one_time_code(4)
        expires = self._clock() + CODE_LIFE
        db.execute(
            insert(tables.enrolment_codes).values(
                hub=hub, code=self._digest(code), person=person, expires_at=expires
            )
        )
        return code, expires

    def void_codes(self, db: Connection, hub: str, person: str) -> None:
        """Whatever codes of this person are left enrol nothing more."""
        c = tables.enrolment_codes
        db.execute(delete(c).where(c.c.hub == hub, c.c.person == person))

    def code_for(self, caller: Caller, asked: NewDevice) -> EnrolmentCode:
        """A code that an administrator's desktop asks for. ``Refusal``: *not-permitted*, *person-unknown*,
        *account-missing*, *account-taken*."""
        self._check_administrator(caller, "Only an administrator makes codes for devices.")
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
                self._accounts.open_account(db, caller.hub, asked.person, asked.account)
            code, expires = self.code(db, caller.hub, asked.person)
        return EnrolmentCode(code=code, expires_at=expires)

    def _check_administrator(self, caller: Caller, sentence: str) -> None:
        held = standings(caller.directory, caller.person, self._clock())
        if Role.ADMINISTRATOR not in {one.role for one in held}:
            raise Refusal("not-permitted", sentence)

    def accounts(self, caller: Caller) -> tuple[HeldAccount, ...]:
        """Who signs in as what, and how. ``Refusal``: *not-permitted*."""
        self._check_administrator(caller, "Only an administrator sees how people sign in.")
        a = tables.accounts
        with self._engine.connect() as db:
            rows = db.execute(
                select(a.c.person, a.c.account, a.c.subject)
                .where(a.c.hub == caller.hub)
                .order_by(a.c.account)
            )
            return tuple(
                HeldAccount(person=row.person, account=row.account, linked=row.subject is not None)
                for row in rows
            )

    def reset_for(self, caller: Caller, asked: Unlink) -> EnrolmentCode:
        """As :meth:`reset`, for an administrator's desktop. ``Refusal``: also *not-permitted*,
        *own-account*."""
        self._check_administrator(caller, "Only an administrator changes how people sign in.")
        if asked.person == caller.person:
            raise Refusal(
                "own-account",
                "You sit at a device that this would revoke. Ask another administrator.",
                "person",
            )
        return self.reset(caller.hub, asked.person, caller.name)

    def reset(self, hub: str, person: str, by: str) -> EnrolmentCode:
        """What signed this person in, the directory or a password with an authenticator, does so no more: a
        code lets them choose a password and brings an authenticator.

        Their devices are revoked, so that nobody takes an account over unseen: whoever sits at one is locked
        out at once, and the log says why. ``Refusal``: *account-missing*.
        """
        a, s, now = tables.accounts, tables.sessions, self._clock()
        with self._at_once, self._engine.begin() as db:
            held = a.c.hub == hub, a.c.person == person
            account = db.execute(select(a.c.subject).where(*held).with_for_update()).one_or_none()
            if account is None:
                raise Refusal("account-missing", "This person has no account yet: a code makes it.", "person")
            db.execute(update(a).where(*held).values(subject=None, password=None, totp=None))
            # What a session ends with now is its device, not a directory that no longer answers for it.
            db.execute(
                update(s).where(s.c.hub == hub, s.c.person == person).values(grant=None, confirmed_at=None)
            )
            self.void_codes(db, hub, person)
            code, expires = self.code(db, hub, person)
            with self._engine.connect() as beside:
                keys = self._sessions.directory(beside, hub).keys.values()
            why = f"Password and authenticator are chosen anew: {by} asked for it."
            if account.subject is not None:
                why = f"No longer signed in by the directory: {by} unlinked them."
            revoked = [
                KeyRevoked(key=key.id, reason=why)
                for key in keys
                if key.person == person and key.revoked is None
            ]
            if revoked:
                self._admission.admit_own(hub, hub_act(hub, self._secrets, revoked, now))
        self._sessions.tell(hub)
        return EnrolmentCode(code=code, expires_at=expires)

    def enrol(self, asked: Enrol, address: str) -> Enrolled:
        """Tie a device's key to the person whose code this is.

        ``Refusal``: *code-refused*, *proof-wrong*, *password-short*, *password-wrong*, *sign-in-delayed*,
        *key-taken*.
        """
        now = self._clock()
        if not verify(asked.public, asked.code.encode(), asked.proof, ENROLMENT):
            raise Refusal("proof-wrong", "The device did not show that it holds its key.", "proof")
        c = tables.enrolment_codes
        uri, codes = None, tuple[str, ...]()
        with self._at_once, self._engine.begin() as db:
            row = db.execute(
                select(c.c.hub, c.c.person, c.c.code)
                .where(c.c.code == self._digest(asked.code), c.c.used_at.is_(None), c.c.expires_at > now)
                .with_for_update()
            ).one_or_none()
            if row is None:
                raise Refusal(
                    "code-refused",
                    "This code is not good, or no longer. Ask an administrator for a new one.",
                    "code",
                )
            account = self._accounts.of(db, row.hub, row.person)
            if account.subject is None:
                uri, codes = self._settle(db, account, asked.password, address)
            self._enrol_key(row.hub, row.person, asked, now)
            db.execute(update(c).where(c.c.hub == row.hub, c.c.code == row.code).values(used_at=now))
        if codes:
            made = RecoveryCodesMade(person=row.person, at=now)
            self._admission.admit_own(row.hub, access_act(row.hub, self._secrets, [made], now))
        return Enrolled(
            person=row.person,
            account=account.account,
            key=key_id(asked.public),
            hub=row.hub,
            store_key=self._secrets.signing_key(row.hub).public,
            totp_uri=uri,
            recovery_codes=codes,
        )

    def _settle(
        self, db: Connection, account: Row[Any], password: str, address: str
    ) -> tuple[str | None, tuple[str, ...]]:
        """A new account's password, authenticator and recovery codes; or check the password of one that has.

        An authenticator that was never used may have been lost with the answer that brought it: there is a
        new one. Whom the hub's directory signs in has none of these.
        """
        if account.password is None:
            self._accounts.set_password(db, account.hub, account.person, password)
        else:
            # Whoever makes codes could guess at a colleague's password here: it costs as at a sign-in.
            attempt = self._delays.attempt(account.account, address)
            if not self._accounts.password_right(account, password):
                self._delays.failed(attempt, account.hub)
                raise Refusal("password-wrong", "That is not the password of your account.", "password")
            self._delays.released(attempt)
            if account.totp_step:
                return None, ()
        uri = self._accounts.new_authenticator(db, account)
        return uri, self._accounts.new_recovery_codes(db, account)

    def _enrol_key(self, hub: str, person: str, asked: Enrol, now: datetime) -> None:
        with self._engine.connect() as db:
            held = self._sessions.directory(db, hub)
        known = held.keys.get(key_id(asked.public))
        if known is not None and (known.person, known.device, known.revoked) == (person, asked.device, None):
            return
        body = KeyEnrolled(
            key=key_id(asked.public), person=person, device=asked.device, public=asked.public.hex()
        )
        self._admission.admit_own(hub, hub_act(hub, self._secrets, [body], now))

    def _digest(self, code: str) -> bytes:
        return self._secrets.digest("enrolment", plain(code))
