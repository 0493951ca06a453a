"""Which streams telegram's people want, read from its database."""

from sqlalchemy import Engine, func, select

from actors.kis.frames import KRX_TRADES
from actors.kis.messages import Stream
from protocol.messages import Venue
from protocol.tables.telegram import watches

__all__ = ["read_streams"]


def read_streams(telegram: Engine) -> tuple[Stream, ...]:
    """Return the streams of all watched KRX symbols in *telegram*'s database, that of the most people first."""
    query = (
        select(watches.c.symbol)
        .where(watches.c.venue == Venue.KRX.value)
        .group_by(watches.c.symbol)
        .order_by(func.count().desc(), watches.c.symbol)
    )
    with telegram.connect() as connection:
        return tuple(Stream(KRX_TRADES, symbol) for symbol in connection.execute(query).scalars())
