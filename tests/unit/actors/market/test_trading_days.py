"""The calendar as shipped against the exchanges' own lists, day by day: `tests/recordings/trading-days.toml`."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from actors.market.sessions import zone_of
from protocol.messages import Venue
from tests.support.calendar import calendar, closed_days

TABLE: dict[str, Any] = tomllib.loads(
    (Path(__file__).resolve().parents[3] / "recordings" / "trading-days.toml").read_text(encoding="utf-8")
)
EXCHANGES = [("krx", Venue.KRX), ("nyse", Venue.NYSE)]
USUAL = {"krx": [time(9), time(15, 30)], "nyse": [time(9, 30), time(16)]}
YEARS = range(2024, 2028)


def closed(exchange: str) -> set[date]:
    """Return the weekdays on which the exchange's own list has no trading."""
    by_year = TABLE[exchange]["closed"]
    return {date.fromisoformat(f"{year}-{day}") for year, days in by_year.items() for day in days}


def unusual_times(exchange: str) -> dict[date, list[time]]:
    """Return open and close of the days that have others than usual."""
    by_year = TABLE[exchange]["times"]
    return {
        date.fromisoformat(f"{year}-{day}"): [time.fromisoformat(each) for each in times]
        for year, days in by_year.items()
        for day, times in days.items()
    }


def weekdays() -> Iterator[date]:
    """Return every Monday to Friday of the four years."""
    on = date(YEARS[0], 1, 1)
    while on.year in YEARS:
        if on.weekday() <= 4:
            yield on
        on += timedelta(days=1)


@pytest.mark.parametrize(("exchange", "venue"), EXCHANGES)
def test_every_weekday_is_open_or_closed_as_the_exchange_lists_it(exchange: str, venue: Venue) -> None:
    """A closed day taken for open wakes people for nothing; an open one taken for closed loses their alerts."""
    differing = [on for on in weekdays() if calendar().is_trading_day(venue, on) == (on in closed(exchange))]

    assert differing == []


@pytest.mark.parametrize(("exchange", "venue"), EXCHANGES)
def test_every_regular_session_has_the_times_that_the_exchange_lists(exchange: str, venue: Venue) -> None:
    """Exam days, first days and half days are where others are an hour early or three hours late."""
    unusual, differing = unusual_times(exchange), []
    for on in weekdays():
        regular = calendar().regular_times(venue, on)
        expected = None if on in closed(exchange) else unusual.get(on, USUAL[exchange])
        found = regular and [_clock(regular.opens_at, venue), _clock(regular.closes_at, venue)]
        if found != expected:
            differing.append((on, expected, found))

    assert differing == []


def test_where_exchange_calendars_differs_the_exchange_says_what_we_say() -> None:
    """The differences are known one by one: whoever renews a library looks at these days first."""
    differing = {date.fromisoformat(day) for day in TABLE["krx"]["exchange_calendars_differs"]}
    exam_days = {on for on, (_, closes) in unusual_times("krx").items() if closes != time(15, 30)}

    assert differing == {day for day in closed_days().krx if day in differing} | exam_days
    assert differing - exam_days <= closed("krx")


def _clock(at: datetime, venue: Venue) -> time:
    """Return what the exchange's wall clock shows."""
    return at.astimezone(zone_of(venue)).time()
