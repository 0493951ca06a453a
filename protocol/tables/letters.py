"""The table `letters`, of one shape in the database of every actor that writes to people: see `protocol.letters`.

Telegram reads it as it reads evaluator's alerts: on from the position it remembers, whether the doorbell rang or not.
"""

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table

__all__ = ["letters_in"]


def letters_in(metadata: MetaData) -> Table:
    """Return the table, as one of a writer's *metadata*."""
    return Table(
        "letters",
        metadata,
        # Grows by one with each letter: telegram remembers how far it has come.
        Column("position", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        # 0 is whoever is the operator.
        Column("person_id", Integer, nullable=False),
        Column("kind", String, nullable=False),
        # The matter, JSON.
        Column("body", String, nullable=False),
        # A PNG below the data folder, or nothing.
        Column("picture", String, nullable=False),
        Column("created_at_ns", BigInteger, nullable=False),
        # The machine's boot in which it was written: telegram cannot know what an earlier one had sent.
        Column("boot_id", String, nullable=False),
        sqlite_autoincrement=True,
    )
