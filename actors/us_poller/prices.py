"""What a source of prices must be able to do; `kis_prices` and `fdr_prices` are the two."""

from datetime import date
from typing import Protocol

from actors.market.looks import Quotation
from protocol.messages import Venue

__all__ = ["PriceSource"]


class PriceSource(Protocol):
    """Where prices come from."""

    name: str
    """As in `[us_poller] source`."""

    async def price(self, symbol: str, venue: Venue, session_date: date) -> Quotation:
        """Return what *symbol* costs now, in the session of *session_date*.

        Raises:
            TemporaryFailure: it did not answer, or what it answered is no price.
        """

    async def close(self) -> None:
        """Let go of what it holds."""
