"""Deliveries by more than one way: each says which, and an alert may have one for each of its person's channels."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

# The old constraint has no name of its own: the new table is made from this, which leaves it out.
_constraint = {"uq": "uq_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    """Let a delivery name its channel and what that calls the message; make `addresses`."""
    with op.batch_alter_table(
        "deliveries", naming_convention=_constraint, table_kwargs={"sqlite_autoincrement": True}
    ) as deliveries:
        deliveries.add_column(sa.Column("channel", sa.String(), nullable=False, server_default="telegram"))
        deliveries.add_column(sa.Column("receipt", sa.String(), nullable=False, server_default=""))
        deliveries.drop_constraint("uq_deliveries_content_id", type_="unique")
        deliveries.create_unique_constraint("deliveries_once", ["content_id", "kind", "channel"])
    op.create_table(
        "addresses",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("since_ns", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"]),
        sa.PrimaryKeyConstraint("person_id", "channel"),
    )
