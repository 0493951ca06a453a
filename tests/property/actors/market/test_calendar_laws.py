"""Laws that hold at every instant and on every day, on every venue."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from actors.market.closed_days import compute_closed_days
from actors.market.config import MarketConfig
from actors.market.sessions import Calendar
from protocol.messages import Venue

venues = st.sampled_from(Venue)
dates = st.dates(date(2015, 1, 1), date(2035, 12, 31))
instants = st.datetimes(datetime(2015, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@cache
def calendar() -> Calendar:
    """Return the calendar as shipped."""
    return Calendar(MarketConfig(), compute_closed_days())


@given(venues, dates)
def test_the_day_before_the_day_after_a_trading_day_is_that_day(venue: Venue, on: date) -> None:
    """Previous and next are inverse, or a target would be made from the wrong bars."""
    trading_day = calendar().next_session_date(venue, on)

    assert calendar().next_session_date(venue, calendar().previous_session_date(venue, trading_day)) == trading_day
    assert calendar().previous_session_date(venue, calendar().next_session_date(venue, trading_day)) == trading_day


@given(venues, dates)
def test_the_sessions_of_a_day_never_overlap(venue: Venue, on: date) -> None:
    """A trade belongs to one session or none."""
    sessions = calendar().sessions_on(venue, on)

    for earlier, later in pairwise(sessions):
        assert earlier.prints_until <= later.opens_at
    for times in sessions:
        assert times.opens_at < times.closes_at <= times.prints_until


@given(venues, instants)
def test_an_instant_in_a_session_has_that_sessions_date_and_no_other(venue: Venue, at: datetime) -> None:
    """No instant belongs to two session dates."""
    nearby = [at.date() + timedelta(days=days) for days in (-2, -1, 0, 1, 2)]
    holding = {times.session_date for on in nearby for times in calendar().sessions_on(venue, on) if times.holds(at)}

    times = calendar().session_at(venue, at)

    assert holding == ({times.session_date} if times else set())
    assert times is None or calendar().session_date_at(venue, at) == times.session_date


@given(venues, instants, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_session_dates_never_go_back(venue: Venue, at: datetime, later: timedelta) -> None:
    """As time goes on, so do the targets' dates."""
    assert calendar().session_date_at(venue, at) <= calendar().session_date_at(venue, at + later)


@given(venues, instants)
def test_the_next_open_and_close_lie_ahead(venue: Venue, at: datetime) -> None:
    """Whoever waits for an instant in the past waits not at all, again and again."""
    assert calendar().next_open(venue, at) > at
    assert calendar().next_close(venue, at) > at
