"""Tick sizes and limits of the simulated exchange, against the KRX's table."""

import math

import pytest

from simulator.config import SymbolProfile
from simulator.market.prices import limits, quote, tick_size


def profile(venue: str = "KRX", kind: str = "share") -> SymbolProfile:
    """Return a profile on *venue*; only its kind and venue matter here."""
    return SymbolProfile(code="000001", name="시험", venue=venue, kind=kind, base_price=10_000, sigma=0.02)  # type: ignore[arg-type]  # words of the table


@pytest.mark.parametrize(
    ("below", "at", "step_below", "step_at"),
    [
        (1_999, 2_000, 1, 5),
        (4_995, 5_000, 5, 10),
        (19_990, 20_000, 10, 50),
        (49_950, 50_000, 50, 100),
        (199_900, 200_000, 100, 500),
        (499_500, 500_000, 500, 1_000),
    ],
)
def test_a_band_of_shares_starts_at_its_lower_bound(below: int, at: int, step_below: int, step_at: int) -> None:
    """2,000 itself trades in 5: one step off, and every price at a bound is one that cannot be ordered."""
    assert (tick_size(profile(), below), tick_size(profile(), at)) == (step_below, step_at)


@pytest.mark.parametrize(("price", "step"), [(1_999, 1), (2_000, 5), (72_665, 5), (600_000, 5)])
def test_an_etf_moves_in_five_won_and_below_2000_in_one(price: int, step: int) -> None:
    """The README's example is an ETF at 72,665, which no share could trade at."""
    assert tick_size(profile(kind="etf"), price) == step


def test_us_prices_move_in_cents_without_limits() -> None:
    """The market of SOXL is not the KRX."""
    assert quote(profile("AMEX"), 41.2749) == 41.27
    assert limits(profile("AMEX"), 41.27) == (0.01, math.inf)


def test_limits_are_thirty_percent_rounded_towards_the_base_price() -> None:
    """A price beyond them cannot exist, so a client may refuse it."""
    assert limits(profile(kind="etf"), 72_665) == (50_870, 94_460)
    assert limits(profile(), 103_500) == (72_500, 134_500)


@pytest.mark.parametrize(("price", "quoted"), [(103_549, 103_500), (103_551, 103_600), (1_999.6, 2_000), (0.2, 1)])
def test_a_quoted_price_lies_on_the_grid_nearest(price: float, quoted: int) -> None:
    """Whatever the path says, what is traded can be ordered."""
    assert quote(profile(), price) == quoted
