"""Whether NXT lists an instrument, too."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Know it of none yet."""
    op.add_column("instruments", sa.Column("is_on_nxt", sa.Boolean(), nullable=True))
