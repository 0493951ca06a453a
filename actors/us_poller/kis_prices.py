"""US prices from KIS REST: with the day's low and high (HHDFS76200200) where the key is permitted it, else without.

KIS does not say what these calls answer before the open and after the close. They have been seen to answer no price at
all then (https://github.com/dragon1086/prism-insight/pull/177): outside the regular session that is no failure, and
nobody has traded as far as KIS tells.
"""

from actors.kis.client import NOT_PERMITTED_S, KisClient
from actors.kis.errors import UnknownSymbol
from actors.kis.prices import Price
from actors.market.looks import Quotation
from actors.market.sessions import SessionTimes
from actors.runtime.clock import Clock
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Session, Venue

__all__ = ["KisPrices"]

_NO_TRADE = Quotation(price=0.0, base_price=0.0, cumulative_volume=0)


class KisPrices:
    """The account's own source, within us_poller's share of the calls per second."""

    name = "kis"
    sessions = frozenset(Session)

    def __init__(self, client: KisClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._detail_from = float("-inf")

    async def price(self, symbol: str, venue: Venue, session: SessionTimes) -> Quotation:
        """Return what *symbol* costs now; raises TemporaryFailure."""
        try:
            found = await self._found(symbol, venue)
        except UnknownSymbol as error:
            if session.session is not Session.REGULAR:
                return _NO_TRADE
            message = f"{symbol} of {venue.value}: {error}"
            raise TemporaryFailure(message) from error
        return Quotation(
            price=found.price,
            base_price=found.base_price,
            cumulative_volume=found.cumulative_volume,
            day_low=found.day_low,
            day_high=found.day_high,
            source=self.name,
        )

    async def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    async def _found(self, symbol: str, venue: Venue) -> Price:
        if self._clock.monotonic() >= self._detail_from:
            try:
                return await self._client.us_detail(symbol, venue)
            except TemporaryFailure as failure:
                if failure.retry_after_s is None:
                    raise
                # Paper trading has no such call, and an app key may not be permitted it.
                self._detail_from = self._clock.monotonic() + NOT_PERMITTED_S
        return await self._client.price(symbol, venue)
