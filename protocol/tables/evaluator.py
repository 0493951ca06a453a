"""What evaluator writes: alerts, the state of each rule, what is the matter with trading, and how far it has read."""

from typing import Any

from msgspec.structs import asdict
from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Integer, LargeBinary, MetaData, Row, String, Table

from protocol.messages import Alert, Venue
from protocol.moments import from_ns, to_ns
from protocol.rules import Direction, RuleKind

__all__ = ["alert_from", "alerts", "cursors", "metadata", "row_from", "rule_states", "statuses"]

metadata = MetaData()

alerts = Table(
    "alerts",
    metadata,
    # Grows by one with each alert: telegram remembers how far it has come.
    Column("position", Integer, primary_key=True),
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
    # What the level means (`protocol.rules`), and the price that it is measured from.
    Column("kind", String, nullable=False, server_default="sigma"),
    Column("direction", String, nullable=False, server_default="below"),
    Column("reference", Float, nullable=False, server_default="0"),
    # The shares traded so far, where they were waited for; then target_price and reference are shares, too.
    Column("volume", BigInteger, nullable=False, server_default="0"),
    # What was decided with it and is not yet in the tables below, in MessagePack.
    Column("carried", LargeBinary),
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
    # Whether it is a crossing rule that has fired, and the price has not gone back since then.
    Column("awaits_return", Boolean, nullable=False, server_default="0"),
    # By when all was over that has made it fire, or armed it again, UTC epoch nanoseconds; 0 if nobody noted it.
    Column("turned_by_ns", BigInteger, nullable=False, server_default="0"),
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


def row_from(alert: Alert, boot_id: str, carried: bytes | None = None) -> dict[str, object]:
    """Return *alert* as a row of the table `alerts`; see its columns for *boot_id* and what is *carried*."""
    row: dict[str, object] = asdict(alert)
    del row["traded_at"], row["decided_at"]
    return row | {
        "venue": alert.venue.value,
        "kind": alert.kind.value,
        "direction": alert.direction.value,
        "notes": " ".join(alert.notes),
        "traded_at_ns": to_ns(alert.traded_at),
        "decided_at_ns": to_ns(alert.decided_at),
        "boot_id": boot_id,
        "carried": carried,
    }


def alert_from(row: Row[Any]) -> Alert:
    """Return a *row* of the table `alerts` as what was decided; raises ValueError where its words are none of ours."""
    return Alert(
        id=row.id,
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        firing=row.firing,
        person_id=row.person_id,
        symbol=row.symbol,
        name=row.name,
        venue=Venue(row.venue),
        session_date=row.session_date,
        level=row.level,
        price=row.price,
        price_now=row.price_now,
        base_price=row.base_price,
        sigma=row.sigma,
        target_price=row.target_price,
        traded_at=from_ns(row.traded_at_ns),
        decided_at=from_ns(row.decided_at_ns),
        late=row.late,
        position=row.position,
        notes=row.notes.split(),
        kind=RuleKind(row.kind),
        direction=Direction(row.direction),
        reference=row.reference,
        volume=row.volume,
    )
