"""The day since which a high counts."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column, which only rules of that kind fill."""
    op.add_column("rules", sa.Column("high_since", sa.Date(), nullable=True))
