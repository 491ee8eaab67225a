"""What a desktop said was saved is there after any kill: its own, the store's, or the line's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.processes import a_mortal_store, context, run_schedule
from tests.support.postgres import PostgresServer


@pytest.mark.timeout(900)
def test_desktops_in_processes_of_their_own_lose_nothing_by_being_killed(
    embedded_postgres: PostgresServer, tmp_path: Path
) -> None:
    name = embedded_postgres.new_database()
    with a_mortal_store(embedded_postgres.url(name), tmp_path) as store:
        assert run_schedule(store, tmp_path / "one", 2, context()) > 5
    embedded_postgres.drop_database(name)
