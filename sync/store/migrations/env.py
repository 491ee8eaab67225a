"""How Alembic reaches the database: through the engine that the store hands it."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Engine

from sync.store.tables import metadata

engine: Engine = context.config.attributes["engine"]
with engine.begin() as connection:
    # Two stores that start at once migrate one after the other.
    connection.exec_driver_sql("select pg_advisory_xact_lock(7165836371)")
    context.configure(connection=connection, target_metadata=metadata)
    context.run_migrations()
