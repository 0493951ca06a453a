"""US prices from KIS REST (HHDFS00000300)."""

from datetime import date

from actors.kis.client import KisClient
from actors.kis.errors import UnknownSymbol
from actors.runtime.errors import TemporaryFailure
from actors.us_poller.core import Quotation
from protocol.messages import Venue

__all__ = ["KisPrices"]


class KisPrices:
    """The account's own source, within us_poller's share of the calls per second."""

    name = "kis"

    def __init__(self, client: KisClient) -> None:
        self._client = client

    async def price(self, symbol: str, venue: Venue, _session_date: date) -> Quotation:
        """Return what *symbol* costs now; raises TemporaryFailure."""
        try:
            found = await self._client.price(symbol, venue)
        except UnknownSymbol as error:
            message = f"{symbol} of {venue.value}: {error}"
            raise TemporaryFailure(message) from error
        return Quotation(price=found.price, base_price=found.base_price, cumulative_volume=found.cumulative_volume)

    async def close(self) -> None:
        """Let go of the connection."""
        self._client.close()
