"""How far the trades of each sender have been read, in time."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add `reached_ns` to the cursors."""
    # The default is for rows that are there; the table is made anew without it.
    op.add_column("cursors", sa.Column("reached_ns", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("cursors") as cursors:
        cursors.alter_column("reached_ns", server_default=None)
