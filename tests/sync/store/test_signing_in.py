"""Coming in: a device is enrolled once, a person signs in with password and code, a session ends."""

from __future__ import annotations

import time
from datetime import timedelta

import httpx
import msgspec
import pyotp
import pytest
from sqlalchemy import text
from uuid6 import uuid7

from mash_desktop.domain.acts import Draft
from mash_desktop.domain.entries.access import SignInFailed
from mash_desktop.domain.entries.hub import PersonEnrolled
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync.client.sign_in import signing_in
from sync.protocol import Enrol, EnrolmentCode, NewDevice, Session, SignIn
from sync.store.sign_in.enrolment import ENROLMENT
from sync.store.sign_in.sessions import IDLE
from tests.support.store import PASSWORD, Desk, ServedStore


@pytest.fixture
def desk(served_store: ServedStore, a_hub: str) -> Desk:
    return served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))


def ask(served: ServedStore, asked: SignIn) -> httpx.Response:
    with served.client() as client:
        return client.post("/v1/sign-in", content=msgspec.json.encode(asked))


def good(desk: Desk, *, ahead: int = 1, device: str = "", key: SigningKey | None = None) -> SignIn:
    """A sign-in with a code that has not been used."""
    totp = pyotp.parse_uri(desk.totp_uri)
    assert isinstance(totp, pyotp.TOTP)
    code = totp.at(int(time.time()) + ahead * 30)
    return signing_in(desk.enrolled.account, PASSWORD, code, device or desk.device, key or desk.key)


def enrolling(code: str, **changed: object) -> Enrol:
    key = SigningKey.generate()
    asked = Enrol(
        code=code,
        device=str(uuid7()),
        device_name="Laptop",
        public=key.public,
        proof=key.sign(code.encode(), ENROLMENT),
        password=PASSWORD,
    )
    return msgspec.structs.replace(asked, **changed)


def refusal_of(served: ServedStore, asked: Enrol) -> str:
    with served.client() as client:
        answer = client.post("/v1/enrol", content=msgspec.json.encode(asked))
    return str(answer.json()["code"]) if answer.status_code != 200 else ""


def test_a_session_names_the_person_and_what_they_may_act_as(desk: Desk) -> None:
    session = desk.session
    assert (session.person, session.name) == (desk.enrolled.person, "Sam Iqbal")
    assert [(one.agency, one.role) for one in session.standings] == [("police", Role.RESEARCHER)]
    assert abs(session.server_time.timestamp() - time.time()) < 60
    assert session.expires_at - session.server_time > timedelta(hours=1)


def test_which_of_the_three_is_wrong_is_not_said(served_store: ServedStore, desk: Desk) -> None:
    right = good(desk)
    answers = [
        ask(served_store, msgspec.structs.replace(right, **wrong))
        for wrong in ({"password": "not it"}, {"code": "000000"}, {"account": "nobody.here"})
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_a_code_is_used_once(served_store: ServedStore, desk: Desk) -> None:
    first = good(desk)
    assert ask(served_store, first).status_code == 200
    again = ask(served_store, first)
    assert (again.status_code, again.json()["code"]) == (401, "sign-in-refused")


def until_delayed(store: ServedStore, wrong: SignIn, at_least: int = 3) -> httpx.Response:
    """The first answer that tells to wait: the one after ``at_least`` refusals, or later where the machine is
    slower than the first delays are long."""
    for tried in range(12):
        answer = ask(store, wrong)
        if answer.status_code == 429:
            assert tried >= at_least
            return answer
        assert answer.status_code == 401
    raise AssertionError("never told to wait")


@pytest.mark.parametrize("known", [True, False])
def test_delays_grow_for_accounts_that_exist_and_for_others_alike(
    served_store: ServedStore, desk: Desk, known: bool
) -> None:
    account = desk.enrolled.account if known else f"nobody.{uuid7().hex}"
    wrong = msgspec.structs.replace(good(desk), account=account, password="not it")
    delayed = until_delayed(served_store, wrong)
    problem = delayed.json()
    assert problem["code"] == "sign-in-delayed"
    assert problem["retry_after"] >= 1
    assert delayed.headers["retry-after"] == str(problem["retry_after"])
    waits = [problem["retry_after"]]
    while waits[-1] == waits[0] and len(waits) < 5:
        time.sleep(waits[-1])
        waits.append(until_delayed(served_store, wrong, at_least=1).json()["retry_after"])
    assert waits[-1] > waits[0]


def test_a_failed_sign_in_is_in_governances_log_without_the_account(
    served_store: ServedStore, desk: Desk
) -> None:
    governance = served_store.desk(desk.hub, "Gwen Price", ("mash", Role.INFORMATION_GOVERNANCE))
    before = {row.entry for row in governance.pull()}
    ask(served_store, msgspec.structs.replace(good(desk), password="not it"))
    (row,) = [row for row in governance.pull() if row.entry not in before]
    assert row.body is not None
    failed = msgspec.json.decode(row.body.body, type=SignInFailed)
    assert failed.address == "127.0.0.1"
    assert desk.enrolled.account not in row.body.body.decode()
    assert len(failed.account_digest) == 64


def test_a_device_that_is_not_enrolled_is_not_let_in(served_store: ServedStore, desk: Desk) -> None:
    answer = ask(served_store, good(desk, device="another"))
    assert (answer.status_code, answer.json()["code"]) == (401, "device-revoked")


def test_password_and_code_let_nobody_in_who_does_not_hold_the_devices_key(
    served_store: ServedStore, desk: Desk
) -> None:
    first, second, third, *_ = desk.enrolled.recovery_codes
    account = desk.enrolled.account
    # Which device somebody has stands in the hub's own stream; its key does not.
    forged = signing_in(account, PASSWORD, first, desk.device, SigningKey.generate())
    overheard = signing_in(account, PASSWORD, first, desk.device, desk.key)
    for asked in (forged, msgspec.structs.replace(overheard, code=second)):
        answer = ask(served_store, asked)
        assert (answer.status_code, answer.json()["code"]) == (401, "device-revoked")
    assert ask(served_store, signing_in(account, PASSWORD, third, desk.device, desk.key)).status_code == 200


def test_a_one_time_code_is_used_once_by_who_holds_the_key(served_store: ServedStore, a_hub: str) -> None:
    appointed = served_store.appoint(a_hub, "Iris Bennion", ("mpft", Role.RESEARCHER))
    asked = enrolling(appointed.code)
    assert refusal_of(served_store, enrolling(appointed.code, proof=bytes(64))) == "proof-wrong"
    assert refusal_of(served_store, enrolling(appointed.code, public=bytes(32))) == "proof-wrong"
    assert refusal_of(served_store, enrolling("AAAAA-AAAAA-AAAAA-AAAAA")) == "code-refused"
    assert refusal_of(served_store, enrolling(appointed.code, password="short")) == "password-short"
    assert refusal_of(served_store, asked) == ""
    assert refusal_of(served_store, enrolling(appointed.code)) == "code-refused"


def test_a_code_expires(served_store: ServedStore, a_hub: str) -> None:
    appointed = served_store.appoint(a_hub, "Iris Bennion", ("mpft", Role.RESEARCHER))
    with served_store.direct.engine.begin() as db:
        db.execute(
            text("update enrolment_codes set expires_at = now() - interval '1 second' where hub = :hub"),
            {"hub": a_hub},
        )
    assert refusal_of(served_store, enrolling(appointed.code)) == "code-refused"


def test_a_second_device_needs_the_accounts_password_and_keeps_its_code_app(
    served_store: ServedStore, desk: Desk
) -> None:
    code, _ = served_store.code(desk.hub, desk.enrolled.account)
    assert refusal_of(served_store, enrolling(code, password="another password")) == "password-wrong"
    enrolled, key = served_store.enrol(code, device="second")
    assert enrolled.totp_uri is None
    assert ask(served_store, good(desk, device="second", key=key)).status_code == 200


def test_an_authenticator_that_was_never_used_is_given_anew_with_the_next_code_and_the_password(
    served_store: ServedStore, a_hub: str
) -> None:
    """As where the answer to the first enrolment was lost on the way."""
    appointed = served_store.appoint(a_hub, "Iris Bennion", ("mpft", Role.RESEARCHER))
    lost, _ = served_store.enrol(appointed.code)
    code, _ = served_store.code(a_hub, appointed.account)
    assert refusal_of(served_store, enrolling(code, password="another password")) == "password-wrong"
    enrolled, key = served_store.enrol(code, device="again")
    assert enrolled.totp_uri not in {None, lost.totp_uri}
    assert not set(enrolled.recovery_codes) & set(lost.recovery_codes)
    assert enrolled.totp_uri is not None
    served_store.sign_in(appointed.account, "again", enrolled.totp_uri, key)
    code, _ = served_store.code(a_hub, appointed.account)
    assert served_store.enrol(code)[0].totp_uri is None


def test_guessing_a_password_with_a_one_time_code_is_delayed_and_told_to_governance(
    served_store: ServedStore, desk: Desk
) -> None:
    governance = served_store.desk(desk.hub, "Gwen Price", ("mash", Role.INFORMATION_GOVERNANCE))
    before = {row.entry for row in governance.pull()}
    code, _ = served_store.code(desk.hub, desk.enrolled.account)
    told = [refusal_of(served_store, enrolling(code, password=f"guess number {n}")) for n in range(12)]
    assert told[:3] == ["password-wrong"] * 3
    assert "sign-in-delayed" in told
    failed = [row for row in governance.pull() if row.entry not in before]
    assert len(failed) == told.count("password-wrong")
    assert all(b"sign_in.failed" in row.signed.act for row in failed if row.signed is not None)


def test_an_administrators_desktop_makes_codes_for_the_people_it_enrols(
    served_store: ServedStore, a_hub: str
) -> None:
    administrator = served_store.desk(a_hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    person = str(uuid7())
    path = f"/v1/hubs/{a_hub}/enrolment-codes"
    unknown = administrator.post(path, NewDevice(person=person, account="new.person"))
    assert unknown.json()["code"] == "person-unknown"
    administrator.act(Draft("hub", PersonEnrolled(person=person, name="Tom Hartley")))
    assert administrator.post(path, NewDevice(person=person)).json()["code"] == "account-missing"
    taken = administrator.post(path, NewDevice(person=person, account=administrator.enrolled.account))
    assert taken.json()["code"] == "account-taken"
    account = f"tom.{uuid7().hex[-8:]}"
    answer = administrator.post(path, NewDevice(person=person, account=account))
    code = msgspec.json.decode(answer.content, type=EnrolmentCode).code
    enrolled, _ = served_store.enrol(code)
    assert (enrolled.person, enrolled.account) == (person, account)


def test_nobody_else_makes_codes(desk: Desk) -> None:
    asked = NewDevice(person=desk.enrolled.person)
    answer = desk.post(f"/v1/hubs/{desk.hub}/enrolment-codes", asked)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")


def test_signing_out_ends_the_session_and_no_other(served_store: ServedStore, desk: Desk) -> None:
    other = msgspec.json.decode(ask(served_store, good(desk)).content, type=Session)
    assert desk.client.post("/v1/sign-out").status_code == 204
    answer = desk.client.get(f"/v1/hubs/{desk.hub}/head")
    assert (answer.status_code, answer.json()["code"]) == (401, "session-ended")
    with served_store.client(other.token) as client:
        assert client.get(f"/v1/hubs/{desk.hub}/head").status_code == 200


@pytest.mark.parametrize("column", ["seen_at", "expires_at"])
def test_an_idle_or_overlong_session_is_over(served_store: ServedStore, desk: Desk, column: str) -> None:
    past = {"seen_at": IDLE, "expires_at": timedelta(hours=12)}[column]
    with served_store.direct.engine.begin() as db:
        db.execute(
            text(f"update sessions set {column} = {column} - :past where hub = :hub"),
            {"past": past + timedelta(seconds=1), "hub": desk.hub},
        )
    answer = desk.client.get(f"/v1/hubs/{desk.hub}/head")
    assert (answer.status_code, answer.json()["code"]) == (401, "session-ended")


@pytest.mark.parametrize("token", ["", "nonsense", "Bearer"])
def test_without_a_session_nothing_is_shown(served_store: ServedStore, a_hub: str, token: str) -> None:
    with served_store.client(token) as client:
        for path in ("head", "live", "chunks/" + "0" * 64, "inclusion?position=1&size=1"):
            answer = client.get(f"/v1/hubs/{a_hub}/{path}")
            assert (answer.status_code, answer.json()["code"]) == (401, "session-ended")


def test_neither_tokens_nor_codes_nor_passwords_nor_totp_secrets_are_in_the_database(
    served_store: ServedStore, desk: Desk
) -> None:
    code, _ = served_store.code(desk.hub, desk.enrolled.account)
    totp = pyotp.parse_uri(desk.totp_uri)
    with served_store.direct.engine.connect() as db:
        kept = "".join(
            str(row)
            for table in ("accounts", "sessions", "enrolment_codes", "sign_in_delays")
            for row in db.execute(text(f"select to_jsonb(t)::text from {table} t"))
        )
    for secret in (desk.session.token, code, code.replace("-", ""), PASSWORD, totp.secret):
        assert secret not in kept
        assert secret.encode().hex() not in kept
