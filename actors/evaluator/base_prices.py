"""Has analyst look again where its base price is not the exchange's: such a symbol's targets are held meanwhile."""

from collections.abc import Mapping

from actors.evaluator.config import EvaluatorConfig
from actors.runtime.actor import Actor
from actors.runtime.errors import CommandRefused, Unanswered
from actors.runtime.tasks import Errand

__all__ = ["BasePrices"]

NEVER = float("-inf")
MOST_PAUSE_S = 1800.0
"""How long analyst is left alone at most about a base price that it cannot mend."""


class BasePrices:
    """What analyst was asked about, and when it is asked again: less and less often in vain."""

    def __init__(self, actor: Actor[EvaluatorConfig]) -> None:
        self._actor = actor
        self._asked_at = NEVER
        self._asked_about: Mapping[str, float] = {}
        self._pause_s = 0.0
        self._asking = Errand()

    def look(self, found: Mapping[str, float], now: float) -> None:
        """Ask if it is time, monotonic seconds; *found* are the exchange's base prices that are not analyst's."""
        least_s = self._actor.config.recompute_s
        is_new = not found.items() <= self._asked_about.items()
        if not found or now < self._asked_at + (least_s if is_new else self._pause_s):
            return
        if not self._asking.is_over():
            return
        self._pause_s = least_s if is_new else min(2 * self._pause_s, MOST_PAUSE_S)
        self._asked_at, self._asked_about = now, found
        self._asking.begin(self._ask(found))

    def close(self) -> None:
        """Ask no more."""
        self._asking.cancel()

    async def _ask(self, found: Mapping[str, float]) -> None:
        for symbol, base_price in found.items():
            self._actor.log.warning("base_price_disagrees", symbol=symbol, exchange=base_price)
            try:
                await self._actor.ports.ask("analyst", "recompute", timeout_s=1.0, symbol=symbol)
            except (CommandRefused, Unanswered) as error:
                self._actor.log.warning("recomputation_unanswered", symbol=symbol, reason=str(error))
