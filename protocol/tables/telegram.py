"""What telegram writes: people and how they came in, what they watch, their rules, and what is brought to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
)

from protocol.tables.letters import letters_in

__all__ = [
    "ALERTS",
    "ALERT_POSITION",
    "GONE",
    "addresses",
    "amounts",
    "attempts",
    "awaits_fall",
    "deliveries",
    "hush",
    "invitations",
    "is_here",
    "letters",
    "marks",
    "metadata",
    "mutes",
    "people",
    "rules",
    "watches",
]

ALERTS = "alerts"
"""The source of a delivery that brings one of evaluator's alerts."""
ALERT_POSITION = "alert_position"
"""The mark that holds how far telegram has come in evaluator's record."""
GONE = "gone"
"""The role of whoever was removed: a stranger, whose row stays for what he was alerted of."""

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
    # At how many σ a new stock alerts, with blanks between, those above with a plus; empty is the operator's setting.
    Column("levels", String, nullable=False, server_default=""),
    # Whether a market that stays closed on a weekday is told.
    Column("tells_closed_days", Boolean, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)

is_here = people.c.role != GONE
"""Who was not removed: those whom lists and reports speak of."""

addresses = Table(
    "addresses",
    metadata,
    # Where somebody gets messages beside Telegram, or instead: one place on each channel.
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    Column("channel", String, primary_key=True),
    # What the place is called there, such as a topic; who knows it may read along.
    Column("address", String, nullable=False),
    Column("since_ns", BigInteger, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("code_hash", String, primary_key=True),
    Column("role", String, nullable=False),
    # Nobody, once whoever used it was removed.
    Column("used_by", Integer, ForeignKey("people.id")),
    # Whether it is used up.
    Column("used_at_ns", BigInteger),
    # A person's number, 0 for the operator at the shell.
    Column("made_by", Integer, nullable=False, server_default="0"),
    Column("made_at_ns", BigInteger, nullable=False, server_default="0"),
    # None: it counts until it is used.
    Column("expires_at_ns", BigInteger),
)

attempts = Table(
    "attempts",
    metadata,
    # Of a stranger, how many codes he has tried since a moment.
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("tries", Integer, nullable=False),
    Column("first_at_ns", BigInteger, nullable=False),
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
    # Goes up whenever the rule changes or begins anew, so that no alert's id is used twice; a pause keeps it.
    Column("version", Integer, nullable=False),
    Column("person_id", Integer, ForeignKey("people.id"), nullable=False),
    Column("symbol", String, nullable=False),
    # How many σ, which price or which fraction: see `kind` and `protocol.rules`.
    Column("level", Float, nullable=False),
    # Whether it is watched; what is not is kept for its version, and where it is paused, for its person.
    Column("active", Boolean, nullable=False),
    # A trade before this moment is none of the rule's business.
    Column("since_ns", BigInteger, nullable=False),
    Column("kind", String, nullable=False, server_default="sigma"),
    Column("direction", String, nullable=False, server_default="below"),
    # The price that was paid, where the level is measured from it.
    Column("paid", Float, nullable=False, server_default="0"),
    # The day since which a high counts, where the level is measured from that.
    Column("high_since", Date),
    Column("repetition", String, nullable=False, server_default="rest"),
    # How long it rests after it has fired; 0 is as long as evaluator is set to.
    Column("rest_s", Float, nullable=False, server_default="0"),
    # How far beyond its threshold a price must go for a crossing rule to be armed again, a fraction.
    Column("band", Float, nullable=False, server_default="0"),
    # The last session date on which it is armed, NULL for all.
    Column("expires_on", Date),
    # Whether its person has stopped it for now.
    Column("paused", Boolean, nullable=False, server_default="0"),
    # By which its person calls it: counted up for each person, never given twice.
    Column("number", Integer, nullable=False, server_default="0"),
)

awaits_fall = rules.c.active & (rules.c.kind == "sigma") & (rules.c.direction == "below")
"""Which rules wait some σ below the base price: those that lists, reports and the order of streams speak of."""

hush = Table(
    "hush",
    metadata,
    # When and of what a person wants to be spared; who has no row has no quiet hours and hears 2σ.
    Column("person_id", Integer, primary_key=True),
    # By the wall clock, as 23:00; empty where there are no quiet hours.
    Column("quiet_begins", String, nullable=False, server_default=""),
    Column("quiet_ends", String, nullable=False, server_default=""),
    # How many σ deep an alert must be to come through quiet hours (0: none does), and to make a sound.
    Column("wakes_from", Float, nullable=False, server_default="0"),
    Column("rings_from", Float, nullable=False, server_default="2"),
)

mutes = Table(
    "mutes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person_id", Integer, nullable=False),
    # KRX | US, empty for both; the one symbol that is meant, empty for all.
    Column("market", String, nullable=False),
    Column("symbol", String, nullable=False),
    Column("since_ns", BigInteger, nullable=False),
    Column("until_ns", BigInteger, nullable=False),
    Index("mutes_of_person", "person_id", "until_ns"),
    sqlite_autoincrement=True,
)

amounts = Table(
    "amounts",
    metadata,
    Column("person_id", Integer, ForeignKey("people.id"), primary_key=True),
    # A symbol, or for all others of a market: see `actors.market.amounts`.
    Column("symbol", String, primary_key=True),
    # What is spent on a purchase, in the market's currency: a decimal number as text.
    Column("amount", String, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    # The alert or letter, and the record that it is from: `alerts`, or `WRITER.letters`.
    Column("content_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("person_id", Integer, nullable=False),
    # Telegram's chat; on another channel the person's number.
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
    # Whether it is an alert that came when its person wanted to be spared, and is told in a digest.
    Column("missed", Boolean, nullable=False, server_default=false()),
    # By which way it goes; each person's channels get a delivery each.
    Column("channel", String, nullable=False, server_default="telegram"),
    # What a channel that does not number its messages calls the one it took.
    Column("receipt", String, nullable=False, server_default=""),
    UniqueConstraint("content_id", "kind", "channel", name="deliveries_once"),
    Index("deliveries_unfinished", "state", "due_at_ns"),
    sqlite_autoincrement=True,
)

marks = Table(
    "marks",
    metadata,
    # How far we have come: `update_id`, `heard_ns`; and in each record its position and boot.
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

letters = letters_in(metadata)
