"""The calendar as shipped against the exchanges' own lists, day by day: `tests/recordings/trading-days.toml`."""

import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from actors.market.sessions import zone_of
from protocol.messages import Venue
from tests.support.calendar import calendar

TABLE: dict[str, Any] = tomllib.loads(
    (Path(__file__).resolve().parents[3] / "recordings" / "trading-days.toml").read_text(encoding="utf-8")
)
EXCHANGES = [("krx", Venue.KRX), ("nyse", Venue.NYSE)]
USUAL = {"krx": [time(9), time(15, 30)], "nyse": [time(9, 30), time(16)]}
YEARS = range(2024, 2028)


Regular = dict[date, list[time] | None]
"""Open and close of the regular session of each weekday, None where the exchange is closed."""


def listed(exchange: str, lists: dict[str, Any] = TABLE) -> Regular:
    """Return what one of the *lists*, by default the exchange's own, says of every weekday."""
    closed = {f"{year}-{day}": None for year, days in lists[exchange]["closed"].items() for day in days}
    times = {
        f"{year}-{day}": [time.fromisoformat(each) for each in times]
        for year, days in lists[exchange]["times"].items()
        for day, times in days.items()
    }
    unusual: dict[str, list[time] | None] = {**closed, **times}
    return {on: unusual.get(on.isoformat(), USUAL[exchange]) for on in weekdays()}


def ours(venue: Venue) -> Regular:
    """Return what our calendar says of every weekday."""
    regular = {on: calendar().regular_times(venue, on) for on in weekdays()}
    return {
        on: [_clock(times.opens_at, venue), _clock(times.closes_at, venue)] if times else None
        for on, times in regular.items()
    }


def differing(one: Regular, other: Regular) -> list[date]:
    """Return the weekdays on which the two do not agree."""
    return [on for on in one if one[on] != other[on]]


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
    of_exchange = listed(exchange)
    wrong = [on for on in weekdays() if calendar().is_trading_day(venue, on) is not (of_exchange[on] is not None)]

    assert wrong == []


@pytest.mark.parametrize(("exchange", "venue"), EXCHANGES)
def test_every_regular_session_has_the_times_that_the_exchange_lists(exchange: str, venue: Venue) -> None:
    """Exam days, first days and half days are where others are an hour early or three hours late."""
    assert differing(listed(exchange), ours(venue)) == []


@pytest.mark.parametrize(("exchange", "venue"), EXCHANGES)
def test_every_day_on_which_exchange_calendars_differs_is_known(exchange: str, venue: Venue) -> None:
    """One by one, and no other: whoever renews a library looks at these days first."""
    known = sorted(TABLE[exchange].get("exchange_calendars_differs", {}))

    assert [on.isoformat() for on in differing(ours(venue), listed(exchange, TABLE["exchange_calendars"]))] == known


def test_no_day_is_listed_twice_or_at_a_weekend() -> None:
    """A slip of the hand in the table would be looked at by nobody."""
    for lists in (TABLE, TABLE["exchange_calendars"]):
        for exchange, _ in EXCHANGES:
            entries = [
                date.fromisoformat(f"{year}-{day}")
                for kind in ("closed", "times")
                for year, days in lists[exchange][kind].items()
                for day in days
            ]
            assert len(entries) == len(set(entries))
            assert {on.weekday() for on in entries} <= set(range(5))
            assert {on.year for on in entries} == set(YEARS)


def _clock(at: datetime, venue: Venue) -> time:
    """Return what the exchange's wall clock shows."""
    return at.astimezone(zone_of(venue)).time()
