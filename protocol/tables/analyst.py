"""What analyst writes: instruments, daily bars, targets, what came of alerts, the steps of a day, letters."""

from datetime import date

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, Integer, MetaData, Row, String, Table

from protocol.messages import Targets, Venue
from protocol.moments import from_ns, to_ns
from protocol.tables.letters import letters_in

__all__ = [
    "bars",
    "day_steps",
    "highs_from",
    "instruments",
    "letters",
    "master_files",
    "metadata",
    "outcomes",
    "row_from",
    "targets",
    "targets_from",
]

metadata = MetaData()

instruments = Table(
    "instruments",
    metadata,
    Column("symbol", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("venue", String, nullable=False),
    Column("checked_at_ns", BigInteger, nullable=False),
    # From here on, what master files tell; `file` is the one that lists it, empty for what KIS REST alone knows.
    Column("file", String, nullable=False, server_default=""),
    Column("english_name", String, nullable=False, server_default=""),
    Column("kind", String, nullable=False, server_default=""),
    Column("key", String, nullable=False, server_default=""),
    Column("base_price", Float, nullable=False, server_default="0"),
    Column("is_halted", Boolean, nullable=False, server_default="0"),
    Column("is_liquidation", Boolean, nullable=False, server_default="0"),
    Column("is_administrative", Boolean, nullable=False, server_default="0"),
    Column("warning", Integer, nullable=False, server_default="0"),
    Column("ex_code", String, nullable=False, server_default="00"),
    # Won; 0 is unknown.
    Column("market_value", BigInteger, nullable=False, server_default="0"),
    # What is searched: code and names without blanks and case, syllables taken apart; and initial consonants.
    Column("symbol_key", String, nullable=False, server_default=""),
    Column("name_key", String, nullable=False, server_default=""),
    Column("english_key", String, nullable=False, server_default=""),
    Column("initials", String, nullable=False, server_default=""),
    # Whether NXT lists it, too; NULL while nobody has asked.
    Column("is_on_nxt", Boolean),
)

master_files = Table(
    "master_files",
    metadata,
    Column("file", String, primary_key=True),
    # When it was last read to its end, and what was in it.
    Column("read_at_ns", BigInteger, nullable=False),
    Column("instruments", Integer, nullable=False),
    Column("damaged", Integer, nullable=False),
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
    Column("kind", String, nullable=False, server_default=""),
    # Why there is no target (sigma is 0 then), empty where there is one.
    Column("obstacle", String, nullable=False, server_default=""),
    # What must be said of the day, with blanks between.
    Column("notes", String, nullable=False, server_default=""),
    # The year's records, as `2025-07-01=71200.0`, with blanks between.
    Column("highs", String, nullable=False, server_default=""),
    # The shares of a usual day, 0 where too few days tell.
    Column("usual_volume", BigInteger, nullable=False, server_default="0"),
)

letters = letters_in(metadata)

day_steps = Table(
    "day_steps",
    metadata,
    # KRX or US, its session date, and what was to be done: `actors.market.schedule`.
    Column("market", String, primary_key=True),
    Column("session_date", Date, primary_key=True),
    Column("step", String, primary_key=True),
    # Whether it was too late for it when we came to it, so that nobody was told anything.
    Column("is_dropped", Boolean, nullable=False),
    Column("done_at_ns", BigInteger, nullable=False),
)

outcomes = Table(
    "outcomes",
    metadata,
    # Of evaluator's alert.
    Column("alert_id", String, primary_key=True),
    # How many sessions later.
    Column("sessions", Integer, primary_key=True),
    Column("closed_on", Date, nullable=False),
    # From the alert's price to that session's close, a fraction.
    Column("change", Float, nullable=False),
)


def row_from(targets: Targets) -> dict[str, object]:
    """Return *targets* as a row of the table `targets`."""
    row: dict[str, object] = {name: getattr(targets, name) for name in targets.__struct_fields__}
    del row["computed_at"]
    row |= {"venue": targets.venue.value, "notes": " ".join(targets.notes)}
    row["highs"] = " ".join(f"{on}={high!r}" for on, high in targets.highs)
    return row | {"computed_at_ns": to_ns(targets.computed_at)}


def targets_from(row: Row[tuple[object, ...]]) -> Targets:
    """Return a *row* of the table `targets` as what was published."""
    return Targets(
        symbol=row.symbol,
        name=row.name,
        venue=Venue(row.venue),
        session_date=row.session_date,
        base_price=row.base_price,
        sigma=row.sigma,
        returns=row.returns,
        bars_until=row.bars_until,
        source=row.source,
        computed_at=from_ns(row.computed_at_ns),
        kind=row.kind,
        obstacle=row.obstacle,
        notes=row.notes.split(),
        highs=highs_from(row.highs),
        usual_volume=row.usual_volume,
    )


def highs_from(text: str) -> list[tuple[date, float]]:
    """Return the records in a row's *text*."""
    return [(date.fromisoformat(on), float(high)) for on, _, high in (each.partition("=") for each in text.split())]
