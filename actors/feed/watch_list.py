"""Which streams telegram's people want, read from its database."""

from sqlalchemy import Engine, func, select

from actors.kis.frames import KRX_TRADES
from actors.kis.messages import Stream
from actors.runtime.config import Settings
from actors.runtime.news import News
from actors.runtime.ports import Received
from actors.runtime.store import open_reader
from protocol.messages import Heartbeat, Venue, WatchListChanged
from protocol.tables.telegram import watches

__all__ = ["WatchList", "read_streams"]


class WatchList:
    """The watch list, read again whenever telegram says, or its heartbeat shows, that it has changed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._store: Engine | None = None
        self._news = News("telegram", "watches")

    def hear(self, received: Received) -> None:
        """Take what may tell of a change."""
        match received.message:
            case WatchListChanged():
                self._news.on_message(received.epoch, received.sequence)
                self._news.miss()
            case Heartbeat():
                self._news.on_heartbeat(received.epoch, received.message)

    def changed_streams(self) -> tuple[Stream, ...] | None:
        """Return what is wanted now; None if it cannot have changed, or telegram has no database yet."""
        if not self._news.missed:
            return None
        if self._store is None:
            self._store = open_reader("telegram", self._settings)
        if self._store is None:
            return None
        self._news.caught_up()
        return read_streams(self._store)

    def close(self) -> None:
        """Let go of the database."""
        if self._store is not None:
            self._store.dispose()


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
