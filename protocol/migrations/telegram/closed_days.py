"""Who is told that a market stays closed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Let nobody be told, as before."""
    op.add_column("people", sa.Column("tells_closed_days", sa.Boolean(), nullable=False, server_default="0"))
