"""Since when each session that a person chose later may alert."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Let what is chosen already count from when its watch began, as before."""
    op.add_column("people", sa.Column("chosen_at", sa.String(), nullable=False, server_default=""))
