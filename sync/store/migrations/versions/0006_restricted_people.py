"""Tell restricted people apart by their blocking keys.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "people_blocks", sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(
        "update people_blocks b set restricted = true from people p join grants g using (hub, position)"
        " where b.hub = p.hub and b.key = p.key and cardinality(g.audiences) > 0"
        " and not exists (select from unnest(g.audiences) one where one not like 'person:%')"
    )
    op.alter_column("people_blocks", "restricted", server_default=None)
    op.create_index(
        "ix_people_blocks_restricted",
        "people_blocks",
        ["hub", "block"],
        postgresql_where=sa.text("restricted"),
    )
