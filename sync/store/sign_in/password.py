"""Signing in by password and code, and new factors for whoever proves the old ones.

An unknown account takes the path of a known one, dummy hash included, and is delayed like it.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Row

from mash_desktop.domain.entries import Body
from mash_desktop.domain.entries.access import RecoveryCodesMade, RecoveryCodeUsed
from mash_desktop.domain.errors import Refusal
from sync.protocol import Renew, Renewed, Session, SignIn, sign_in_bytes

from ..authoring import access_act
from .accounts import Factor
from .sessions import Caller, Shown
from .way_in import WayIn

SIGN_IN = b"mash-sign-in-v1"
"""The label of a device key's signature over a sign-in."""


class PasswordSignIn(WayIn):
    """Sign-in with what the store itself checks."""

    def sign_in(self, asked: SignIn, address: str) -> Session:
        """``Refusal``: *sign-in-refused* (which of the three is wrong is not said), *sign-in-delayed*,
        *device-revoked*."""
        account, left = self._proved(asked.account, asked.password, asked.code, address)
        signed = sign_in_bytes(asked.account, asked.device, asked.code)
        device = Shown(asked.device, signed, asked.proof, SIGN_IN)
        with self._engine.begin() as db:
            self._accounts.rehash(db, account, asked.password)
            session = self._sessions.open(db, account.hub, account.person, device)
        return msgspec.structs.replace(session, recovery_left=left)

    def renew(self, caller: Caller, asked: Renew, address: str) -> Renewed:
        """New recovery codes and, if wanted, a new authenticator. ``Refusal`` as :meth:`sign_in`."""
        with self._engine.begin() as db:
            name = self._accounts.of(db, caller.hub, caller.person).account
        account, _ = self._proved(name, asked.password, asked.code, address)
        with self._engine.begin() as db:
            uri = self._accounts.new_authenticator(db, account) if asked.authenticator else None
            codes = self._accounts.new_recovery_codes(db, account)
        self._tell(caller.hub, RecoveryCodesMade(person=caller.person, at=self._clock()))
        return Renewed(recovery_codes=codes, totp_uri=uri)

    def _proved(self, name: str, password: str, code: str, address: str) -> tuple[Row[Any], int | None]:
        """The account that password and code prove, and how many recovery codes are left if one was used."""
        attempt = self._delays.attempt(name, address)
        account = self._accounts.named(name)
        right = self._accounts.password_right(account, password)
        used = (
            self._accounts.use_code(account, code, self._clock()) if account is not None and right else None
        )
        if account is None or used is None:
            self._delays.failed(attempt, account.hub if account is not None else None)
            raise Refusal("sign-in-refused", "Account, password or code is not right. Try again.")
        self._delays.succeeded(attempt)
        if used is Factor.AUTHENTICATOR:
            return account, None
        with self._engine.connect() as db:
            left = self._accounts.recovery_left(db, account.hub, account.person)
        self._tell(account.hub, RecoveryCodeUsed(person=account.person, left=left, at=self._clock()))
        return account, left

    def _tell(self, hub: str, body: Body) -> None:
        self._admission.admit_own(hub, access_act(hub, self._secrets, [body], self._clock()))
