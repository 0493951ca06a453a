"""The words in which telegram writes down what people wait for, and in which evaluator and alerts say it.

Every rule is, on each session date, a price to be reached: from its reference, so far down or up.

    threshold = reference × (1 - level × unit)    below: reached at it or lower
    threshold = reference × (1 + level × unit)    above: reached at it or higher

`RuleKind` tells the reference and the unit of `level`, and `Repetition` when a rule that has fired may fire again. The
values are what stands in the tables.
"""

import enum

__all__ = ["Direction", "Repetition", "RuleKind"]


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


class Direction(enum.Enum):
    """From which side the threshold is reached."""

    BELOW = "below"
    """At it or lower."""
    ABOVE = "above"
    """At it or higher."""


class Repetition(enum.Enum):
    """When a rule that has fired may fire again; a changed rule, of another version, always may."""

    REST = "rest"
    """After a rest, if the price is still there or there again."""
    ONCE = "once"
    """Never."""
    SESSION = "session"
    """On the next session date."""
    CROSSING = "crossing"
    """Once the price has gone back beyond the threshold by the rule's band, and then reaches it anew."""
