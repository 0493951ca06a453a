"""In which order alerts must come: the earlier trade first, and of one trade the further target.

Moments are told in whole seconds, and a crossing rule may fire twice in one, if the price goes back in between. So of
alerts that tell of the same second and price each is taken for that of the earliest trade which it may be of; the
further target may come behind a nearer one where the price came to both once more. One message is read whole: within it
nothing comes first.
"""

from collections.abc import Hashable, Mapping, Sequence

import msgspec
from msgspec import Struct

from protocol.rules import Direction, Repetition, RuleKind
from simulator.judgement.alert_text import ShownAlert
from simulator.judgement.evidence import SECOND_NS, TradeLine
from simulator.judgement.oracle import Circumstances
from simulator.judgement.repetitions import POLLED_SLACK_S
from simulator.judgement.rules import RuleLine

__all__ = ["Order"]


class _Told(Struct, frozen=True):
    """An alert, and its trade's place among those of its second, the earliest that may be."""

    shown: ShownAlert
    message_id: int
    rule: RuleLine
    place: int

    def must_be_earlier_than(self, told: "_Told") -> bool:
        """Say whether the alert *told* next, in another message, cannot be of the same trade."""
        is_further = _distance(told.shown) > _distance(self.shown)
        return told.message_id != self.message_id and (is_further or told.rule == self.rule)


class Order:
    """The newest alert of each lane: a chat, or what of it has an order of its own."""

    def __init__(self, circumstances: Circumstances, trades: Mapping[tuple[str, int], Sequence[TradeLine]]) -> None:
        """Begin with no alert; *trades* are those of a symbol and second that an alert names, in order."""
        self._circumstances = circumstances
        self._trades = trades
        self._newest: dict[Hashable, _Told] = {}

    def take(self, lane: Hashable, shown: ShownAlert, message_id: int, rule: RuleLine) -> ShownAlert | None:
        """Take *shown*, which *rule* told, for the next of its *lane*; return which it should have come before."""
        before = self._newest.get(lane)
        told = _Told(shown, message_id, rule, self._first_place(shown))
        if before is not None and _are_of_one_price(before.shown, shown):
            told = self._behind(before, told)
        if before is None or shown.traded_at_ns >= before.shown.traded_at_ns:
            self._newest[lane] = told
        return before.shown if before and _is_out_of_order(before, told) else None

    def _behind(self, before: _Told, told: _Told) -> _Told:
        """Return *told*, which is of the second and price of the one *before*, at the earliest place behind it."""
        place, rule = before.place, told.rule
        if rule.repetition is Repetition.CROSSING and before.must_be_earlier_than(told):
            place = self._next_crossing(rule, told.shown, place)
        return msgspec.structs.replace(told, place=place)

    def _first_place(self, shown: ShownAlert) -> int:
        trades = self._trades_at(shown)
        return next((number for number, trade in enumerate(trades) if shown.price.is_rounded(trade.price)), 0)

    def _next_crossing(self, rule: RuleLine, shown: ShownAlert, place: int) -> int:
        """Return the next place at which *rule* may have fired anew at that price, *place* itself if there is none."""
        has_returned = False
        for number, trade in enumerate(self._trades_at(shown)):
            if number <= place:
                continue
            if has_returned and shown.price.is_rounded(trade.price):
                return number
            has_returned = has_returned or self._is_back(rule, trade)
        return place

    def _is_back(self, rule: RuleLine, trade: TradeLine) -> bool:
        threshold = self._circumstances.threshold(rule, trade)
        return threshold is not None and rule.is_back(trade, threshold) and not rule.is_reached(trade, threshold)

    def _trades_at(self, shown: ShownAlert) -> Sequence[TradeLine]:
        return self._trades[shown.symbol, shown.traded_at_ns // SECOND_NS]


def _are_of_one_price(before: ShownAlert, shown: ShownAlert) -> bool:
    names = ("symbol", "traded_at_ns", "price", "direction")
    return shown.price.is_won and all(getattr(before, name) == getattr(shown, name) for name in names)


def _is_out_of_order(before: _Told, told: _Told) -> bool:
    """Say whether *told* should have come before the other: an earlier trade, or the further target of one."""
    if _are_of_one_price(before.shown, told.shown):
        return told.place == before.place and before.must_be_earlier_than(told)
    slack_ns = 0 if told.shown.price.is_won else POLLED_SLACK_S * SECOND_NS
    return told.shown.traded_at_ns < before.shown.traded_at_ns - slack_ns


def _distance(shown: ShownAlert) -> float:
    if shown.kind is RuleKind.VOLUME:
        return 0.0  # behind all prices
    return -shown.target.amount if shown.direction is Direction.BELOW else shown.target.amount
