"""By when all was over that has made a rule fire, or armed it again."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The states that are there have one moment, which says it of all but a minute bar."""
    op.add_column("rule_states", sa.Column("turned_by_ns", sa.BigInteger(), nullable=False, server_default="0"))
