"""What evaluator writes: alerts, the state of each rule, what is the matter with trading, and how far it has read."""

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Integer, MetaData, String, Table

__all__ = ["alerts", "cursors", "metadata", "rule_states", "statuses"]

metadata = MetaData()

alerts = Table(
    "alerts",
    metadata,
    # Grows by one with each alert: telegram remembers how far it has come.
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("id", String, nullable=False, unique=True),
    Column("rule_id", String, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("firing", Integer, nullable=False),
    Column("person_id", Integer, nullable=False),
    Column("symbol", String, nullable=False),
    Column("name", String, nullable=False),
    Column("venue", String, nullable=False),
    Column("session_date", Date, nullable=False),
    Column("level", Float, nullable=False),
    Column("price", Float, nullable=False),
    Column("price_now", Float, nullable=False),
    Column("base_price", Float, nullable=False),
    Column("sigma", Float, nullable=False),
    Column("target_price", Float, nullable=False),
    Column("traded_at_ns", BigInteger, nullable=False),
    Column("decided_at_ns", BigInteger, nullable=False),
    Column("late", Boolean, nullable=False),
    # The machine's boot in which it was decided: telegram cannot know what an earlier one had sent.
    Column("boot_id", String, nullable=False),
    # What was the matter with trading then, with blanks between.
    Column("notes", String, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

rule_states = Table(
    "rule_states",
    metadata,
    Column("rule_id", String, primary_key=True),
    Column("rule_version", Integer, nullable=False),
    Column("session_date", Date, nullable=False),
    Column("firings", Integer, nullable=False),
    # Event time until which the rule is silent, UTC epoch nanoseconds.
    Column("rests_until_ns", BigInteger, nullable=False),
)

statuses = Table(
    "statuses",
    metadata,
    Column("symbol", String, primary_key=True),
    # What alerts of it say, with blanks between; nothing once all is well.
    Column("notes", String, nullable=False),
    # When that was told, UTC epoch nanoseconds.
    Column("told_at_ns", BigInteger, nullable=False),
)

cursors = Table(
    "cursors",
    metadata,
    Column("stream", String, primary_key=True),
    Column("sender", String, primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    # When the last of what was read was traded, UTC epoch nanoseconds; 0 where that is not known.
    Column("reached_ns", BigInteger, nullable=False),
)
