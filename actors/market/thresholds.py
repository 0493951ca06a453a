"""At which price, or number of shares, a rule is reached on a session date: one function for all kinds. Pure.

See `protocol.rules` for what kinds, directions and levels mean. σ targets are exact, as `market.sigma` makes them; a
percentage is taken to what a price can be, or the noise of floats would put 93,000 out of reach of -7 %.
"""

from collections.abc import Sequence
from datetime import date

from actors.market.highs import high_since
from actors.market.sigma import target_price
from protocol.rules import Direction, RuleKind

__all__ = ["high_of", "reference_price", "threshold_price"]

DECIMALS = 4
"""No price has more, and what is so many shares has fewer."""
HIGHS = frozenset({RuleKind.YEAR_HIGH, RuleKind.HIGH_SINCE})


def reference_price(
    kind: RuleKind, *, level: float, base_price: float, paid: float, high: float, usual_volume: int
) -> float:
    """Return the price, or shares, that the *level* of a rule is measured from, 0 where nobody knows it.

    Args:
        kind: of the rule.
        level: of a price, the price itself.
        base_price: the exchange's own of the day.
        paid: what somebody paid, where the rule is about that.
        high: the highest price since the day that the rule is about; 0 of another rule.
        usual_volume: the shares of a usual day.
    """
    if kind is RuleKind.PRICE:
        return level
    if kind in HIGHS:
        return high
    if kind is RuleKind.VOLUME:
        return float(usual_volume)
    return paid if kind is RuleKind.PAID else base_price


def high_of(kind: RuleKind, since: date | None, records: Sequence[tuple[date, float]]) -> float:
    """Return the high that a rule is about, 0 where there is none: the day has not come yet.

    Args:
        kind: of the rule.
        since: the day since which a high counts, None for the whole year.
        records: the year's, as in `Targets.highs`; it ends with the session before.
    """
    return high_since(records, since or date.min) if kind in HIGHS else 0.0


def threshold_price(kind: RuleKind, direction: Direction, level: float, *, reference: float, sigma: float) -> float:
    """Return the price, or shares, at which a rule is reached; *sigma*, a fraction, matters to levels of σ alone."""
    sign = -1 if direction is Direction.BELOW else 1
    if kind is RuleKind.PRICE:
        return reference
    if kind is RuleKind.SIGMA:
        return target_price(reference, sigma, -sign * level)
    if kind is RuleKind.VOLUME:
        return round(reference * level, DECIMALS)
    return round(reference * (1 + sign * level), DECIMALS)
