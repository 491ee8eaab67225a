"""A real Secret Service for tests, which `keyring` and every process that a test starts will find."""

from __future__ import annotations

from collections.abc import Iterator

import keyring.core
import pytest

from ui.demo.ring import SecretService, running

__all__ = ["SecretService", "running"]


@pytest.fixture(scope="session")
def secret_service() -> Iterator[SecretService]:
    """A real Secret Service, which `keyring` and every process that a test starts will find."""
    with running() as service, pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBUS_SESSION_BUS_ADDRESS", service.environment["DBUS_SESSION_BUS_ADDRESS"])
        keyring.core.init_backend()
        backend = keyring.get_keyring()
        assert type(backend).__module__ == "keyring.backends.SecretService", (
            f"{backend} is not a Secret Service"
        )
        yield service
