"""Growing delays for whoever keeps guessing: per account named, known or not, and per address.

In the database, by keyed hash, so that instances share them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, Engine, case, delete, select, update
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


class Counted(msgspec.Struct, frozen=True):
    """A failure that was counted ahead of its being one, and what there was before."""

    whose: bytes
    failures: int
    before: int
    until: datetime


class Attempt(msgspec.Struct, frozen=True):
    """Who tries to come in as whom: an account named, or what a directory calls the person."""

    account: bytes
    address: bytes
    spoken: str
    """The address as governance reads it."""
    counted: tuple[Counted, ...]


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
        """An attempt that may be made now. Raises ``TooSoon`` (*sign-in-delayed*).

        It is a failure until it is known to be none, so that whoever tries many times at once waits as well.
        At an address only once it has failed too often: a whole hub may sign in there together.
        """
        t, now = tables.sign_in_delays, self._clock()
        digests = account_digest(self._secrets, account), self._secrets.digest("address", address)
        counted, left = [], 0
        with self._engine.begin() as db:
            nothing = insert(t).values(whose=digests[0], failures=0, until=now)
            db.execute(nothing.on_conflict_do_nothing())
            for kind, digest in zip(FREE_FAILURES, digests, strict=True):
                row = db.execute(select(t).where(t.c.whose == digest).with_for_update()).one_or_none()
                if row is None:
                    continue
                if row.until > now:
                    left = max(left, int((row.until - now).total_seconds()) + 1)
                if kind == "account" or row.failures >= FREE_FAILURES[kind]:
                    failures = self._count(db, kind, digest, now)
                    counted.append(Counted(digest, failures, row.failures, row.until))
            if left:
                # Nothing of it is kept.
                raise TooSoon(
                    "sign-in-delayed", f"Too many attempts. Wait {left} seconds, then try again.", left
                )
        return Attempt(*digests, address, tuple(counted))

    def released(self, attempt: Attempt) -> None:
        """It says nothing of who made it, and counts for nothing."""
        with self._engine.begin() as db:
            self._release(db, attempt)

    def succeeded(self, attempt: Attempt) -> None:
        t = tables.sign_in_delays
        with self._engine.begin() as db:
            self._release(db, attempt)
            db.execute(delete(t).where(t.c.whose == attempt.account))

    def failed(self, attempt: Attempt, hub: str | None) -> None:
        """Leave it counted, and tell governance of ``hub``."""
        h, now = tables.hubs, self._clock()
        with self._engine.begin() as db:
            if attempt.address not in {one.whose for one in attempt.counted}:
                self._count(db, "address", attempt.address, now)
            # An unknown account is no hub's; it is told to the hub that this store had first.
            first = db.scalar(select(h.c.hub).order_by(h.c.opened_at, h.c.hub).limit(1))
        told = hub or first
        if told is not None:
            body = SignInFailed(account_digest=attempt.account.hex(), address=attempt.spoken, at=now)
            self._admission.admit_own(told, access_act(told, self._secrets, [body], now))

    def _count(self, db: Connection, kind: str, digest: bytes, now: datetime) -> int:
        """One failure more; how many that makes."""
        t = tables.sign_in_delays
        # Counted by the database: of many that fail at once, each counts.
        count = case((t.c.until > now - FORGOTTEN[kind], t.c.failures + 1), else_=1)
        failures: int = db.scalars(
            insert(t)
            .values(whose=digest, failures=1, until=now)
            .on_conflict_do_update(index_elements=[t.c.whose], set_={"failures": count})
            .returning(t.c.failures)
        ).one()
        excess = failures - FREE_FAILURES[kind]
        wait = min(2**excess, LONGEST_DELAY[kind]) if excess >= 0 else 0
        until = now + timedelta(seconds=wait)
        db.execute(update(t).where(t.c.whose == digest).values(until=until))
        return failures

    def _release(self, db: Connection, attempt: Attempt) -> None:
        """As before the attempt, where nobody has failed since."""
        t = tables.sign_in_delays
        for one in attempt.counted:
            as_left = t.c.whose == one.whose, t.c.failures == one.failures
            if one.before:
                db.execute(update(t).where(*as_left).values(failures=one.before, until=one.until))
            else:
                db.execute(delete(t).where(*as_left))
