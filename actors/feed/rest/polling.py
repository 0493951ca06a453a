"""Whose price is asked over REST because no stream brings it. Pure: it is handed the moment.

Nobody's symbol goes unwatched: what no link carries and what KIS refuses or does not confirm is polled, after a
moment in which a reconnect may still cure it, and only while its venue trades; but a stream that was lost and is to
come back is followed by its minute bars (`repair`), which miss no crossing and make no rule rest too early, until all
of them are told. Thirty prices are one call (FHKST11300006); where the app key may not make that call, as on paper,
each is one. Which trades an answer tells of, `actors.market.looks` says.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from actors.feed.gaps.continuity import Key
from actors.kis.prices import MOST_AT_ONCE, Price
from actors.market.errors import BeyondCalendar
from actors.market.looks import Looks, Quotation
from actors.market.sessions import Calendar, SessionTimes
from protocol.messages import Trade, Venue
from protocol.moments import from_ns

__all__ = ["Listing", "Polling", "PollingChange"]

NEVER = float("-inf")


class Listing(Struct, frozen=True, order=True):
    """A symbol where it trades."""

    symbol: str
    venue: Venue


class PollingChange(NamedTuple):
    """Who is polled from now on, and who is not any more, with the moment of the last look (UTC epoch ns)."""

    begun: list[Listing]
    ended: dict[Listing, int]


class Polling:
    """What is polled, when each was asked last, and what was seen."""

    def __init__(self, calendar: Calendar, interval_s: float, grace_s: float) -> None:
        """Poll nothing yet.

        Args:
            calendar: the sessions of the venues.
            interval_s: the time between two questions for one price.
            grace_s: how long something may be without a stream before it is polled.
        """
        self._calendar = calendar
        self._interval_s = interval_s
        self._grace_s = grace_s
        self._since: dict[Listing, float] = {}
        self._asked_at: dict[Listing, float] = {}
        self._looks = Looks(timedelta(seconds=interval_s))
        self._by_one_until = NEVER

    def poll(self, listed: Iterable[Listing], now: float) -> PollingChange:
        """Poll exactly those *listed* from now on, each after the grace; *now* is monotonic."""
        before, self._since = self._since, {each: self._since.get(each, now) for each in listed}
        ended = {}
        for gone in before.keys() - self._since.keys():
            self._asked_at.pop(gone, None)
            looked_at_ns = self._looks.quoted_at_ns(gone.symbol, gone.venue)
            if looked_at_ns is not None:
                ended[gone] = looked_at_ns
            self._looks.forget(gone.symbol, gone.venue)
        return PollingChange([each for each in self._since if each not in before], ended)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is polled, nor about to be."""
        return not self._since

    def is_polled(self, listed: Listing, now: float) -> bool:
        """Say whether prices of *listed* are asked for."""
        return now - self._since.get(listed, now) >= self._grace_s

    def due(self, at: datetime, now: float, followed: Collection[Key] = ()) -> list[Listing]:
        """Return whose prices are to be asked in the next call, all of one venue, who has waited longest first.

        Args:
            at: the market's time.
            now: monotonic seconds.
            followed: whose minute bars are asked for instead, and not told yet.
        """
        waiting = [
            listed
            for listed in self._since
            if self.is_polled(listed, now)
            and (listed.symbol, listed.venue) not in followed
            and self._asked_at.get(listed, NEVER) <= now - self._interval_s
            and self.session(listed.venue, at) is not None
        ]
        waiting.sort(key=lambda listed: self._asked_at.get(listed, NEVER))
        most = 1 if now < self._by_one_until else MOST_AT_ONCE
        return [listed for listed in waiting if listed.venue is waiting[0].venue][:most]

    def session(self, venue: Venue, at: datetime) -> SessionTimes | None:
        """Return the session of *venue* that is trading at *at*, None if none is or no calendar reaches."""
        try:
            return self._calendar.session_at(venue, at)
        except BeyondCalendar:
            return None

    def on_asked(self, listed: Iterable[Listing], now: float) -> None:
        """Note that these prices are being asked."""
        for each in listed:
            self._asked_at[each] = now

    def on_not_permitted(self, now: float, wait_s: float) -> None:
        """Ask one by one for so long, since the app key may not ask for many."""
        self._by_one_until = now + wait_s
        self._asked_at = {}

    def on_streamed(self, trade: Trade) -> None:
        """Take the last *trade* that the stream brought for the last look, so that a low since then has its time."""
        listed = Listing(trade.symbol, trade.venue)
        session = self.session(trade.venue, from_ns(trade.traded_at_ns))
        if listed in self._since and session is not None:
            self._looks.on_trade(trade, session)

    def on_price(self, listed: Listing, price: Price, at: datetime, at_ns: int) -> list[Trade]:
        """Return the trades that *price* tells of, in order of time; none if nobody wants it any more."""
        session = self.session(listed.venue, at)
        if session is None or listed not in self._since:
            return []
        quotation = Quotation(
            price=price.price,
            base_price=price.base_price,
            cumulative_volume=price.cumulative_volume,
            day_low=price.day_low,
            day_high=price.day_high,
        )
        return self._looks.on_quotation(listed.symbol, listed.venue, quotation, session, at_ns)
