"""In which steps a price may be quoted, and how far it may go in a day. Pure.

Only quotes obey the steps: KRX and NXT print half steps since mid-point orders exist (2025-03), so no trade is ever
refused for its price, and targets are compared exactly. What is shown to somebody who wants to buy is rounded down.
"""

import enum
import math

from protocol.messages import Venue

__all__ = ["Instrument", "is_at_lower_limit", "is_out_of_reach", "orderable_price", "price_limits", "tick_size"]

# KRX enforcement rules on quotation units, as changed on 2023-01-25: (price below, tick size) in won.
SHARE_TICK_SIZES = (
    (2_000, 1),
    (5_000, 5),
    (20_000, 10),
    (50_000, 50),
    (200_000, 100),
    (500_000, 500),
    (math.inf, 1_000),
)
# The same rules for ETF and ETN, as changed on 2023-12-11.
FUND_TICK_SIZES = ((2_000, 1), (math.inf, 5))
# Rule 612 of Regulation NMS, in dollars.
US_TICK_SIZES = ((1, 0.0001), (math.inf, 0.01))

DAILY_LIMIT = 0.3
# A price computed as 71,604.999999999 is 71,605: far below any tick size, far above the noise of floats.
NOISE = 1e-6


class Instrument(enum.Enum):
    """What KRX lists, as far as the steps of its price differ."""

    SHARE = "share"
    FUND = "fund"
    """ETF and ETN."""

    @classmethod
    def of_kind(cls, kind: str) -> "Instrument":
        """Return what a master file's *kind* is: `etf` and `etn` are funds.

        Of an unknown one the steps of a share: they are the larger ones, so that its prices may be quoted either way.
        """
        return cls.FUND if kind in {"etf", "etn"} else cls.SHARE


def tick_size(price: float, venue: Venue, instrument: Instrument = Instrument.SHARE) -> float:
    """Return the step in which *price* moves upwards: a band starts at its lower bound.

    Args:
        price: in the venue's currency, above zero.
        venue: KRX and NXT share one table, the US venues another.
        instrument: makes a difference in Korea only.
    """
    if not venue.is_korean:
        steps: tuple[tuple[float, float], ...] = US_TICK_SIZES
    else:
        steps = FUND_TICK_SIZES if instrument is Instrument.FUND else SHARE_TICK_SIZES
    return next(step for below, step in steps if price + NOISE < below)


def orderable_price(price: float, venue: Venue, instrument: Instrument = Instrument.SHARE) -> float:
    """Return *price* rounded down to what may be quoted: bought there, it costs no more than *price*."""
    step = tick_size(price, venue, instrument)
    return round(math.floor((price + NOISE) / step) * step, 4)


def price_limits(
    base_price: float, venue: Venue, instrument: Instrument = Instrument.SHARE
) -> tuple[float, float] | None:
    """Return the lowest and the highest price of the day, None where there is no daily limit (the US).

    Both are 30 % from the exchange's base price, rounded towards it to what may be quoted. A leveraged ETF may move
    further: 30 % times its leverage, which nothing here knows.

    Source: KRX business rules on daily price limits, as changed on 2015-06-15.
    """
    if not venue.is_korean:
        return None
    exact_low = base_price * (1 - DAILY_LIMIT)
    low = orderable_price(exact_low, venue, instrument)
    if low < exact_low - NOISE:
        low += tick_size(low, venue, instrument)
    return low, orderable_price(base_price * (1 + DAILY_LIMIT), venue, instrument)


def is_out_of_reach(target: float, base_price: float, venue: Venue, kind: str) -> bool:
    """Say whether *target* lies below the lower limit of the day, so that no trade can reach it.

    Of ETFs and ETNs nothing tells the leverage, with which their limit grows, so that theirs count as within reach.

    Args:
        target: exact, in the venue's currency.
        base_price: the exchange's own of the day.
        venue: only Korea has limits.
        kind: `share`, `etf` or `etn`; empty is unknown.
    """
    lowest = _lower_limit(base_price, venue, kind)
    return lowest is not None and target < lowest - NOISE


def is_at_lower_limit(price: float, base_price: float, venue: Venue, kind: str) -> bool:
    """Say whether *price* is the lowest of the day, so that it falls no further; as in `is_out_of_reach`."""
    lowest = _lower_limit(base_price, venue, kind)
    return lowest is not None and price <= lowest + NOISE


def _lower_limit(base_price: float, venue: Venue, kind: str) -> float | None:
    limits = price_limits(base_price, venue) if kind == "share" else None
    return limits[0] if limits else None
