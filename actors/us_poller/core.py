"""Decide whose price is to be asked now, and which trade an answer tells of. Pure: it is handed the moment.

An answer is the last trade so far, without its time. It is taken for a trade of now if the price or the volume of the
session has moved since the look before. At the first look of a session nothing has moved yet: it counts all the same
(after a restart nobody must wait), except within one interval of the open, when the last trade may still be the
pre-market's, which is nobody's regular price.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from actors.market.sessions import Calendar, SessionTimes
from protocol.messages import Origin, Session, Trade, Venue

__all__ = ["Poller", "Quotation", "Watched"]

US_VENUES = frozenset({Venue.NASDAQ, Venue.NYSE, Venue.AMEX})
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


class _Look(Struct, frozen=True):
    session_date: date
    quotation: Quotation


class Poller:
    """The symbols that are polled, when each was asked last, and what was seen."""

    def __init__(self, calendar: Calendar, interval: timedelta) -> None:
        self._calendar = calendar
        self._interval = interval
        self._watched: dict[str, Watched] = {}
        self._asked_at: dict[str, float] = {}
        self._looks: dict[str, _Look] = {}

    @property
    def symbols(self) -> set[str]:
        """The symbols that are polled."""
        return set(self._watched)

    def watch(self, watched: Iterable[Watched]) -> None:
        """Poll exactly those of *watched* that trade in the US from now on."""
        self._watched = {each.symbol: each for each in watched if each.venue in US_VENUES}
        for gone in self._asked_at.keys() - self._watched.keys():
            del self._asked_at[gone]
            self._looks.pop(gone, None)

    def due(self, now: datetime, monotonic: float) -> list[Watched]:
        """Return whose price is to be asked, who has waited longest first; nobody's outside the regular session.

        Args:
            now: the market's time.
            monotonic: real seconds, on which the interval counts.
        """
        latest = monotonic - self._interval.total_seconds()
        never = float("-inf")
        waiting = [
            watched
            for watched in self._watched.values()
            if self._asked_at.get(watched.symbol, never) <= latest and self.session(watched.venue, now)
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
        if session is None or watched.symbol not in self._watched or quotation.cumulative_volume == 0:
            return None
        before = self._looks.get(watched.symbol)
        self._looks[watched.symbol] = _Look(session.session_date, quotation)
        if before is None or before.session_date != session.session_date:
            if at < session.opens_at + self._interval:
                return None
            volume = 0
        elif before.quotation == quotation:
            return None
        else:
            # A source may take shares back.
            volume = max(0, quotation.cumulative_volume - before.quotation.cumulative_volume)
        return Trade(
            symbol=watched.symbol,
            venue=watched.venue,
            session_date=session.session_date,
            session=Session.REGULAR,
            price=quotation.price,
            change=round(quotation.price - quotation.base_price, DECIMALS),
            volume=volume,
            cumulative_volume=quotation.cumulative_volume,
            # Told by neither source.
            day_low=0.0,
            day_low_at_ns=0,
            traded_at_ns=at_ns,
            received_at_ns=at_ns,
            origin=Origin.QUOTE,
        )
