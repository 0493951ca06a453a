"""What evaluator answers on its control port: the prices of now, and what each rule waits for."""

from datetime import date

from actors.evaluator.config import EvaluatorConfig
from actors.evaluator.core import Evaluator
from actors.evaluator.rules import FOR_EVER_NS
from actors.evaluator.waiting import Waiting
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused
from protocol.moments import from_ns

__all__ = ["Questions"]


class Questions:
    """The answers out of *core*."""

    def __init__(self, actor: Actor[EvaluatorConfig], core: Evaluator) -> None:
        self._actor = actor
        self._core = core

    def offer(self) -> None:
        """Answer from now on."""
        self._actor.on_command("prices", self._answer_prices)
        self._actor.on_command("rules", self._answer_rules)

    async def _answer_prices(self, _arguments: dict[str, object]) -> dict[str, object]:
        return {
            trade.symbol: {"price": trade.price, "traded_at": from_ns(trade.traded_at_ns).isoformat()}
            for trade in self._core.last_trades()
        }

    async def _answer_rules(self, arguments: dict[str, object]) -> dict[str, object]:
        """`{"symbol": "005930"}`: what each rule for it waits for, and what keeps it from firing."""
        symbol = arguments.get("symbol")
        if not isinstance(symbol, str):
            message = f"expected a symbol, found {symbol!r}"
            raise CommandRefused(message)
        return {"rules": [_told(waiting) for waiting in self._core.waiting(symbol, self._actor.clock.now_ns())]}


def _told(waiting: Waiting) -> dict[str, object]:
    rule, until_ns = waiting.rule, waiting.rests_until_ns
    return {
        "rule": rule.id,
        "person": rule.person_id,
        "kind": rule.kind.value,
        "direction": rule.direction.value,
        "level": rule.level,
        "repetition": rule.repetition.value,
        "session_date": None if waiting.session_date == date.min else waiting.session_date.isoformat(),
        "threshold": waiting.threshold,
        "stage": waiting.stage.value,
        "firings": waiting.firings,
        "volume": waiting.volume,
        "rests_until": from_ns(until_ns).isoformat() if 0 < until_ns < FOR_EVER_NS else None,
    }
