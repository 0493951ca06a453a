"""When and of what people want to be spared, and which alerts are told in a digest."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Let nobody have quiet hours or mutes, as before."""
    op.add_column("deliveries", sa.Column("missed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "hush",
        sa.Column("person_id", sa.Integer(), primary_key=True),
        sa.Column("quiet_begins", sa.String(), nullable=False, server_default=""),
        sa.Column("quiet_ends", sa.String(), nullable=False, server_default=""),
        sa.Column("wakes_from", sa.Float(), nullable=False, server_default="0"),
        sa.Column("rings_from", sa.Float(), nullable=False, server_default="2"),
    )
    op.create_table(
        "mutes",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("symbol", sa.String(), nullable=False),
        sa.Column("since_ns", sa.BigInteger(), nullable=False),
        sa.Column("until_ns", sa.BigInteger(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("mutes_of_person", "mutes", ["person_id", "until_ns"])
