"""single sign-on"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "providers",
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=False),
        sa.Column("check_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hub", name=op.f("pk_providers")),
    )
    op.create_table(
        "sign_in_attempts",
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("attempt", sa.LargeBinary(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hub", "attempt", name=op.f("pk_sign_in_attempts")),
    )
    op.add_column("accounts", sa.Column("subject", sa.Text(), nullable=True))
    op.create_index("ix_accounts_hub_subject", "accounts", ["hub", "subject"], unique=True)
    op.add_column("sessions", sa.Column("grant", sa.LargeBinary(), nullable=True))
    op.add_column("sessions", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "sessions", sa.Column("left", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
