"""A budget belongs to an app key, as KIS counts; what was spent before there were several was every known key's."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the app key to `budgets` and its key."""
    op.rename_table("budgets", "common_budgets")
    op.create_table(
        "budgets",
        sa.Column("app_key_hash", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("counted_at_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("app_key_hash", "name"),
    )
    op.execute(
        "INSERT INTO budgets SELECT DISTINCT app_key_hash, name, tokens, counted_at_ns FROM credentials, common_budgets"
    )
    op.drop_table("common_budgets")
