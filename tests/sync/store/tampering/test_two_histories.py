"""A host that shows two people two histories: each is content until an act of one reaches the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, select
from uuid6 import uuid7

from mash_desktop.domain.acts import OpenBody, Parcel, Seen, SignedAct, read
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.domain.roles import Role
from mash_desktop.proofs.head import Head
from sync.client import Server
from sync.store import tables
from sync.store.composition import Store
from sync.store.pulling import content
from sync.store.streams import Shelf
from sync.store.verifying import verify
from tests.support.postgres import PostgresServer
from tests.support.store import ServedStore, serving
from tests.sync.client.conftest import Networked, Office, until
from tests.sync.store.tampering.host import Host

pytestmark = pytest.mark.parametrize("postgres", ["embedded"], indirect=True, scope="session")

TOLD = (
    "The store has shown another history to somebody else in this hub. "
    "Stop, and tell your information governance officer."
)


@dataclass
class Fork:
    """Two services over two logs that were one, each in a process of its own, and a desktop at each."""

    here: ServedStore
    there: ServedStore
    hub: str
    priya: Networked
    ruth: Networked
    case: str

    def head(self, served: ServedStore) -> Head:
        return msgspec.json.decode(served.direct.head(self.hub).head, type=Head)

    def last_act(self, served: ServedStore) -> Parcel:
        """The act at the end of a log, with its bodies."""
        store, size = served.direct, self.head(served).size
        with store.engine.connect() as db:
            found = content(db, store.secrets, Shelf(), self.hub, {size})[size]
        assert isinstance(found.body, OpenBody)
        assert isinstance(found.signed, SignedAct)
        return Parcel(found.signed, (found.body,))


def copied(source: ServedStore, target: ServedStore) -> None:
    """Every row of one store into another that is empty."""
    for table in tables.metadata.sorted_tables:
        with source.direct.engine.connect() as db:
            rows = [dict(row) for row in db.execute(select(table)).mappings()]
        if rows:
            with target.direct.engine.begin() as db:
                db.execute(insert(table), rows)


@pytest.fixture
def fork(postgres: PostgresServer, tmp_path: Path) -> Iterator[Fork]:
    with ExitStack() as stack:
        databases = [postgres.new_database() for _ in range(2)]
        for name in databases:
            stack.callback(postgres.drop_database, name)
        folders = [tmp_path / "here", tmp_path / "there"]
        for folder in folders:
            folder.mkdir()
        here = stack.enter_context(serving(postgres.url(databases[0]), folders[0]))
        secrets = folders[1] / "secrets.json"
        secrets.write_bytes(here.secrets_file.read_bytes())
        secrets.chmod(0o600)
        there = stack.enter_context(serving(postgres.url(databases[1]), folders[1]))
        hub = here.new_hub()
        office = stack.enter_context(Office(here, hub, tmp_path))
        priya = office.sit("Priya Nair", "scc-children", Role.TRIAGE_OPERATOR)
        ruth = office.sit("Ruth Okafor", "scc-children", Role.CONSULTANT_SOCIAL_WORKER)
        case = f"referral:{uuid7()}"
        ruth.until_online()
        ruth.contact(case)
        for desk in (priya, ruth):
            desk.until_holding(case, "contact.opened")
            desk.until_online()
        ruth.network.stop()
        copied(here, there)
        ruth.connect(Server(there.base_url, there.cert.read_text(), hub))
        ruth.until_online()
        yield Fork(here, there, hub, priya, ruth, case)


def test_two_people_shown_two_histories_are_told_when_an_act_of_one_reaches_the_other(
    fork: Fork, caplog: pytest.LogCaptureFixture
) -> None:
    priya, ruth = fork.priya, fork.ruth
    priya.desk.act(fork.case, NoteAdded(words="Priya's history."))
    priya.until_sent()
    ruth.desk.act(fork.case, NoteAdded(words="Ruth's history."))
    ruth.until_sent()
    # Each alone can know nothing of it.
    assert priya.status.distrust == ruth.status.distrust == ""
    seen = fork.head(fork.there)
    ruth.desk.seen = Seen(seen.epoch, seen.size, seen.root.hex())
    ruth.desk.act(fork.case, NoteAdded(words="She is with her aunt."))
    ruth.until_sent()
    parcel = fork.last_act(fork.there)
    assert read(parcel.signed).seen == ruth.desk.seen
    # By admission it cannot be carried over; so the host puts it there past it.
    store = fork.here.direct
    (answer,) = store.admission.push(fork.hub, ruth.signed.enrolled.person, [parcel]).answers
    assert answer.code == "history-differs"
    with store.engine.begin() as db:
        Host(db, store, fork.hub).append(parcel, "agency:scc-children")
    priya.network.wake()
    until(lambda: bool(priya.status.distrust), "distrust")
    assert priya.status.distrust == TOLD
    assert "history-differs" in caplog.text
    assert [one.body.words for one in priya.desk.referral(fork.case).all(NoteAdded)] == ["Priya's history."]
    # Whoever verifies the store finds it as well, in either log that has both.
    at, upto = fork.head(fork.here).size, seen.size
    (fault,) = verify(Store(store.engine, store.secrets), fork.hub).faults
    assert fault.position == 1
    assert fault.sentence == f"The log was another up to {upto} when the author of the act at {at} saw it."
    # And Ruth's desktop does not follow to the other history.
    ruth.connect(Server(fork.here.base_url, fork.here.cert.read_text(), fork.hub))
    until(lambda: bool(ruth.status.distrust), "distrust")
    assert "no longer contains the history that this desktop has seen" in ruth.status.distrust
