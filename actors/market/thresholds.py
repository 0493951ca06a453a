"""At which price a rule is reached on a session date: one function for all kinds. Pure.

See `protocol.rules` for what kinds, directions and levels mean. σ targets are exact, as `market.sigma` makes them; a
percentage is taken to what a price can be, or the noise of floats would put 93,000 out of reach of -7 %.
"""

from actors.market.sigma import target_price
from protocol.rules import Direction, RuleKind

__all__ = ["reference_price", "threshold_price"]

DECIMALS = 4
"""No price has more."""


def reference_price(kind: RuleKind, *, level: float, base_price: float, paid: float) -> float:
    """Return the price that the *level* of a rule is measured from, 0 where nobody knows it.

    Args:
        kind: of the rule.
        level: of a price, the price itself.
        base_price: the exchange's own of the day.
        paid: what somebody paid, where the rule is about that.
    """
    if kind is RuleKind.PRICE:
        return level
    return paid if kind is RuleKind.PAID else base_price


def threshold_price(kind: RuleKind, direction: Direction, level: float, *, reference: float, sigma: float) -> float:
    """Return the price at which a rule is reached; *sigma* is a fraction, and matters to levels of σ alone."""
    sign = -1 if direction is Direction.BELOW else 1
    if kind is RuleKind.PRICE:
        return reference
    if kind is RuleKind.SIGMA:
        return target_price(reference, sigma, -sign * level)
    return round(reference * (1 + sign * level), DECIMALS)
