"""What a trade tells: its own price, or one that nobody saw, and when that was. Pure.

Nobody saw the low and the high of a minute's bar, of a hole between two prices that were asked for, and the day's low
that a trade carries. `actors.evaluator.core` says what follows from them.
"""

from collections.abc import Sequence
from typing import NamedTuple

from actors.market.choices import is_low_of
from protocol.messages import Origin, Trade
from protocol.moments import MINUTE_NS

__all__ = ["Told", "tells_own_low", "told_at_once", "told_in_hindsight", "told_of_low"]


class Told(NamedTuple):
    """What a trade tells: itself, or one that nobody saw. Moments are UTC epoch ns."""

    price: float
    at_ns: int
    by_ns: int
    """By when it was over: a minute bar tells no second."""
    price_now: float
    """The newest price when it was told."""
    behind_ns: int | None = None
    """Behind which moment it was, if nobody saw it; None if somebody did."""

    @property
    def is_hidden(self) -> bool:
        """Whether nobody saw it."""
        return self.behind_ns is not None


def told_at_once(trade: Trade) -> Told:
    """Return what *trade* itself tells: somebody saw it."""
    return Told(trade.price, trade.traded_at_ns, trade.traded_at_ns, trade.price)


def told_in_hindsight(trade: Trade, message: Sequence[Trade]) -> Told:
    """Return what *trade* tells, a low or a high that nobody saw: of a minute, or between two prices in *message*."""
    newest = next(later for later in reversed(message) if later.symbol == trade.symbol)
    at_ns = trade.traded_at_ns
    if newest.origin is Origin.QUOTE:
        return _told_between(trade.price, at_ns, newest)
    return Told(trade.price, at_ns, at_ns + MINUTE_NS - 1, newest.price, at_ns - 1)


def told_of_low(trade: Trade) -> Told:
    """Return what the day's low that *trade* carries tells: a print's is of its second, and of that at any time."""
    price, at_ns = trade.day_low, trade.day_low_at_ns
    if trade.origin is Origin.QUOTE:
        return _told_between(price, at_ns, trade)
    return Told(price, at_ns, at_ns, trade.price, at_ns - 1)


def _told_between(price: float, at_ns: int, newest: Trade) -> Told:
    """Return what a price tells that lies between the one that was asked for at *at_ns*, and the *newest*."""
    return Told(price, at_ns, newest.traded_at_ns, newest.price, at_ns)


def tells_own_low(trade: Trade) -> bool:
    """Say whether the day's low that *trade* carries was in a session of the same choice as the trade itself.

    A price that was asked for carries one only where it fell between two looks at such a session.
    """
    return trade.origin is Origin.QUOTE or is_low_of(trade.venue, trade.session)
