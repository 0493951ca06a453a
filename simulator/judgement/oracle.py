"""What should have been alerted, to whom and when, if nothing ever went wrong. Slow, simple, unrelated to the actors.

The rule, worded once more: σ of a symbol is the sample standard deviation of its daily returns over the calendar year
that ends with the session before; its target of level k is base price x (1 - k x σ). Each watcher has one rule a level.
A trade of the regular session that could be seen, at or below the target, fires the rule, 2σ before 1σ; the rule then
rests for `rest_s` of trade time; the next trade at or below fires it again. An alert is named after rule, version,
session date and its number in that session.
"""

import statistics
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from msgspec import Struct

from simulator.judgement.evidence import SECOND_NS, TradeLine, Watcher

__all__ = ["Circumstances", "ExpectedAlert", "expected_alerts", "target_of"]

FEWEST_RETURNS = 60


class ExpectedAlert(Struct, frozen=True, kw_only=True):
    """One line of the ledger."""

    id: str
    chat_id: int
    symbol: str
    level: float
    price: float
    base_price: float
    sigma: float
    target_price: float
    traded_at_ns: int
    left_at_ns: int
    """When its trade left the simulator."""


class Circumstances:
    """Everything that decides what is right.

    Args:
        trades: all of the regular session, in order.
        watchers: who waits for what.
        closes: adjusted closes by symbol and session date.
        levels: how many σ, of everybody.
        rest_s: trade time for which a rule is silent after it fired.
        version: of all rules.
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
    ) -> None:
        self.trades = list(trades)
        self._watchers: dict[str, list[Watcher]] = {}
        for watcher in watchers:
            for symbol in watcher.symbols:
                self._watchers.setdefault(symbol, []).append(watcher)
        self.levels = sorted(levels, reverse=True)
        self.rest_ns = int(rest_s * SECOND_NS)
        self.version = version
        self._closes = closes
        self._sigmas: dict[tuple[str, date], float | None] = {}

    def sigma(self, symbol: str, session_date: date) -> float | None:
        """Return σ for that session, a fraction; None where the history is too short for one."""
        key = symbol, session_date
        if key not in self._sigmas:
            self._sigmas[key] = sigma_before(self._closes.get(symbol, {}), session_date)
        return self._sigmas[key]

    def watchers_of(self, symbol: str) -> list[Watcher]:
        """Return who watches *symbol*."""
        return self._watchers.get(symbol, [])


def sigma_before(closes: Mapping[date, float], session_date: date) -> float | None:
    """Return the sample standard deviation of the daily returns of the year until the session before *session_date*."""
    earlier = sorted(day for day in closes if day < session_date)
    if not earlier:
        return None
    last = earlier[-1]
    leap_day = (last.month, last.day) == (2, 29)
    year_ago = last.replace(year=last.year - 1, day=28 if leap_day else last.day)
    year = [closes[day] for day in earlier if day >= year_ago]
    returns = [after / before - 1 for before, after in pairwise(year)]
    if len(returns) < FEWEST_RETURNS:
        return None
    return statistics.stdev(returns) or None


def target_of(trade: TradeLine, sigma: float, level: float) -> float:
    """Return the target of *level* on the day of *trade*, exact."""
    return trade.base_price * (1 - level * sigma)


def expected_alerts(circumstances: Circumstances) -> list[ExpectedAlert]:
    """Return the ledger of a world without faults, in the order in which the alerts are due."""
    ledger: list[ExpectedAlert] = []
    rests_until: dict[str, int] = {}
    firings: dict[tuple[str, date], int] = {}
    for trade in circumstances.trades:
        sigma = circumstances.sigma(trade.symbol, trade.session_date)
        if sigma is None or trade.unseen or not trade.is_certain:
            continue
        for watcher in circumstances.watchers_of(trade.symbol):
            for level in circumstances.levels:
                target = target_of(trade, sigma, level)
                rule = f"{watcher.person_id}-{trade.symbol}-{level:g}"
                is_due = trade.traded_at_ns >= max(watcher.since_ns, rests_until.get(rule, 0))
                if trade.price > target or not is_due:
                    continue
                rests_until[rule] = trade.traded_at_ns + circumstances.rest_ns
                firing = firings[rule, trade.session_date] = firings.get((rule, trade.session_date), 0) + 1
                ledger.append(
                    ExpectedAlert(
                        id=f"{rule}:{circumstances.version}:{trade.session_date}:{firing}",
                        chat_id=watcher.chat_id,
                        symbol=trade.symbol,
                        level=level,
                        price=trade.price,
                        base_price=trade.base_price,
                        sigma=sigma,
                        target_price=target,
                        traded_at_ns=trade.traded_at_ns,
                        left_at_ns=trade.left_at_ns,
                    )
                )
    return ledger
