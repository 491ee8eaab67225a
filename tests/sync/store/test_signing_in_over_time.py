"""What time, other instances and older data do to accounts, delays, sessions and directories."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, insert, select, update
from uuid6 import uuid7

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync.client.sign_in import signing_in
from sync.protocol import Enrol, EnrolmentCode, NewDevice, SignIn
from sync.store import tables
from sync.store.composition import Store
from sync.store.database import connect, migrate
from sync.store.refusals import TooSoon
from sync.store.sealing import Secrets
from sync.store.sign_in import single
from sync.store.sign_in.delays import FORGOTTEN, FREE_FAILURES, Delays, account_digest
from sync.store.sign_in.enrolment import ENROLMENT
from sync.store.sign_in.provider import Provider
from sync.store.sign_in.sessions import ABSOLUTE, GRACE, Sessions, grant_purpose
from sync.store.sign_in.single import Leavers
from tests.support.postgres import PostgresServer
from tests.support.provider import OpenIdProvider
from tests.support.store import PASSWORD, Desk, ServedStore
from tests.sync.store.test_openid_tokens import Lying
from tests.sync.store.test_single_sign_on import Person

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


@pytest.fixture
def desk(served_store: ServedStore, a_hub: str) -> Desk:
    return served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))


# --- accounts


def test_a_password_kept_by_older_parameters_is_kept_by_todays_once_it_was_right(
    served_store: ServedStore, desk: Desk
) -> None:
    a = tables.accounts
    mine = (a.c.hub == desk.hub) & (a.c.person == desk.enrolled.person)
    old = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    with served_store.direct.engine.begin() as db:
        db.execute(update(a).where(mine).values(password=old))
    code = desk.enrolled.recovery_codes[0]
    asked = signing_in(desk.enrolled.account, PASSWORD, code, desk.device, desk.key)
    with served_store.client() as client:
        assert client.post("/v1/sign-in", content=msgspec.json.encode(asked)).status_code == 200
    with served_store.direct.engine.connect() as db:
        kept = db.scalar(select(a.c.password).where(mine)) or ""
    assert kept != old
    assert PasswordHasher().verify(kept, PASSWORD)


def test_an_account_has_a_name_and_may_be_renamed(served_store: ServedStore, desk: Desk) -> None:
    accounts, person = served_store.direct.accounts, desk.enrolled.person
    with served_store.direct.engine.begin() as db:
        with pytest.raises(Refusal) as told:
            accounts.open_account(db, desk.hub, person, "  ")
        assert told.value.code == "field-empty"
        accounts.open_account(db, desk.hub, person, f"Sam.{uuid7().hex}")
        assert accounts.of(db, desk.hub, person).account.startswith("sam.")


def test_a_second_code_needs_no_account_to_be_named(served_store: ServedStore, desk: Desk) -> None:
    administrator = served_store.desk(desk.hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    answer = administrator.post(
        f"/v1/hubs/{desk.hub}/enrolment-codes", NewDevice(person=desk.enrolled.person)
    )
    code = msgspec.json.decode(answer.content, type=EnrolmentCode).code
    enrolled, _ = served_store.enrol(code)
    assert enrolled.person == desk.enrolled.person


def test_a_device_whose_enrolment_was_never_answered_enrols_the_same_key_again(
    served_store: ServedStore, desk: Desk
) -> None:
    key, device, keys = SigningKey.generate(), str(uuid7()), []
    for _ in range(2):
        code, _ = served_store.code(desk.hub, desk.enrolled.account)
        asked = Enrol(
            code=code,
            device=device,
            device_name="Laptop",
            public=key.public,
            proof=key.sign(code.encode(), ENROLMENT),
            password=PASSWORD,
        )
        with served_store.client() as client:
            keys.append(client.post("/v1/enrol", content=msgspec.json.encode(asked)).json()["key"])
    assert keys == [key.key_id] * 2


# --- delays


def test_failures_are_forgotten_in_time_and_an_address_is_never_kept_out_for_long(
    served_store: ServedStore, a_hub: str
) -> None:
    # The store admits nothing from the future, so this story was some days ago.
    direct, now = served_store.direct, [datetime.now(UTC) - timedelta(days=4)]
    delays = Delays(direct.engine, direct.secrets, direct.admission, lambda: now[0])
    account = f"nobody.{uuid7().hex}"

    def fail(account: str) -> int:
        """Seconds that were to be waited before."""
        try:
            delays.failed(delays.attempt(account, "10.9.8.7"), a_hub)
        except TooSoon as soon:
            now[0] += timedelta(seconds=soon.retry_after)
            delays.failed(delays.attempt(account, "10.9.8.7"), a_hub)
            return soon.retry_after
        return 0

    waits = [fail(account) for _ in range(8)]
    assert waits[:3] == [0, 0, 0]
    assert waits[3:] == sorted(waits[3:])
    assert waits[-1] > 10
    others = [fail(f"{account}.{n}") for n in range(30)]
    assert max(others) == 61, "a minute, rounded up"
    now[0] += FORGOTTEN["address"] + timedelta(seconds=61)
    assert fail(f"{account}.x") == 0
    assert fail(f"{account}.y") == 0
    now[0] += FORGOTTEN["account"] + timedelta(seconds=901)
    assert fail(account) == 0
    assert fail(account) == 0


def test_of_many_attempts_that_fail_at_once_each_counts(served_store: ServedStore, a_hub: str) -> None:
    direct = served_store.direct
    delays = Delays(direct.engine, direct.secrets, direct.admission, lambda: datetime.now(UTC))
    account, address = f"nobody.{uuid7().hex}", f"10.{uuid7().hex}"
    attempts = [delays.attempt(f"{account}.{n}", address) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda attempt: delays.failed(attempt, a_hub), attempts))
    kept = failures(direct, attempts[0].address, *(one.account for one in attempts))
    assert kept == [8, *[1] * 8]


def failures(direct: Store, *whose: bytes) -> list[int]:
    t = tables.sign_in_delays
    with direct.engine.connect() as db:
        return [db.scalar(select(t.c.failures).where(t.c.whose == one)) or 0 for one in whose]


def failing(direct: Store, whose: bytes, failures: int) -> datetime:
    """As if so many attempts had failed, of which the last was a minute ago."""
    until = datetime.now(UTC) - timedelta(minutes=1)
    with direct.engine.begin() as db:
        db.execute(insert(tables.sign_in_delays).values(whose=whose, failures=failures, until=until))
    return until


@pytest.mark.parametrize("kind", ["account", "address"])
def test_of_many_attempts_that_are_made_at_once_one_is_judged(
    served_store: ServedStore, a_hub: str, kind: str
) -> None:
    direct = served_store.direct
    account, address = f"nobody.{uuid7().hex}", f"10.{uuid7().hex}"
    whose = account_digest(direct.secrets, account)
    if kind == "address":
        whose = direct.secrets.digest("address", address)
    failing(direct, whose, FREE_FAILURES[kind] + 5)

    def guess(number: int) -> str:
        named = account if kind == "account" else f"{account}.{number}"
        asked = SignIn(account=named, password=f"guess {number}", code="000000", device="d")
        with pytest.raises(Refusal) as told:
            direct.password.sign_in(asked, address)
        return told.value.code

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(guess, range(8)))
    assert told == ["sign-in-delayed"] * 7 + ["sign-in-refused"]
    assert failures(direct, whose) == [FREE_FAILURES[kind] + 6]


def test_an_attempt_that_was_right_or_that_nobody_could_judge_counts_for_nothing(
    served_store: ServedStore,
) -> None:
    direct, t = served_store.direct, tables.sign_in_delays
    delays = Delays(direct.engine, direct.secrets, direct.admission, lambda: datetime.now(UTC))
    account, address = f"nobody.{uuid7().hex}", f"10.{uuid7().hex}"
    at, of = direct.secrets.digest("address", address), account_digest(direct.secrets, account)
    until = failing(direct, at, 30)
    failing(direct, of, 2)
    delays.released(delays.attempt(account, address))
    assert failures(direct, at, of) == [30, 2]
    delays.succeeded(delays.attempt(account, address))
    assert failures(direct, at, of) == [30, 0]
    delays.released(delays.attempt(account, address))
    with direct.engine.connect() as db:
        assert db.execute(select(t).where(t.c.whose.in_((at, of)))).all() == [(at, 30, until)]


def test_a_store_without_a_hub_refuses_as_any_other(postgres: PostgresServer) -> None:
    name = postgres.new_database()
    engine = connect(postgres.url(name), 3)
    migrate(engine)
    try:
        with pytest.raises(Refusal) as told:
            Store(engine, Secrets.generate()).password.sign_in(
                SignIn(account="anybody", password="x", code="000000", device="d"), "10.0.0.1"
            )
        assert told.value.code == "sign-in-refused"
    finally:
        engine.dispose()
        postgres.drop_database(name)


# --- sessions


def test_a_session_in_use_does_not_become_idle(served_store: ServedStore, desk: Desk) -> None:
    s = tables.sessions
    long_ago = datetime.now(UTC) - timedelta(minutes=20)
    with served_store.direct.engine.begin() as db:
        db.execute(update(s).where(s.c.hub == desk.hub).values(seen_at=long_ago))
    assert desk.client.get(f"/v1/hubs/{desk.hub}/head").status_code == 200
    with served_store.direct.engine.connect() as db:
        seen = db.scalar(select(s.c.seen_at).where(s.c.hub == desk.hub))
    assert isinstance(seen, datetime)
    assert seen > long_ago + timedelta(minutes=19)


def test_a_token_that_somebody_brings_along_never_becomes_good(served_store: ServedStore, desk: Desk) -> None:
    """What a victim might be made to use is not what they sign in to."""
    chosen = "a-token-that-an-attacker-knows"
    with served_store.client(chosen) as client:
        code = desk.enrolled.recovery_codes[0]
        asked = signing_in(desk.enrolled.account, PASSWORD, code, desk.device, desk.key)
        answer = client.post("/v1/sign-in", content=msgspec.json.encode(asked))
        assert answer.json()["token"] not in {chosen, desk.session.token}
        assert client.get(f"/v1/hubs/{desk.hub}/head").status_code == 401
    assert "set-cookie" not in answer.headers


# --- directories


def test_a_directory_is_never_spoken_to_in_plain(served_store: ServedStore, a_hub: str) -> None:
    plain = Provider("Council sign-in", "http://login.example.gov.uk", "mash")
    with pytest.raises(Refusal) as told:
        served_store.direct.directories.set(a_hub, plain, 300)
    assert told.value.code == "issuer-plain"


def test_whoever_looks_for_leavers_asks_after_so_many_at_a_time_and_survives_a_fault(
    served_store: ServedStore,
    a_hub: str,
    openid_provider: OpenIdProvider,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    direct = served_store.direct
    provider = Provider("Council sign-in", openid_provider.issuer, "mash")
    direct.directories.set(a_hub, provider, 3600)
    people = [Person(served_store, a_hub, name) for name in ("Sam Iqbal", "Iris Bennion")]
    for person in people:
        person.sign_in()
    ahead = datetime.now(UTC) + timedelta(hours=2)
    leavers = Leavers(direct.engine, direct.sessions, direct.directories, direct.providers, lambda: ahead)

    def waiting() -> int:
        s = tables.sessions
        with direct.engine.connect() as db:
            confirmed = db.scalars(select(s.c.confirmed_at).where(s.c.hub == a_hub)).all()
        return sum(at < ahead - timedelta(hours=1) for at in confirmed)

    assert waiting() == 2
    monkeypatch.setattr(single, "_MOST_CHECKS", 1)
    monkeypatch.setattr(direct.sessions, "_clock", lambda: ahead)
    leavers.look()
    assert waiting() == 1
    monkeypatch.setattr(single, "_MOST_CHECKS", 100)
    leavers.look()
    assert waiting() == 0

    monkeypatch.setattr(single, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(single.Leavers, "look", _broken)
    leavers = Leavers(direct.engine, direct.sessions, direct.directories, direct.providers, lambda: ahead)
    with caplog.at_level(logging.WARNING):
        leavers.start()
        deadline = datetime.now(UTC) + timedelta(seconds=20)
        while "directories not asked" not in caplog.text and datetime.now(UTC) < deadline:
            pass
        leavers.stop()
    assert "directories not asked" in caplog.text
    assert "a person's name" not in caplog.text


class Signed:
    """People signed in at a hub by a directory that says of each what a test has it say, two hours ago."""

    def __init__(self, served: ServedStore, hub: str, lying: Lying) -> None:
        self.direct, self.hub, self.lying = served.direct, hub, lying
        self.now = datetime.now(UTC)
        self.direct.directories.set(hub, lying.provider, 3600)

    def add(self, name: str, answer: tuple[int, bytes], *, secrets: Secrets | None = None) -> None:
        """Whoever is added first was asked after longest ago."""
        token = f"{self.hub} {name}".encode()
        self.lying.answers[f"/token?{name}"] = answer
        self.now += timedelta(seconds=1)
        kept = (secrets or self.direct.secrets).seal(grant_purpose(self.hub, token), name.encode())
        with self.direct.engine.begin() as db:
            db.execute(
                insert(tables.sessions).values(
                    hub=self.hub, token=token, person=name, device="d", key="k", opened_at=self.now,
                    seen_at=self.now, expires_at=self.now + ABSOLUTE, grant=kept, confirmed_at=self.now,
                )
            )  # fmt: skip

    def leavers(self, later: timedelta = timedelta(hours=2)) -> Leavers:
        direct, clock = self.direct, lambda: self.now + later
        sessions = Sessions(direct.engine, direct.secrets, direct.shelf, clock)
        return Leavers(direct.engine, sessions, direct.directories, direct.providers, clock)

    def states(self) -> dict[str, str]:
        s = tables.sessions
        with self.direct.engine.connect() as db:
            rows = db.execute(select(s.c.person, s.c.left, s.c.confirmed_at).where(s.c.hub == self.hub)).all()
        return {
            row.person: "left" if row.left else "there" if row.confirmed_at > self.now else "not asked"
            for row in rows
        }

    def asked(self, name: str) -> int:
        return self.lying.asked.count(f"/token?{name}")


ODD, GONE, THERE = (400, b'{"error": "invalid_request"}'), (400, b'{"error": "invalid_grant"}'), (200, b"{}")


@pytest.fixture
def signed(served_store: ServedStore, a_hub: str) -> Iterator[Signed]:
    lying = Lying()
    yield Signed(served_store, a_hub, lying)
    lying.end()


def test_one_whose_token_the_directory_cannot_judge_keeps_nobody_else_from_being_asked_after(
    signed: Signed,
) -> None:
    for name, answer in (("odd", ODD), ("gone", GONE), ("there", THERE)):
        signed.add(name, answer)
    leavers = signed.leavers()
    leavers.look()
    assert signed.states() == {"odd": "not asked", "gone": "left", "there": "there"}
    leavers.look()
    assert signed.asked("odd") == 1, "left alone for a while"


def test_a_directory_that_answers_for_nobody_is_left_for_that_look_and_others_are_tried_next(
    signed: Signed,
) -> None:
    for number in range(5):
        signed.add(f"odd{number}", ODD)
    leavers = signed.leavers()
    leavers.look()
    assert [signed.asked(f"odd{number}") for number in range(5)] == [1, 1, 1, 0, 0]
    leavers.look()
    assert [signed.asked(f"odd{number}") for number in range(5)] == [1, 1, 1, 1, 1]


def test_whose_session_is_over_anyway_is_not_asked_after(signed: Signed) -> None:
    signed.add("gone", GONE)
    signed.leavers(GRACE + timedelta(seconds=1)).look()
    assert signed.asked("gone") == 0


def test_a_grant_that_does_not_open_here_says_nothing_of_the_person(signed: Signed) -> None:
    signed.add("sealed", GONE, secrets=Secrets.generate())
    signed.add("gone", GONE)
    signed.leavers().look()
    assert signed.states() == {"sealed": "not asked", "gone": "left"}


def test_a_hub_whose_secret_at_its_directory_does_not_open_keeps_no_other_hub_from_being_asked(
    served_store: ServedStore, signed: Signed
) -> None:
    signed.add("gone", GONE)
    p, sealed = tables.providers, Secrets.generate().seal("client", b"secret")
    with served_store.direct.engine.begin() as db:
        row = dict(db.execute(select(p).where(p.c.hub == signed.hub)).one()._mapping)
        db.execute(delete(p).where(p.c.hub == signed.hub))
        shut = [served_store.new_hub() for _ in range(2)]
        db.execute(insert(p), {**row, "hub": shut[0], "client_secret": sealed})
        db.execute(insert(p), row)
        db.execute(insert(p), {**row, "hub": shut[1], "client_secret": sealed})
    try:
        signed.leavers().look()
        assert signed.states() == {"gone": "left"}
    finally:
        with served_store.direct.engine.begin() as db:
            db.execute(delete(p).where(p.c.hub.in_(shut)))


def _broken(_: Leavers) -> None:
    raise RuntimeError("a person's name")
