"""Ask for the prices of what no stream brings, one call at a time, and publish the trades that they tell of."""

from collections.abc import Collection, Sequence
from typing import Protocol

from actors.feed.config import FeedConfig
from actors.feed.gaps.continuity import Key
from actors.feed.outlet import Outlet
from actors.feed.rest.polling import Listing, Polling
from actors.kis.errors import NotPermitted, UnknownSymbol
from actors.kis.prices import Price
from actors.runtime.actor import Actor
from actors.runtime.errors import ConfigError, TemporaryFailure
from actors.runtime.tasks import Errand
from protocol.messages import Venue

__all__ = ["PriceDesk", "Source"]


class Source(Protocol):
    """KIS's REST under one app key; `KisClient` is the real one."""

    async def price(self, symbol: str, venue: Venue) -> Price:
        """Return what *symbol* costs now."""

    async def prices(self, symbols: Sequence[str], venue: Venue) -> dict[str, Price]:
        """Return what *symbols* cost now."""


class PriceDesk:
    """The one question that is being asked, and what came of the last."""

    def __init__(self, actor: Actor[FeedConfig], polling: Polling, sources: Sequence[Source], outlet: Outlet) -> None:
        """Ask nothing yet.

        Args:
            actor: whose clock and log are used.
            polling: says what is to be asked.
            sources: KIS under each app key, one at least; the next is used when KIS refuses the one before.
            outlet: where the trades go.
        """
        self._actor = actor
        self._polling = polling
        self._sources = list(sources)
        self._outlet = outlet
        self._asking = Errand()
        self.trouble = ""
        """Why there was no answer to the last question; empty if there was one, or nothing is polled any more."""

    def look(self, followed: Collection[Key] = ()) -> None:
        """See to it that who is due is being asked for, but those *followed*; raise what the last question has."""
        if not self._asking.is_over():
            return
        if self._polling.is_idle:
            # Nobody asks any more, so nobody would learn that it is over.
            self.trouble = ""
        clock = self._actor.clock
        due = self._polling.due(clock.now(), clock.monotonic(), followed)
        if due:
            self._asking.begin(self._ask(due))

    async def close(self) -> None:
        """Ask no more."""
        await self._asking.close()

    async def price_of(self, listed: Listing) -> Price | None:
        """Return what *listed* costs now, None if KIS does not say."""
        try:
            return (await self._prices([listed])).get(listed.symbol)
        except (TemporaryFailure, ConfigError):
            return None

    async def _ask(self, due: list[Listing]) -> None:
        clock = self._actor.clock
        self._polling.on_asked(due, clock.monotonic())
        try:
            prices = await self._prices(due)
        except NotPermitted as refusal:
            self._polling.on_not_permitted(clock.monotonic(), refusal.retry_after_s or 0.0)
        except TemporaryFailure as failure:
            self._complain(str(failure))
        except ConfigError as refusal:
            # Another app key may do, and this one may again, when its owner has renewed it.
            self._sources.append(self._sources.pop(0))
            self._complain(str(refusal))
        else:
            self.trouble = ""
            self._publish(due, prices)
        self._actor.ports.wake()

    async def _prices(self, listed: list[Listing]) -> dict[str, Price]:
        source, venue = self._sources[0], listed[0].venue
        if len(listed) > 1:
            return await source.prices([each.symbol for each in listed], venue)
        try:
            return {listed[0].symbol: await source.price(listed[0].symbol, venue)}
        except UnknownSymbol:
            return {}

    def _publish(self, asked: list[Listing], prices: dict[str, Price]) -> None:
        clock = self._actor.clock
        at, at_ns = clock.now(), clock.now_ns()
        trades = [
            trade
            for listed in asked
            if listed.symbol in prices
            for trade in self._polling.on_price(listed, prices[listed.symbol], at, at_ns)
        ]
        if trades:
            self._outlet.publish(at_ns, trades)
            self._actor.progressed(len(trades))

    def _complain(self, reason: str) -> None:
        if not self.trouble:
            self._actor.log.warning("prices_missed", reason=reason)
        self.trouble = reason
