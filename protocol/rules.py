"""The words in which telegram writes down what people wait for, and in which evaluator and alerts say it.

Every rule is, on each session date, a price to be reached: from its reference, so far down or up.

    threshold = reference × (1 - level × unit)    below: reached at it or lower
    threshold = reference × (1 + level × unit)    above: reached at it or higher

One kind waits for shares in place of a price: so many times those of a usual day, which today's grow to.

    threshold = reference × level                 reached when as many were traded, or more

`RuleKind` tells the reference and the unit of `level`, and `Repetition` when a rule that has fired may fire again. The
values are what stands in the tables.
"""

import enum

__all__ = ["Direction", "Repetition", "RuleKind", "is_purchase", "short_name"]


class RuleKind(enum.Enum):
    """What a rule's level is measured from."""

    SIGMA = "sigma"
    """So many σ from the base price."""
    PRICE = "price"
    """The level itself is the price."""
    CHANGE = "change"
    """A fraction from the base price, which is the previous close, corrected for splits and rights."""
    PAID = "paid"
    """A fraction from a price that somebody paid."""
    YEAR_HIGH = "year_high"
    """A fraction from the highest price of the year that ends with the session before."""
    HIGH_SINCE = "high_since"
    """A fraction from the highest price since a day, up to the session before."""
    VOLUME = "volume"
    """So many times the shares of a usual day; always from above."""


class Direction(enum.Enum):
    """From which side the threshold is reached."""

    BELOW = "below"
    """At it or lower."""
    ABOVE = "above"
    """At it or higher."""


class Repetition(enum.Enum):
    """When a rule that has fired may fire again; one of another version, changed or begun anew, always may."""

    REST = "rest"
    """After a rest, if the price is still there or there again."""
    ONCE = "once"
    """Never."""
    SESSION = "session"
    """On the next session date."""
    CROSSING = "crossing"
    """Once the price has gone back beyond the threshold by the rule's band, and then reaches it anew."""


def is_purchase(kind: RuleKind, direction: Direction) -> bool:
    """Say whether it is time to buy: it fell by so many σ. Of all else people are only told that it was reached."""
    return kind is RuleKind.SIGMA and direction is Direction.BELOW


def short_name(kind: RuleKind, direction: Direction, level: float) -> str:
    """Return what an operator reads in tables: `2`, `+1` are σ, `<=70000` a price, `-5% paid` a change, `volume 2x`."""
    sign = "" if direction is Direction.BELOW else "+"
    if kind is RuleKind.SIGMA:
        return f"{sign}{level:g}"
    if kind is RuleKind.PRICE:
        return f"{'>' if sign else '<'}={level:.12g}"
    if kind is RuleKind.VOLUME:
        return f"volume {level:g}x"
    return f"{sign or '-'}{round(level * 100, 2):g}% {kind.value}"
