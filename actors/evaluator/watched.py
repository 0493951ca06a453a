"""One symbol on one session date: what its rules wait for, and which trades matter to none of them. Pure, and hot.

Most trades end here: at the first look, which is one comparison in `core`, or at the second, `Watched.skips`.
"""

from collections.abc import Collection, Iterable
from datetime import date
from math import inf

from msgspec import Struct

from actors.evaluator.rules import Rule, return_price, threshold_of
from actors.market.choices import SessionChoice
from protocol.messages import Targets, Trade
from protocol.rules import Direction
from protocol.wire import Glance

__all__ = ["Armed", "Watched"]


class Armed(Struct, frozen=True):
    """A rule on one session date: the price that it waits for, and the one that this is measured from."""

    threshold: float
    reference: float
    rule: Rule
    returns_at: float | None
    """Where a price arms it again, if it is a crossing rule."""

    @property
    def is_below(self) -> bool:
        """Whether a low price reaches it."""
        return self.rule.direction is Direction.BELOW


class Watched:
    """One symbol on one session date: its rules, the deepest threshold first, then those above, the highest first."""

    __slots__ = (
        "armed",
        "choices",
        "falls_to",
        "highest",
        "last",
        "lows_judged",
        "rises_to",
        "session_date",
        "targets",
    )

    def __init__(self, session_date: date, targets: Targets | None, rules: Iterable[Rule]) -> None:
        self.session_date = session_date
        self.targets = targets
        self.armed = [] if targets is None else _arm_all(rules, targets)
        self.falls_to = inf
        self.rises_to = inf
        """Trades between these two matter to nobody; all matter until one has told its base price."""
        self.highest = inf if self.armed else -inf
        """The first of two looks: trades above it matter to nobody. Infinity where trades above may matter, too."""
        self.choices = frozenset[SessionChoice]().union(*(armed.rule.sessions for armed in self.armed))
        """The sessions in which anybody waits for this symbol."""
        self.lows_judged = (0.0, 0.0)
        """The last two days' lows that were looked at, of KRX and NXT; without one it is 0, which needs no look."""
        self.last: Trade | Glance | None = None

    def bound(self, awaiting: Collection[str]) -> None:
        """Let only those trades matter that reach a threshold, or arm one of the rules *awaiting* a return."""
        below = [armed.threshold for armed in self.armed if armed.is_below]
        above = [armed.threshold for armed in self.armed if not armed.is_below]
        for armed in self.armed:
            if armed.returns_at is not None and armed.rule.id in awaiting:
                (above if armed.is_below else below).append(armed.returns_at)
        self.falls_to, self.rises_to = max(below, default=-inf), min(above, default=inf)
        self.highest = inf if above else self.falls_to

    def skips(self, trade: Trade | Glance) -> bool:
        """Say whether *trade* matters to nobody; the second look."""
        falls_to = self.falls_to
        is_between = falls_to < trade.price < self.rises_to
        return is_between and (trade.day_low > falls_to or trade.day_low in self.lows_judged)


def _arm_all(rules: Iterable[Rule], targets: Targets) -> list[Armed]:
    armed = []
    for rule in rules:
        found = threshold_of(rule, targets) if rule.is_in_force(targets.session_date) else None
        if found is not None:
            threshold, reference = found
            armed.append(Armed(threshold, reference, rule, return_price(rule, threshold)))
    below = sorted((each for each in armed if each.is_below), key=lambda each: (each.threshold, each.rule.id))
    above = sorted((each for each in armed if not each.is_below), key=lambda each: (-each.threshold, each.rule.id))
    return below + above
