"""How long a refused sign-in takes where the account is there and where it is not: nobody should tell."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from sync.protocol import SignIn
from tests.bench import Row, measures
from tests.support.store import PASSWORD, ServedStore

from .running import a_server, a_store, percentile

ATTEMPTS = 40
SHARES = (("tenth", 0.1), ("median", 0.5), ("nine tenths", 0.9))


@measures("store")
def refusing_sign_ins() -> Iterator[Row]:
    with a_server() as server, a_store(server) as served:
        known = _accounts(served)
        times: dict[bool, list[float]] = {True: [], False: []}
        for number, account in enumerate(known):
            # In turn, so that both meet the machine as it is just then; each from an address of its own.
            times[True].append(_refused(served, account, f"10.0.{number}.1"))
            times[False].append(_refused(served, f"nobody.{number}", f"10.0.{number}.2"))
    for words, share in SHARES:
        yield Row(
            f"refused sign-in, unknown account beside a known one, {words}",
            percentile(times[False], share),
            "ms",
            percentile(times[True], share),
            at_most=1.25,
        )


def _accounts(served: ServedStore) -> list[str]:
    """Accounts with a password and an authenticator."""
    hub, store, made = served.new_hub(), served.direct, []
    for number in range(ATTEMPTS):
        person = served.appoint(hub, f"Person {number}", ("police", Role.RESEARCHER))
        with store.engine.begin() as db:
            store.accounts.set_password(db, hub, person.person, PASSWORD)
            store.accounts.new_authenticator(db, store.accounts.of(db, hub, person.person))
        made.append(person.account)
    return made


def _refused(served: ServedStore, account: str, address: str) -> float:
    """Milliseconds until somebody who guesses is told no."""
    asked = SignIn(account=account, password="a guess at it", code="000000", device="another")
    began = time.perf_counter()
    with pytest.raises(Refusal, match="not right"):
        served.direct.password.sign_in(asked, address)
    return 1000 * (time.perf_counter() - began)
