"""Signing in through the hub's directory, end to end: a store, an OpenID provider, a browser, a desktop."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from urllib.parse import parse_qsl, urlsplit

import httpx
import msgspec
import pytest
from sqlalchemy import select, update
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.hub import KeyRevoked
from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync.client import Server
from sync.client.directory import sign_in_by_directory, ways_in
from sync.client.sign_in import signing_in
from sync.protocol import (
    AccountsAsked,
    AccountsFound,
    BeginSingle,
    Enrol,
    Enrolled,
    EnrolmentCode,
    FinishSingle,
    HeldAccount,
    Message,
    Session,
    SignIn,
    SingleBegun,
    Unlink,
)
from sync.store import tables
from sync.store.sign_in.enrolment import ENROLMENT
from sync.store.sign_in.provider import Provider
from sync.store.sign_in.sessions import GRACE
from sync.store.sign_in.single import SINGLE, Leavers
from tests.support.ear import listening
from tests.support.provider import OpenIdProvider, browse
from tests.support.store import PASSWORD, Desk, ServedStore

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)

REDIRECT = "http://127.0.0.1:4711/signed-in"


class Person:
    """Somebody whom the directory knows by ``subject``, with a device enrolled by a one-time code alone."""

    def __init__(self, served: ServedStore, hub: str, name: str, *, linked: bool = True) -> None:
        self.served, self.hub = served, hub
        self.subject = f"{name.split()[0].lower()}.{uuid7().hex[-8:]}"
        self.appointed = served.appoint(hub, name, ("police", Role.RESEARCHER))
        if linked:
            served.direct.directories.link(hub, self.appointed.account, self.subject)
        self.device, self.key = str(uuid7()), SigningKey.generate()
        self.enrolled = self.enrol(self.appointed.code, "" if linked else PASSWORD)

    def enrol(self, code: str, password: str) -> httpx.Response:
        asked = Enrol(
            code=code,
            device=self.device,
            device_name="Laptop",
            public=self.key.public,
            proof=self.key.sign(code.encode(), ENROLMENT),
            password=password,
        )
        with self.served.client() as client:
            return client.post("/v1/enrol", content=msgspec.json.encode(asked))

    @property
    def server(self) -> Server:
        return Server(self.served.base_url, self.served.cert.read_text(), self.hub)

    def sign_in(self, subject: str = "") -> Session:
        """As a desktop does it, with a person at the browser."""
        with ThreadPoolExecutor() as browser:
            return sign_in_by_directory(
                self.server,
                self.device,
                self.key,
                lambda url: browser.submit(browse, url, subject or self.subject),
                stop=Event(),
                patience=60,
            )

    # --- the steps of it, for whoever does them otherwise

    def ask(self, path: str, message: Message) -> httpx.Response:
        with self.served.client() as client:
            return client.post(
                f"/v1/hubs/{self.hub}/single-sign-on{path}", content=msgspec.json.encode(message)
            )

    def begin(self, verifier: str, **changed: str) -> SingleBegun:
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = BeginSingle(
            device=self.device,
            challenge=base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            state="state",
            redirect_uri=REDIRECT,
        )
        answer = self.ask("", msgspec.structs.replace(asked, **changed))
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=SingleBegun)

    def code(self, begun: SingleBegun) -> str:
        """The code that the browser brings back to a port where nobody listens."""
        try:
            browse(begun.url, self.subject)
        except httpx.ConnectError as error:
            return dict(parse_qsl(urlsplit(str(error.request.url)).query))["code"]
        raise AssertionError("the browser did not come back")

    def finish(self, begun: SingleBegun, code: str, verifier: str, key: SigningKey | None = None) -> str:
        """The code of the refusal; empty for a session."""
        answer = self.ask(
            "/finish",
            FinishSingle(
                attempt=begun.attempt,
                code=code,
                verifier=verifier,
                proof=(key or self.key).sign(begun.attempt.encode(), SINGLE),
            ),
        )
        return str(answer.json()["code"]) if answer.status_code != 200 else ""

    def head(self, session: Session) -> httpx.Response:
        with self.served.client(session.token) as client:
            return client.get(f"/v1/hubs/{self.hub}/head")


VERIFIER = "a-verifier-of-a-desktop-that-is-long-enough-for-PKCE"


@pytest.fixture
def hub(served_store: ServedStore, a_hub: str, openid_provider: OpenIdProvider) -> str:
    """A hub whose directory is the provider; asked whether it still has people as often as can be."""
    provider = Provider("Council sign-in", openid_provider.issuer, "mash")
    served_store.direct.directories.set(a_hub, provider, 1)
    return a_hub


@pytest.fixture
def sam(served_store: ServedStore, hub: str) -> Person:
    return Person(served_store, hub, "Sam Iqbal")


def test_a_person_signs_in_with_the_browser_on_their_device(sam: Person) -> None:
    assert ways_in(sam.server).directory == "Council sign-in"
    session = sam.sign_in()
    assert (session.person, session.name) == (sam.appointed.person, "Sam Iqbal")
    assert sam.head(session).status_code == 200


def test_a_hub_that_keeps_a_secret_with_its_directory_signs_in_too(
    served_store: ServedStore, a_hub: str, openid_provider: OpenIdProvider
) -> None:
    secret = "a secret: with % and +"
    provider = Provider("Council sign-in", openid_provider.issuer, "mash-with-secret", secret)
    served_store.direct.directories.set(a_hub, provider, 300)
    assert secret not in repr(provider)
    sam = Person(served_store, a_hub, "Sam Iqbal")
    assert sam.head(sam.sign_in()).status_code == 200


def test_whom_the_directory_signs_in_has_no_password_at_the_hub(sam: Person) -> None:
    enrolled = sam.enrolled.json()
    assert enrolled["account"] == sam.appointed.account
    assert not {"totp_uri", "recovery_codes"} & enrolled.keys()
    asked = SignIn(account=sam.appointed.account, password="", code="", device=sam.device)
    with sam.served.client() as client:
        answer = client.post("/v1/sign-in", content=msgspec.json.encode(asked))
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-refused")


def test_being_linked_with_the_directory_ends_the_password_and_its_sessions(
    served_store: ServedStore, hub: str
) -> None:
    desk = served_store.desk(hub, "Iris Bennion", ("mpft", Role.RESEARCHER))
    served_store.direct.directories.link(hub, desk.enrolled.account, "iris")
    answer = desk.client.get(f"/v1/hubs/{hub}/head")
    assert (answer.status_code, answer.json()["code"]) == (401, "session-ended")
    code = desk.enrolled.recovery_codes[0]
    asked = signing_in(desk.enrolled.account, PASSWORD, code, desk.device, desk.key)
    with served_store.client() as client:
        assert client.post("/v1/sign-in", content=msgspec.json.encode(asked)).status_code == 401


def test_a_hub_without_a_directory_offers_none(served_store: ServedStore, a_hub: str) -> None:
    sam = Person(served_store, a_hub, "Sam Iqbal", linked=False)
    assert ways_in(sam.server).directory == ""
    with pytest.raises(Refusal) as told:
        sam.sign_in()
    assert told.value.code == "directory-none"
    with served_store.client() as client:
        assert client.get("/v1/hubs/nowhere/ways-in").json() == {}


def refusal(attempt: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as told:
        attempt()
    return told.value.code


def test_whom_the_directory_knows_and_the_hub_does_not_is_not_let_in(sam: Person) -> None:
    assert refusal(lambda: sam.sign_in(f"stranger.{uuid7().hex}")) == "subject-unknown"


def test_a_colleague_who_signs_in_at_ones_device_is_not_let_in(sam: Person) -> None:
    other = Person(sam.served, sam.hub, "Iris Bennion")
    assert refusal(lambda: sam.sign_in(other.subject)) == "device-revoked"


def test_the_devices_key_is_still_needed(sam: Person) -> None:
    begun = sam.begin(VERIFIER)
    assert sam.finish(begun, sam.code(begun), VERIFIER, SigningKey.generate()) == "device-revoked"
    unknown = sam.begin(VERIFIER, device="another")
    assert sam.finish(unknown, sam.code(unknown), VERIFIER) == "device-revoked"


def test_a_revoked_device_is_not_let_in(sam: Person) -> None:
    administrator = sam.served.desk(sam.hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    administrator.act(Draft("hub", KeyRevoked(key=sam.key.key_id, reason="Left on a train.")))
    assert refusal(sam.sign_in) == "device-revoked"


def test_an_attempt_is_used_once(sam: Person) -> None:
    begun = sam.begin(VERIFIER)
    code = sam.code(begun)
    assert sam.finish(begun, code, VERIFIER) == ""
    assert sam.finish(begun, code, VERIFIER) == "sign-in-refused"
    # Its code is no good for another attempt either.
    assert sam.finish(sam.begin(VERIFIER), code, VERIFIER) == "sign-in-refused"


def test_an_attempt_ends_soon(sam: Person) -> None:
    begun = sam.begin(VERIFIER)
    with sam.served.direct.engine.begin() as db:
        db.execute(
            update(tables.sign_in_attempts)
            .where(tables.sign_in_attempts.c.hub == sam.hub)
            .values(expires_at=datetime.now(UTC))
        )
    assert sam.finish(begun, sam.code(begun), VERIFIER) == "sign-in-refused"


def test_a_code_that_was_overheard_is_no_use_without_the_verifier(sam: Person) -> None:
    begun = sam.begin(VERIFIER)
    assert sam.finish(begun, sam.code(begun), f"{VERIFIER}-guessed") == "sign-in-refused"


def test_what_was_signed_in_for_one_attempt_is_not_taken_for_another(sam: Person) -> None:
    """The same verifier satisfies the provider; the nonce in the ID token is the first attempt's."""
    first, second = sam.begin(VERIFIER), sam.begin(VERIFIER)
    assert sam.finish(second, sam.code(first), VERIFIER) == "sign-in-refused"


@pytest.mark.parametrize(
    "redirect", ["https://elsewhere.example/", "http://10.0.0.7:80/", "http://127.0.0.1/", "http://[", "x"]
)
def test_a_browser_is_sent_back_to_the_same_machine_only(sam: Person, redirect: str) -> None:
    asked = BeginSingle(device=sam.device, challenge="x", state="state", redirect_uri=redirect)
    answer = sam.ask("", asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "redirect-wrong")


def test_neither_attempts_nor_what_a_directory_granted_are_in_the_database(sam: Person) -> None:
    begun = sam.begin(VERIFIER)
    sam.sign_in()
    with sam.served.direct.engine.connect() as db:
        session = db.execute(select(tables.sessions).where(tables.sessions.c.hub == sam.hub)).one()
        attempts = db.execute(
            select(tables.sign_in_attempts).where(tables.sign_in_attempts.c.hub == sam.hub)
        ).all()
    grant = sam.served.direct.sessions.grant(session)
    assert grant.encode() not in session.grant
    assert begun.attempt.encode().hex() not in str(attempts)
    assert begun.attempt not in str(attempts)


# --- leaving


def until(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 40
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_whoever_has_left_the_directory_is_locked_out_and_hears_it_at_once(
    sam: Person, openid_provider: OpenIdProvider
) -> None:
    session = sam.sign_in()
    desk = desk_of(sam, session)
    try:
        with listening(sam.served, desk) as ear:
            openid_provider.leave(sam.subject)
            assert ear.next("locked")["code"] == "directory-left"
    finally:
        desk.client.close()
    answer = sam.head(session)
    assert (answer.status_code, answer.json()["code"]) == (401, "directory-left")


def desk_of(person: Person, session: Session) -> Desk:
    enrolled = msgspec.json.decode(person.enrolled.content, type=Enrolled)
    return Desk(
        person.served.client(session.token), enrolled, session, person.key, person.device, "", person.hub
    )


def test_whoever_is_still_in_the_directory_goes_on(sam: Person) -> None:
    session = sam.sign_in()
    asked_again = confirmed(sam)
    until(lambda: confirmed(sam) > asked_again)
    asked_again = confirmed(sam)
    # The provider gives a new refresh token each time: the one just given is good too.
    until(lambda: confirmed(sam) > asked_again)
    assert sam.head(session).status_code == 200


def confirmed(person: Person) -> datetime:
    with person.served.direct.engine.connect() as db:
        at = db.scalar(select(tables.sessions.c.confirmed_at).where(tables.sessions.c.hub == person.hub))
    assert isinstance(at, datetime)
    return at


def test_a_directory_that_falls_silent_in_the_middle_is_not_counted_against_the_person(sam: Person) -> None:
    begun = sam.begin(VERIFIER)
    code = sam.code(begun)
    direct = sam.served.direct
    direct.directories.set(sam.hub, Provider("Council sign-in", "http://127.0.0.1:9", "mash"), 1)
    assert sam.finish(begun, code, VERIFIER) == "directory-unreachable"
    with direct.engine.connect() as db:
        assert db.execute(select(tables.sign_in_delays)).all() == []


def test_while_the_directory_does_not_answer_people_work_on_for_some_hours(sam: Person) -> None:
    session = sam.sign_in()
    dead = Provider("Council sign-in", "http://127.0.0.1:9", "mash")
    sam.served.direct.directories.set(sam.hub, dead, 1)
    direct = sam.served.direct
    Leavers(
        direct.engine, direct.sessions, direct.directories, direct.providers, lambda: datetime.now(UTC)
    ).look()
    assert sam.head(session).status_code == 200
    assert refusal(sam.sign_in) == "directory-unreachable"
    with direct.engine.begin() as db:
        db.execute(
            update(tables.sessions)
            .where(tables.sessions.c.hub == sam.hub)
            .values(confirmed_at=datetime.now(UTC) - GRACE - timedelta(seconds=1))
        )
    assert sam.head(session).json()["code"] == "directory-left"


# --- no longer linked


@pytest.fixture
def noor(served_store: ServedStore, hub: str) -> Desk:
    return served_store.desk(hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))


def test_an_administrator_sees_who_signs_in_how(sam: Person, noor: Desk) -> None:
    answer = noor.post(f"/v1/hubs/{noor.hub}/accounts", AccountsAsked())
    found = msgspec.json.decode(answer.content, type=AccountsFound)
    assert found.directory == "Council sign-in"
    assert set(found.accounts) == {
        HeldAccount(person=noor.enrolled.person, account=noor.enrolled.account),
        HeldAccount(person=sam.appointed.person, account=sam.appointed.account, linked=True),
    }


def test_whom_an_administrator_unlinks_is_locked_out_at_once_and_comes_back_with_a_password(
    sam: Person, noor: Desk
) -> None:
    session = sam.sign_in()
    desk = desk_of(sam, session)
    try:
        with listening(sam.served, desk) as ear:
            answer = noor.post(f"/v1/hubs/{noor.hub}/unlinked", Unlink(person=sam.appointed.person))
            assert ear.next("locked")["code"] == "device-revoked"
    finally:
        desk.client.close()
    code = msgspec.json.decode(answer.content, type=EnrolmentCode).code
    assert refusal(sam.sign_in) == "subject-unknown"
    revoked = [
        msgspec.json.decode(row.body.body, type=KeyRevoked)
        for row in noor.holds().values()
        if row.body is not None and b"unlinked them" in row.body.body
    ]
    assert [one.reason for one in revoked] == [
        "No longer signed in by the directory: Noor Haddad unlinked them."
    ]
    assert sam.enrol(code, "short").json()["code"] == "password-short"
    sam.device, sam.key = str(uuid7()), SigningKey.generate()
    enrolled = msgspec.json.decode(sam.enrol(code, PASSWORD).content, type=Enrolled)
    assert enrolled.totp_uri is not None
    assert len(enrolled.recovery_codes) == 10
    sam.served.sign_in(sam.appointed.account, sam.device, enrolled.totp_uri, sam.key)


def test_who_is_unlinked_without_a_device_is_given_a_code_too(
    served_store: ServedStore, hub: str, noor: Desk
) -> None:
    appointed = served_store.appoint(hub, "Iris Bennion", ("mpft", Role.RESEARCHER))
    served_store.direct.directories.link(hub, appointed.account, "iris")
    before = noor.head().size
    answer = noor.post(f"/v1/hubs/{hub}/unlinked", Unlink(person=appointed.person))
    enrolled, _ = served_store.enrol(answer.json()["code"])
    assert enrolled.totp_uri is not None
    assert noor.head().size == before + 2, "her key, and that she was given recovery codes"


def test_nobody_is_unlinked_but_by_an_administrator_nor_by_themselves(
    served_store: ServedStore, sam: Person, noor: Desk
) -> None:
    iris = served_store.desk(sam.hub, "Iris Bennion", ("mpft", Role.RESEARCHER))

    def said(desk: Desk, path: str, asked: Message) -> tuple[int, str]:
        answer = desk.post(f"/v1/hubs/{sam.hub}/{path}", asked)
        return answer.status_code, answer.json()["code"]

    assert said(iris, "unlinked", Unlink(person=sam.appointed.person)) == (403, "not-permitted")
    assert said(iris, "accounts", AccountsAsked()) == (403, "not-permitted")
    assert said(noor, "unlinked", Unlink(person=str(uuid7()))) == (400, "account-missing")
    served_store.direct.directories.link(sam.hub, noor.enrolled.account, "noor")
    ada = served_store.desk(sam.hub, "Ada Osei", ("mash", Role.ADMINISTRATOR))
    assert said(ada, "unlinked", Unlink(person=ada.enrolled.person)) == (400, "own-account")
    assert sam.sign_in().person == sam.appointed.person
