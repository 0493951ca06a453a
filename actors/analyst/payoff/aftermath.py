"""Write down what became of the alerts of a symbol, each time its bars were topped up."""

from datetime import date

from actors.analyst.config import AnalystConfig
from actors.analyst.payoff.outcomes import outcomes_of
from actors.analyst.store import AnalystStore, read_fired
from actors.runtime.actor import Actor
from actors.runtime.store import KeptReader

__all__ = ["Aftermath"]


class Aftermath:
    """Reads evaluator's alerts and our bars; what is written stays as it is, so that doing it again changes nothing."""

    def __init__(self, actor: Actor[AnalystConfig], store: AnalystStore) -> None:
        self._actor = actor
        self._store = store
        self._evaluator = KeptReader("evaluator", actor.settings)

    def write(self, symbol: str) -> None:
        """Write down what is known by now of the alerts of *symbol*."""
        reader = self._evaluator.connection()
        bars = self._store.bars(symbol, date.min)
        if reader is None or not bars:
            return
        alerts = read_fired(reader, symbol, bars[0].session_date)
        written = self._store.keep_outcomes(outcomes_of(alerts, bars))
        if written:
            self._actor.log.info("outcomes_written", symbol=symbol, count=written)

    def close(self) -> None:
        """Let go of evaluator's database."""
        self._evaluator.close()
