"""The store's tables, one module (and one database) per writing actor.

Only the actor that a module is named after writes its tables; anybody may read them. Moments are integers, UTC epoch
nanoseconds (SQLite would give back naive datetimes); session dates are the exchange's own, as ISO text.
"""

from sqlalchemy import MetaData

from protocol.tables import analyst, evaluator, feed, telegram

__all__ = ["METADATA_BY_WRITER"]

METADATA_BY_WRITER: dict[str, MetaData] = {
    "analyst": analyst.metadata,
    "evaluator": evaluator.metadata,
    "feed": feed.metadata,
    "telegram": telegram.metadata,
}
