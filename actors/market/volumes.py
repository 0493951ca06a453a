"""How many shares are traded on a usual day. Pure.

It is the median of the last twenty days on which anything was traded: one wild day does not move it. Sources of bars
adjust the prices of the past for splits, but not all adjust its shares: FinanceDataReader gives Korean ones as they
were traded (https://github.com/FinanceData/FinanceDataReader/issues/85), and KIS does not say. So days from before a
split are not counted, whoever tells of them; it shows as a base price of then that the adjusted closes of now disagree
with.
"""

import bisect
import math
from collections.abc import Mapping
from datetime import date
from statistics import median

__all__ = ["FEWEST_DAYS", "last_other_share", "usual_volume"]

DAYS = 20
FEWEST_DAYS = 10
"""With fewer days there is no telling what is usual."""
SMALLEST_SPLIT = 0.1
"""A step of a tenth in the number of shares, as rights bring it, is lost among the days."""


def usual_volume(volumes: Mapping[date, int], until: date, after: date = date.min) -> int:
    """Return the shares of a usual day, 0 where too few days tell.

    Args:
        volumes: by session date; a suspended day has none.
        until: the last day that counts.
        after: only later days do, as `last_other_share` returns it.
    """
    traded = sorted(on for on, shares in volumes.items() if after < on <= until and shares > 0)[-DAYS:]
    return round(median(volumes[on] for on in traded)) if len(traded) >= FEWEST_DAYS else 0


def last_other_share(closes: Mapping[date, float], base_prices: Mapping[date, float]) -> date:
    """Return the last day on which a share was known to be another than now, `date.min` if none is.

    Args:
        closes: as adjusted now, by session date.
        base_prices: as they were on their days, by session date; each was measured from the close before it.
    """
    days = sorted(closes)
    others = []
    for on, base_price in base_prices.items():
        place = bisect.bisect_left(days, on)
        close = closes[days[place - 1]] if place else base_price
        if base_price > 0 and not math.isclose(close, base_price, rel_tol=SMALLEST_SPLIT):
            others.append(on)
    return max(others, default=date.min)
