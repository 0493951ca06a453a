"""What a symbol is: its name and its venue, from what is known already or from the source of bars."""

import re

from actors.analyst.history import HistorySource, Instrument
from actors.analyst.store import AnalystStore
from actors.market.sessions import zone_of
from actors.runtime.clock import Clock
from actors.runtime.errors import CommandRefused
from protocol.messages import Venue

__all__ = ["Directory", "possible_venues"]

# Six letters and digits, a digit among them (new listings hold letters: 0126Z0); an ETN has a Q before them.
_KOREAN = re.compile("Q?(?=[A-Z]*[0-9])[0-9A-Z]{6}")
_US = re.compile("[A-Z]{1,5}([./][A-Z])?")


def possible_venues(symbol: str) -> tuple[Venue, ...]:
    """Return where *symbol*, by its form, may be listed: the likeliest first, none if it is no symbol."""
    if _KOREAN.fullmatch(symbol):
        return (Venue.KRX,)
    if _US.fullmatch(symbol):
        return (Venue.NASDAQ, Venue.NYSE, Venue.AMEX)
    return ()


class Directory:
    """Looks symbols up, and remembers what it found."""

    def __init__(self, store: AnalystStore, source: HistorySource, clock: Clock) -> None:
        self._store = store
        self._source = source
        self._clock = clock

    async def find(self, text: str) -> Instrument:
        """Return the instrument whose symbol somebody typed as *text*.

        Raises:
            CommandRefused: there is none.
            TemporaryFailure: the source could not be asked.
        """
        symbol = text.strip().upper()
        venues = possible_venues(symbol)
        if not venues:
            message = f"expected a symbol such as 005930, Q500001 or TQQQ, found {text[:20]!r}"
            raise CommandRefused(message)
        known = self._store.instrument(symbol)
        if known is not None:
            return known
        now = self._clock.now()
        found = await self._source.find(symbol, venues, now.astimezone(zone_of(venues[0])).date())
        if found is None:
            names = " or ".join(venue.value for venue in venues)
            message = f"expected a symbol of {names}, such as 005930 or TQQQ; found {symbol}, which is not listed there"
            raise CommandRefused(message)
        self._store.keep_instrument(found, now)
        return found
