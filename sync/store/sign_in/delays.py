"""Growing delays for whoever keeps guessing: per account named, known or not, and per address.

In the database, by keyed hash, so that instances share them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Engine, case, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from mash_desktop.domain.entries.access import SignInFailed

from .. import tables
from ..admission import Admission
from ..authoring import access_act
from ..refusals import TooSoon
from ..sealing import Secrets

FREE_FAILURES = {"account": 3, "address": 20}
LONGEST_DELAY = {"account": 900, "address": 60}
"""Seconds. Behind one address sits a whole hub: whoever guesses there is slowed, and nobody kept out."""
FORGOTTEN = {"account": timedelta(days=1), "address": timedelta(hours=1)}
"""After so long without another failure, counting begins anew."""


class Attempt(msgspec.Struct, frozen=True):
    """Who tries to come in as whom: an account named, or what a directory calls the person."""

    account: bytes
    address: bytes
    spoken: str
    """The address as governance reads it."""


def account_digest(secrets: Secrets, account: str) -> bytes:
    """By what an account typed is told in the trail, whether there is one or not."""
    return secrets.digest("account", account.strip().casefold())


class Delays:
    """What failed attempts cost, and their trail for governance."""

    def __init__(
        self, engine: Engine, secrets: Secrets, admission: Admission, clock: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._secrets = secrets
        self._admission = admission
        self._clock = clock

    def attempt(self, account: str, address: str) -> Attempt:
        """An attempt that may be made now. Raises ``TooSoon`` (*sign-in-delayed*)."""
        made = Attempt(
            account_digest(self._secrets, account),
            self._secrets.digest("address", address),
            address,
        )
        t, now = tables.sign_in_delays, self._clock()
        with self._engine.connect() as db:
            until = db.scalars(select(t.c.until).where(t.c.whose.in_((made.account, made.address)))).all()
        left = max((int((one - now).total_seconds()) + 1 for one in until if one > now), default=0)
        if left:
            raise TooSoon("sign-in-delayed", f"Too many attempts. Wait {left} seconds, then try again.", left)
        return made

    def succeeded(self, attempt: Attempt) -> None:
        t = tables.sign_in_delays
        with self._engine.begin() as db:
            db.execute(delete(t).where(t.c.whose == attempt.account))

    def failed(self, attempt: Attempt, hub: str | None) -> None:
        """Count it, and tell governance of ``hub``."""
        t, h, now = tables.sign_in_delays, tables.hubs, self._clock()
        with self._engine.begin() as db:
            for kind, digest in (("account", attempt.account), ("address", attempt.address)):
                # Counted by the database: of many that fail at once, each counts.
                count = case((t.c.until > now - FORGOTTEN[kind], t.c.failures + 1), else_=1)
                failures = db.scalars(
                    insert(t)
                    .values(whose=digest, failures=1, until=now)
                    .on_conflict_do_update(index_elements=[t.c.whose], set_={"failures": count})
                    .returning(t.c.failures)
                ).one()
                excess = failures - FREE_FAILURES[kind]
                wait = min(2**excess, LONGEST_DELAY[kind]) if excess >= 0 else 0
                until = now + timedelta(seconds=wait)
                db.execute(update(t).where(t.c.whose == digest).values(until=until))
            # An unknown account is no hub's; it is told to the hub that this store had first.
            first = db.scalar(select(h.c.hub).order_by(h.c.opened_at, h.c.hub).limit(1))
        told = hub or first
        if told is not None:
            body = SignInFailed(account_digest=attempt.account.hex(), address=attempt.spoken, at=now)
            self._admission.admit_own(told, access_act(told, self._secrets, [body], now))
