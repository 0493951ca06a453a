"""What was the matter with trading when a target was reached."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Let an alert have notes."""
    op.add_column("alerts", sa.Column("notes", sa.String(), nullable=False, server_default=""))
