"""The highest prices of the year, from which people measure a fall."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Know none of the targets that are there; those of the next session have them."""
    op.add_column("targets", sa.Column("highs", sa.String(), nullable=False, server_default=""))
