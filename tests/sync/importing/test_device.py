"""The computer that imports: what it keeps, and what opens it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mash_desktop.domain.errors import Refusal
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.signature import SigningKey
from mash_desktop.vault.vault import Vault
from sync.client import Unreachable
from sync.importing import Device
from tests.support.desks import PASSPHRASE
from tests.support.relay import Answered
from tests.support.store import PASSWORD
from tests.sync.importing.conftest import Importer

# Which PostgreSQL the store has is the same to who imports.
pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True)


def test_the_device_opens_as_it_was_enrolled_and_its_key_lies_nowhere_in_clear(importer: Importer) -> None:
    enrolled = importer.enrol()
    assert enrolled.server.hub == importer.hub
    assert SigningKey.from_bytes(enrolled.seed).key_id == enrolled.key
    assert Device.open(importer.profile, PASSPHRASE) == enrolled
    kept = [path.read_bytes() for path in importer.profile.rglob("*") if path.is_file()]
    assert kept
    for content in kept:
        assert enrolled.seed not in content
        assert importer.account.encode() not in content
    with pytest.raises(Refusal) as told:
        Device.open(importer.profile, "some other passphrase")
    assert told.value.code == "wrong-passphrase"


def test_an_enrolment_that_came_to_nothing_is_taken_up_again(importer: Importer) -> None:
    relay = importer.relay()
    relay.before = lambda asked: Answered(503, b"")
    with pytest.raises(Unreachable):
        importer.enrol(relay.server)
    with pytest.raises(Refusal) as told:
        Device.open(importer.profile, PASSPHRASE)
    assert told.value.code == "not-enrolled"
    enrolled = importer.enrol()
    assert Device.open(importer.profile, PASSPHRASE) == enrolled
    # What is enrolled is not enrolled over.
    with pytest.raises(Refusal) as told:
        importer.enrol()
    assert told.value.code == "vault-exists"


@pytest.mark.parametrize("how", ["cut short", "flipped", "of another vault"])
def test_a_damaged_device_is_told_and_not_used(importer: Importer, how: str) -> None:
    importer.enrol()
    file = importer.profile / "import-device"
    sealed = file.read_bytes()
    if how == "of another vault":
        other = importer.folder / "other"
        Vault.create(other, PASSPHRASE).lock()
        (other / file.name).write_bytes(sealed)
    else:
        file.write_bytes(sealed[:40] if how == "cut short" else bytes([sealed[0] ^ 1]) + sealed[1:])
        other = importer.profile
    with pytest.raises(Refusal) as told:
        Device.open(other, PASSPHRASE)
    assert told.value.code == "device-damaged"


def test_a_file_is_imported_in_a_role_that_the_person_holds(importer: Importer, tmp_path: Path) -> None:
    device, session = importer.signed_in()
    operator = device.author(session, Role.TRIAGE_OPERATOR, None)
    assert (operator.person, operator.agency, operator.key) == (session.person, "scc-children", device.key)
    assert device.author(session, Role.HUB_MANAGER, "mash").role is Role.HUB_MANAGER
    for role, agency in ((Role.ADMINISTRATOR, None), (Role.TRIAGE_OPERATOR, "police")):
        with pytest.raises(Refusal) as told:
            device.author(session, role, agency)
        assert (told.value.code, told.value.field) == ("role-missing", "role")
        assert role.label in told.value.sentence


def test_who_signs_in_from_there_gives_password_and_code(importer: Importer) -> None:
    device = importer.enrol()
    for password, code in (("another password", importer.totp_code()), (PASSWORD, "000000")):
        with pytest.raises(Refusal) as told:
            device.sign_in(password, code)
        assert told.value.code == "sign-in-refused"
