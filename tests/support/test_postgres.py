"""The PostgreSQL servers of the tests are real, recent enough and each test's own."""

from __future__ import annotations

from sqlalchemy import create_engine, text

from tests.support.postgres import PostgresServer


def test_each_test_has_an_empty_database_on_a_supported_postgresql(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as db:
        assert db.scalar(text("select current_setting('server_version_num')::int")) >= 150000
        assert db.scalar(text("select count(*) from pg_tables where schemaname = 'public'")) == 0
        db.execute(text("create table referral (id uuid)"))
    engine.dispose()


def test_the_store_is_tested_on_two_different_servers(
    embedded_postgres: PostgresServer, debian_postgres: PostgresServer
) -> None:
    versions = set()
    for server in (embedded_postgres, debian_postgres):
        engine = create_engine(server.url("postgres"))
        with engine.connect() as db:
            versions.add(db.scalar(text("select version()")))
        engine.dispose()
    assert len(versions) == 2


def test_a_database_can_be_copied_from_a_template(postgres: PostgresServer) -> None:
    template = postgres.new_database()
    engine = create_engine(postgres.url(template))
    with engine.begin() as db:
        db.execute(text("create table agency as select 'Staffordshire Police' as name"))
    engine.dispose()
    copy = postgres.new_database(template)
    engine = create_engine(postgres.url(copy))
    with engine.connect() as db:
        assert db.scalar(text("select name from agency")) == "Staffordshire Police"
    engine.dispose()
    postgres.drop_database(copy)
    postgres.drop_database(template)
