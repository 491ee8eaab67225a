"""A central store as a person meets it: its own process, over HTTPS with a pinned certificate.

`served_store` is one for the test session; each test that wants a log of its own opens a hub of its own in
it (`a_hub`), since everything in the store is per hub. Nothing here knows how the store does anything.
"""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import msgspec
import pyotp
import pytest
from sqlalchemy import delete, update
from uuid6 import uuid7

from mash_desktop.domain.acts import Author, Draft, Parcel, Seen, compose
from mash_desktop.domain.configuration import HubConfig
from mash_desktop.domain.roles import Role
from mash_desktop.hub import load_preset
from mash_desktop.proofs.head import Head, SignedHead
from mash_desktop.proofs.signature import SigningKey
from sync.client.sign_in import signing_in
from sync.protocol import (
    VERSION,
    VERSION_HEADER,
    Answer,
    Cursor,
    Enrol,
    Enrolled,
    Page,
    Pull,
    Push,
    Pushed,
    Row,
    Session,
    Standing,
)
from sync.store import tables
from sync.store.bootstrap import Appointed, NewPerson, add_people, new_code, open_hub
from sync.store.composition import Store
from sync.store.database import connect, migrate
from sync.store.sealing import read_secrets, write_secrets
from sync.store.serving import make_certificate
from sync.store.sign_in.enrolment import ENROLMENT
from tests.support.measuring import unmeasured
from tests.support.postgres import PostgresServer

PASSWORD = "harbour lantern thistle"
REPOSITORY = Path(__file__).parents[2]


@dataclass
class Desk:
    """A person signed in on a device: an HTTPS client and the device's signing key."""

    client: httpx.Client
    enrolled: Enrolled
    session: Session
    key: SigningKey
    device: str
    totp_uri: str
    hub: str

    def author(self, agency: str, role: Role) -> Author:
        team = next((s.team for s in self.session.standings if (s.agency, s.role) == (agency, role)), None)
        return Author(self.enrolled.person, agency, role, self.enrolled.key, team)

    @property
    def only(self) -> Author:
        """The author in the first of the person's roles."""
        first = self.session.standings[0]
        return self.author(first.agency, first.role)

    @property
    def standing(self) -> Standing:
        return self.session.standings[0]

    def compose(
        self, drafts: Sequence[Draft], author: Author | None = None, *, seen: Seen | None = None
    ) -> Parcel:
        return compose(self.hub, author or self.only, drafts, self.key, datetime.now(UTC), seen=seen)

    def post(self, path: str, message: msgspec.Struct) -> httpx.Response:
        return self.client.post(path, content=msgspec.json.encode(message))

    def push(self, *parcels: Parcel) -> tuple[Answer, ...]:
        return self.pushed(*parcels).answers

    def pushed(self, *parcels: Parcel) -> Pushed:
        answer = self.post(f"/v1/hubs/{self.hub}/acts", Push(acts=parcels))
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Pushed)

    def act(self, *drafts: Draft, author: Author | None = None) -> Answer:
        return self.push(self.compose(drafts, author))[0]

    def page(
        self, cursors: tuple[Cursor, ...] = (), *, limit: int = 1000, standing: Standing | None = None
    ) -> Page:
        asked = Pull(standing=standing or self.standing, cursors=cursors, limit=limit)
        answer = self.post(f"/v1/hubs/{self.hub}/feed", asked)
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Page)

    def pull(self, cursors: tuple[Cursor, ...] = (), *, limit: int = 1000) -> list[Row]:
        """Every row after these cursors."""
        rows: list[Row] = []
        while True:
            page = self.page(cursors, limit=limit)
            rows += page.rows
            if not page.more:
                return rows
            cursors = page.cursors

    def holds(self) -> dict[str, Row]:
        """What a desktop would hold after pulling everything: each entry that an audience still grants."""
        granted: dict[tuple[str, str], Row] = {}
        for row in self.pull():
            if row.op == "grant":
                granted[row.entry, row.audience] = row
            else:
                granted.pop((row.entry, row.audience), None)
        return {entry: row for (entry, _), row in granted.items()}

    def head(self) -> Head:
        answer = self.client.get(f"/v1/hubs/{self.hub}/head")
        signed = msgspec.json.decode(answer.content, type=SignedHead)
        return signed.verify(self.enrolled.store_key)


@dataclass
class ServedStore:
    """A store in another process. `direct` is the same database in this one, for setting up and tampering."""

    base_url: str
    cert: Path
    database: str
    secrets_file: Path
    direct: Store
    process: subprocess.Popen[str]
    log: Path
    desks: list[Desk] = field(default_factory=list)

    def context(self) -> ssl.SSLContext:
        """Trusts the store's certificate and no other."""
        context = ssl.create_default_context(cafile=str(self.cert))
        context.check_hostname = True
        return context

    def client(self, token: str = "") -> httpx.Client:
        headers = {VERSION_HEADER: str(VERSION), "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.Client(base_url=self.base_url, verify=self.context(), headers=headers, timeout=30)

    def new_hub(self, config: HubConfig | None = None) -> str:
        """Open a hub with a new id, like Staffordshire's unless told otherwise; gives its id."""
        hub = f"hub-{uuid7()}"
        with self.direct.engine.begin() as db:
            # Every test guesses from one address: none begins with what others have mistyped.
            db.execute(delete(tables.sign_in_delays))
        open_hub(self.direct, msgspec.structs.replace(config or load_preset("staffordshire"), id=hub))
        with self.direct.engine.begin() as db:
            # What the store writes by the clock alone would be in whatever a test counts: see `stretch`.
            db.execute(update(tables.watches).values(looked_at=datetime.now(UTC) + timedelta(days=1)))
        return hub

    def appoint(self, hub: str, name: str, *roles: tuple[str, Role] | tuple[str, Role, str]) -> Appointed:
        """A person with these roles and an account of their own."""
        account = f"{name.lower().replace(' ', '.')}.{uuid7().hex[-8:]}"
        full = tuple((r[0], r[1], r[2] if len(r) == 3 else None) for r in roles)
        return add_people(self.direct, hub, [NewPerson(name=name, account=account, roles=full)])[0]

    def code(self, hub: str, account: str) -> tuple[str, datetime]:
        """A one-time code for one more device of an account."""
        return new_code(self.direct, hub, account)

    def enrol(self, code: str, *, device: str = "", password: str = PASSWORD) -> tuple[Enrolled, SigningKey]:
        key = SigningKey.generate()
        asked = Enrol(
            code=code,
            device=device or str(uuid7()),
            device_name="Desk in the hub",
            public=key.public,
            proof=key.sign(code.encode(), ENROLMENT),
            password=password,
        )
        with self.client() as client:
            answer = client.post("/v1/enrol", content=msgspec.json.encode(asked))
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Enrolled), key

    def sign_in(
        self, account: str, device: str, totp_uri: str, key: SigningKey, *, password: str = PASSWORD
    ) -> Session:
        """Sign in with the first TOTP code that has not been used."""
        totp = pyotp.parse_uri(totp_uri)
        assert isinstance(totp, pyotp.TOTP)
        with self.client() as client:
            for _ in range(40):
                for offset in (-1, 0, 1):
                    code = totp.at(int(time.time()) + offset * 30)
                    asked = signing_in(account, password, code, device, key)
                    answer = client.post("/v1/sign-in", content=msgspec.json.encode(asked))
                    if answer.status_code == 200:
                        return msgspec.json.decode(answer.content, type=Session)
                assert answer.status_code in {401, 429}, answer.text
                time.sleep(1)
        raise AssertionError(answer.text)

    def desk(self, hub: str, name: str, *roles: tuple[str, Role] | tuple[str, Role, str]) -> Desk:
        """A new person with these roles, enrolled and signed in."""
        appointed = self.appoint(hub, name, *roles)
        device = str(uuid7())
        enrolled, key = self.enrol(appointed.code, device=device)
        assert enrolled.totp_uri is not None
        session = self.sign_in(appointed.account, device, enrolled.totp_uri, key)
        desk = Desk(self.client(session.token), enrolled, session, key, device, enrolled.totp_uri, hub)
        self.desks.append(desk)
        return desk


@contextmanager
def serving(
    database: str, folder: Path, *more: str, program: str = "tests.support.cheap_store"
) -> Iterator[ServedStore]:
    """Migrate `database`, serve a store over it from another process, and stop it. `more` are further
    arguments of `mash-isl serve`; `program` is the module that is run as `mash-isl`."""
    engine = connect(database, 5)
    migrate(engine)
    engine.dispose()
    secrets_file = folder / "secrets.json"
    if not secrets_file.exists():
        write_secrets(secrets_file)
    cert, key = make_certificate(folder / "tls", ("127.0.0.1", "localhost"))
    log = folder / "log"
    with log.open("ab") as said:
        process = subprocess.Popen(
            [
                sys.executable, "-m", program, "serve", "--database", database,
                "--secrets", str(secrets_file), "--listen", "127.0.0.1:0",
                "--tls-cert", str(cert), "--tls-key", str(key), *more,
            ],
            stdout=subprocess.PIPE, stderr=said, text=True, cwd=REPOSITORY, env=os.environ.copy(),
        )  # fmt: skip
    store = Store(connect(database, 5), read_secrets(secrets_file))
    served = None
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Serving "), log.read_text()
        base_url = line.split()[1].rstrip(",")
        served = ServedStore(base_url, cert, database, secrets_file, store, process, log)
        yield served
    finally:
        for desk in served.desks if served else ():
            desk.client.close()
        store.close()
        process.terminate()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def another_instance(served: ServedStore, folder: Path, *more: str) -> Iterator[ServedStore]:
    """One more service on the same database, with the same secrets; `more` as for `serving`."""
    secrets_file = folder / "secrets.json"
    secrets_file.write_bytes(served.secrets_file.read_bytes())
    secrets_file.chmod(0o600)
    with serving(served.database, folder, *more) as other:
        yield other


@pytest.fixture(scope="session")
def served_store(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedStore]:
    """A store served over HTTPS by another process, on either PostgreSQL; open a hub of your own in it."""
    name = postgres.new_database()
    with ExitStack() as stack:
        # Whatever is run on both is measured on the one.
        with unmeasured() if postgres.name == "debian" else nullcontext():
            served = stack.enter_context(serving(postgres.url(name), tmp_path_factory.mktemp("store")))
        yield served
    postgres.drop_database(name)


@pytest.fixture
def a_hub(served_store: ServedStore) -> str:
    """A hub of this test's own in the served store, configured like Staffordshire."""
    return served_store.new_hub()
