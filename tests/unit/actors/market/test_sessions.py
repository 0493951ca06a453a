"""Which session an instant belongs to, on ordinary days and on those that others get wrong."""

from datetime import UTC, date, datetime, time
from functools import cache

import msgspec
import pytest

from actors.market.closed_days import compute_closed_days
from actors.market.config import MarketConfig
from actors.market.errors import BeyondCalendar
from actors.market.sessions import NEW_YORK, SEOUL, Calendar, zone_of
from protocol.messages import Session, Venue

FRIDAY = date(2025, 11, 28)


@cache
def calendar() -> Calendar:
    """Return the calendar as shipped."""
    return Calendar(MarketConfig(), compute_closed_days())


def calendar_with(toml: str) -> Calendar:
    """Return the calendar with an operator's settings."""
    return Calendar(msgspec.toml.decode(toml, type=MarketConfig), compute_closed_days())


def seoul(on: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return what Seoul's wall clock shows as an instant."""
    return datetime.combine(on, time(hour, minute, second), SEOUL)


def new_york(on: date, hour: int, minute: int = 0) -> datetime:
    """Return what New York's wall clock shows as an instant."""
    return datetime.combine(on, time(hour, minute), NEW_YORK)


def session_at(venue: Venue, at: datetime) -> Session | None:
    """Return the kind of session at an instant."""
    times = calendar().session_at(venue, at)
    return times.session if times else None


def test_saturday_three_in_the_morning_in_seoul_is_fridays_us_session() -> None:
    """Who goes by the local weekday sleeps through the end of the US week."""
    saturday = seoul(date(2025, 11, 22), 3)

    assert session_at(Venue.NASDAQ, saturday) is Session.REGULAR
    assert calendar().session_date_at(Venue.NASDAQ, saturday) == date(2025, 11, 21)
    assert session_at(Venue.KRX, saturday) is None


@pytest.mark.parametrize(
    ("on", "opens_at"),
    [
        (date(2026, 3, 6), datetime(2026, 3, 6, 14, 30, tzinfo=UTC)),
        (date(2026, 3, 9), datetime(2026, 3, 9, 13, 30, tzinfo=UTC)),
        (date(2026, 10, 30), datetime(2026, 10, 30, 13, 30, tzinfo=UTC)),
        (date(2026, 11, 2), datetime(2026, 11, 2, 14, 30, tzinfo=UTC)),
    ],
)
def test_the_us_open_moves_in_utc_with_daylight_saving(on: date, opens_at: datetime) -> None:
    """Twice a year Korea sees the US open move by an hour over a weekend."""
    regular = calendar().regular_times(Venue.NYSE, on)

    assert regular is not None
    assert regular.opens_at == opens_at


@pytest.mark.parametrize(
    ("hour", "minute", "second", "expected"),
    [
        (8, 29, 59, None),
        (8, 30, 0, Session.PRE_MARKET),
        (8, 59, 59, Session.PRE_MARKET),
        (9, 0, 0, Session.REGULAR),
        (15, 29, 59, Session.REGULAR),
        (15, 30, 24, Session.REGULAR),
        (15, 32, 29, Session.REGULAR),
        (15, 33, 0, None),
        (15, 40, 0, Session.AFTER_HOURS),
        (17, 59, 59, Session.AFTER_HOURS),
        (18, 0, 0, None),
    ],
)
def test_a_korean_trade_belongs_to_the_session_of_its_minute(
    hour: int, minute: int, second: int, expected: Session | None
) -> None:
    """The closing cross is printed after half past three and is still the regular session's."""
    assert session_at(Venue.KRX, seoul(FRIDAY, hour, minute, second)) is expected


def test_after_hours_trading_lasts_until_eight_since_september_2026() -> None:
    """Hours change with a date; the days before keep theirs, for replays."""
    assert session_at(Venue.KRX, seoul(date(2026, 9, 11), 18, 30)) is None
    assert session_at(Venue.KRX, seoul(date(2026, 9, 14), 18, 30)) is Session.AFTER_HOURS


def test_nxt_has_hours_of_its_own() -> None:
    """NXT trades at eight, when KRX sleeps, and begins thirty seconds after KRX."""
    assert session_at(Venue.NXT, seoul(FRIDAY, 8)) is Session.PRE_MARKET
    assert session_at(Venue.NXT, seoul(FRIDAY, 9, 0, 29)) is None
    assert session_at(Venue.NXT, seoul(FRIDAY, 19, 59)) is Session.AFTER_HOURS


@pytest.mark.parametrize("exam_day", [date(2024, 11, 14), date(2025, 11, 13), date(2026, 11, 19)])
def test_on_the_exam_day_everything_but_the_end_comes_an_hour_later(exam_day: date) -> None:
    """On the day of the university entrance exam a feed silent until ten is well."""
    assert session_at(Venue.KRX, seoul(exam_day, 9, 15)) is None
    assert session_at(Venue.KRX, seoul(exam_day, 9, 30)) is Session.PRE_MARKET
    assert session_at(Venue.KRX, seoul(exam_day, 16, 30)) is Session.REGULAR
    assert session_at(Venue.KRX, seoul(exam_day, 16, 39)) is None
    assert session_at(Venue.KRX, seoul(exam_day, 17, 59)) is Session.AFTER_HOURS
    assert session_at(Venue.NXT, seoul(exam_day, 8, 30)) is None
    assert session_at(Venue.NXT, seoul(exam_day, 19, 59)) is Session.AFTER_HOURS


@pytest.mark.parametrize("first_day", [date(2025, 1, 2), date(2026, 1, 2), date(2027, 1, 4)])
def test_the_first_trading_day_of_the_year_opens_at_ten_and_closes_as_always(first_day: date) -> None:
    """The opening ceremony holds the market back once a year, on a date that moves."""
    regular = calendar().regular_times(Venue.KRX, first_day)

    assert regular is not None
    assert (regular.opens_at, regular.closes_at) == (seoul(first_day, 10), seoul(first_day, 15, 30))


def test_a_us_half_day_closes_at_one_and_its_after_hours_at_five() -> None:
    """The Friday after Thanksgiving is over three hours early."""
    assert session_at(Venue.AMEX, new_york(FRIDAY, 12, 59)) is Session.REGULAR
    assert session_at(Venue.AMEX, new_york(FRIDAY, 13)) is Session.AFTER_HOURS
    assert session_at(Venue.AMEX, new_york(FRIDAY, 17)) is None


def test_a_closed_day_has_no_session() -> None:
    """Nothing trades at Chuseok although it is a Thursday."""
    assert calendar().sessions_on(Venue.KRX, date(2026, 9, 24)) == ()
    assert calendar().regular_times(Venue.KRX, date(2026, 9, 24)) is None


def test_between_two_sessions_of_a_day_the_session_date_is_that_day() -> None:
    """Targets must not change at 15:35 and back at 15:40."""
    assert calendar().session_date_at(Venue.KRX, seoul(FRIDAY, 15, 35)) == FRIDAY


def test_after_the_last_session_the_session_date_is_the_coming_one() -> None:
    """On Friday evening targets are made for Monday."""
    assert calendar().session_date_at(Venue.KRX, seoul(FRIDAY, 18)) == date(2025, 12, 1)


def test_the_session_before_a_long_holiday_is_found() -> None:
    """The previous session of the day after Chuseok 2025 lies eleven days back."""
    assert calendar().previous_session_date(Venue.KRX, date(2025, 10, 13)) == date(2025, 10, 10)
    assert calendar().previous_session_date(Venue.KRX, date(2025, 10, 10)) == date(2025, 10, 2)


def test_the_next_open_steps_over_the_weekend() -> None:
    """An actor that waits for the open must not wake on Saturday."""
    assert calendar().next_open(Venue.KRX, seoul(FRIDAY, 9)) == seoul(date(2025, 12, 1), 9)


def test_the_next_close_is_todays_while_the_market_trades() -> None:
    """The closing line is due today."""
    assert calendar().next_close(Venue.KRX, seoul(FRIDAY, 9)) == seoul(FRIDAY, 15, 30)


def test_the_next_open_of_another_kind_of_session_can_be_asked_for() -> None:
    """Who watches NXT connects for its pre-market."""
    sessions = (Session.PRE_MARKET, Session.REGULAR)

    assert calendar().next_open(Venue.NXT, seoul(FRIDAY, 7), sessions) == seoul(FRIDAY, 8)


def test_open_can_mean_the_regular_session_only() -> None:
    """By default a person is alerted in the regular session only."""
    at = seoul(FRIDAY, 16)

    assert calendar().is_open(Venue.KRX, at)
    assert not calendar().is_open(Venue.KRX, at, (Session.REGULAR,))


def test_the_operator_can_close_and_open_days() -> None:
    """A temporary holiday is announced weeks ahead, faster than any library is released."""
    changed = calendar_with("krx_extra_closed_days = [2025-11-28]\nkrx_extra_open_days = [2025-11-29, 2025-12-25]")

    assert not changed.is_trading_day(Venue.KRX, FRIDAY)
    assert changed.is_trading_day(Venue.NXT, date(2025, 11, 29))
    assert changed.is_trading_day(Venue.KRX, date(2025, 12, 25))
    assert changed.is_trading_day(Venue.NYSE, FRIDAY)


def test_hours_can_be_changed_in_the_settings() -> None:
    """KRX has announced a pre-market for 2027: that is an entry, not a release."""
    changed = calendar_with('krx_hours = [{session = "regular", opens = 07:00:00, closes = 08:00:00}]')

    assert changed.is_open(Venue.KRX, seoul(FRIDAY, 7))
    assert not changed.is_open(Venue.KRX, seoul(FRIDAY, 8))


def test_hours_that_end_before_they_begin_are_refused() -> None:
    """A slip of the hand in the settings must not silence a market."""
    with pytest.raises(msgspec.ValidationError, match=r"krx_hours\[0\]"):
        calendar_with('krx_hours = [{session = "regular", opens = 09:00:00, closes = 08:00:00}]')


def test_a_year_of_which_nothing_is_known_is_refused() -> None:
    """Without a list every weekday would look like a trading day."""
    with pytest.raises(BeyondCalendar, match="2041"):
        calendar().is_trading_day(Venue.KRX, date(2041, 3, 5))


def test_each_venue_has_its_wall_clock() -> None:
    """Alerts print the market's own time."""
    assert [zone_of(venue) for venue in Venue] == [SEOUL, SEOUL, NEW_YORK, NEW_YORK, NEW_YORK]
