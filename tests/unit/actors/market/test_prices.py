"""Tick sizes, orderable prices and daily limits, as the exchanges' rules give them."""

import pytest

from actors.market.prices import Instrument, orderable_price, price_limits, tick_size
from protocol.messages import Venue


@pytest.mark.parametrize(
    ("price", "step"),
    [
        (1_999, 1),
        (2_000, 5),
        (4_995, 5),
        (5_000, 10),
        (20_000, 50),
        (50_000, 100),
        (199_900, 100),
        (200_000, 500),
        (500_000, 1_000),
        (1_200_000, 1_000),
    ],
)
def test_a_share_moves_in_the_steps_of_its_band(price: float, step: float) -> None:
    """A band starts at its lower bound: 2,000 itself moves in fives."""
    assert tick_size(price, Venue.KRX) == step


@pytest.mark.parametrize(("price", "step"), [(1_999, 1), (2_000, 5), (72_665, 5), (600_000, 5)])
def test_a_fund_moves_in_fives_from_two_thousand(price: float, step: float) -> None:
    """An ETF is watched far more often than a share here."""
    assert tick_size(price, Venue.NXT, Instrument.FUND) == step


@pytest.mark.parametrize(("price", "step"), [(0.5, 0.0001), (1.0, 0.01), (350.25, 0.01)])
def test_a_us_price_moves_in_cents_from_one_dollar(price: float, step: float) -> None:
    """Below a dollar there are four decimals."""
    assert tick_size(price, Venue.NASDAQ) == step


@pytest.mark.parametrize(
    ("price", "venue", "instrument", "expected"),
    [
        (71_635.34, Venue.KRX, Instrument.FUND, 71_635),
        (70_605.67, Venue.KRX, Instrument.FUND, 70_605),
        (70_605.67, Venue.KRX, Instrument.SHARE, 70_600),
        (71_634.999_999_9, Venue.KRX, Instrument.FUND, 71_635),
        (25.129, Venue.AMEX, Instrument.SHARE, 25.12),
        (25.13, Venue.AMEX, Instrument.SHARE, 25.13),
    ],
)
def test_an_orderable_price_is_rounded_down(
    price: float, venue: Venue, instrument: Instrument, expected: float
) -> None:
    """A limit order at the rounded price never costs more than the target."""
    assert orderable_price(price, venue, instrument) == expected


@pytest.mark.parametrize(
    ("base_price", "low", "high"),
    [(72_700, 50_900, 94_500), (10_000, 7_000, 13_000), (1_999, 1_400, 2_595), (70_000, 49_000, 91_000)],
)
def test_daily_limits_are_rounded_towards_the_base_price(base_price: float, low: float, high: float) -> None:
    """A target below the lower limit cannot be reached today, and people are told so."""
    assert price_limits(base_price, Venue.KRX) == (low, high)


def test_a_us_price_has_no_daily_limit() -> None:
    """There a fall is as deep as it is."""
    assert price_limits(100.0, Venue.NASDAQ) is None
