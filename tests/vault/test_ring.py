"""A keyring that cannot be relied on is refused with what to do about it, and nothing stands in for it."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.backends.null import Keyring as NullKeyring
from keyring.backends.SecretService import Keyring as RealKeyring

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault import ring
from mash_desktop.vault.passphrase import Cost
from mash_desktop.vault.vault import Vault
from tests.support.secret_service import SecretService

PASSPHRASE = "the heron stands by the weir"


@pytest.fixture(autouse=True)
def real_ring(secret_service: SecretService) -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.RaisesExc(Refusal, check=lambda refusal: refusal.code == code)


# --- keeping -------------------------------------------------------------------------------------------


def test_a_secret_is_kept_under_the_profiles_id_and_is_new_each_time() -> None:
    one, two = ring.new_secret("profile one"), ring.new_secret("profile two")
    assert ring.kept_secret("profile one") == one != two
    assert len(one) == ring.SECRET_BYTES


def test_a_keyring_that_was_emptied_is_told_with_what_is_lost(profile: Path, cheap: Cost) -> None:
    made = Vault.create(profile, PASSPHRASE, cost=cheap)
    keyring.delete_password(ring.SERVICE, made.profile_id)
    with pytest.raises(Refusal) as refusal:
        Vault.open(profile, PASSPHRASE, cost=cheap)
    assert refusal.value.code == "keyring-emptied"
    assert "what was sent is on the central store" in refusal.value.sentence
    assert "enrol a new profile" in refusal.value.sentence


@pytest.mark.parametrize("altered", ["not hex at all", "ab"])
def test_a_secret_that_something_else_wrote_over_counts_as_emptied(altered: str) -> None:
    keyring.set_password(ring.SERVICE, "altered profile", altered)
    with refused("keyring-emptied"):
        ring.kept_secret("altered profile")


# --- locked, silent, forgetful -------------------------------------------------------------------------


# The Secret Service client drops its connection unclosed when the ring is locked.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_locked_keyring_is_told_and_counts_as_no_attempt(
    secret_service: SecretService, profile: Path, cheap: Cost, tmp_path: Path
) -> None:
    key = Vault.create(profile, PASSPHRASE, cost=cheap).cache_key.hex()
    secret_service.lock()
    try:
        for _ in range(4):
            with refused("keyring-locked"):
                Vault.open(profile, PASSPHRASE, cost=cheap)
        with refused("keyring-locked"):
            Vault.create(tmp_path / "other", PASSPHRASE, cost=cheap)
        assert not (tmp_path / "other" / "vault.json").exists()
    finally:
        secret_service.unlock()
        gc.collect()  # here, and not in a test that would be blamed for the connection
    assert Vault.open(profile, PASSPHRASE, cost=cheap).cache_key.hex() == key


def test_a_keyring_that_does_not_answer_is_told_and_may_come_back(
    profile: Path, cheap: Cost, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Vault.create(profile, PASSPHRASE, cost=cheap)
    with monkeypatch.context() as gone:
        gone.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus-here")
        with refused("keyring-denied"):
            Vault.open(profile, PASSPHRASE, cost=cheap)
    Vault.open(profile, PASSPHRASE, cost=cheap)


def test_no_profile_is_made_on_a_keyring_that_says_yes_and_keeps_nothing(
    profile: Path, cheap: Cost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RealKeyring, "set_password", lambda *_: None)
    with refused("keyring-denied"):
        Vault.create(profile, PASSPHRASE, cost=cheap)
    assert not (profile / "vault.json").exists()


# --- which keyring -------------------------------------------------------------------------------------


def test_without_a_keyring_no_profile_is_made(profile: Path, cheap: Cost) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring's are untyped
    with refused("keyring-absent"):
        Vault.create(profile, PASSPHRASE, cost=cheap)
    assert not (profile / "vault.json").exists()


def test_a_keyring_that_keeps_nothing_is_refused_by_name() -> None:
    keyring.set_keyring(NullKeyring())  # type: ignore[no-untyped-call]  # keyring's are untyped
    with pytest.raises(Refusal, match=r"keyring\.backends\.null\.Keyring") as refusal:
        ring.new_secret("profile")
    assert refusal.value.code == "keyring-in-clear"


def test_of_several_keyrings_one_that_encrypts_is_taken_and_not_the_chain() -> None:
    keyring.set_keyring(ChainerBackend())  # type: ignore[no-untyped-call]  # keyring's are untyped
    secret = ring.new_secret("profile in a chain")
    keyring.set_keyring(RealKeyring())  # type: ignore[no-untyped-call]  # keyring's are untyped
    assert keyring.get_password(ring.SERVICE, "profile in a chain") == secret.hex()


def test_on_a_computer_without_any_bus_the_keyring_is_absent() -> None:
    assert asked_elsewhere({"DBUS_SESSION_BUS_ADDRESS": None}) == "keyring-absent"


def test_a_plaintext_keyring_is_refused_by_name_where_it_is_the_only_one(plaintext_package: Path) -> None:
    answer = asked_elsewhere({"DBUS_SESSION_BUS_ADDRESS": None, "PYTHONPATH": str(plaintext_package)})
    assert answer == "keyring-in-clear keyrings.alt.file.PlaintextKeyring"
    assert not (plaintext_package / "kept-in-clear").exists()


def test_a_plaintext_keyring_beside_a_real_one_never_gets_the_secret(plaintext_package: Path) -> None:
    assert asked_elsewhere({"PYTHONPATH": str(plaintext_package)}) == "kept"
    assert not (plaintext_package / "kept-in-clear").exists()


def test_a_keyring_set_up_by_a_name_that_does_not_exist_is_told() -> None:
    assert asked_elsewhere({"PYTHON_KEYRING_BACKEND": "no.such.Keyring"}) == "keyring-denied"


@pytest.fixture
def plaintext_package(tmp_path: Path) -> Path:
    """A backend that writes in clear, installed under the name and with the priority of the well-known one,
    so that `keyring` finds and prefers it of its own accord."""
    package = tmp_path / "keyrings" / "alt"
    package.mkdir(parents=True)
    (package / "file.py").write_text(PLAINTEXT_BACKEND.format(path=tmp_path / "kept-in-clear"))
    installed = tmp_path / "plaintext-1.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: plaintext\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[keyring.backends]\nfile = keyrings.alt.file\n")
    return tmp_path


PLAINTEXT_BACKEND = """
from pathlib import Path
from keyring.backend import KeyringBackend

class PlaintextKeyring(KeyringBackend):
    priority = 0.5

    def set_password(self, service, username, password):
        Path({path!r}).write_text(password)

    def get_password(self, service, username):
        path = Path({path!r})
        return path.read_text() if path.exists() else None
"""

ASK = r"""
import re

from mash_desktop.domain.errors import Refusal
from mash_desktop.vault import ring

try:
    ring.new_secret("asked elsewhere")
    print("kept")
except Refusal as refusal:
    print(refusal.code, *re.findall(r"keyrings\.alt\S+Keyring", refusal.sentence))
"""


def asked_elsewhere(changes: dict[str, str | None]) -> str:
    """What a process of its own answers, since `keyring` chooses its backend once a process."""
    environment = {name: value for name, value in (os.environ | changes).items() if value is not None}
    root = str(Path(__file__).parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, changes.get("PYTHONPATH")]))
    answer = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True
    )
    return answer.stdout.strip()
