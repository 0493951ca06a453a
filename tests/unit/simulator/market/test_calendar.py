"""When the simulated exchanges trade."""

from datetime import UTC, date, datetime

import pytest

from simulator.clock import moment_of, nanoseconds_of
from simulator.market.calendar import calendar_of


def at(text: str) -> int:
    """Return the instant of an ISO *text* as nanoseconds."""
    return nanoseconds_of(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("venue", "day", "is_open"),
    [
        ("KRX", "2025-11-28", True),
        ("KRX", "2025-11-29", False),  # Saturday
        ("KRX", "2025-10-09", False),  # Hangul day
        ("KRX", "2025-12-31", False),  # the last day of the year
        ("AMEX", "2025-11-27", False),  # Thanksgiving
        ("AMEX", "2025-10-09", True),
    ],
)
def test_each_exchange_has_its_own_closed_days(venue: str, day: str, *, is_open: bool) -> None:
    """A bar of a day on which the real exchange was closed would look like a hole or a double to a careful reader."""
    assert calendar_of(venue, {}).is_open_on(date.fromisoformat(day)) == is_open


def test_a_configured_day_is_closed_too() -> None:
    """A holiday may be announced at short notice."""
    assert not calendar_of("KRX", {"KRX": ["2025-11-28"]}).is_open_on(date(2025, 11, 28))
    assert calendar_of("AMEX", {"KRX": ["2025-11-28"]}).is_open_on(date(2025, 11, 28))


def test_saturday_at_three_in_seoul_is_fridays_us_session() -> None:
    """The session date is the exchange's own."""
    assert calendar_of("NASDAQ", {}).session_at(at("2025-11-29T03:00:00+09:00")).session_date == date(2025, 11, 28)


def test_after_the_close_the_next_session_is_meant() -> None:
    """A world that begins on Friday evening waits for Monday."""
    session = calendar_of("KRX", {}).session_at(at("2025-11-28T15:30:00+09:00"))
    assert moment_of(session.opens_ns) == datetime(2025, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hour"), [(date(2025, 7, 1), 13), (date(2025, 12, 1), 14)])
def test_new_york_keeps_daylight_saving(day: date, hour: int) -> None:
    """Half past nine in New York is another hour in Seoul in summer."""
    opens = moment_of(calendar_of("NYSE", {}).session_on(day).opens_ns)
    assert (opens.hour, opens.minute) == (hour, 30)
