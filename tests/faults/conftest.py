"""The ground that schedules stand on. Which PostgreSQL a store has is the same to a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.machine import Ground, ground
from tests.support.postgres import PostgresServer


@pytest.fixture
def a_ground(embedded_postgres: PostgresServer, tmp_path: Path) -> Iterator[Ground]:
    with ground(embedded_postgres, tmp_path) as made:
        yield made
