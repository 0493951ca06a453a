"""What an instrument is, why it has no target, and what must be said of its day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Widen `targets`."""
    for name in ("kind", "obstacle", "notes"):
        op.add_column("targets", sa.Column(name, sa.String(), nullable=False, server_default=""))
