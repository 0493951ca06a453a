"""What us_poller reads of telegram's database: who watches what."""

from sqlalchemy import Engine, select

from actors.us_poller.core import Watched
from protocol.messages import Venue
from protocol.tables import telegram

__all__ = ["read_watches"]


def read_watches(reader: Engine) -> list[Watched]:
    """Return each symbol that somebody watches, once."""
    table = telegram.watches
    with reader.connect() as connection:
        rows = connection.execute(select(table.c.symbol, table.c.venue).distinct().order_by(table.c.symbol))
        return [Watched(row.symbol, Venue(row.venue)) for row in rows]
