"""Laws of prices and of the σ rule."""

import math
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.market.prices import Instrument, orderable_price, price_limits, tick_size
from actors.market.sigma import daily_returns, sample_sigma, target_price
from protocol.messages import Venue

UNTIL = date(2025, 11, 27)

prices = st.floats(1, 5_000_000)
venues = st.sampled_from(Venue)
instruments = st.sampled_from(Instrument)
moving_prices = st.integers(1_000, 2_000_000).map(float)
closes = st.lists(moving_prices, min_size=62, max_size=80).filter(lambda made: len(set(made)) > 2)


def by_date(made: list[float]) -> dict[date, float]:
    """Return *made* as the closes of the days that end with UNTIL."""
    return {UNTIL - timedelta(days=age): close for age, close in enumerate(reversed(made))}


@given(prices, venues, instruments)
def test_an_orderable_price_is_the_highest_that_may_be_quoted_and_costs_no_more(
    price: float, venue: Venue, instrument: Instrument
) -> None:
    """Rounding down twice changes nothing, and never by a whole step."""
    orderable = orderable_price(price, venue, instrument)

    assert orderable_price(orderable, venue, instrument) == orderable
    assert -1e-5 < price - orderable < tick_size(price, venue, instrument)


@given(st.integers(100, 3_000_000), instruments)
def test_daily_limits_enclose_the_base_price_within_thirty_percent(base_price: int, instrument: Instrument) -> None:
    """A limit outside of 30 % would call an impossible target possible."""
    limits = price_limits(float(base_price), Venue.KRX, instrument)

    assert limits is not None
    low, high = limits
    assert base_price * 0.7 - 1e-6 <= low <= base_price <= high <= base_price * 1.3 + 1e-6
    assert all(orderable_price(limit, Venue.KRX, instrument) == limit for limit in limits)


@given(closes, st.floats(0.01, 100))
def test_a_scaled_series_has_the_same_sigma(made: list[float], factor: float) -> None:
    """A split scales all adjusted closes: the targets in per cent stay."""
    plain = sample_sigma(by_date(made), UNTIL)
    scaled = sample_sigma(by_date([close * factor for close in made]), UNTIL)

    assert scaled.value == pytest.approx(plain.value, rel=1e-9)


@given(closes, st.integers(1, 400), st.floats(1, 1e7))
def test_a_restart_at_any_minute_gives_the_same_sigma(made: list[float], days_later: int, price: float) -> None:
    """Whatever today's bar, or a later one, says at that minute: it is not looked at."""
    known = by_date(made)

    assert sample_sigma({**known, UNTIL + timedelta(days=days_later): price}, UNTIL) == sample_sigma(known, UNTIL)


@given(closes)
def test_the_returns_lead_from_the_first_close_to_the_last(made: list[float]) -> None:
    """No close is skipped or counted twice."""
    returns = daily_returns(made)

    assert len(returns) == len(made) - 1
    assert math.prod(1 + change for change in returns) == pytest.approx(made[-1] / made[0], rel=1e-9)


@given(prices, st.floats(0.001, 0.2), st.lists(st.floats(0.1, 4), min_size=2, max_size=5, unique=True))
def test_a_deeper_level_is_never_reached_before_a_shallower_one(
    base_price: float, sigma: float, levels: list[float]
) -> None:
    """2σ implies 1σ: a price that fires the deep level fires the shallow one."""
    targets = [target_price(base_price, sigma, level) for level in sorted(levels)]

    for shallow, deep in pairwise(targets):
        assert deep <= shallow < base_price
