"""One symbol on one session date: what its rules wait for, and which trades matter to none of them. Pure, and hot.

Most trades end here: at the first look, which is one comparison in `core`, or at the second, `Watched.skips`. A glance
does not tell of shares: while somebody waits for them, and only then, what the two looks pass by is read whole.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from math import inf

from msgspec import Struct

from actors.evaluator.rules import Rule, RuleState, return_price, threshold_of
from actors.market.choices import SessionChoice
from protocol.messages import Origin, Targets, Trade, Venue
from protocol.rules import Direction, RuleKind
from protocol.wire import Glance

__all__ = ["UNTOLD", "Armed", "Watched", "shares_of"]

UNTOLD = {Origin.BAR: Direction.ABOVE, Origin.HIGH: Direction.BELOW}
"""What is told in hindsight, a low or a high, and of which thresholds that says nothing: they are fired by the other
one. Nor does it tell of the day's shares."""


class Armed(Struct, frozen=True):
    """A rule on one session date: the price, or shares, that it waits for, and what this is measured from."""

    threshold: float
    reference: float
    rule: Rule
    returns_at: float | None
    """Where a price has gone back from the threshold, if that means anything to its rule."""

    @property
    def is_below(self) -> bool:
        """Whether a low price reaches it."""
        return self.rule.direction is Direction.BELOW

    @property
    def is_of_shares(self) -> bool:
        """Whether no price reaches it, but the shares that were traded."""
        return self.rule.kind is RuleKind.VOLUME


class Watched:
    """One symbol on one session date: its rules, the deepest threshold first, then those above; shares last."""

    __slots__ = (
        "armed",
        "awaiting",
        "choices",
        "falls_to",
        "grows_to",
        "highest",
        "last",
        "lows_judged",
        "rises_to",
        "session_date",
        "targets",
        "volume",
    )

    def __init__(self, session_date: date, targets: Targets | None, rules: Iterable[Rule]) -> None:
        self.session_date = session_date
        self.targets = targets
        self.armed = [] if targets is None else _arm_all(rules, targets)
        self.awaiting: Collection[str] = ()
        """The rules that await that the price goes back, by id."""
        self.falls_to = inf
        self.rises_to = inf
        """Trades between these two matter to nobody; all matter until one has told its base price."""
        self.grows_to = inf
        """So many shares matter to somebody; infinity while nobody waits for them."""
        self.volume = 0
        """The shares that the last trade told which was read for them."""
        self.highest = inf if self.armed else -inf
        """The first of two looks: trades above it matter to nobody. Infinity where trades above may matter, too."""
        self.choices = frozenset[SessionChoice]().union(*(armed.rule.sessions for armed in self.armed))
        """The sessions in which anybody waits for this symbol."""
        self.lows_judged = (0.0, 0.0)
        """The last two days' lows that were looked at, of KRX and NXT; without one it is 0, which needs no look."""
        self.last: Trade | Glance | None = None

    def bound(self, states: Mapping[str, RuleState], awaiting: Collection[str]) -> None:
        """Let only those trades matter that reach a threshold, or go back from one.

        Args:
            states: of this date, by rule.
            awaiting: the rules that await that the price goes back, by id.
        """
        self.awaiting = awaiting
        below: list[float] = []
        above: list[float] = []
        shares: list[float] = []
        for armed in self.armed:
            if armed.is_of_shares:
                shares += [] if states[armed.rule.id].is_done(armed.rule) else [armed.threshold]
                continue
            (below if armed.is_below else above).append(armed.threshold)
            if armed.returns_at is not None and armed.rule.id in awaiting:
                (above if armed.is_below else below).append(armed.returns_at)
        self.falls_to, self.rises_to = max(below, default=-inf), min(above, default=inf)
        self.grows_to = min(shares, default=inf)
        self.highest = inf if above or shares else self.falls_to

    def tells_shares(self, trade: Trade) -> bool:
        """Say whether *trade* tells of as many shares as somebody waits for."""
        shares = shares_of(trade)
        self.volume = shares or self.volume
        return shares >= self.grows_to

    def skips(self, trade: Trade | Glance) -> bool:
        """Say whether the price of *trade* matters to nobody; the second look."""
        falls_to = self.falls_to
        is_between = falls_to < trade.price < self.rises_to
        return is_between and (trade.day_low > falls_to or trade.day_low in self.lows_judged)


def shares_of(trade: Trade) -> int:
    """Return how many shares were traded on the exchange whose usual days are known, 0 where *trade* does not tell.

    A minute bar tells of its minute alone, and NXT's trades tell of those on NXT.
    """
    return 0 if trade.origin in UNTOLD or trade.venue is Venue.NXT else trade.cumulative_volume


def _arm_all(rules: Iterable[Rule], targets: Targets) -> list[Armed]:
    armed = []
    for rule in rules:
        found = threshold_of(rule, targets) if rule.is_in_force(targets.session_date) else None
        if found is not None:
            threshold, reference = found
            armed.append(Armed(threshold, reference, rule, return_price(rule, threshold, targets)))
    below = sorted((each for each in armed if each.is_below), key=lambda each: (each.threshold, each.rule.id))
    above = sorted(
        (each for each in armed if not each.is_below),
        key=lambda each: (each.is_of_shares, -each.threshold, each.rule.id),
    )
    return below + above
