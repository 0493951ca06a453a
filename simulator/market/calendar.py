"""When the simulated exchanges trade.

    KRX  09:00-15:20 continuous, 15:30 closing cross, Seoul
    US   09:30-16:00 continuous, New York

A session date is the exchange's own date. Nothing trades on weekends and closed days.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from simulator.clock import moment_of, nanoseconds_of
from simulator.market.closed_days import CLOSED_DAYS

__all__ = ["Calendar", "Session", "calendar_of"]


class Session(Struct, frozen=True):
    """One trading day of one exchange; moments are UTC epoch nanoseconds."""

    session_date: date
    opens_ns: int
    continuous_until_ns: int
    closes_ns: int


class Calendar:
    """The trading days of one exchange."""

    def __init__(self, zone: str, hours: tuple[time, time, time], closed: Iterable[date]) -> None:
        self.zone = ZoneInfo(zone)
        self._hours = hours
        self._closed = frozenset(closed)

    def is_open_on(self, day: date) -> bool:
        """Whether there is a session on *day*."""
        return day.weekday() < 5 and day not in self._closed  # noqa: PLR2004 - Saturday is 5

    def session_on(self, day: date) -> Session:
        """Return the session of *day*, which must be a trading day."""
        opens, continuous_until, closes = (
            nanoseconds_of(datetime.combine(day, hour, tzinfo=self.zone)) for hour in self._hours
        )
        return Session(day, opens, continuous_until, closes)

    def next_after(self, day: date) -> date:
        """Return the first trading day after *day*."""
        return self._walk(day, timedelta(days=1))

    def previous_before(self, day: date) -> date:
        """Return the last trading day before *day*."""
        return self._walk(day, timedelta(days=-1))

    def session_at(self, world_ns: int) -> Session:
        """Return the session that goes on at *world_ns*, or else the next one."""
        day = self.date_at(world_ns)
        if self.is_open_on(day) and world_ns < (session := self.session_on(day)).closes_ns:
            return session
        return self.session_on(self.next_after(day))

    def date_at(self, world_ns: int) -> date:
        """Return the exchange's own date at *world_ns*."""
        return moment_of(world_ns).astimezone(self.zone).date()

    def _walk(self, day: date, step: timedelta) -> date:
        day += step
        while not self.is_open_on(day):
            day += step
        return day


def calendar_of(venue: str, closed_days: dict[str, list[str]]) -> Calendar:
    """Return the calendar of *venue*, with further *closed_days* by exchange as ISO dates."""
    exchange = "KRX" if venue == "KRX" else "US"
    closed = CLOSED_DAYS[exchange] | {date.fromisoformat(day) for day in closed_days.get(exchange, [])}
    if exchange == "KRX":
        return Calendar("Asia/Seoul", (time(9), time(15, 20), time(15, 30)), closed)
    return Calendar("America/New_York", (time(9, 30), time(16), time(16)), closed)
