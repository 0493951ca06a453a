"""How often a price has reached the threshold of a rule that rests. Pure.

    AT --it goes back beyond the threshold by a small band--> AWAY --it reaches the threshold: once more--> AT

That is a *wobble*. It is no alert: it has no id, stands in no record, and neither a restart nor a replay brings it
again. What is told of it says all that was told before, so its loss does no harm. It changes no decision.
"""

from collections.abc import Container

import msgspec
from msgspec import Struct

from actors.evaluator.rules import RuleState
from protocol.messages import ReachedAgain, Trade
from protocol.moments import from_ns

__all__ = ["Wobbles"]


class _Wobble(Struct, frozen=True):
    """What the price has done since an alert."""

    state: RuleState
    """The one that the alert left its rule in; in any other there is nothing to be counted."""
    times: int = 1
    """How often the threshold was reached; the first time raised the alert."""
    is_away: bool = False


class Wobbles:
    """The wobbles of those rules that have fired in this life of the process."""

    def __init__(self) -> None:
        self._by_rule: dict[str, _Wobble] = {}
        self._news: dict[str, ReachedAgain] = {}

    def begin(self, rule_id: str, state: RuleState) -> None:
        """Note that a rule has fired, which left it in *state*."""
        self._by_rule[rule_id] = _Wobble(state)

    def forget_all_but(self, rule_ids: Container[str]) -> None:
        """Forget all rules but these: the others have been deleted."""
        self._by_rule = {rule_id: wobble for rule_id, wobble in self._by_rule.items() if rule_id in rule_ids}

    def awaits_return(self, rule_id: str, state: RuleState) -> bool:
        """Say whether a rule, in that *state*, has yet to see the price go back."""
        wobble = self._by_rule.get(rule_id)
        return wobble is not None and not wobble.is_away and wobble.state == state

    def go_back(self, rule_id: str) -> bool:
        """Note that the price has gone back, and say whether that was awaited."""
        wobble = self._by_rule.get(rule_id)
        if wobble is None or wobble.is_away:
            return False
        self._by_rule[rule_id] = msgspec.structs.replace(wobble, is_away=True)
        return True

    def reach(self, rule_id: str, state: RuleState, trade: Trade) -> bool:
        """Note that *trade* is at the threshold of a rule that rests in *state*; say whether it had been away."""
        wobble = self._by_rule.get(rule_id)
        if wobble is None or not wobble.is_away or wobble.state != state:
            return False
        again = msgspec.structs.replace(wobble, times=wobble.times + 1, is_away=False)
        self._by_rule[rule_id] = again
        self._news[rule_id] = ReachedAgain(
            alert_id=state.alert_id(rule_id),
            times=again.times,
            venue=trade.venue,
            price=trade.price,
            traded_at=from_ns(trade.traded_at_ns),
        )
        return True

    def take_news(self) -> list[ReachedAgain]:
        """Return what is to be told since the last call, of each rule the newest."""
        news, self._news = self._news, {}
        return list(news.values())
