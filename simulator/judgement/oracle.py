"""What should have been alerted, to whom and when, if nothing ever went wrong. Slow, simple, unrelated to the actors.

σ of a symbol is the sample standard deviation of its daily returns over the calendar year that ends with the session
before; `rules` words what people wait for and how often they are told. A trade of the regular session that could be
seen, at or beyond a rule's threshold, fires the rule: of one trade the deepest below first, then the highest above. An
alert is named after rule, version, session date and its number in that session.
"""

import statistics
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise

from msgspec import Struct

from protocol.rules import Direction, Repetition, RuleKind
from simulator.judgement.evidence import SECOND_NS, TradeLine, Watcher
from simulator.judgement.rules import DECIMALS, RuleLine, rules_of_watchers

__all__ = ["Circumstances", "ExpectedAlert", "due_of", "expected_alerts", "sigma_before"]

FEWEST_RETURNS = 60
USUAL_DAYS, FEWEST_USUAL_DAYS = 20, 10


class ExpectedAlert(Struct, frozen=True, kw_only=True):
    """One line of the ledger."""

    id: str
    chat_id: int
    symbol: str
    level: float
    price: float
    base_price: float
    sigma: float
    """0 where the rule needs none and none is known."""
    target_price: float
    traded_at_ns: int
    left_at_ns: int
    """When its trade left the simulator."""
    kind: RuleKind = RuleKind.SIGMA
    direction: Direction = Direction.BELOW
    reference: float = 0.0
    """The price, or the shares, that the level is measured from."""
    volume: int = 0
    """The shares so far, where they were waited for."""


class Circumstances:
    """Everything that decides what is right.

    Args:
        trades: all of the regular session, in order.
        watchers: who waits for σ levels.
        closes: adjusted closes by symbol and session date.
        levels: how many σ, of all watchers.
        rest_s: trade time for which a rule is silent after it fired, unless it says otherwise.
        version: of the watchers' rules.
        rules: what people wait for beside that.
        highs: highest prices by symbol and session date.
        volumes: shares by symbol and session date.
    """

    def __init__(
        self,
        trades: Sequence[TradeLine],
        watchers: Sequence[Watcher],
        closes: Mapping[str, Mapping[date, float]],
        *,
        levels: Sequence[float] = (1, 2),
        rest_s: float = 300,
        version: int = 1,
        rules: Sequence[RuleLine] = (),
        highs: Mapping[str, Mapping[date, float]] | None = None,
        volumes: Mapping[str, Mapping[date, int]] | None = None,
    ) -> None:
        self.trades = list(trades)
        self.rules = [*rules_of_watchers(watchers, sorted(levels, reverse=True), version), *rules]
        self._rules: dict[str, list[RuleLine]] = {}
        for rule in self.rules:
            self._rules.setdefault(rule.symbol, []).append(rule)
        self._trades: dict[str, list[TradeLine]] = {}
        self._rest_ns = int(rest_s * SECOND_NS)
        self._closes, self._highs, self._volumes = closes, highs or {}, volumes or {}
        self._sigmas: dict[tuple[str, date], float | None] = {}
        self._references: dict[tuple[str, date, float], float | None] = {}

    def rules_of(self, symbol: str) -> list[RuleLine]:
        """Return what anybody waits for of *symbol*."""
        return self._rules.get(symbol, [])

    def trades_of(self, symbol: str) -> list[TradeLine]:
        """Return the trades of *symbol* in order of their time."""
        if not self._trades:
            for trade in sorted(self.trades, key=lambda trade: trade.traded_at_ns):
                self._trades.setdefault(trade.symbol, []).append(trade)
        return self._trades.get(symbol, [])

    @cached_property
    def inexact(self) -> frozenset[str]:
        """The symbols of which some price was asked for, or all come from abroad: their alerts tell no exact time."""
        return frozenset(trade.symbol for trade in self.trades if trade.is_polled or trade.venue != "KRX")

    def rest_ns(self, rule: RuleLine) -> int:
        """Return for how long *rule* is silent after it fired, trade time."""
        return int(rule.rest_s * SECOND_NS) or self._rest_ns

    def sigma(self, symbol: str, session_date: date) -> float | None:
        """Return σ for that session, a fraction; None where the history is too short for one."""
        key = symbol, session_date
        if key not in self._sigmas:
            self._sigmas[key] = sigma_before(self._closes.get(symbol, {}), session_date)
        return self._sigmas[key]

    def threshold(self, rule: RuleLine, trade: TradeLine) -> float | None:
        """Return at which price *rule* is reached on the day of *trade*, None where nobody can know it."""
        reference = self.reference(rule, trade)
        side = -1 if rule.is_below else 1
        if reference is None or rule.kind is RuleKind.PRICE:
            return reference
        if rule.kind is RuleKind.SIGMA:
            sigma = self.sigma(trade.symbol, trade.session_date)
            return None if sigma is None else reference * (1 + side * rule.level * sigma)
        if rule.kind is RuleKind.VOLUME:
            return round(reference * rule.level, DECIMALS)
        return round(reference * (1 + side * rule.level), DECIMALS)

    def reference(self, rule: RuleLine, trade: TradeLine) -> float | None:
        """Return the price that the level of *rule* is measured from on the day of *trade*."""
        key = rule.key, trade.session_date, trade.base_price
        if key not in self._references:
            self._references[key] = self._measured_from(rule, trade)
        return self._references[key]

    def _measured_from(self, rule: RuleLine, trade: TradeLine) -> float | None:
        if rule.kind is RuleKind.PRICE:
            return rule.level
        if rule.kind is RuleKind.PAID:
            return rule.paid
        if rule.kind in {RuleKind.SIGMA, RuleKind.CHANGE}:
            return trade.base_price
        if rule.kind is RuleKind.VOLUME:
            return usual_volume(self._volumes.get(trade.symbol, {}), trade.session_date)
        highs = year_before(self._highs.get(trade.symbol, {}), trade.session_date)
        return max([high for day, high in highs if rule.high_since is None or day >= rule.high_since], default=None)


def year_before(values: Mapping[date, float], session_date: date) -> list[tuple[date, float]]:
    """Return the *values* of the calendar year that ends with the session before *session_date*, in order."""
    earlier = sorted(day for day in values if day < session_date)
    if not earlier:
        return []
    last = earlier[-1]
    leap_day = (last.month, last.day) == (2, 29)
    year_ago = last.replace(year=last.year - 1, day=28 if leap_day else last.day)
    return [(day, values[day]) for day in earlier if day >= year_ago]


def sigma_before(closes: Mapping[date, float], session_date: date) -> float | None:
    """Return the sample standard deviation of the daily returns of the year until the session before *session_date*."""
    year = [close for _, close in year_before(closes, session_date)]
    returns = [after / before - 1 for before, after in pairwise(year)]
    if len(returns) < FEWEST_RETURNS:
        return None
    return statistics.stdev(returns) or None


def usual_volume(volumes: Mapping[date, int], session_date: date) -> float | None:
    """Return the shares of a usual day before *session_date*, to the share; None where too few days tell."""
    traded = sorted((on, shares) for on, shares in volumes.items() if on < session_date and shares)[-USUAL_DAYS:]
    return round(statistics.median(shares for _, shares in traded)) if len(traded) >= FEWEST_USUAL_DAYS else None


def expected_alerts(circumstances: Circumstances) -> list[ExpectedAlert]:
    """Return the ledger of a world without faults, in the order in which the alerts are due."""
    ledger: list[ExpectedAlert] = []
    lives = {rule.place: _Life(rule, circumstances.rest_ns(rule)) for rule in circumstances.rules}
    for trade in circumstances.trades:
        if trade.unseen or not trade.is_certain:
            continue
        fired: list[ExpectedAlert] = []
        for rule in circumstances.rules_of(trade.symbol):
            threshold = circumstances.threshold(rule, trade)
            if threshold is not None and lives[rule.place].is_fired_by(trade, threshold):
                fired.append(due_of(circumstances, rule, trade, lives[rule.place].firings))
        ledger += sorted(fired, key=_turn)
    return ledger


def _turn(due: ExpectedAlert) -> tuple[bool, bool, float, str]:
    is_above, is_of_shares = due.direction is Direction.ABOVE, due.kind is RuleKind.VOLUME
    return is_above, is_of_shares, -due.target_price if is_above else due.target_price, due.id


class _Life:
    """How one rule fares, trade by trade."""

    def __init__(self, rule: RuleLine, rest_ns: int) -> None:
        self._rule = rule
        self._rest_ns = rest_ns
        self._fired_at_ns: int | None = None
        self._fired_on: date | None = None
        self._is_away = False
        """Whether it has fired, and the price has not gone back since."""
        self._turned_by_ns = -1
        """By when it had surely fired, or the price had gone back, the last time."""
        self.firings = 0
        """On the last date on which it fired."""

    def is_fired_by(self, trade: TradeLine, threshold: float) -> bool:
        """Say whether *trade* fires it."""
        rule = self._rule
        if not rule.counts(trade) or (self._is_crossing and self._may_be_over(trade)):
            return False
        if not rule.is_reached(trade, threshold):
            if self._is_away and rule.is_back(trade, threshold):
                self._is_away, self._turned_by_ns = False, _over_by_ns(trade)
            return False
        if self._is_silent(trade):
            return False
        self._turned_by_ns = _over_by_ns(trade)
        self.firings = self.firings + 1 if self._fired_on == trade.session_date else 1
        self._fired_at_ns, self._fired_on, self._is_away = trade.traded_at_ns, trade.session_date, True
        return True

    @property
    def _is_crossing(self) -> bool:
        return self._rule.repetition is Repetition.CROSSING

    def _may_be_over(self, trade: TradeLine) -> bool:
        """Say whether *trade*, which nobody saw, may have been before what turned the rule; behind a look it was."""
        begins_ns = trade.traded_at_ns - (0 if trade.is_polled else 1)
        return trade.is_hidden and begins_ns < self._turned_by_ns

    def _is_silent(self, trade: TradeLine) -> bool:
        if self._fired_at_ns is None:
            return False
        match self._rule.repetition:
            case Repetition.REST:
                return trade.traded_at_ns < self._fired_at_ns + self._rest_ns
            case Repetition.ONCE:
                return True
            case Repetition.SESSION:
                return trade.session_date == self._fired_on
            case Repetition.CROSSING:
                return self._is_away


def _over_by_ns(trade: TradeLine) -> int:
    """Return by when *trade* was over: what lies between two looks by the second of them."""
    return trade.left_at_ns // SECOND_NS * SECOND_NS if trade.is_polled else trade.traded_at_ns


def due_of(circumstances: Circumstances, rule: RuleLine, trade: TradeLine, number: int | None = None) -> ExpectedAlert:
    """Return the alert that *trade*, which has reached *rule*, is; without its *number* where that is not known."""
    named = f"{rule.key}:{trade.session_date}"
    return ExpectedAlert(
        id=named if number is None else f"{named}:{number}",
        chat_id=rule.chat_id,
        symbol=trade.symbol,
        level=rule.level,
        price=trade.price,
        base_price=trade.base_price,
        sigma=circumstances.sigma(trade.symbol, trade.session_date) or 0.0,
        target_price=circumstances.threshold(rule, trade) or 0.0,
        traded_at_ns=trade.traded_at_ns,
        left_at_ns=trade.left_at_ns,
        kind=rule.kind,
        direction=rule.direction,
        reference=circumstances.reference(rule, trade) or 0.0,
        volume=trade.cumulative_volume if rule.kind is RuleKind.VOLUME else 0,
    )
