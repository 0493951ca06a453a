"""An alert carries what was decided with it until that stands in its own tables."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing is carried by the alerts that are there; their table is made anew without a counter of its rows."""
    with op.batch_alter_table("alerts", recreate="always") as alerts:
        alerts.add_column(sa.Column("carried", sa.LargeBinary(), nullable=True))
