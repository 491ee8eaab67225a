"""One hub whose people hold every role, which the tables are asked in."""

from __future__ import annotations

import pytest

from tests.support.store import ServedStore

from .walking import AllRoles


@pytest.fixture(scope="session")
def all_roles(served_store: ServedStore) -> AllRoles:
    return AllRoles(served_store, served_store.new_hub())
