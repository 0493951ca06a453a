"""How many shares had been traded when an alert was raised that waited for them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """None of the alerts that are there waited for shares."""
    op.add_column("alerts", sa.Column("volume", sa.BigInteger(), nullable=False, server_default="0"))
