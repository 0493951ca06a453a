"""What a source of daily bars must be able to do; `kis_history`, `fdr_history` and `csv_history` can."""

from datetime import date
from typing import Protocol

from msgspec import Struct

from actors.kis.daily_bars import Bar
from protocol.messages import Venue

__all__ = ["Bar", "HistorySource", "Instrument"]


class Instrument(Struct, frozen=True, kw_only=True):
    """A symbol that exists. What only a master file tells is empty or 0 where none has told it."""

    symbol: str
    name: str
    venue: Venue
    english_name: str = ""
    kind: str = ""
    """`share`, `etf` or `etn`."""
    key: str = ""
    """What the WebSocket knows it by."""
    base_price: float = 0.0
    """The exchange's own, of the day of the file."""
    marks: tuple[str, ...] = ()
    """In words what is unusual about it today: `halted`, `ex-dividend`."""


class HistorySource(Protocol):
    """Where bars, base prices and names come from."""

    name: str
    """As in `[analyst] source`; stored with what it gave."""

    async def daily_bars(self, symbol: str, venue: Venue, first: date, last: date) -> list[Bar]:
        """Return the bars of the days from *first* to *last*, both included, on which *symbol* traded, oldest first.

        They are adjusted for splits and rights as of now; that of a day which is not over is unfinished.

        Raises:
            TemporaryFailure: it did not answer, or what it answered is none.
        """

    async def base_price(self, symbol: str, venue: Venue) -> float | None:
        """Return the exchange's own base price of the session that it is in, or about to open; None if it cannot tell.

        Raises:
            TemporaryFailure: it did not answer.
        """

    async def find(self, symbol: str, venues: tuple[Venue, ...], today: date) -> Instrument | None:
        """Return what *symbol* is on the first of *venues* that knows it; None if none does.

        Raises:
            TemporaryFailure: it did not answer.
        """

    async def close(self) -> None:
        """Let go of what it holds."""
