"""A source of bars that is not taken at its word: what it gives is looked at, and what is wrong is said once."""

from collections.abc import Callable
from datetime import date

import structlog

from actors.analyst.bars.bar_check import DisorderedBars, check_bars
from actors.analyst.bars.history import Bar, HistorySource, Instrument
from actors.market.sessions import Calendar
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Venue

__all__ = ["CheckedHistory"]


class CheckedHistory:
    """Stands before a source, and is one."""

    def __init__(
        self,
        source: HistorySource,
        calendar: Calendar,
        kind_of: Callable[[str], str],
        log: structlog.typing.FilteringBoundLogger,
    ) -> None:
        """Look at what *source* gives; *kind_of* tells `share`, `etf` or `etn` of a symbol, empty where unknown."""
        self.name = source.name
        self._source = source
        self._calendar = calendar
        self._kind_of = kind_of
        self._log = log
        self._said: set[tuple[str, date]] = set()

    async def daily_bars(self, symbol: str, venue: Venue, first: date, last: date) -> list[Bar]:
        """Return the bars that may be believed; raises TemporaryFailure, also where they are in disorder."""
        bars = await self._source.daily_bars(symbol, venue, first, last)
        try:
            checked = check_bars(bars, venue, self._calendar, may_be_fund=self._kind_of(symbol) != "share")
        except DisorderedBars as error:
            message = f"{self.name}: {symbol}: {error}"
            raise TemporaryFailure(message) from error
        for on, reason in checked.refused.items():
            if (symbol, on) not in self._said:
                self._said.add((symbol, on))
                self._log.warning("bar_refused", symbol=symbol, on=on.isoformat(), source=self.name, reason=reason)
        self._log.debug("bars_checked", symbol=symbol, bars=len(checked.bars), holes=checked.holes)
        return checked.bars

    async def base_price(self, symbol: str, venue: Venue) -> float | None:
        """Return the source's word; raises TemporaryFailure."""
        return await self._source.base_price(symbol, venue)

    async def find(self, symbol: str, venues: tuple[Venue, ...], today: date) -> Instrument | None:
        """Return the source's word; raises TemporaryFailure."""
        return await self._source.find(symbol, venues, today)

    async def close(self) -> None:
        """Let go of the source."""
        await self._source.close()
