"""US prices from FinanceDataReader: the last daily row is today's, its close the price so far."""

from datetime import date, timedelta

from msgspec.structs import replace

from actors.fdr.client import FdrClient
from actors.fdr.worker import Row
from actors.market.looks import Quotation
from actors.market.sessions import SessionTimes
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Session, Venue

__all__ = ["FdrPrices", "quotation_of"]

# Long enough to hold the session before, whatever the holidays.
FEW_DAYS = timedelta(days=14)


class FdrPrices:
    """The source for those who have no KIS account yet."""

    name = "fdr"
    sessions = frozenset({Session.REGULAR})
    """Its rows are of regular sessions."""

    def __init__(self, client: FdrClient) -> None:
        self._client = client

    async def price(self, symbol: str, venue: Venue, session: SessionTimes) -> Quotation:
        """Return what *symbol* costs now; raises TemporaryFailure."""
        session_date = session.session_date
        rows = await self._client.rows(symbol, venue, session_date - FEW_DAYS, session_date)
        return replace(quotation_of(rows, session_date), source=self.name)

    async def close(self) -> None:
        """End the child process, if there is one."""
        await self._client.close()


def quotation_of(rows: list[Row], session_date: date) -> Quotation:
    """Return the price in the row of *session_date*, measured from the close before it.

    While that row is not there the symbol has not traded, as far as the source knows.

    Raises:
        TemporaryFailure: there is no row before it, and so no base price.
    """
    before = [row for row in rows if row.session_date < session_date]
    if not before:
        message = f"expected a row before {session_date} from FinanceDataReader, found none"
        raise TemporaryFailure(message)
    base_price = before[-1].close
    last = rows[-1]
    if last.session_date != session_date:
        return Quotation(price=base_price, base_price=base_price, cumulative_volume=0)
    volume = int(last.volume) if last.volume > 0 else 0
    return Quotation(price=last.close, base_price=base_price, cumulative_volume=volume)
