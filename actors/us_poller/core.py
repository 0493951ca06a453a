"""Decide whose price is to be asked now; which trades an answer tells of, `market.looks` says. Pure."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from actors.market.choices import REGULAR_ONLY, SessionChoice, choice_of
from actors.market.errors import BeyondCalendar
from actors.market.looks import Looks, Quotation
from actors.market.sessions import Calendar, SessionTimes
from protocol.messages import Session, Trade, Venue

__all__ = ["Poller", "Watched"]

US_VENUES = frozenset({Venue.NASDAQ, Venue.NYSE, Venue.AMEX})
HURRY_S = 3.0
"""How soon after a first look that is only compared with the next one comes."""


class Watched(Struct, frozen=True):
    """A symbol that somebody watches."""

    symbol: str
    venue: Venue
    choices: frozenset[SessionChoice] = REGULAR_ONLY
    """The sessions that those who watch it have chosen."""


class Poller:
    """The symbols that are polled, when each was asked last, and what was seen."""

    def __init__(self, calendar: Calendar, interval: timedelta, told: Collection[Session] = tuple(Session)) -> None:
        """Poll nobody yet.

        Args:
            calendar: the sessions of the venues.
            interval: the time between two questions about a symbol.
            told: the sessions in which the source tells prices.
        """
        self._calendar = calendar
        self._interval = interval
        self._told = told
        self._watched: dict[str, Watched] = {}
        self._asked_at: dict[str, float] = {}
        self._looks = Looks(interval)
        self._carried: set[str] = set()

    @property
    def symbols(self) -> set[str]:
        """The symbols that are polled."""
        return set(self._watched)

    def watch(self, watched: Iterable[Watched]) -> None:
        """Poll exactly those of *watched* that trade in the US from now on."""
        before, self._watched = self._watched, {each.symbol: each for each in watched if each.venue in US_VENUES}
        for gone in before.keys() - self._watched.keys():
            self._asked_at.pop(gone, None)
            self._looks.forget(gone, before[gone].venue)

    def carry(self, symbols: Iterable[str]) -> set[str]:
        """Leave exactly these *symbols* to the stream from now on, and return those that are polled instead of it."""
        carried = set(symbols)
        for symbol in carried & self._watched.keys():
            self._asked_at.pop(symbol, None)
            # The stream may have told of later trades than our next look will.
            self._looks.forget(symbol, self._watched[symbol].venue, doubt=True)
        left, self._carried = self._carried - carried, carried
        return left & self._watched.keys()

    def due(self, now: datetime, monotonic: float) -> list[Watched]:
        """Return whose price is to be asked, who has waited longest first, in the sessions that were chosen.

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
            >= (min(HURRY_S, interval_s) if self._looks.is_compared(watched.symbol, watched.venue) else interval_s)
            and self.session(watched, now)
        ]
        return sorted(waiting, key=lambda watched: self._asked_at.get(watched.symbol, never))

    def is_idle(self, now: datetime) -> bool:
        """Say whether nobody's price is to be asked at *now*, because no session is on or nobody watches anything."""
        return not any(self.session(watched, now) for watched in self._watched.values())

    def session(self, watched: Watched, at: datetime) -> SessionTimes | None:
        """Return the session at *at* that is chosen and told of, None if there is none or no calendar reaches."""
        try:
            times = self._calendar.session_at(watched.venue, at)
        except BeyondCalendar:
            return None
        if times is None or times.session not in self._told:
            return None
        return times if choice_of(watched.venue, times.session) in watched.choices else None

    def on_asked(self, watched: Watched, monotonic: float) -> None:
        """Note that the price of *watched* is being asked."""
        self._asked_at[watched.symbol] = monotonic

    def on_price(self, watched: Watched, quotation: Quotation, at: datetime, at_ns: int) -> list[Trade]:
        """Return the trades that *quotation* tells of, in order of time.

        Args:
            watched: whose price it is.
            quotation: the answer.
            at: when it came, UTC.
            at_ns: the same, UTC epoch nanoseconds.
        """
        session = self.session(watched, at)
        symbol = watched.symbol
        if session is None or symbol not in self._watched or symbol in self._carried:
            return []
        return self._looks.on_quotation(symbol, watched.venue, quotation, session, at_ns)
