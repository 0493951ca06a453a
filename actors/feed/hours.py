"""When trades must flow on KRX. Pure."""

from datetime import datetime, timedelta

from actors.market.errors import BeyondCalendar
from actors.market.sessions import SEOUL, Calendar
from protocol.messages import Session, Venue

__all__ = ["Hours"]


class Hours:
    """The stretches of KRX's day that the feed judges by."""

    def __init__(self, calendar: Calendar, closing_auction: timedelta) -> None:
        """Take the calendar.

        Args:
            calendar: the sessions of the venues.
            closing_auction: the last part of the regular session, in which nothing trades before the closing cross.
        """
        self._calendar = calendar
        self._closing_auction = closing_auction

    def is_open(self, at: datetime) -> bool:
        """Say whether any session of KRX is trading at *at*; not where no calendar reaches."""
        try:
            return self._calendar.is_open(Venue.KRX, at, tuple(Session))
        except BeyondCalendar:
            return False

    def trades_expected(self, at: datetime) -> bool:
        """Say whether a watch list of liquid symbols must bring trades at *at*: in the continuous regular session."""
        try:
            regular = self._calendar.regular_times(Venue.KRX, at.astimezone(SEOUL).date())
        except BeyondCalendar:
            return False
        return regular is not None and regular.opens_at <= at < regular.closes_at - self._closing_auction
