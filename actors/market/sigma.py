"""The σ rule, one function for live, replay and back test. Pure.

    target(k) = base price × (1 - k × σ)

σ is the sample standard deviation (n - 1) of the daily simple returns of adjusted closes over the calendar year that
ends with the previous session; the base price is the exchange's own. Today's unfinished bar is never part of it, so a
restart at any minute of the day gives the same targets. A price at or below the target has reached it.

Example: base 72,665 and σ 1.417 % give 1σ 71,635 (1.42 % down) and 2σ 70,606 (2.83 % down).
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct

from actors.market.errors import NotEnoughHistory

__all__ = [
    "MINIMUM_RETURNS",
    "Sigma",
    "daily_returns",
    "first_day_of_year_until",
    "sample_sigma",
    "target_price",
]

MINIMUM_RETURNS = 60


class Sigma(Struct, frozen=True, kw_only=True):
    """How much a symbol moves in a day, and from what that is known."""

    value: float
    """A fraction: 0.01417 is 1.417 %."""
    returns: int
    """How many daily returns it is made of."""
    bars_until: date
    """The session date of the newest close in it."""


def daily_returns(closes: Sequence[float]) -> list[float]:
    """Return the simple returns from each close to the next, oldest first.

    Raises:
        ValueError: a close is not above zero; suspended days must be left out before.
    """
    if any(not 0 < close < math.inf for close in closes):
        message = "expected closes above zero, found one that is not"
        raise ValueError(message)
    return [close / before - 1 for before, close in pairwise(closes)]


def first_day_of_year_until(until: date) -> date:
    """Return the first day whose close counts in the look-back that ends with *until*: the same day a year before."""
    try:
        return until.replace(year=until.year - 1)
    except ValueError:  # 29 February
        return until.replace(year=until.year - 1, day=28)


def sample_sigma(closes: Mapping[date, float], until: date, minimum_returns: int = MINIMUM_RETURNS) -> Sigma:
    """Return σ of the calendar year of *closes* that ends with *until*, both ends included.

    Args:
        closes: adjusted closes by session date, in any order; others than the year's are ignored.
        until: the session date before the one that the targets are for.
        minimum_returns: fewer are no sample.

    Raises:
        NotEnoughHistory: fewer returns than that, or a price that never moved.
        ValueError: a close is not above zero.
    """
    since = first_day_of_year_until(until)
    dates = sorted(on for on in closes if since <= on <= until)
    returns = daily_returns([closes[on] for on in dates])
    fewest = max(minimum_returns, 2)
    if len(returns) < fewest:
        message = f"expected at least {fewest} daily returns from {since} to {until}, found {len(returns)}"
        raise NotEnoughHistory(message)
    mean = math.fsum(returns) / len(returns)
    value = math.sqrt(math.fsum((change - mean) ** 2 for change in returns) / (len(returns) - 1))
    if not value:
        message = f"expected a price that moves, found the same close on all days from {since} to {until}"
        raise NotEnoughHistory(message)
    return Sigma(value=value, returns=len(returns), bars_until=dates[-1])


def target_price(base_price: float, sigma: float, level: float) -> float:
    """Return the price that is *level* σ below *base_price*, exact and not rounded to a tick size.

    Args:
        base_price: the exchange's own: the previous close, corrected for splits and rights.
        sigma: a fraction, as in `Sigma.value`.
        level: 1 or 2 for 1σ and 2σ; any number above zero.
    """
    return base_price * (1 - level * sigma)
