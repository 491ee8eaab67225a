"""The Secret Service of the tests is a real one."""

from __future__ import annotations

import subprocess
import sys

import keyring
import pytest
from keyring.errors import KeyringLocked

from tests.support.secret_service import SecretService


def test_what_one_process_keeps_in_the_ring_another_can_read(secret_service: SecretService) -> None:
    keyring.set_password("mash-desktop tests", "Priya Nair", "kept")
    asked = "import keyring; print(keyring.get_password('mash-desktop tests', 'Priya Nair'))"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert answer.stdout == "kept\n"
    keyring.delete_password("mash-desktop tests", "Priya Nair")


def test_a_locked_ring_gives_nothing_until_it_is_unlocked(secret_service: SecretService) -> None:
    keyring.set_password("mash-desktop tests", "Tomasz Zielinski", "kept")
    secret_service.lock()
    try:
        with pytest.raises(KeyringLocked):
            keyring.get_password("mash-desktop tests", "Tomasz Zielinski")
    finally:
        secret_service.unlock()
    assert keyring.get_password("mash-desktop tests", "Tomasz Zielinski") == "kept"
