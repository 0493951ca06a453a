"""The steps in which prices move, and how far they may go in a day.

Source: KRX, quotation units for shares since 2023-01-25, for ETF and ETN since 2023-12-11; limits of 30 % of the base
price, rounded towards it. US prices move in cents and have no limits.
"""

import math

from simulator.config import SymbolProfile

__all__ = ["limits", "quote", "tick_size"]

_SHARE_BANDS = ((2_000, 1), (5_000, 5), (20_000, 10), (50_000, 50), (200_000, 100), (500_000, 500))
_LIMIT = 0.30


def tick_size(profile: SymbolProfile, price: float) -> float:
    """Return the step of *price*, won or dollars. A band starts at its lower bound: 2,000 itself moves in 5."""
    if profile.venue != "KRX":
        return 0.01
    if profile.kind == "etf":
        return 1 if price < _SHARE_BANDS[0][0] else 5
    for below, step in _SHARE_BANDS:
        if price < below:
            return step
    return 1_000


def quote(profile: SymbolProfile, price: float) -> float:
    """Return the price that may be quoted and lies nearest to *price*: whole won or whole cents, at least one step."""
    step = tick_size(profile, price)
    if profile.venue != "KRX":
        return max(round(price, 2), 0.01)
    return max(int(price / step + 0.5) * step, step)


def limits(profile: SymbolProfile, base_price: float) -> tuple[float, float]:
    """Return the lowest and highest price of a day with *base_price*; (0.01, infinity) where there are no limits."""
    if profile.venue != "KRX":
        return 0.01, math.inf
    low, high = base_price * (1 - _LIMIT), base_price * (1 + _LIMIT)
    low_step, high_step = tick_size(profile, low), tick_size(profile, high)
    return math.ceil(low / low_step) * low_step, math.floor(high / high_step) * high_step
