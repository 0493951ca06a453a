"""Daily bars, base prices and names from KIS REST."""

from datetime import date, timedelta

from actors.analyst.bars.history import Bar, Instrument
from actors.kis.client import KisClient
from actors.kis.errors import UnknownSymbol
from protocol.messages import Venue

__all__ = ["KisHistory"]

# Long enough to hold a session, whatever the holidays.
FEW_DAYS = timedelta(days=14)


class KisHistory:
    """The account's own source: exact, adjusted, with the exchange's base price."""

    name = "kis"

    def __init__(self, client: KisClient) -> None:
        self._client = client

    async def daily_bars(self, symbol: str, venue: Venue, first: date, last: date) -> list[Bar]:
        """Return the bars from *first* to *last*; raises TemporaryFailure."""
        return (await self._client.daily_bars(symbol, venue, first, last)).bars

    async def base_price(self, symbol: str, venue: Venue) -> float | None:
        """Return `stck_sdpr` (Korea) or `base` (US) of now; raises TemporaryFailure."""
        try:
            return (await self._client.price(symbol, venue)).base_price
        except UnknownSymbol:
            return None

    async def find(self, symbol: str, venues: tuple[Venue, ...], today: date) -> Instrument | None:
        """Return *symbol* as KIS knows it; raises TemporaryFailure. Of US symbols KIS REST tells no name."""
        for venue in venues:
            name = await self._name_on(symbol, venue, today)
            if name:
                return Instrument(symbol=symbol, name=name, venue=venue)
        return None

    async def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    async def _name_on(self, symbol: str, venue: Venue, today: date) -> str:
        """Return what *venue* calls *symbol*, empty if it does not know it."""
        if venue is Venue.KRX:
            return (await self._client.daily_bars(symbol, venue, today - FEW_DAYS, today)).name.strip()
        try:
            await self._client.price(symbol, venue)
        except UnknownSymbol:
            return ""
        return symbol
