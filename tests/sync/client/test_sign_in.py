"""Enrolling a device and signing in from it, before there is a session to keep."""

from __future__ import annotations

import pyotp
import pytest
from uuid6 import uuid7

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from sync.client import Unreachable
from sync.client.sign_in import enrol, sign_in
from sync.protocol import Standing
from tests.support.relay import Answered
from tests.support.store import PASSWORD
from tests.sync.client.conftest import Office

# Which PostgreSQL the store has is the same to a desk.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


def test_a_device_enrolled_with_a_code_signs_in_as_its_person(office: Office) -> None:
    appointed = office.served.appoint(office.hub, "Priya Nair", ("scc-children", Role.TRIAGE_OPERATOR))
    key, device = SigningKey.generate(), str(uuid7())
    enrolled = enrol(office.server, appointed.code, device, "Desk in the hub", key, PASSWORD)
    assert (enrolled.hub, enrolled.account, enrolled.key) == (office.hub, appointed.account, key.key_id)
    assert enrolled.totp_uri is not None
    totp = pyotp.parse_uri(enrolled.totp_uri)
    assert isinstance(totp, pyotp.TOTP)

    # Which of them is not right is not said.
    for password, code in (("another password", totp.now()), (PASSWORD, "000000")):
        with pytest.raises(Refusal) as told:
            sign_in(office.server, appointed.account, password, code, device, key)
        assert told.value.code == "sign-in-refused"
    session = sign_in(office.server, appointed.account, PASSWORD, totp.now(), device, key)
    assert session.person == enrolled.person
    assert session.standings == (Standing("scc-children", Role.TRIAGE_OPERATOR),)


def test_a_code_enrols_one_device_and_only_one_that_holds_its_key(office: Office) -> None:
    appointed = office.served.appoint(office.hub, "Priya Nair", ("scc-children", Role.TRIAGE_OPERATOR))

    def enrols(code: str, password: str = PASSWORD) -> None:
        enrol(office.server, code, str(uuid7()), "Desk in the hub", SigningKey.generate(), password)

    with pytest.raises(Refusal) as told:
        enrols(appointed.code, "short")
    assert (told.value.code, told.value.field) == ("password-short", "password")
    enrols(appointed.code)
    with pytest.raises(Refusal) as told:
        enrols(appointed.code)
    assert (told.value.code, told.value.field) == ("code-refused", "code")


def test_a_store_that_does_not_answer_is_told_as_that(office: Office) -> None:
    relay = office.relay()
    relay.before = lambda asked: Answered(503, b"")
    with pytest.raises(Unreachable):
        enrol(relay.server, "a code", "device", "Desk in the hub", SigningKey.generate(), PASSWORD)
    with pytest.raises(Unreachable):
        sign_in(relay.server, "priya.nair", PASSWORD, "000000", "device", SigningKey.generate())
