"""The authenticator is lost: recovery codes, each good once, known to nobody but who was given them."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec
import pyotp
import pytest
from sqlalchemy import text

from mash_desktop.domain.entries.access import RecoveryCodesMade, RecoveryCodeUsed
from mash_desktop.domain.entries.hub import KeyRevoked
from mash_desktop.domain.roles import Role
from sync.client.sign_in import signing_in
from sync.protocol import EnrolmentCode, Renew, Renewed, Session, Unlink
from sync.store.sign_in.accounts import RECOVERY_CODES
from tests.support.store import PASSWORD, Desk, ServedStore

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


@pytest.fixture
def desk(served_store: ServedStore, a_hub: str) -> Desk:
    return served_store.desk(a_hub, "Sam Iqbal", ("police", Role.RESEARCHER))


def sign_in(served: ServedStore, desk: Desk, code: str, password: str = PASSWORD) -> httpx.Response:
    asked = signing_in(desk.enrolled.account, password, code, desk.device, desk.key)
    with served.client() as client:
        return client.post("/v1/sign-in", content=msgspec.json.encode(asked))


def renew(desk: Desk, code: str, *, password: str = PASSWORD, authenticator: bool = False) -> httpx.Response:
    return desk.post("/v1/recovery-codes", Renew(password=password, code=code, authenticator=authenticator))


def test_a_recovery_code_signs_in_once_however_it_is_typed_and_says_how_many_are_left(
    served_store: ServedStore, desk: Desk
) -> None:
    code, other, *_ = desk.enrolled.recovery_codes
    assert len(set(desk.enrolled.recovery_codes)) == RECOVERY_CODES
    answer = sign_in(served_store, desk, f" {code.lower().replace('-', ' ')} ")
    assert msgspec.json.decode(answer.content, type=Session).recovery_left == RECOVERY_CODES - 1
    again = sign_in(served_store, desk, code)
    assert (again.status_code, again.json()["code"]) == (401, "sign-in-refused")
    answer = sign_in(served_store, desk, other)
    assert msgspec.json.decode(answer.content, type=Session).recovery_left == RECOVERY_CODES - 2


def test_a_recovery_code_is_worth_nothing_without_the_password_and_is_not_spent(
    served_store: ServedStore, desk: Desk
) -> None:
    code = desk.enrolled.recovery_codes[0]
    assert sign_in(served_store, desk, code, "not the password").status_code == 401
    assert sign_in(served_store, desk, code).status_code == 200


def test_one_persons_recovery_codes_are_no_use_to_another(served_store: ServedStore, desk: Desk) -> None:
    other = served_store.desk(desk.hub, "Iris Bennion", ("mpft", Role.RESEARCHER))
    assert sign_in(served_store, other, desk.enrolled.recovery_codes[0]).status_code == 401


def test_nothing_in_the_database_is_a_recovery_code(served_store: ServedStore, desk: Desk) -> None:
    with served_store.direct.engine.connect() as db:
        kept = str(db.execute(text("select to_jsonb(t)::text from recovery_codes t")).all())
    for code in desk.enrolled.recovery_codes:
        for form in (code, code.replace("-", "")):
            assert form not in kept
            assert form.encode().hex() not in kept


def test_a_new_set_makes_the_old_one_void(served_store: ServedStore, desk: Desk) -> None:
    old = desk.enrolled.recovery_codes
    renewed = msgspec.json.decode(renew(desk, old[0]).content, type=Renewed)
    assert renewed.totp_uri is None
    assert not set(renewed.recovery_codes) & set(old)
    assert sign_in(served_store, desk, old[1]).status_code == 401
    assert sign_in(served_store, desk, renewed.recovery_codes[0]).status_code == 200


def test_who_lost_the_authenticator_gets_a_new_one_and_the_old_one_is_void(
    served_store: ServedStore, desk: Desk
) -> None:
    answer = renew(desk, desk.enrolled.recovery_codes[0], authenticator=True)
    uri = msgspec.json.decode(answer.content, type=Renewed).totp_uri
    assert uri is not None
    old, new = pyotp.parse_uri(desk.totp_uri), pyotp.parse_uri(uri)
    assert isinstance(old, pyotp.TOTP)
    assert isinstance(new, pyotp.TOTP)
    assert sign_in(served_store, desk, old.now()).status_code == 401
    assert (
        served_store.sign_in(desk.enrolled.account, desk.device, uri, desk.key).person == desk.enrolled.person
    )


@pytest.mark.parametrize("wrong", [{"password": "not the password"}, {"code": "AAAAA-AAAAA"}])
def test_an_open_session_alone_makes_no_new_codes(desk: Desk, wrong: dict[str, str]) -> None:
    asked: dict[str, Any] = {"code": desk.enrolled.recovery_codes[0], **wrong}
    answer = renew(desk, **asked)
    assert (answer.status_code, answer.json()["code"]) == (401, "sign-in-refused")


def test_governance_reads_when_codes_were_made_and_used_and_never_the_codes(
    served_store: ServedStore, desk: Desk
) -> None:
    governance = served_store.desk(desk.hub, "Gwen Price", ("mash", Role.INFORMATION_GOVERNANCE))
    sign_in(served_store, desk, desk.enrolled.recovery_codes[0])
    bodies = [row.body.body for row in governance.pull() if row.body is not None]
    made = [b for b in bodies if b'"left"' not in b and desk.enrolled.person.encode() in b and b'"at"' in b]
    used = [msgspec.json.decode(b, type=RecoveryCodeUsed) for b in bodies if b'"left"' in b]
    assert msgspec.json.decode(made[0], type=RecoveryCodesMade).person == desk.enrolled.person
    assert [(one.person, one.left) for one in used] == [(desk.enrolled.person, RECOVERY_CODES - 1)]
    assert not any(code.encode() in body for body in bodies for code in desk.enrolled.recovery_codes)


def test_who_has_lost_everything_chooses_anew_once_another_administrator_lets_them_and_the_log_says_who_did(
    served_store: ServedStore, desk: Desk
) -> None:
    """Password and code of before are no good any more, nor are the devices."""
    noor = served_store.desk(desk.hub, "Noor Haddad", ("mash", Role.ADMINISTRATOR))
    asked = f"/v1/hubs/{desk.hub}/unlinked", Unlink(person=desk.enrolled.person)
    assert desk.post(*asked).json()["code"] == "not-permitted"
    answer = noor.post(*asked)
    assert desk.client.get(f"/v1/hubs/{desk.hub}/head").json()["code"] == "device-revoked"
    for code in desk.enrolled.recovery_codes[:2]:
        assert sign_in(served_store, desk, code).json()["code"] == "sign-in-refused"
    reasons = [
        msgspec.json.decode(row.body.body, type=KeyRevoked).reason
        for row in noor.holds().values()
        if row.body is not None and b"chosen anew" in row.body.body
    ]
    assert reasons == ["Password and authenticator are chosen anew: Noor Haddad asked for it."]
    chosen = "another three words"
    code = msgspec.json.decode(answer.content, type=EnrolmentCode).code
    enrolled, key = served_store.enrol(code, device="anew", password=chosen)
    assert enrolled.totp_uri not in {None, desk.totp_uri}
    assert not set(enrolled.recovery_codes) & set(desk.enrolled.recovery_codes)
    assert enrolled.totp_uri is not None
    served_store.sign_in(enrolled.account, "anew", enrolled.totp_uri, key, password=chosen)
