"""Desks whose hub was restored from a backup: they give it back what it had admitted since, and lost."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from uuid6 import uuid7

from mash_desktop.domain.roles import Role
from sync.store.backup import back_up
from sync.store.database import connect
from sync.store.restoring import restore
from sync.store.sealing import read_file
from sync.store.verifying import verify
from tests.support.postgres import PostgresServer
from tests.support.store import serving
from tests.sync.client.conftest import Office, until


def test_desks_give_the_restored_hub_back_what_it_had_lost(postgres: PostgresServer, tmp_path: Path) -> None:
    names, folder = [postgres.new_database() for _ in range(2)], tmp_path / "desks"
    folder.mkdir()
    database, empty = (postgres.url(name) for name in names)
    with ExitStack() as stack:
        with serving(database, tmp_path) as served:
            office = stack.enter_context(Office(served, served.new_hub(), folder))
            priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
            priya.until_online()
            before, lost = f"referral:{uuid7()}", f"referral:{uuid7()}"
            priya.contact(before)
            priya.until_holding(before, "contact.opened")
            back_up(served.direct.engine, served.direct.secrets, tmp_path / "backups")
            priya.contact(lost)
            priya.until_holding(lost, "contact.opened")
            priya.until_sent()
            priya.network.stop()
            account = priya.signed
        engine = connect(empty, 5)
        restore(engine, read_file(served.secrets_file), tmp_path / "backups")
        engine.dispose()
        with serving(empty, tmp_path) as office.served:
            session = office.served.sign_in(
                account.enrolled.account, account.device, account.totp_uri, account.key
            )
            priya.connect(office.server, session)
            priya.until_online()
            priya.until_holding(lost, "contact.opened")
            until(lambda: not priya.desk.cache.waiting(), "all answered")
            assert {place.epoch for place in priya.desk.cache.places().values()} == {2}
            assert not priya.status.distrust
            assert verify(office.served.direct, office.hub).faults == ()
    for name in names:
        postgres.drop_database(name)
