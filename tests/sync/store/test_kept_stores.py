"""A store made by an older program: refused until it is brought up to date, and then nothing of it is lost.

`kept` holds a database as the program of the first revision wrote it (two referrals, one of them whole, a
linked identity, a document, an access, ten people with a device each), dumped by `pg_dump --inserts`. Kept
for ever: what is written anew later would not be old.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import psycopg
import pyotp
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, select, text

from mash_desktop.domain.acts import Author, Draft, compose
from mash_desktop.domain.entries.contact import NoteAdded
from mash_desktop.matching import blocking_keys
from mash_desktop.proofs.signature import SigningKey
from sync import cli
from sync.client.sign_in import signing_in
from sync.protocol import Pull, Session
from sync.store.composition import Store
from sync.store.database import connect
from sync.store.log import root_at
from sync.store.people_index import legible
from sync.store.sealing import Secrets
from sync.store.streams import Shelf
from sync.store.tables import metadata, people, people_blocks
from sync.store.verifying import verify

KEPT = Path(__file__).parent / "kept"


class Written(msgspec.Struct, frozen=True):
    """What is known of a kept store: its secrets, how far its log was, and one person's way in."""

    secrets: Secrets
    hub: str
    size: int
    root: str
    entries: int
    acts: int
    rows: int
    referral: str
    person: str
    account: str
    password: str
    totp_uri: str
    device: str
    key: str
    private: str


class Old:
    """A kept store in a database of this test's."""

    def __init__(self, revision: str, address: str, folder: Path) -> None:
        self.written = msgspec.json.decode((KEPT / f"{revision}.json").read_bytes(), type=Written)
        secrets = folder / "secrets.json"
        secrets.touch(mode=0o600)
        secrets.write_bytes(msgspec.json.encode(self.written.secrets))
        self.where = ["--database", address, "--secrets", str(secrets)]
        with psycopg.connect(address.replace("+psycopg", "")) as db:
            db.execute((KEPT / f"{revision}.sql").read_bytes())
        self.engine: Engine = connect(address, 3)

    def sign_in(self, store: Store) -> Session:
        totp = pyotp.parse_uri(self.written.totp_uri)
        assert isinstance(totp, pyotp.TOTP)
        key = SigningKey.from_bytes(bytes.fromhex(self.written.private))
        asked = signing_in(
            self.written.account, self.written.password, totp.at(int(time.time())), self.written.device, key
        )
        return store.password.sign_in(asked, "127.0.0.1")


@pytest.fixture(params=sorted(each.stem for each in KEPT.glob("*.sql")))
def old(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Old]:
    found = Old(request.param, database_url, tmp_path)
    yield found
    found.engine.dispose()


def test_an_older_store_is_refused_then_brought_up_to_date_and_goes_on_from_where_it_was(
    old: Old, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    serve = ["serve", *old.where, "--listen", "127.0.0.1:0", "--make-cert", str(tmp_path / "tls")]
    assert cli.main(serve) == 1
    assert "made by an older version" in capsys.readouterr().err
    with old.engine.begin() as db:
        # Keyed as no version of the program keys them.
        assert db.execute(text("update people_blocks set block = sha256(block)")).rowcount
    without = old.where[:2]
    assert cli.main(["init", "--upgrade", *without]) == 1
    assert "Name the file of the store's secrets" in capsys.readouterr().err
    assert cli.main(["init", "--upgrade", *old.where]) == 0

    with old.engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []
    store, written = Store(old.engine, old.written.secrets), old.written
    store.check_ready()
    found = verify(store, written.hub)
    assert (found.faults, found.entries, found.acts, found.rows) == (
        (), written.entries, written.acts, written.rows,
    )  # fmt: skip
    with old.engine.connect() as db:
        assert root_at(db, written.hub, written.size).hex() == written.root

    with old.engine.connect() as db:
        rows = db.execute(select(people)).all()
        blocks = set(db.execute(select(people_blocks.c.key, people_blocks.c.block)).all())
        told = [account.facts for _, account in legible(db, Shelf(), written.secrets, written.hub, rows)]
    keys = {
        (row.key, block)
        for row, facts in zip(rows, told, strict=True)
        for block in written.secrets.blocks(written.hub, blocking_keys(facts))
    }
    assert blocks == keys

    session = old.sign_in(store)
    caller = store.sessions.caller(session.token)
    (standing,) = session.standings
    page = store.pull(caller, Pull(standing=standing))
    bodies = [row.body for row in page.rows if row.body is not None]
    assert b"Mia came in with a bruise on her left forearm." in b"".join(body.body for body in bodies)
    author = Author(written.person, standing.agency, standing.role, written.key, standing.team)
    parcel = compose(
        written.hub,
        author,
        [Draft(written.referral, NoteAdded(words="The school rang."))],
        SigningKey.from_bytes(bytes.fromhex(written.private)),
        datetime.now(UTC),
    )
    (answer,) = store.push(caller, (parcel,)).answers
    assert answer.positions[0] > written.size
    ahead = compose(
        written.hub,
        author,
        [Draft(written.referral, NoteAdded(words="Tomorrow."))],
        SigningKey.from_bytes(bytes.fromhex(written.private)),
        datetime.now(UTC) + timedelta(days=1),
    )
    refused, again = (store.push(caller, (ahead,)).answers for _ in range(2))
    assert (refused, refused[0].code) == (again, "from-the-future")
    assert verify(store, written.hub).faults == ()
