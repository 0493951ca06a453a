"""When trades must flow on KRX, and when a stream is worth a connection. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta

from actors.feed.gaps.repair import Place
from actors.kis.frames import NXT_TRADES, US_TRADES
from actors.market.choices import SessionChoice, choice_of
from actors.market.errors import BeyondCalendar
from actors.market.sessions import SEOUL, Calendar, zone_of
from protocol.messages import Session, Venue
from protocol.moments import from_ns, to_ns

__all__ = ["Hours"]

# The exchanges of the US have the same hours.
_VENUES = {NXT_TRADES: Venue.NXT, US_TRADES: Venue.NASDAQ, **dict.fromkeys(("H0GSCNI0", "H0GSCNI9"), Venue.NASDAQ)}


class Hours:
    """The stretches of KRX's day that the feed judges by."""

    def __init__(self, calendar: Calendar, closing_auction: timedelta, lead: timedelta) -> None:
        """Take the calendar.

        Args:
            calendar: the sessions of the venues.
            closing_auction: the last part of the regular session, in which nothing trades before the closing cross.
            lead: how long before a session its streams are worth a connection.
        """
        self._lead = lead
        self._calendar = calendar
        self._closing_auction = closing_auction

    def is_open(self, at: datetime) -> bool:
        """Say whether any session of KRX is trading at *at*; not where no calendar reaches."""
        try:
            return self._calendar.is_open(Venue.KRX, at, tuple(Session))
        except BeyondCalendar:
            return False

    def is_needed(self, tr_id: str, choices: Collection[SessionChoice], at: datetime) -> bool:
        """Say whether a session that somebody has chosen is on for streams of *tr_id* at *at*, or begins soon.

        Where no calendar reaches, it is: rather a connection too many than a crossing missed.
        """
        venue = _VENUES.get(tr_id, Venue.KRX)
        days = {moment.astimezone(zone_of(venue)).date() for moment in (at, at + self._lead)}
        try:
            sessions = [times for on in days for times in self._calendar.sessions_on(venue, on)]
        except BeyondCalendar:
            return True
        return any(
            times.opens_at - self._lead <= at < times.prints_until and choice_of(venue, times.session) in choices
            for times in sessions
        )

    def trades_expected(self, at: datetime) -> bool:
        """Say whether a watch list of liquid symbols must bring trades at *at*: in the continuous regular session."""
        try:
            regular = self._calendar.regular_times(Venue.KRX, at.astimezone(SEOUL).date())
        except BeyondCalendar:
            return False
        return regular is not None and regular.opens_at <= at < regular.closes_at - self._closing_auction

    def continuous(self, venue: Venue, at: datetime) -> Place | None:
        """Return the regular session of a Korean *venue* if trades are printed as they happen at *at*, else None.

        They are not in the closing auction; and what KRX trades at fixed prices around the session counts in the volume
        without being printed.
        """
        place = self.place(venue, to_ns(at))
        if (
            place is None
            or place.session is not Session.REGULAR
            or (venue is Venue.KRX and not self.trades_expected(at))
        ):
            return None
        return place

    def place(self, venue: Venue, at_ns: int) -> Place | None:
        """Return the session of a trade of *venue* at that moment (UTC epoch ns), None where nothing trades."""
        try:
            times = self._calendar.session_at(venue, from_ns(at_ns))
        except BeyondCalendar:
            return None
        return Place(times.session, times.session_date) if times else None

    def span(self, venue: Venue, first_ns: int, last_ns: int) -> tuple[int, int] | None:
        """Return what the sessions of *venue* on the date of *last_ns* leave of a stretch, None if nothing."""
        try:
            sessions = self._calendar.sessions_on(venue, from_ns(last_ns).astimezone(zone_of(venue)).date())
        except BeyondCalendar:
            return None
        parts = [
            (max(first_ns, to_ns(times.opens_at)), min(last_ns, to_ns(times.prints_until) - 1)) for times in sessions
        ]
        traded = [(start_ns, end_ns) for start_ns, end_ns in parts if start_ns <= end_ns]
        return (traded[0][0], traded[-1][1]) if traded else None
