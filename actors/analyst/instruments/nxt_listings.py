"""Learn once a day which of the watched Korean stocks NXT lists, too: feed spends no registration on the others.

A failure harms nothing: KIS confirms a stream of what NXT does not list and is silent. So it is tried again later, and
is no reason to be degraded.
"""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from actors.analyst.config import AnalystConfig
from actors.analyst.core import Watched
from actors.analyst.instruments.catalogue import Catalogue
from actors.market.sessions import SEOUL
from actors.runtime.actor import Actor
from actors.runtime.backoff import Backoff
from actors.runtime.errors import TemporaryFailure
from actors.runtime.tasks import Errand
from protocol.messages import Venue

__all__ = ["NxtListings", "NxtSource"]


class NxtSource(Protocol):
    """Whoever can tell; `KisClient` is the real one."""

    async def is_on_nxt(self, symbol: str) -> bool | None:
        """Return whether NXT trades a Korean stock, None if that is not told; raises TemporaryFailure."""


class NxtListings:
    """The questions of the day, one symbol at a time, in one task beside the work loop."""

    def __init__(self, actor: Actor[AnalystConfig], catalogue: Catalogue, source: NxtSource | None) -> None:
        """Ask *source*, None for nobody, and keep what it says in *catalogue*."""
        self._actor = actor
        self._catalogue = catalogue
        self._source = source
        self._pause = Backoff(actor.config.retry_first_s, actor.config.retry_most_s, actor.random)
        self._asked_on: dict[str, date] = {}
        self._not_before = float("-inf")
        self._asking = Errand()

    def look(self, watched: Iterable[Watched]) -> None:
        """Begin to ask for the first of *watched* that was not asked for today."""
        clock = self._actor.clock
        if not self._asking.is_over() or self._source is None or clock.monotonic() < self._not_before:
            return
        today = clock.now().astimezone(SEOUL).date()
        due = (each.symbol for each in watched if each.venue is Venue.KRX and self._asked_on.get(each.symbol) != today)
        symbol = next(due, None)
        if symbol is not None:
            self._asking.begin(self._ask(self._source, symbol, today))

    async def close(self) -> None:
        """Stop asking."""
        await self._asking.close()

    async def _ask(self, source: NxtSource, symbol: str, today: date) -> None:
        try:
            is_on_nxt = await source.is_on_nxt(symbol)
        except TemporaryFailure as failure:
            self._not_before = self._actor.clock.monotonic() + max(self._pause.next(), failure.retry_after_s or 0.0)
        else:
            self._pause.reset()
            self._asked_on[symbol] = today
            if is_on_nxt is not None:
                self._catalogue.keep_nxt(symbol, is_on_nxt=is_on_nxt)
        self._actor.ports.wake()
