"""What is the matter with trading, by symbol."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "statuses",
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("told_at_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("symbol"),
    )
