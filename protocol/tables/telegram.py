"""What telegram writes: people and how they came in, what they watch, their rules, and what is brought to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)

__all__ = ["ALERTS", "ALERT_POSITION", "deliveries", "invitations", "marks", "metadata", "people", "rules", "watches"]

ALERTS = "alerts"
"""The source of a delivery that brings one of evaluator's alerts."""
ALERT_POSITION = "alert_position"
"""The mark that holds how far telegram has come in evaluator's record."""

metadata = MetaData()

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False),
    # Telegram's numeric user id; in a private chat the chat has the same number.
    Column("user_id", BigInteger, nullable=False, unique=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("role", String, nullable=False),
    Column("language", String, nullable=False),
    Column("time_zone", String, nullable=False),
    # False while the chat refuses us (403); the person's next word turns it on again.
    Column("reachable", Boolean, nullable=False),
    Column("joined_at_ns", BigInteger, nullable=False),
    # The sessions that may alert this person, with blanks between them (`actors.market.choices`).
    Column("sessions", String, nullable=False, server_default="krx-regular us-regular"),
    # When those were chosen that were chosen later: trades before are none of their business.
    Column("chosen_at", String, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

invitations = Table(
    "invitations",
    metadata,
    Column("code_hash", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("used_by", Integer, ForeignKey("people.id")),
    Column("used_at_ns", BigInteger),
)

watches = Table(
    "watches",
    metadata,
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("symbol", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("venue", String, nullable=False),
    Column("since_ns", BigInteger, nullable=False),
)

rules = Table(
    "rules",
    metadata,
    Column("id", String, primary_key=True),
    # Goes up whenever the rule changes or comes back, so that no alert's id is used twice.
    Column("version", Integer, nullable=False),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("symbol", String, nullable=False),
    # How many σ below the base price.
    Column("level", Float, nullable=False),
    Column("active", Boolean, nullable=False),
    # A trade before this moment is none of the rule's business.
    Column("since_ns", BigInteger, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # The alert or letter, and the record that it is from: `alerts`, or `WRITER.letters`.
    Column("content_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("person_id", Integer, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    # pending | sending | sent | dead
    Column("state", String, nullable=False),
    # Whether an earlier try may have arrived: the next one says so.
    Column("doubtful", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at_ns", BigInteger, nullable=False),
    Column("created_at_ns", BigInteger, nullable=False),
    Column("sent_at_ns", BigInteger),
    Column("message_id", BigInteger),
    Column("reason", String, nullable=False),
    Column("source", String, nullable=False, server_default="alerts"),
    UniqueConstraint("content_id", "kind"),
    Index("deliveries_unfinished", "state", "due_at_ns"),
    sqlite_autoincrement=True,
)

marks = Table(
    "marks",
    metadata,
    # How far we have come: `update_id`; and in each record its position and boot.
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)
