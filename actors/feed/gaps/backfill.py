"""Ask KIS for what streams have lost, and publish it: the hands of `repair`.

One question at a time, the most important stream first. Also kept here: until when everything flowed, on disk about
once a second, so that the next life knows what this one did not see; and what fills the replay of a reader that was
away for longer than our ring reaches back.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence

from actors.feed.config import FeedConfig
from actors.feed.demand.hours import Hours
from actors.feed.gaps.book import Cause
from actors.feed.gaps.continuity import Key
from actors.feed.gaps.repair import Ask, trades_of_bars
from actors.feed.outlet import Outlet
from actors.feed.session.intake import Intake
from actors.feed.store import FlowStore
from actors.kis.client import KisClient
from actors.kis.errors import KisError
from actors.kis.minute_bars import MinuteBars
from actors.runtime.actor import Actor
from actors.runtime.errors import ConfigError, TemporaryFailure
from actors.runtime.tasks import Tasks
from protocol.messages import Event, Trade
from protocol.moments import from_ns

__all__ = ["Backfill"]

NOTE_S = 1.0
"""How often it is written down until when everything flowed."""
RETRY_S = 1.0


class Backfill:
    """What this feed has missed, being filled."""

    def __init__(
        self,
        actor: Actor[FeedConfig],
        store: FlowStore,
        intake: Intake,
        outlet: Outlet,
        tasks: Tasks,
        *,
        client: KisClient,
    ) -> None:
        self._actor = actor
        self._store = store
        self._repairs = intake.repairs
        self._continuity = intake.continuity
        self._outlet = outlet
        self._tasks = tasks
        self._client = client
        self._hours: Hours | None = None
        self._keys: tuple[Key, ...] = ()
        self._asking: asyncio.Task[None] | None = None
        self._begins_ns: int | None = None
        """From when on this life makes good by itself what was not seen."""
        self._noted_ns = 0
        self.trouble = ""
        """Why it is not on disk until when everything flowed; empty while it is."""
        self._note_at = float("-inf")

    def know(self, hours: Hours) -> None:
        """Use the calendar from now on."""
        self._hours = hours

    def watch(self, keys: Sequence[Key]) -> None:
        """Care for these streams; what the first of them have not brought since the last life is a hole."""
        self._keys = tuple(keys)
        self._repairs.watch(keys)
        self._continuity.watch(frozenset(keys))
        if self._begins_ns is None:
            flowed_until_ns = self._store.flowed_until_ns()
            self._begins_ns = flowed_until_ns or self._actor.clock.now_ns()
            if flowed_until_ns:
                self._repairs.lose(dict.fromkeys(keys, flowed_until_ns), Cause.DEATH)

    def flow(self, keys: Iterable[Key]) -> None:
        """Note that KIS has confirmed these streams."""
        for key in keys:
            self._repairs.flow(key, self._actor.clock.now_ns(), self._actor.clock.monotonic())

    def lose(self, lost: Mapping[Key, int], cause: Cause = Cause.LINK) -> None:
        """Note that these streams bring nothing any more, each since its moment."""
        self._repairs.lose(lost, cause)

    def follow(self, keys: Iterable[Key], leaving: Iterable[Key]) -> None:
        """Tell minute by minute what these streams do not bring; of those that are *leaving*, up to now."""
        self._repairs.follow(keys, leaving, self._actor.clock.monotonic())

    @property
    def incomplete(self) -> Collection[Key]:
        """Whose minutes are still to come, whether the stream flows again or not."""
        return self._repairs.incomplete

    def look(self, flowed_until_ns: int) -> None:
        """Let go what has waited for too long, see to it that what is due is asked, and note how far we are."""
        now = self._actor.clock.monotonic()
        self._publish(self._repairs.give_up(now))
        if self._asking is None and self._hours is not None and self._repairs.is_due(now):
            self._asking = self._tasks.begin(self._ask(self._hours))
        self._tell()
        if now >= self._note_at and self._begins_ns is not None:
            self._note_at = now + NOTE_S
            self._note(self._repairs.oldest_ns(flowed_until_ns))

    async def fill(self, since_ns: int, until_ns: int | None) -> list[Trade] | None:
        """Return what stands for the trades from *since_ns* to *until_ns*, None if KIS tells nothing.

        A symbol that it does not tell of takes nothing from the others; the gap that is told names it.

        Args:
            since_ns: how far the reader has come, UTC epoch ns.
            until_ns: from when on our ring has everything; None: it has all that this life has said.
        """
        begins_ns = self._begins_ns
        if begins_ns is None or self._hours is None:
            return None
        # What we make good by ourselves begins so much earlier.
        until_ns = until_ns or begins_ns - self._repairs.margin_ns
        if since_ns >= until_ns:
            return []
        trades: list[Trade] = []
        gap = self._repairs.book.open(Cause.READER, self._keys, since_ns)
        for key in self._keys:
            reason, bars = "", 0
            span = self._hours.span(key[1], since_ns - self._repairs.margin_ns, until_ns)
            if span is not None:
                try:
                    page = await self._minutes(key, *span)
                except (TemporaryFailure, KisError, ConfigError) as failure:
                    reason = str(failure)
                else:
                    bars = len(page.bars)
                    told_ns = self._actor.clock.now_ns()
                    trades += trades_of_bars(key, page.base_price, page.bars, self._hours, told_ns)
            self._repairs.book.close(gap, key, until_ns, missing_from_ns=since_ns, bars=bars, shares=0, reason=reason)
        self._tell()
        return None if gap.reason and not trades else sorted(trades, key=lambda trade: trade.traded_at_ns)

    def told(self) -> dict[str, object]:
        """Return what is known of gaps, for the operator."""
        return {
            "gaps": [gap.told() for gap in self._repairs.book.gaps],
            "blind": [
                {"symbol": symbol, "venue": venue.value, "since": from_ns(since_ns).isoformat()}
                for (symbol, venue), since_ns in self._repairs.blind().items()
            ],
            "repeats": self._continuity.repeats,
        }

    async def _ask(self, hours: Hours) -> None:
        clock = self._actor.clock
        try:
            while (found := self._repairs.next_ask(hours, clock.now_ns(), clock.monotonic())) is not None:
                if not isinstance(found, Ask):
                    self._publish(found)
                    continue
                try:
                    page = await self._minutes(found.key, found.first_ns, found.last_ns)
                except (TemporaryFailure, KisError, ConfigError) as failure:
                    self._repairs.on_failure(found, str(failure), clock.monotonic() + RETRY_S)
                else:
                    self._publish(self._repairs.on_bars(found, page, hours, clock.now_ns(), clock.monotonic()))
                    self._continuity.settle(found.key, found.flows_at_ns, page.day_volume)
                self._tell()
        finally:
            self._asking = None

    async def _minutes(self, key: Key, first_ns: int, last_ns: int) -> MinuteBars:
        symbol, venue = key
        page = await self._client.minutes(symbol, venue, from_ns(first_ns), from_ns(last_ns))
        if page.base_price:
            return page
        # KIS tells no base price with US minutes.
        last = self._continuity.last_trade(key)
        base_price = last.base_price if last is not None else (await self._client.price(symbol, venue)).base_price
        return MinuteBars(base_price, page.bars, page.day_volume)

    def _publish(self, trades: list[Trade]) -> None:
        if trades:
            self._outlet.publish(self._actor.clock.now_ns(), trades)
            self._actor.progressed(len(trades))

    def _tell(self) -> None:
        actor = self._actor
        for key in self._continuity.take_distrusted():
            actor.log.warning("volumes_distrusted", symbol=key[0], venue=key[1].value)
        for news in self._repairs.book.take_news():
            tell = actor.log.info if news.name == "gap_repaired" else actor.log.warning
            tell(news.name, **news.details)
            actor.ports.publish(Event(name=news.name, at=actor.clock.now(), details=news.details))

    def _note(self, flowed_until_ns: int) -> None:
        """Write that down. While the disk takes nothing trades go on: after a death then, the hole is the longer."""
        if flowed_until_ns <= self._noted_ns:
            return
        try:
            self._store.note(flowed_until_ns)
        except TemporaryFailure as failure:
            if not self.trouble:
                self._actor.log.warning("flow_not_noted", reason=str(failure))
            self.trouble = str(failure)
            return
        if self.trouble:
            self._actor.log.info("flow_noted")
        self.trouble, self._noted_ns = "", flowed_until_ns
