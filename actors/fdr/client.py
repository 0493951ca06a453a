"""FinanceDataReader for an actor: asked in a child process, its answers sorted out."""

import math
import re
from collections.abc import Iterable
from datetime import date

from actors.fdr.worker import Row, Rows, RowsWanted
from actors.runtime.errors import TemporaryFailure
from actors.runtime.worker import Worker
from protocol.messages import Venue

__all__ = ["FdrClient", "code_of", "traded_rows"]

MODULE = "actors.fdr.worker"
_CLASS_OF_SHARE = re.compile("[./]")


class FdrClient:
    """Daily rows, each question within its deadline."""

    def __init__(self, deadline_s: float, idle_s: float, module: str = MODULE) -> None:
        """Prepare, start nothing.

        Args:
            deadline_s: how long one question may take, seconds.
            idle_s: after how long without work the child is let go, seconds.
            module: what the child runs.
        """
        self._worker = Worker(module, Rows, idle_s)
        self._deadline_s = deadline_s

    async def rows(self, symbol: str, venue: Venue, first: date, last: date) -> list[Row]:
        """Return the days from *first* to *last* on which *symbol* traded, oldest first; today's is unfinished.

        Raises:
            TemporaryFailure: there was no answer; an empty one is none, since an outage looks like an unknown symbol.
        """
        answer = await self._worker.call(RowsWanted(code_of(symbol, venue), first, last), self._deadline_s)
        rows = traded_rows(answer.rows, first, last)
        if not rows:
            message = f"expected rows of {symbol} from FinanceDataReader, found none: an outage, or no such symbol"
            raise TemporaryFailure(message)
        return rows

    async def close(self) -> None:
        """End the child, if there is one."""
        await self._worker.close()


def code_of(symbol: str, venue: Venue) -> str:
    """Return what the library calls *symbol*: an ETN without its Q, a class of share (`BRK.B`) with a dash."""
    if venue.is_korean:
        return f"NAVER:{symbol[-6:]}"
    return f"YAHOO:{_CLASS_OF_SHARE.sub('-', symbol)}"


def traded_rows(rows: Iterable[Row], first: date, last: date) -> list[Row]:
    """Return those of *rows* that are a day of trading from *first* to *last*, one a day, oldest first.

    A suspended day has zeros in it, a hole NaN: neither has prices, so neither counts.
    """
    by_date = {row.session_date: row for row in rows if first <= row.session_date <= last and _has_prices(row)}
    return [by_date[on] for on in sorted(by_date)]


def _has_prices(row: Row) -> bool:
    return all(0 < price < math.inf for price in (row.open, row.high, row.low, row.close))
