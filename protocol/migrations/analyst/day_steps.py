"""Which steps of a market's day are done."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make `day_steps`."""
    op.create_table(
        "day_steps",
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("session_date", sa.Date(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("is_dropped", sa.Boolean(), nullable=False),
        sa.Column("done_at_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("market", "session_date", "step"),
    )
