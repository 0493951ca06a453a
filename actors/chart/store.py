"""Analyst's daily bars, for reading only."""

from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from actors.chart.drawing import Bar
from actors.runtime.config import Settings
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_reader
from protocol.tables.analyst import bars

__all__ = ["BarStore"]


class BarStore:
    """Reads what analyst has written; before analyst's first day there is nothing."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: Engine | None = None

    def read(self, symbol: str, since: date) -> list[Bar]:
        """Return the bars of *symbol* from *since* on, oldest first; none while analyst has none.

        Raises:
            TemporaryFailure: the database cannot be read now.
        """
        self._engine = self._engine or open_reader("analyst", self._settings)
        if self._engine is None:
            return []
        columns = (bars.c.session_date, bars.c.open, bars.c.high, bars.c.low, bars.c.close, bars.c.volume)
        query = (
            select(*columns).where(bars.c.symbol == symbol, bars.c.session_date >= since).order_by(bars.c.session_date)
        )
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(query).all()
        except OperationalError as error:
            self.close()
            message = f"expected analyst's bars to be readable, found {error.orig}"
            raise TemporaryFailure(message) from error
        return [
            Bar(session_date=row[0], open=row[1], high=row[2], low=row[3], close=row[4], volume=row[5]) for row in rows
        ]

    def close(self) -> None:
        """Let the database go; the next read opens it again."""
        if self._engine:
            self._engine.dispose()
        self._engine = None
