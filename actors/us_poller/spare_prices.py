"""Two sources of US prices: where the first has failed for a while, the second is asked in its place."""

from actors.market.looks import Quotation
from actors.market.sessions import SessionTimes
from actors.runtime.clock import Clock
from actors.runtime.errors import TemporaryFailure
from actors.us_poller.prices import PriceSource
from protocol.messages import Venue

__all__ = ["PricesWithSpare"]


class PricesWithSpare:
    """*first*, and for symbols that it has not told for *patience_s* seconds *spare*, but not oftener than it bears."""

    def __init__(
        self, first: PriceSource, spare: PriceSource, clock: Clock, patience_s: float, spare_interval_s: float
    ) -> None:
        self.name = first.name
        self.sessions = first.sessions
        self._first = first
        self._spare = spare
        self._clock = clock
        self._patience_s = patience_s
        self._spare_interval_s = spare_interval_s
        self._failing_since: dict[str, float] = {}
        self._spare_asked_at: dict[str, float] = {}

    async def price(self, symbol: str, venue: Venue, session: SessionTimes) -> Quotation:
        """Return what *symbol* costs now, as the first source says or, where that has failed for long, the second.

        Raises:
            TemporaryFailure: nobody has answered; the first source's reason, if the second was not asked.
        """
        try:
            quotation = await self._first.price(symbol, venue, session)
        except TemporaryFailure:
            now = self._clock.monotonic()
            is_patient = now - self._failing_since.setdefault(symbol, now) < self._patience_s
            asked_at = self._spare_asked_at.get(symbol, float("-inf"))
            is_told = session.session in self._spare.sessions
            if is_patient or not is_told or now - asked_at < self._spare_interval_s:
                raise
            self._spare_asked_at[symbol] = now
            return await self._spare.price(symbol, venue, session)
        self._failing_since.pop(symbol, None)
        self._spare_asked_at.pop(symbol, None)
        return quotation

    async def close(self) -> None:
        """Let go of both."""
        await self._first.close()
        await self._spare.close()
