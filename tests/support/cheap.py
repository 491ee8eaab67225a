"""What a guess at a password or a passphrase costs, made next to nothing in tests that are not about it.

Argon2id at the product's cost takes a fifth of a second of processor time, which a desk pays twice before it
is signed in. It is cheap in this process and, where this module is run in place of ``sync.cli``, in that of a
store. What the product asks for is looked at where ``mash-isl`` is run as it is installed, and in the vault's
own tests.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from mash_desktop.vault.passphrase import Cost
from mash_desktop.vault.vault import Vault
from sync import cli
from sync.store.sign_in import accounts

CHEAP = Cost(passes=1, memory_kib=8, lanes=1)


def cheap_passwords(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(accounts, "PasswordHasher", lambda: PasswordHasher.from_parameters(CHEAPEST))


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords_here() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        cheap_passwords(patch)
        yield


@pytest.fixture(autouse=True)
def cheap_vaults(monkeypatch: pytest.MonkeyPatch) -> None:
    functions: tuple[Callable[..., object], ...] = (Vault.create, Vault.open, Vault.change_passphrase)
    for function in functions:
        monkeypatch.setattr(function, "__kwdefaults__", {**(function.__kwdefaults__ or {}), "cost": CHEAP})


if __name__ == "__main__":
    cheap_passwords(pytest.MonkeyPatch())
    sys.exit(cli.main())
