"""What KIS's master files tell of each instrument, the keys by which it is searched, and when each file was read."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXTS = ("file", "english_name", "kind", "key", "symbol_key", "name_key", "english_key", "initials")
MARKS = ("is_halted", "is_liquidation", "is_administrative")


def upgrade() -> None:
    """Widen `instruments` and make `master_files`."""
    for name in TEXTS:
        op.add_column("instruments", sa.Column(name, sa.String(), nullable=False, server_default=""))
    for name in MARKS:
        op.add_column("instruments", sa.Column(name, sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("instruments", sa.Column("base_price", sa.Float(), nullable=False, server_default="0"))
    op.add_column("instruments", sa.Column("warning", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("instruments", sa.Column("ex_code", sa.String(), nullable=False, server_default="00"))
    op.add_column("instruments", sa.Column("market_value", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "master_files",
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("read_at_ns", sa.BigInteger(), nullable=False),
        sa.Column("instruments", sa.Integer(), nullable=False),
        sa.Column("damaged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("file"),
    )
