"""A feed at work: the real shell on real ports, between a simulated KIS and somebody who hears all that it says."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import structlog
from sqlalchemy import delete, insert
from structlog.testing import LogCapture

from actors.feed.config import FeedConfig
from actors.feed.shell import run
from actors.runtime.actor import Actor
from actors.runtime.clock import Clock
from actors.runtime.config import Secrets
from actors.runtime.ports import Received, ZmqPorts
from actors.runtime.store import open_store
from protocol.messages import Heartbeat, Message, Origin, State, Trade, Trades, Venue, WatchListChanged
from protocol.tables.telegram import people, watches
from protocol.topology import Address
from tests.support.actor import make_secrets, make_settings
from tests.support.calendar import lay_out_closed_days
from tests.support.databases import lay_out
from tests.support.party import Party, living

__all__ = ["FeedAtWork"]

QUICK: dict[str, object] = {
    "open_timeout_s": 2.0,
    "close_timeout_s": 0.1,
    "retry_first_s": 0.05,
    "retry_cap_s": 0.2,
    "slot_wait_s": 0.2,
    "slot_wait_cap_s": 0.4,
    "request_spacing_s": 0.01,
    "answer_timeout_s": 1.0,
    "market_status": False,
    # What is polled is for the tests of that: elsewhere it would hide whether streams and minute bars do their part.
    "poll_after_s": 3600.0,
    # Nor is a symbol asked for that is silent for a moment on a loaded machine.
    "symbol_silence_s": 3600.0,
}
SIMULATED = make_secrets(kis_app_key="SIMULATED-APP-KEY", kis_app_secret="SIMULATED-APP-SECRET")
GAP_EVENTS = {"gap_found", "gap_repaired", "gap_unrepaired"}
PLENTY = "{ burst = 50, refill_s = 0.1 }"
GENEROUS = f"connects = {PLENTY}\napproval_keys = {PLENTY}\naccess_tokens = {PLENTY}\n"


class OverheardPorts(ZmqPorts):
    """Ports that note the trades which they publish: a listener may join too late for the first."""

    overheard: list[Trade]

    def publish(self, message: Message) -> int:
        """Note the trades in *message*, then publish it."""
        if isinstance(message, Trades):
            self.overheard += message.trades
        return super().publish(message)


class FeedAtWork:
    """What outlives one life of a feed: its folder, its neighbours, and all that they heard."""

    def __init__(self, directory: Path, rest_url: str, ws_url: str, clock: Clock, budgets: str = GENEROUS) -> None:
        masters_url = f"{rest_url}/common/master"
        conf = f'[kis]\nrest_url = "{rest_url}"\nws_url = "{ws_url}"\nmasters_url = "{masters_url}"\n{budgets}'
        self.settings = make_settings(directory, conf)
        self.clock = clock
        # ctl is the one who hears trades, events and heartbeats alike.
        self.listener = Party("ctl", self.settings)
        self.telegram = Party("telegram", self.settings)
        self.published: list[Trade] = []
        """Every trade that the feed has published, in order."""
        self._log = LogCapture()
        lay_out(self.settings, "feed", "telegram")
        lay_out_closed_days(self.settings)
        self._watches = open_store("telegram", self.settings)
        with self._watches.begin() as connection:
            connection.execute(insert(people).prefix_with("OR IGNORE").values(_person()))

    def watch(self, *symbols: str, venue: Venue = Venue.KRX) -> None:
        """Let the one person watch *symbols* and no others, and tell nobody."""
        rows = [
            {"person_id": 1, "symbol": symbol, "name": symbol, "venue": venue.value, "since_ns": 0}
            for symbol in symbols
        ]
        with self._watches.begin() as connection:
            connection.execute(delete(watches))
            if rows:
                connection.execute(insert(watches), rows)

    def announce_watches(self, *symbols: str) -> None:
        """Let telegram say that the watch list has changed to *symbols*."""
        self.telegram.ports.publish(WatchListChanged(symbols=list(symbols)))

    def telegram_beats(self, watches: int) -> None:
        """Let telegram's heartbeat say that its stream of watch lists is at number *watches*."""
        now = self.clock.now()
        self.telegram.ports.pulse = lambda sequences: Heartbeat(
            actor="telegram",
            instance="1",
            pid=1,
            state=State.RUNNING,
            reason="",
            started_at=now,
            beat_at=now,
            progressed_at=now,
            progress=0,
            queue=0,
            memory_mb=0.0,
            restarts=0,
            sequences={**sequences, "watches": watches},
        )

    async def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        """Return what the feed answers to a control *command*."""
        return await self.listener.ports.ask("feed", command, 5.0, **arguments)

    def neighbours(self) -> AbstractAsyncContextManager[None]:
        """Return the block in which listener and telegram live."""
        return living(self.listener, self.telegram)

    @asynccontextmanager
    async def life(self, secrets: Secrets = SIMULATED, **changes: object) -> AsyncIterator[asyncio.Task[None]]:
        """Let the feed live as long as the block, with *changes* to its configuration, and stop as on SIGTERM."""
        log = structlog.wrap_logger(None, processors=[self._log])
        ports = OverheardPorts(Address("feed"), self.settings, self.clock, random.getrandbits(60), log)
        ports.overheard = self.published
        actor = Actor(
            address=Address("feed"),
            config=msgspec.convert({**QUICK, **changes}, FeedConfig),
            settings=self.settings,
            secrets=secrets,
            ports=ports,
            clock=self.clock,
            chance=random.Random(7),
            log=log,
            commands=ports.commands,
        )
        ports.pulse = actor.pulse
        ports.open()
        task = asyncio.create_task(run(actor))
        try:
            yield task
        finally:
            actor.stop()
            ports.stop()
            try:
                await task
            finally:
                ports.close()

    @property
    def trades(self) -> list[Trade]:
        """Every trade that the listener heard, in order."""
        batches = (received.message for received in self.listener.received)
        return [trade for batch in batches if isinstance(batch, Trades) for trade in batch.trades]

    @property
    def events(self) -> list[str]:
        """What the feed wrote of its links into its log, in order; a listener may join too late for the first."""
        others = {"state_changed", "frame_rejected", "prices_missed", *GAP_EVENTS}
        return [entry["event"] for entry in self._log.entries if entry["event"] not in others]

    @property
    def gap_events(self) -> list[str]:
        """What the feed wrote of gaps into its log, in order."""
        return [entry["event"] for entry in self._log.entries if entry["event"] in GAP_EVENTS]

    def details_of(self, name: str) -> dict[str, Any]:
        """Return the details of the last line *name* in its log."""
        return [dict(entry) for entry in self._log.entries if entry["event"] == name][-1]

    def beats(self) -> list[Heartbeat]:
        """Return the feed's heartbeats, in order."""
        messages = (received.message for received in self.listener.received)
        return [beat for beat in messages if isinstance(beat, Heartbeat) and beat.actor == "feed"]

    def states(self) -> set[str]:
        """Return the states that the feed's heartbeats showed."""
        return {beat.state.value for beat in self.beats()}

    async def standings(self) -> dict[str, str]:
        """Return where each symbol stands with KIS, as the feed tells the operator."""
        return {row["symbol"]: row["standing"] for row in (await self.ask("subscriptions"))["streams"]}

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until *condition* holds; looked at whenever the listener has heard something."""
        await self.listener.until(lambda _received: condition())

    async def until_trades_of(self, *symbols: str) -> None:
        """Wait until a streamed trade of each of *symbols* has come that had not come before."""
        await self._until({Origin.PRINT}, symbols)

    async def until_prices_of(self, *symbols: str) -> None:
        """Wait until each of *symbols* has had a trade, streamed or asked for, that had not come before."""
        await self._until(set(Origin), symbols)

    async def _until(self, origins: set[Origin], symbols: Iterable[str]) -> None:
        seen = len(self.listener.received)
        await self.listener.until(lambda received: set(symbols) <= _symbols(received[seen:], origins))


def _symbols(received: Iterable[Received], origins: set[Origin]) -> set[str]:
    trades = (trade for one in received if isinstance(one.message, Trades) for trade in one.message.trades)
    return {trade.symbol for trade in trades if trade.origin in origins}


def _person() -> dict[str, object]:
    return {
        "name": "Anna",
        "user_id": 1001,
        "chat_id": 1001,
        "role": "operator",
        "language": "ko",
        "time_zone": "Asia/Seoul",
        "reachable": True,
        "joined_at_ns": 0,
    }
