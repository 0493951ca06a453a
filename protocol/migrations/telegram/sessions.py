"""Which sessions may alert a person."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Let everybody have the regular sessions, as before."""
    op.add_column("people", sa.Column("sessions", sa.String(), nullable=False, server_default="krx-regular us-regular"))
