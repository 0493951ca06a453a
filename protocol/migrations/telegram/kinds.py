"""Rules of other kinds than σ below the base price, with a life cycle and a number of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Let the rules that are there go on as they are, numbered in the order of their ids."""
    op.add_column("rules", sa.Column("kind", sa.String(), nullable=False, server_default="sigma"))
    op.add_column("rules", sa.Column("direction", sa.String(), nullable=False, server_default="below"))
    op.add_column("rules", sa.Column("paid", sa.Float(), nullable=False, server_default="0"))
    op.add_column("rules", sa.Column("repetition", sa.String(), nullable=False, server_default="rest"))
    op.add_column("rules", sa.Column("rest_s", sa.Float(), nullable=False, server_default="0"))
    op.add_column("rules", sa.Column("band", sa.Float(), nullable=False, server_default="0"))
    op.add_column("rules", sa.Column("expires_on", sa.Date(), nullable=True))
    op.add_column("rules", sa.Column("paused", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("rules", sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE rules SET number = (SELECT count(*) FROM rules AS earlier"
        " WHERE earlier.person_id = rules.person_id AND earlier.id <= rules.id)"
    )
