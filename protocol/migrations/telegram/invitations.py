"""Until when an invitation counts and who made it, and how often a stranger has tried to come in without one."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Let what was made already count until it is used, as before."""
    op.add_column("invitations", sa.Column("made_by", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("invitations", sa.Column("made_at_ns", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("invitations", sa.Column("expires_at_ns", sa.BigInteger()))
    op.create_table(
        "attempts",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_at_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id"),
    )
