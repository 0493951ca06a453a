"""What is sorted out of FinanceDataReader's answers."""

import math
from datetime import date

import pytest

from actors.fdr.client import code_of, traded_rows
from actors.fdr.worker import Row
from protocol.messages import Venue

WEDNESDAY, THURSDAY, FRIDAY = date(2025, 11, 26), date(2025, 11, 27), date(2025, 11, 28)


def row(on: date, close: float = 10.0, **changes: float) -> Row:
    """Return a day that closed at *close*."""
    prices = {"open": close, "high": close, "low": close, "close": close, "volume": 1.0, **changes}
    return Row(on, **prices)


@pytest.mark.parametrize(
    ("symbol", "venue", "code"),
    [
        ("005930", Venue.KRX, "NAVER:005930"),
        ("0126Z0", Venue.KRX, "NAVER:0126Z0"),
        ("Q500001", Venue.KRX, "NAVER:500001"),
        ("TQQQ", Venue.NASDAQ, "YAHOO:TQQQ"),
        ("BRK.B", Venue.NYSE, "YAHOO:BRK-B"),
        ("VIX", Venue.AMEX, "YAHOO:VIX"),
    ],
)
def test_every_code_names_its_source(symbol: str, venue: Venue, code: str) -> None:
    """Left to itself the library asks Yahoo for a Korean ETN, and takes some symbols for indices."""
    assert code_of(symbol, venue) == code


def test_a_suspended_day_and_a_hole_are_no_days() -> None:
    """A suspended day comes with zeros and a close; its return would be the largest of the year."""
    rows = [
        row(FRIDAY),
        row(THURSDAY, open=0.0, high=0.0, low=0.0),
        row(WEDNESDAY),
        row(date(2025, 11, 25), close=math.nan),
    ]

    assert traded_rows(rows, date(2025, 11, 3), FRIDAY) == [row(WEDNESDAY), row(FRIDAY)]


def test_days_outside_the_range_are_left_out() -> None:
    """The library gives more than it was asked for, today's unfinished day among it."""
    assert traded_rows([row(WEDNESDAY), row(THURSDAY), row(FRIDAY)], THURSDAY, THURSDAY) == [row(THURSDAY)]


def test_of_a_day_that_comes_twice_the_last_counts() -> None:
    """Yahoo adds the running day to the finished ones, sometimes beside its own earlier row."""
    assert traded_rows([row(FRIDAY, 1.0), row(FRIDAY, 2.0)], FRIDAY, FRIDAY) == [row(FRIDAY, 2.0)]
