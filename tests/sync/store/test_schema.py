"""The database's shape: what the migrations make is what the program reads, and no other is served."""

from __future__ import annotations

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text

from mash_desktop.domain.errors import Refusal
from sync.store import tables
from sync.store.database import _alembic, check_schema, connect, migrate
from sync.store.tables import metadata, sign_in_delays


def test_the_migrations_make_exactly_the_tables_of_the_program(database_url: str) -> None:
    engine = connect(database_url, 2)
    migrate(engine)
    with engine.connect() as db:
        assert compare_metadata(MigrationContext.configure(db), metadata) == []
    engine.dispose()


def test_every_key_begins_with_the_hub() -> None:
    """Except of sign-in's delays: whose attempt it is, is known before the hub is."""
    for table in metadata.sorted_tables:
        if table is not sign_in_delays:
            assert next(iter(table.primary_key.columns)).name == "hub", table.name


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    engine = connect(database_url, 2)
    migrate(engine)
    migrate(engine)
    check_schema(engine)
    engine.dispose()


@pytest.mark.parametrize(("revision", "code"), [(None, "schema-none"), ("9999", "schema-newer")])
def test_a_database_of_another_shape_is_refused_with_a_sentence(
    database_url: str, revision: str | None, code: str
) -> None:
    engine = connect(database_url, 2)
    if revision is not None:
        migrate(engine)
        with engine.begin() as db:
            db.execute(text("update alembic_version set version_num = :one"), {"one": revision})
    with pytest.raises(Refusal) as refused:
        check_schema(engine)
    assert refused.value.code == code
    if revision is not None:
        with pytest.raises(Refusal, match="newer version"):
            migrate(engine)
    engine.dispose()


def test_people_restricted_before_they_were_told_apart_are_so_afterwards(database_url: str) -> None:
    engine = connect(database_url, 2)
    command.upgrade(_alembic(engine), "0005")
    held = {"open": ["agency:police", "person:ruth"], "restricted": ["person:ada", "person:ruth"], "gone": []}
    with engine.begin() as db:
        for position, (key, audiences) in enumerate(held.items()):
            row = {"key": key, "position": position, "audiences": audiences}
            db.execute(text("insert into people values ('hub', :key, '', :position, '', '')"), row)
            db.execute(text("insert into grants values ('hub', :position, '', :audiences)"), row)
            db.execute(text("insert into people_blocks values ('hub', '', :key)"), row)
    command.upgrade(_alembic(engine), "0006")
    with engine.connect() as db:
        blocks = tables.people_blocks
        assert db.scalars(select(blocks.c.key).where(blocks.c.restricted)).all() == ["restricted"]
    engine.dispose()
