"""The shares of a usual day, from which people measure today's."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Know none of the targets that are there; those of the next session have them."""
    op.add_column("targets", sa.Column("usual_volume", sa.BigInteger(), nullable=False, server_default="0"))
