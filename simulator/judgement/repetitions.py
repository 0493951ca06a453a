"""When a rule that has fired may fire again, and when it must: what is certain, for each `protocol.rules.Repetition`.

An alert may come too soon (`is_too_soon`), and a trade that has reached the threshold may have been answered for by no
alert (`unmet`). Which trades somebody knew of decides when a rule fired, and so does the order of what lies in one
second or in one minute of a hole, which nobody knows. So of a crossing rule little is certain, and that much is asked:
between two of its alerts some trade has gone back; and where a trade that went back lies surely behind its alert, and
surely before one at the threshold, there is another alert.

A polled price has no time of its own: in a symbol that was polled, if only for a while, two seconds more or less are
the same time.
"""

import bisect
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cached_property

from msgspec import Struct

from protocol.rules import Repetition
from simulator.judgement.evidence import SECOND_NS, TradeLine
from simulator.judgement.oracle import Circumstances
from simulator.judgement.rules import RuleLine

__all__ = ["POLLED_SLACK_S", "Firing", "Watch", "is_too_soon", "unmet"]

POLLED_SLACK_S = 2


class Firing(Struct, frozen=True, kw_only=True):
    """An alert of a rule: of a moment of trade time, or of so many seconds from there on."""

    at_ns: int
    session_date: date
    length_s: int = 0

    @property
    def ends_ns(self) -> int:
        """The last moment that it may tell of."""
        return self.at_ns + self.length_s * SECOND_NS


class Watch:
    """One rule and the *trades* of its symbol, in order of time, that are held against it."""

    def __init__(self, circumstances: Circumstances, rule: RuleLine, trades: Sequence[TradeLine]) -> None:
        self.rule = rule
        self.rest_ns = circumstances.rest_ns(rule)
        self.slack_ns = POLLED_SLACK_S * SECOND_NS if rule.symbol in circumstances.inexact else 0
        self.trades = trades
        self._circumstances = circumstances
        self._thresholds: dict[tuple[date, float], float | None] = {}

    def reached(self) -> Iterator[TradeLine]:
        """Yield the trades that have reached the rule, and are surely its business."""
        return filter(self.rule.counts, self.possibly_reached())

    def possibly_reached(self) -> Iterator[TradeLine]:
        """Yield the trades that have reached the rule, and may be its business: it may begin in their minute."""
        rule = self.rule
        for trade in self.trades:
            threshold = self._threshold(trade)
            if threshold is not None and rule.is_reached(trade, threshold) and rule.may_count(trade):
                yield trade

    @cached_property
    def back(self) -> list[TradeLine]:
        """Those that have gone back by its band."""
        rule = self.rule
        return [
            trade
            for trade in self.trades
            if (threshold := self._threshold(trade)) is not None
            and rule.is_back(trade, threshold)
            and rule.counts(trade)
            and not rule.is_reached(trade, threshold)
        ]

    def _threshold(self, trade: TradeLine) -> float | None:
        key = trade.session_date, trade.base_price
        if key not in self._thresholds:
            self._thresholds[key] = self._circumstances.threshold(self.rule, trade)
        return self._thresholds[key]


def is_too_soon(watch: Watch, before: Firing, after: Firing) -> bool:
    """Say whether the rule could not fire *after* it had fired *before*, whatever of its *watch* was seen."""
    slack_ns = watch.slack_ns
    match watch.rule.repetition:
        case Repetition.REST:
            return after.at_ns - before.at_ns < watch.rest_ns - slack_ns
        case Repetition.ONCE:
            return True
        case Repetition.SESSION:
            return after.session_date == before.session_date
        case Repetition.CROSSING:
            first_ns, last_ns = before.at_ns - slack_ns, after.ends_ns + slack_ns
            return not any(first_ns <= trade.traded_at_ns <= last_ns for trade in watch.back)


def unmet(watch: Watch, told: Sequence[Firing]) -> Iterator[TradeLine]:
    """Yield the known trades that oblige to an alert of the rule and find none among those *told*, in order of time.

    One that is missing is taken for told: it is missed once.
    """
    fired = list(told)
    back = iter(watch.back if watch.rule.repetition is Repetition.CROSSING else [])
    coming, last_back = next(back, None), None
    for trade in watch.reached():
        while coming is not None and _is_before(coming, trade, watch.slack_ns):
            coming, last_back = next(back, None), coming
        place = bisect.bisect_right(fired, _ends_ns(trade) + watch.slack_ns, key=lambda firing: firing.at_ns)
        newest = fired[place - 1] if place else None
        if newest is None or _is_armed_again(watch, newest, trade, last_back):
            yield trade
            missed = Firing(at_ns=trade.traded_at_ns, session_date=trade.session_date, length_s=trade.length_s)
            fired.insert(place, missed)


def _is_armed_again(watch: Watch, newest: Firing, trade: TradeLine, last_back: TradeLine | None) -> bool:
    """Say whether the rule, which fired *newest*, was surely armed once more when *trade* reached it."""
    match watch.rule.repetition:
        case Repetition.REST:
            return newest.at_ns <= trade.traded_at_ns - watch.rest_ns - watch.slack_ns
        case Repetition.ONCE:
            return False
        case Repetition.SESSION:
            return newest.session_date != trade.session_date
        case Repetition.CROSSING:
            return last_back is not None and last_back.traded_at_ns > newest.ends_ns + watch.slack_ns


def _is_before(one: TradeLine, other: TradeLine, slack_ns: int) -> bool:
    """Say whether *one* trade surely lies before the *other*; of what was seen in one second the order is known."""
    ends_ns = _ends_ns(one) + slack_ns
    if one.is_hidden or other.is_hidden or slack_ns:
        return ends_ns < other.traded_at_ns
    return ends_ns < other.traded_at_ns or (ends_ns == other.traded_at_ns and _turn(one) < _turn(other))


def _turn(trade: TradeLine) -> tuple[int, int]:
    return trade.left_at_ns, trade.index


def _ends_ns(trade: TradeLine) -> int:
    return trade.traded_at_ns + trade.length_s * SECOND_NS
