"""What a guess at a password or a passphrase costs, made next to nothing in tests that are not about it.

Argon2id at the product's cost takes a fifth of a second of processor time, which a desk pays twice before it
is signed in. It is cheap in this process and, by ``cheap_store``, in that of a store that tests
serve. What the product asks for is looked at where ``mash-isl`` is run as it is installed, and in the vault's
own tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from mash_desktop.vault.passphrase import Cost
from mash_desktop.vault.vault import Vault
from sync.store.sign_in import accounts
from tests.support.cheap_store import cheap_hasher

CHEAP = Cost(passes=1, memory_kib=8, lanes=1)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "PasswordHasher", cheap_hasher)
        yield


@pytest.fixture(autouse=True)
def cheap_vaults(monkeypatch: pytest.MonkeyPatch) -> None:
    functions: tuple[Callable[..., object], ...] = (Vault.create, Vault.open, Vault.change_passphrase)
    for function in functions:
        monkeypatch.setattr(function, "__kwdefaults__", {**(function.__kwdefaults__ or {}), "cost": CHEAP})
