"""Deliveries of letters beside those of alerts: each says which record its content is from."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Let a delivery name its content and where that is kept."""
    op.execute("ALTER TABLE deliveries RENAME COLUMN alert_id TO content_id")
    op.add_column("deliveries", sa.Column("source", sa.String(), nullable=False, server_default="alerts"))
