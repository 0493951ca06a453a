"""At how many σ a person wants to be told of a stock that is added."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Let everybody have what the operator has set, as before."""
    op.add_column("people", sa.Column("levels", sa.String(), nullable=False, server_default=""))
