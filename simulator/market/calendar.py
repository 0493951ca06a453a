"""When the simulated exchanges trade.

    KRX  09:00-15:20 continuous, 15:30 closing cross; shares 16:00-20:00, too, from 2026-09-14 on; Seoul
    NXT  08:00-08:50, 09:00:30-15:20, 15:40-20:00, without crosses; Seoul
    US   09:30-16:00 continuous, New York

A session date is the exchange's own date. Nothing trades on weekends and closed days.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from simulator.clock import moment_of, nanoseconds_of
from simulator.market.closed_days import CLOSED_DAYS

__all__ = ["AFTER", "PRE", "REGULAR", "Calendar", "Session", "Stretch", "calendar_of"]

PRE, REGULAR, AFTER = "1", "2", "3"
"""KIS's MARKET_CLS_CODE."""

_AFTER_MARKET_SINCE = date(2026, 9, 14)
_CONTINUOUS_OF_KRX = (REGULAR, time(9), time(15, 20), time(15, 30))
_AFTER_MARKET = (AFTER, time(16), time(20), time(20))
_NXT_HOURS = (
    (PRE, time(8), time(8, 50), time(8, 50)),
    (REGULAR, time(9, 0, 30), time(15, 20), time(15, 20)),
    (AFTER, time(15, 40), time(20), time(20)),
)
_US_HOURS = ((REGULAR, time(9, 30), time(16), time(16)),)
_FIRST_HOURS = {"Asia/Seoul": time(9), "America/New_York": time(9, 30)}

Hours = tuple[tuple[str, time, time, time], ...]


class Stretch(Struct, frozen=True):
    """A part of a trading day in which trades come; moments are UTC epoch nanoseconds.

    `market_class` is `PRE`, `REGULAR` or `AFTER`; a cross opens and closes the stretch only where `has_crosses`.
    """

    market_class: str
    opens_ns: int
    continuous_until_ns: int
    closes_ns: int
    has_crosses: bool


class Session(Struct, frozen=True):
    """One trading day of one exchange. `nine_ns` is when its main exchange opens: prices follow a path from there."""

    session_date: date
    nine_ns: int
    stretches: tuple[Stretch, ...]

    @property
    def regular(self) -> Stretch:
        """The regular stretch."""
        return next(stretch for stretch in self.stretches if stretch.market_class == REGULAR)

    @property
    def opens_ns(self) -> int:
        """When its first trade may come."""
        return self.stretches[0].opens_ns

    @property
    def closes_ns(self) -> int:
        """When its regular stretch closes, which makes the day's close."""
        return self.regular.closes_ns

    @property
    def ends_ns(self) -> int:
        """When its last trade may come."""
        return self.stretches[-1].closes_ns

    def stretch_at(self, world_ns: int) -> int:
        """Return the number of the stretch that goes on at *world_ns*, or else of the next one."""
        return next(place for place, stretch in enumerate(self.stretches) if world_ns < stretch.closes_ns)


class Calendar:
    """The trading days of one exchange."""

    def __init__(self, zone: str, hours: Callable[[date], Hours], closed: Iterable[date], *, has_crosses: bool) -> None:
        self.zone = ZoneInfo(zone)
        self._hours = hours
        self._closed = frozenset(closed)
        self._has_crosses = has_crosses

    def is_open_on(self, day: date) -> bool:
        """Whether there is a session on *day*."""
        return day.weekday() < 5 and day not in self._closed  # noqa: PLR2004 - Saturday is 5

    def session_on(self, day: date) -> Session:
        """Return the session of *day*, which must be a trading day."""
        stretches = tuple(
            Stretch(
                name,
                self._moment(day, opens),
                self._moment(day, continuous_until),
                self._moment(day, closes),
                self._has_crosses and name == REGULAR,
            )
            for name, opens, continuous_until, closes in self._hours(day)
        )
        return Session(day, self._moment(day, _FIRST_HOURS[self.zone.key]), stretches)

    def next_after(self, day: date) -> date:
        """Return the first trading day after *day*."""
        return self._walk(day, timedelta(days=1))

    def previous_before(self, day: date) -> date:
        """Return the last trading day before *day*."""
        return self._walk(day, timedelta(days=-1))

    def session_at(self, world_ns: int) -> Session:
        """Return the session that goes on at *world_ns*, or else the next one."""
        day = self.date_at(world_ns)
        if self.is_open_on(day) and world_ns < (session := self.session_on(day)).ends_ns:
            return session
        return self.session_on(self.next_after(day))

    def date_at(self, world_ns: int) -> date:
        """Return the exchange's own date at *world_ns*."""
        return moment_of(world_ns).astimezone(self.zone).date()

    def _moment(self, day: date, clock: time) -> int:
        return nanoseconds_of(datetime.combine(day, clock, tzinfo=self.zone))

    def _walk(self, day: date, step: timedelta) -> date:
        day += step
        while not self.is_open_on(day):
            day += step
        return day


def calendar_of(venue: str, closed_days: dict[str, list[str]], *, has_after_market: bool = False) -> Calendar:
    """Return the calendar of *venue*.

    Args:
        venue: KRX, NXT or one of the American exchanges.
        closed_days: further closed days, ISO dates by `KRX` (which NXT keeps, too) or `US`.
        has_after_market: whether it is for shares, which KRX trades in the evening since 2026-09-14.
    """
    exchange = "KRX" if venue in {"KRX", "NXT"} else "US"
    closed = CLOSED_DAYS[exchange] | {date.fromisoformat(day) for day in closed_days.get(exchange, [])}
    if venue == "NXT":
        return Calendar("Asia/Seoul", lambda _: _NXT_HOURS, closed, has_crosses=False)
    if venue == "KRX":
        return Calendar("Asia/Seoul", _krx_hours(has_after_market=has_after_market), closed, has_crosses=True)
    return Calendar("America/New_York", lambda _: _US_HOURS, closed, has_crosses=True)


def _krx_hours(*, has_after_market: bool) -> Callable[[date], Hours]:
    def hours(day: date) -> Hours:
        is_long = has_after_market and day >= _AFTER_MARKET_SINCE
        return (_CONTINUOUS_OF_KRX, _AFTER_MARKET) if is_long else (_CONTINUOUS_OF_KRX,)

    return hours
