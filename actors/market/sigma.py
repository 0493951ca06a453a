"""The σ rule, one function for live, replay and back test. Pure.

    target(k) = base price × (1 - k × σ)

σ is the sample standard deviation (n - 1) of the daily returns of adjusted closes over the look-back that ends with the
previous session: simple returns and a calendar year, unless a `SigmaRule` says otherwise. The base price is the
exchange's own. Today's unfinished bar is never part of it, so a restart at any minute of the day gives the same
targets. A price at or below the target has reached it.

Example: base 72,665 and σ 1.417 % give 1σ 71,635 (1.42 % down) and 2σ 70,606 (2.83 % down).
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from msgspec import Struct

from actors.market.errors import NotEnoughHistory

__all__ = [
    "MINIMUM_RETURNS",
    "MONTHS_IN_A_YEAR",
    "THE_RULE",
    "Sigma",
    "SigmaRule",
    "daily_returns",
    "first_day_of_look_back",
    "sample_sigma",
    "target_price",
]

MINIMUM_RETURNS = 60
MONTHS_IN_A_YEAR = 12


class SigmaRule(Struct, frozen=True, kw_only=True):
    """What an operator may choose about σ."""

    look_back_months: int = MONTHS_IN_A_YEAR
    """How far back closes count, calendar months."""
    has_log_returns: bool = False
    """Whether a return is the logarithm of the ratio of two closes, instead of the ratio less one."""
    minimum_returns: int = MINIMUM_RETURNS
    """Fewer are no sample."""


THE_RULE = SigmaRule()


class Sigma(Struct, frozen=True, kw_only=True):
    """How much a symbol moves in a day, and from what that is known."""

    value: float
    """A fraction: 0.01417 is 1.417 %."""
    returns: int
    """How many daily returns it is made of."""
    bars_until: date
    """The session date of the newest close in it."""


def daily_returns(closes: Sequence[float], *, has_log_returns: bool = False) -> list[float]:
    """Return the returns from each close to the next, oldest first; simple ones, or logarithms of the ratio.

    Raises:
        ValueError: a close is not above zero; suspended days must be left out before.
    """
    if any(not 0 < close < math.inf for close in closes):
        message = "expected closes above zero, found one that is not"
        raise ValueError(message)
    if has_log_returns:
        return [math.log(close / before) for before, close in pairwise(closes)]
    return [close / before - 1 for before, close in pairwise(closes)]


def first_day_of_look_back(until: date, months: int = MONTHS_IN_A_YEAR) -> date:
    """Return the first day whose close counts: the same day so many *months* before *until*, or that month's last."""
    years, month = divmod(until.month - 1 - months, MONTHS_IN_A_YEAR)
    month_begins = date(until.year + years, month + 1, 1)
    next_month_begins = (month_begins + timedelta(days=31)).replace(day=1)
    return min(month_begins + timedelta(days=until.day - 1), next_month_begins - timedelta(days=1))


def sample_sigma(closes: Mapping[date, float], until: date, rule: SigmaRule = THE_RULE) -> Sigma:
    """Return σ of the look-back of *closes* that ends with *until*, both ends included.

    Args:
        closes: adjusted closes by session date, in any order; others than the look-back's are ignored.
        until: the session date before the one that the targets are for.
        rule: how far back, which returns, how many at least.

    Raises:
        NotEnoughHistory: fewer returns than the rule wants, or a price that never moved.
        ValueError: a close is not above zero.
    """
    since = first_day_of_look_back(until, rule.look_back_months)
    dates = sorted(on for on in closes if since <= on <= until)
    returns = daily_returns([closes[on] for on in dates], has_log_returns=rule.has_log_returns)
    fewest = max(rule.minimum_returns, 2)
    if len(returns) < fewest:
        message = f"expected at least {fewest} daily returns from {since} to {until}, found {len(returns)}"
        raise NotEnoughHistory(message, returns=len(returns))
    mean = math.fsum(returns) / len(returns)
    value = math.sqrt(math.fsum((change - mean) ** 2 for change in returns) / (len(returns) - 1))
    if not value:
        message = f"expected a price that moves, found the same close on all days from {since} to {until}"
        raise NotEnoughHistory(message, returns=len(returns), never_moved=True)
    return Sigma(value=value, returns=len(returns), bars_until=dates[-1])


def target_price(base_price: float, sigma: float, level: float) -> float:
    """Return the price that is *level* σ below *base_price*, exact and not rounded to a tick size.

    Args:
        base_price: the exchange's own: the previous close, corrected for splits and rights.
        sigma: a fraction, as in `Sigma.value`.
        level: 1 or 2 for 1σ and 2σ; any number above zero.
    """
    return base_price * (1 - level * sigma)
