"""Daily bars from FinanceDataReader, which needs no key. It tells neither the exchange's base price nor names."""

from datetime import date, timedelta

from actors.analyst.bars.history import Bar, Instrument
from actors.fdr.client import FdrClient
from protocol.messages import Venue

__all__ = ["FdrHistory"]

FEW_DAYS = timedelta(days=14)


class FdrHistory:
    """The source for those who have no KIS account yet."""

    name = "fdr"

    def __init__(self, client: FdrClient) -> None:
        self._client = client

    async def daily_bars(self, symbol: str, venue: Venue, first: date, last: date) -> list[Bar]:
        """Return the bars from *first* to *last*; raises TemporaryFailure, also when there are none."""
        rows = await self._client.rows(symbol, venue, first, last)
        return [
            Bar(
                session_date=row.session_date,
                open=row.open,
                high=row.high,
                low=row.low,
                close=row.close,
                # A hole in the volume alone is NaN, and hurts nobody.
                volume=int(row.volume) if row.volume > 0 else 0,
            )
            for row in rows
        ]

    async def base_price(self, _symbol: str, _venue: Venue) -> float | None:
        """Return None: the library does not know it."""
        return None

    async def find(self, symbol: str, venues: tuple[Venue, ...], today: date) -> Instrument | None:
        """Return *symbol* if there are rows of it; raises TemporaryFailure if not, since an outage looks the same."""
        # Yahoo asks for no venue, so that the first of the US ones stands for all.
        venue = venues[0]
        await self._client.rows(symbol, venue, today - FEW_DAYS, today)
        return Instrument(symbol=symbol, name=symbol, venue=venue)

    async def close(self) -> None:
        """End the child process, if there is one."""
        await self._client.close()
