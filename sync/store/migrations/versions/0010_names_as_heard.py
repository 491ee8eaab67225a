"""Key the people index by names as they are heard now: O'Bryan beside O'Brien, Smith-Jones as one word too.

Whoever was told of before would else be found no more by a name of which the keys have changed.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op

from sync.store.people_index import reblock_streams

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STREAMS = 200


def upgrade() -> None:
    db = op.get_bind()
    told = db.execute(sa.text("select hub, array_agg(distinct stream) from people group by hub")).all()
    if told:
        secrets = context.config.attributes["secrets"]()
    for hub, streams in told:
        for first in range(0, len(streams), STREAMS):
            reblock_streams(db, hub, secrets, streams[first : first + STREAMS])
