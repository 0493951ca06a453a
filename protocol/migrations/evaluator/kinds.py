"""What an alert's level means, and crossing rules."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Let alerts that are there be of σ below the base price, as they were."""
    op.add_column("alerts", sa.Column("kind", sa.String(), nullable=False, server_default="sigma"))
    op.add_column("alerts", sa.Column("direction", sa.String(), nullable=False, server_default="below"))
    op.add_column("alerts", sa.Column("reference", sa.Float(), nullable=False, server_default="0"))
    op.add_column("rule_states", sa.Column("awaits_return", sa.Boolean(), nullable=False, server_default="0"))
