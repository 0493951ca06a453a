"""Why a symbol has no target for a session. Pure.

A price that is sold off, resumes after long or has no past yet obeys no σ of the year before. It is said why there is
no target; it is never merely silent. A halt of today is none of these: nothing trades, and what trades after it is
alerted with a note.
"""

import enum
from collections.abc import Collection

__all__ = ["Obstacle", "obstacle_in"]


class Obstacle(enum.Enum):
    """What stands in the way; `Targets.obstacle` carries the value."""

    LIQUIDATION = "liquidation"
    """It trades for the last time before it is delisted, without a price limit."""
    NO_RECENT_TRADES = "no_recent_trades"
    """It has not traded for several sessions: what it resumes at is nobody's guess."""
    SHORT_HISTORY = "short_history"
    """It has traded on too few days, or an adjustment that nobody made parts it from its past."""
    NEVER_MOVED = "never_moved"
    """Its price was the same on all days."""


def obstacle_in(marks: Collection[str]) -> Obstacle | None:
    """Return what of the *marks* in a master file stands in the way of a target, None if nothing does."""
    return Obstacle.LIQUIDATION if Obstacle.LIQUIDATION.value in marks else None
