"""What analyst writes: what is known of each instrument, its daily bars, and the targets made from them."""

from sqlalchemy import BigInteger, Column, Date, Float, Integer, MetaData, String, Table

__all__ = ["bars", "instruments", "metadata", "targets"]

metadata = MetaData()

instruments = Table(
    "instruments",
    metadata,
    Column("symbol", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("venue", String, nullable=False),
    Column("checked_at_ns", BigInteger, nullable=False),
)

bars = Table(
    "bars",
    metadata,
    Column("symbol", String, primary_key=True),
    Column("session_date", Date, primary_key=True),
    # Adjusted for splits and rights as of the day they were fetched.
    Column("open", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("close", Float, nullable=False),
    Column("volume", BigInteger, nullable=False),
    Column("source", String, nullable=False),
)

targets = Table(
    "targets",
    metadata,
    Column("symbol", String, primary_key=True),
    Column("session_date", Date, primary_key=True),
    Column("name", String, nullable=False),
    Column("venue", String, nullable=False),
    Column("base_price", Float, nullable=False),
    Column("sigma", Float, nullable=False),
    Column("returns", Integer, nullable=False),
    Column("bars_until", Date, nullable=False),
    Column("source", String, nullable=False),
    Column("computed_at_ns", BigInteger, nullable=False),
)
