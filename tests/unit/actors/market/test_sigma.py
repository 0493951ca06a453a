"""The σ rule: the figures of the README's example, and what must never slip into it."""

import statistics
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest

from actors.market.errors import NotEnoughHistory
from actors.market.sigma import SigmaRule, daily_returns, first_day_of_look_back, sample_sigma, target_price
from tests.support.public_bars import public_bars

UNTIL = date(2025, 11, 27)


def zigzag(days: int, until: date = UNTIL) -> dict[date, float]:
    """Closes of the *days* days that end with *until*, no two returns alike."""
    return {until - timedelta(days=age): 10_000.0 + (age % 7) * 100 + age for age in range(days)}


def test_the_example_in_the_readme_comes_out_to_the_won() -> None:
    """These are the figures of the example in the README."""
    one, two = target_price(72_665, 0.01417, 1), target_price(72_665, 0.01417, 2)

    assert (f"{one:,.0f}", f"{two:,.0f}") == ("71,635", "70,606")
    assert (f"{1 - one / 72_665:.2%}", f"{1 - two / 72_665:.2%}") == ("1.42%", "2.83%")


def test_sigma_is_the_sample_standard_deviation_of_the_simple_returns() -> None:
    """Dividing by n instead of n - 1, or logarithms, would move every target."""
    closes = zigzag(100)
    ordered = [closes[on] for on in sorted(closes)]
    expected = statistics.stdev(after / before - 1 for before, after in pairwise(ordered))

    sigma = sample_sigma(closes, UNTIL)

    assert sigma.value == pytest.approx(expected, rel=1e-12)
    assert (sigma.returns, sigma.bars_until) == (99, UNTIL)


def test_todays_unfinished_bar_is_never_part_of_it() -> None:
    """With it, a restart in the session would let the targets slide down with the price."""
    closes = zigzag(100)

    assert sample_sigma({**closes, UNTIL + timedelta(days=1): 1.0}, UNTIL) == sample_sigma(closes, UNTIL)


def test_a_close_of_more_than_a_year_ago_is_never_part_of_it() -> None:
    """The look-back is one calendar year, both ends included."""
    closes = zigzag(366)

    sigma = sample_sigma({**closes, UNTIL - timedelta(days=366): 1.0}, UNTIL)

    assert min(closes) == first_day_of_look_back(UNTIL)
    assert (sigma, sigma.returns) == (sample_sigma(closes, UNTIL), 365)


def test_the_look_back_of_a_leap_day_begins_on_the_28th() -> None:
    """29 February has no same day a year before."""
    assert first_day_of_look_back(date(2028, 2, 29)) == date(2027, 2, 28)


def test_sixty_returns_are_a_sample_and_fifty_nine_are_not() -> None:
    """A share listed last month has no target, and people are told why."""
    assert sample_sigma(zigzag(61), UNTIL).returns == 60
    with pytest.raises(NotEnoughHistory, match="found 59"):
        sample_sigma(zigzag(60), UNTIL)


def test_a_smaller_minimum_can_be_asked_for() -> None:
    """The operator may trust a shorter history, never less than two returns."""
    assert sample_sigma(zigzag(11), UNTIL, SigmaRule(minimum_returns=10)).returns == 10
    with pytest.raises(NotEnoughHistory):
        sample_sigma(zigzag(2), UNTIL, SigmaRule(minimum_returns=0))


def test_a_price_that_never_moved_gives_no_target() -> None:
    """With σ zero the target would be the base price, and every trade an alert."""
    with pytest.raises(NotEnoughHistory, match="same close"):
        sample_sigma(dict.fromkeys(zigzag(100), 5_000.0), UNTIL)


def test_missing_last_bars_show_in_bars_until() -> None:
    """A stale history must be seen, not guessed."""
    last = UNTIL - timedelta(days=3)

    assert sample_sigma(zigzag(100, until=last), UNTIL).bars_until == last


@pytest.mark.parametrize("close", [0.0, -1.0, float("nan"), float("inf")])
def test_a_close_that_is_no_price_is_refused(close: float) -> None:
    """A suspended day has price zero: as a return it would be a crash and a miracle."""
    with pytest.raises(ValueError, match="above zero"):
        daily_returns([100.0, close, 101.0])


@pytest.mark.parametrize(
    ("until", "months", "first"),
    [
        (date(2025, 11, 27), 12, date(2024, 11, 27)),
        (date(2025, 11, 27), 6, date(2025, 5, 27)),
        (date(2025, 1, 31), 2, date(2024, 11, 30)),
        (date(2025, 3, 31), 1, date(2025, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2025, 12, 31), 36, date(2022, 12, 31)),
    ],
)
def test_the_look_back_is_counted_in_calendar_months(until: date, months: int, first: date) -> None:
    """The end of a short month stands for days that it does not have."""
    assert first_day_of_look_back(until, months) == first


def test_the_look_back_can_be_chosen() -> None:
    """Half a year follows a market faster."""
    closes = zigzag(366)

    assert sample_sigma(closes, UNTIL, SigmaRule(look_back_months=6)).returns == 184


@pytest.mark.parametrize("has_log_returns", [False, True])
def test_sigma_agrees_with_numpy_over_years_of_public_bars(*, has_log_returns: bool) -> None:
    """An independent computation, from a series that anybody can have, to a part in a billion."""
    bars = public_bars()
    closes = {bar.session_date: bar.close for bar in bars}
    dates = np.array([bar.session_date for bar in bars], dtype="datetime64[D]")
    values = np.array([bar.close for bar in bars])
    rule = SigmaRule(has_log_returns=has_log_returns)
    for place in range(80, len(bars), 37):
        until = bars[place].session_date
        year_before = np.datetime64(until.replace(year=until.year - 1, day=min(until.day, 28)))
        year_before += np.timedelta64(max(until.day - 28, 0), "D")
        year = values[(dates >= year_before) & (dates <= np.datetime64(until))]
        returns = np.diff(np.log(year)) if has_log_returns else np.diff(year) / year[:-1]

        sigma = sample_sigma(closes, until, rule)

        assert sigma.value == pytest.approx(np.std(returns, ddof=1), rel=1e-9)
        assert target_price(72_665, sigma.value, 2) == pytest.approx(
            72_665 * (1 - 2 * np.std(returns, ddof=1)), rel=1e-9
        )
