"""Decide whose price is to be asked now, and which trade an answer tells of. Pure: it is handed the moment.

An answer is the last trade so far, without its time. It is taken for a trade of now if the price or the volume of the
session has moved since the look before. At the first look of a session nothing has moved yet: it counts all the same
(after a restart nobody must wait), except within one interval of the open, when the last trade may still be the
pre-market's, which is nobody's regular price.

Two sources do not agree to the second: after a change of source the first look is only what the next is compared with.
So it is with a symbol that KIS's WebSocket has carried: its stream may have told of later trades than the first look.
A day's low that has fallen between two looks of one source was traded between them; it counts at the earlier one.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from actors.market.sessions import Calendar, SessionTimes
from protocol.messages import Origin, Session, Trade, Venue

__all__ = ["Poller", "Quotation", "Watched"]

US_VENUES = frozenset({Venue.NASDAQ, Venue.NYSE, Venue.AMEX})
HURRY_S = 3.0
"""How soon after a first look that is only compared with the next one comes."""
DECIMALS = 4
"""US prices have no more; what lies beyond is the noise of floats."""


class Watched(Struct, frozen=True):
    """A symbol that somebody watches."""

    symbol: str
    venue: Venue


class Quotation(Struct, frozen=True, kw_only=True):
    """What a source answers: dollars, and the shares traded in the session so far, 0 before its first trade."""

    price: float
    base_price: float
    cumulative_volume: int
    day_low: float = 0.0
    """0 where the source tells none."""
    source: str = ""
    """Who answered."""


class _Look(Struct, frozen=True):
    session_date: date
    quotation: Quotation
    at_ns: int


class Poller:
    """The symbols that are polled, when each was asked last, and what was seen."""

    def __init__(self, calendar: Calendar, interval: timedelta) -> None:
        self._calendar = calendar
        self._interval = interval
        self._watched: dict[str, Watched] = {}
        self._asked_at: dict[str, float] = {}
        self._looks: dict[str, _Look] = {}
        self._carried: set[str] = set()
        self._taken_over: set[str] = set()
        """Whose next look is only a reference, because the stream may have told of later trades."""
        self._hurried: set[str] = set()
        """Whose last look was only a reference: the next one comes soon."""

    @property
    def symbols(self) -> set[str]:
        """The symbols that are polled."""
        return set(self._watched)

    def watch(self, watched: Iterable[Watched]) -> None:
        """Poll exactly those of *watched* that trade in the US from now on."""
        self._watched = {each.symbol: each for each in watched if each.venue in US_VENUES}
        for gone in self._asked_at.keys() - self._watched.keys():
            self._forget(gone)

    def carry(self, symbols: Iterable[str]) -> set[str]:
        """Leave exactly these *symbols* to the stream from now on, and return those that are polled instead of it."""
        carried = set(symbols)
        for symbol in carried:
            self._forget(symbol)
        self._taken_over = (self._taken_over | carried) & self._watched.keys()
        left, self._carried = self._carried - carried, carried
        return left & self._watched.keys()

    def _forget(self, symbol: str) -> None:
        self._asked_at.pop(symbol, None)
        self._looks.pop(symbol, None)
        self._hurried.discard(symbol)

    def due(self, now: datetime, monotonic: float) -> list[Watched]:
        """Return whose price is to be asked, who has waited longest first; nobody's outside the regular session.

        Args:
            now: the market's time.
            monotonic: real seconds, on which the interval counts.
        """
        interval_s, never = self._interval.total_seconds(), float("-inf")
        waiting = [
            watched
            for watched in self._watched.values()
            if watched.symbol not in self._carried
            and monotonic - self._asked_at.get(watched.symbol, never)
            >= (min(HURRY_S, interval_s) if watched.symbol in self._hurried else interval_s)
            and self.session(watched.venue, now)
        ]
        return sorted(waiting, key=lambda watched: self._asked_at.get(watched.symbol, never))

    def is_idle(self, now: datetime) -> bool:
        """Say whether nobody's price is to be asked at *now*, because no session is on or nobody watches anything."""
        return not any(self.session(watched.venue, now) for watched in self._watched.values())

    def session(self, venue: Venue, at: datetime) -> SessionTimes | None:
        """Return the regular session of *venue* that *at* lies in, None if it lies in none."""
        session = self._calendar.session_at(venue, at)
        return session if session is not None and session.session is Session.REGULAR else None

    def on_asked(self, watched: Watched, monotonic: float) -> None:
        """Note that the price of *watched* is being asked."""
        self._asked_at[watched.symbol] = monotonic

    def on_price(self, watched: Watched, quotation: Quotation, at: datetime, at_ns: int) -> Trade | None:
        """Return the trade that *quotation* tells of, None if it tells of none.

        Args:
            watched: whose price it is.
            quotation: the answer.
            at: when it came, UTC.
            at_ns: the same, UTC epoch nanoseconds.
        """
        session = self.session(watched.venue, at)
        symbol = watched.symbol
        if session is None or symbol not in self._watched or symbol in self._carried:
            return None
        if quotation.cumulative_volume == 0:
            return None
        before = self._looks.get(symbol)
        self._hurried.discard(symbol)
        self._looks[symbol] = look = _Look(session.session_date, quotation, at_ns)
        if before is None or before.session_date != session.session_date:
            if symbol in self._taken_over:
                self._taken_over.discard(symbol)
                self._hurried.add(symbol)
                return None
            if at < session.opens_at + self._interval:
                return None
            before = None
        elif before.quotation.source != quotation.source or before.quotation == quotation:
            return None
        return _trade(watched, look, before)


def _trade(watched: Watched, look: _Look, before: _Look | None) -> Trade:
    """Return the trade that *look* tells of, and with it a low that lies between it and the look *before*."""
    quotation, volume, low, low_at_ns = look.quotation, 0, 0.0, 0
    if before is not None:
        # A source may take shares back.
        volume = max(0, quotation.cumulative_volume - before.quotation.cumulative_volume)
        if 0 < quotation.day_low < before.quotation.day_low:
            low, low_at_ns = quotation.day_low, before.at_ns
    return Trade(
        symbol=watched.symbol,
        venue=watched.venue,
        session_date=look.session_date,
        session=Session.REGULAR,
        price=quotation.price,
        change=round(quotation.price - quotation.base_price, DECIMALS),
        volume=volume,
        cumulative_volume=quotation.cumulative_volume,
        day_low=low,
        day_low_at_ns=low_at_ns,
        traded_at_ns=look.at_ns,
        received_at_ns=look.at_ns,
        origin=Origin.QUOTE,
    )
