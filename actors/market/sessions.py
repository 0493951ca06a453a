"""When a venue trades: the one place that knows time zones, closed days and session hours. Pure.

A session date is the exchange's own date: Saturday 03:00 in Seoul belongs to New York's Friday. Instants are aware
datetimes and come back in UTC. On a late day the pre-market moves with the open, the after-hours session begins with
the close and ends as always; on a US half day the regular close and the whole after-hours session come early.

Which days are closed is known from three sources. The later one wins: the library's list, the operator's settings, and
of Korean days what KIS said this morning.

Sources: `actors/market/config.py` for the hours, `actors/market/closed_days.py` for the days.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from actors.market.closed_days import FIRST_YEAR, LAST_YEAR, ClosedDays
from actors.market.config import LateOpen, MarketConfig, SessionHours
from actors.market.errors import BeyondCalendar
from protocol.messages import Session, Venue

__all__ = ["NEW_YORK", "REGULAR", "SEOUL", "Calendar", "SessionTimes", "zone_of"]

SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")

REGULAR = frozenset({Session.REGULAR})
DAY = timedelta(days=1)
FIRST_WEEKEND_DAY = 5


def zone_of(venue: Venue) -> ZoneInfo:
    """Return the time zone of *venue*'s wall clock."""
    return SEOUL if venue.is_korean else NEW_YORK


class SessionTimes(Struct, frozen=True, kw_only=True):
    """One session of one day, in UTC; its trades are printed from `opens_at` up to but not including `prints_until`."""

    session: Session
    session_date: date
    opens_at: datetime
    closes_at: datetime
    prints_until: datetime

    def holds(self, at: datetime) -> bool:
        """Say whether a trade at *at* is one of this session's."""
        return self.opens_at <= at < self.prints_until


class _Shift(Struct, frozen=True):
    """By how much a day differs from the usual."""

    late: bool = False
    opens: timedelta = timedelta()
    closes: timedelta = timedelta()
    after_closes: timedelta = timedelta()


class Calendar:
    """Answers for every venue; the answers for a day are kept."""

    def __init__(self, config: MarketConfig, closed_days: ClosedDays) -> None:
        self._config = config
        self._krx_closed = (closed_days.krx | set(config.krx_extra_closed_days)) - set(config.krx_extra_open_days)
        self._us_closed = (closed_days.us | set(config.us_extra_closed_days)) - set(config.us_extra_open_days)
        self._us_half_days = closed_days.us_half_days | set(config.us_extra_half_days)
        self._late_opens = {late_open.on: late_open for late_open in config.krx_late_opens}
        self._broker_says: Mapping[date, bool] = {}
        self._sessions: dict[tuple[Venue, date], tuple[SessionTimes, ...]] = {}

    def believe(self, broker_says: Mapping[date, bool]) -> None:
        """Take the broker's word, by Korean date: whether KRX and NXT trade. It goes before lists and settings."""
        self._broker_says = broker_says
        self._sessions.clear()

    def is_trading_day(self, venue: Venue, on: date) -> bool:
        """Say whether *venue* trades on its own date *on*.

        Raises:
            BeyondCalendar: nothing is known of that year.
        """
        if not FIRST_YEAR <= on.year <= LAST_YEAR:
            message = f"expected a date from {FIRST_YEAR} to {LAST_YEAR}, found {on}"
            raise BeyondCalendar(message)
        if venue.is_korean:
            if on in self._broker_says:
                return self._broker_says[on]
            closed, extra_open = self._krx_closed, self._config.krx_extra_open_days
        else:
            closed, extra_open = self._us_closed, self._config.us_extra_open_days
        return on in extra_open or (on.weekday() < FIRST_WEEKEND_DAY and on not in closed)

    def sessions_on(self, venue: Venue, on: date) -> tuple[SessionTimes, ...]:
        """Return the sessions of *venue* on its date *on*, in order; none on a closed day."""
        key = (venue, on)
        if key not in self._sessions:
            self._sessions[key] = self._make_sessions(venue, on)
        return self._sessions[key]

    def regular_times(self, venue: Venue, on: date) -> SessionTimes | None:
        """Return the regular session of *venue* on its date *on*, None on a closed day."""
        return next((times for times in self.sessions_on(venue, on) if times.session is Session.REGULAR), None)

    def session_at(self, venue: Venue, at: datetime) -> SessionTimes | None:
        """Return the session to which a trade of *venue* at *at* belongs, None while nothing trades."""
        on = at.astimezone(zone_of(venue)).date()
        return next((times for times in self.sessions_on(venue, on) if times.holds(at)), None)

    def is_open(self, venue: Venue, at: datetime, sessions: Collection[Session] = tuple(Session)) -> bool:
        """Say whether one of *sessions* is trading on *venue* at *at*."""
        times = self.session_at(venue, at)
        return times is not None and times.session in sessions

    def session_date_at(self, venue: Venue, at: datetime) -> date:
        """Return the session date that *at* belongs to; after the day's last session, the coming one."""
        on = at.astimezone(zone_of(venue)).date()
        sessions = self.sessions_on(venue, on)
        if sessions and at < sessions[-1].prints_until:
            return on
        return self.next_session_date(venue, on)

    def previous_session_date(self, venue: Venue, on: date) -> date:
        """Return the last trading day of *venue* before *on*, whether or not *on* is one."""
        return next(self._trading_days(venue, on, -DAY))

    def next_session_date(self, venue: Venue, on: date) -> date:
        """Return the first trading day of *venue* after *on*, whether or not *on* is one."""
        return next(self._trading_days(venue, on, DAY))

    def next_open(self, venue: Venue, at: datetime, sessions: Collection[Session] = REGULAR) -> datetime:
        """Return when, after *at*, the next of *sessions* opens on *venue*."""
        return next(times.opens_at for times in self._sessions_from(venue, at, sessions) if times.opens_at > at)

    def next_close(self, venue: Venue, at: datetime, sessions: Collection[Session] = REGULAR) -> datetime:
        """Return when, after *at*, the next of *sessions* closes on *venue*."""
        return next(times.closes_at for times in self._sessions_from(venue, at, sessions) if times.closes_at > at)

    def _sessions_from(self, venue: Venue, at: datetime, sessions: Collection[Session]) -> Iterator[SessionTimes]:
        day_before = at.astimezone(zone_of(venue)).date() - DAY
        for on in self._trading_days(venue, day_before, DAY):
            yield from (times for times in self.sessions_on(venue, on) if times.session in sessions)

    def _trading_days(self, venue: Venue, on: date, step: timedelta) -> Iterator[date]:
        """Walk the trading days from the one next to *on*, forwards or backwards."""
        while True:
            on += step
            if self.is_trading_day(venue, on):
                yield on

    def _make_sessions(self, venue: Venue, on: date) -> tuple[SessionTimes, ...]:
        if not self.is_trading_day(venue, on):
            return ()
        shift = self._shift_on(venue, on)
        hours_of_day = (
            hours
            for hours in self._hours_of(venue)
            if hours.since <= on <= hours.until and (hours.on_late_days or not shift.late)
        )
        times = (_place(hours, on, zone_of(venue), shift) for hours in hours_of_day)
        return tuple(sorted(times, key=lambda placed: placed.opens_at))

    def _hours_of(self, venue: Venue) -> tuple[SessionHours, ...]:
        if venue is Venue.KRX:
            return self._config.krx_hours
        return self._config.nxt_hours if venue is Venue.NXT else self._config.us_hours

    def _shift_on(self, venue: Venue, on: date) -> _Shift:
        if not venue.is_korean:
            earlier = -timedelta(minutes=self._config.us_half_day_earlier_min)
            return _Shift(closes=earlier, after_closes=earlier) if on in self._us_half_days else _Shift()
        late_open = self._late_opens.get(on)
        if late_open is None and self.previous_session_date(venue, on).year < on.year:
            late_open = LateOpen(on=on, opens_later_min=self._config.krx_first_day_later_min, closes_later_min=0)
        if late_open is None:
            return _Shift()
        opens, closes = timedelta(minutes=late_open.opens_later_min), timedelta(minutes=late_open.closes_later_min)
        return _Shift(late=True, opens=opens, closes=closes)


def _place(hours: SessionHours, on: date, zone: ZoneInfo, shift: _Shift) -> SessionTimes:
    """Put *hours* on a date, each end moved as the kind of session asks for."""
    opens_later, closes_later = {
        Session.PRE_MARKET: (shift.opens, shift.opens),
        Session.REGULAR: (shift.opens, shift.closes),
        Session.AFTER_HOURS: (shift.closes, shift.after_closes),
    }[hours.session]
    # A shift is of the wall clock, so it is applied before the zone's offset.
    opens_at = datetime.combine(on, hours.opens, zone) + opens_later
    closes_at = datetime.combine(on, hours.closes, zone) + closes_later
    prints_until = datetime.combine(on, hours.prints_until or hours.closes, zone) + closes_later
    return SessionTimes(
        session=hours.session,
        session_date=on,
        opens_at=opens_at.astimezone(UTC),
        closes_at=closes_at.astimezone(UTC),
        prints_until=prints_until.astimezone(UTC),
    )
