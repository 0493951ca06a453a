"""What a source of prices must be able to do; `kis_prices` and `fdr_prices` are the two."""

from typing import Protocol

from actors.market.looks import Quotation
from actors.market.sessions import SessionTimes
from protocol.messages import Session, Venue

__all__ = ["PriceSource"]


class PriceSource(Protocol):
    """Where prices come from."""

    name: str
    """As in `[us_poller] source`."""
    sessions: frozenset[Session]
    """In which sessions it is worth asking."""

    async def price(self, symbol: str, venue: Venue, session: SessionTimes) -> Quotation:
        """Return what *symbol* costs now, in this *session*.

        Raises:
            TemporaryFailure: it did not answer, or what it answered is no price.
        """

    async def close(self) -> None:
        """Let go of what it holds."""
