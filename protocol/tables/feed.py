"""What feed writes: the keys and tokens that KIS issued, how much of each budget is spent, and letters. Mode 0600."""

from sqlalchemy import BigInteger, Column, Float, MetaData, String, Table

from protocol.tables.letters import letters_in

__all__ = ["budgets", "credentials", "flows", "letters", "metadata"]

metadata = MetaData()

credentials = Table(
    "credentials",
    metadata,
    # A fingerprint of the app key, never the key itself.
    Column("app_key_hash", String, primary_key=True),
    # approval_key | access_token
    Column("kind", String, primary_key=True),
    Column("value", String, nullable=False),
    Column("issued_at_ns", BigInteger, nullable=False),
    Column("expires_at_ns", BigInteger, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("app_key_hash", String, primary_key=True),
    # connect | approval_key | access_token
    Column("name", String, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("counted_at_ns", BigInteger, nullable=False),
)

flows = Table(
    "flows",
    metadata,
    # Until when each instance of the feed has seen everything: what came later its next life makes good.
    Column("instance", String, primary_key=True),
    Column("until_ns", BigInteger, nullable=False),
)

letters = letters_in(metadata)
