"""Tick sizes, orderable prices and daily limits, as the exchanges' rules give them."""

import pytest

from actors.market.prices import (
    Instrument,
    is_at_lower_limit,
    is_out_of_reach,
    orderable_price,
    price_limits,
    tick_size,
)
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


def test_a_target_below_the_days_lower_limit_is_out_of_reach() -> None:
    """No trade can be printed there today, and whoever waits for it should know."""
    assert is_out_of_reach(69_999, 100_000, Venue.KRX, "share")
    assert not is_out_of_reach(70_000, 100_000, Venue.KRX, "share")
    assert not is_out_of_reach(69_999, 100_000, Venue.NASDAQ, "share")


def test_the_lower_limit_is_the_lowest_price_that_may_be_quoted() -> None:
    """Rounded towards the base price: below it nothing is printed."""
    assert is_at_lower_limit(8_640, 12_340, Venue.KRX, "share")
    assert not is_at_lower_limit(8_650, 12_340, Venue.KRX, "share")
    assert not is_at_lower_limit(1, 100, Venue.NYSE, "share")


@pytest.mark.parametrize("kind", ["etf", "etn", ""])
def test_of_what_may_be_leveraged_no_target_counts_as_out_of_reach(kind: str) -> None:
    """A leveraged ETF may fall by 60 %; to say that it cannot would be wrong."""
    assert not is_out_of_reach(50_000, 100_000, Venue.KRX, kind)
    assert not is_at_lower_limit(70_000, 100_000, Venue.KRX, kind)


def test_the_readmes_targets_are_orderable_in_the_etfs_five_won_steps() -> None:
    """What the example's amount is bought at."""
    etf = Instrument.of_kind("etf")

    assert orderable_price(71_635.34, Venue.KRX, etf) == 71_635
    assert orderable_price(70_605.67, Venue.KRX, etf) == 70_605


def test_steps_of_an_unknown_kind_fit_either() -> None:
    """Until a master file has been read, nobody is shown a price that the exchange refuses."""
    for price in (1_234.5, 3_456.7, 45_678.9, 71_635.34, 712_345.6):
        unknown = orderable_price(price, Venue.KRX, Instrument.of_kind(""))
        for instrument in Instrument:
            assert orderable_price(unknown, Venue.KRX, instrument) == unknown
