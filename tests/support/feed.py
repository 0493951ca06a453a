"""A feed at work: the real shell on real ports, between a simulated KIS and somebody who listens to all that it says."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import structlog
from sqlalchemy import delete, insert

from actors.feed.config import FeedConfig
from actors.feed.shell import run
from actors.runtime.actor import Actor
from actors.runtime.clock import Clock
from actors.runtime.ports import Received, ZmqPorts
from actors.runtime.store import open_store
from protocol.messages import Event, Heartbeat, Trade, Trades, Venue, WatchListChanged
from protocol.tables.telegram import people, watches
from protocol.topology import Address
from tests.support.actor import make_secrets, make_settings
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
}
PLENTY = "{ burst = 50, refill_s = 0.1 }"
GENEROUS = f"connects = {PLENTY}\napproval_keys = {PLENTY}\naccess_tokens = {PLENTY}\n"


class FeedAtWork:
    """What outlives one life of a feed: its folder, its neighbours, and all that they heard."""

    def __init__(self, directory: Path, rest_url: str, ws_url: str, clock: Clock, budgets: str = GENEROUS) -> None:
        conf = f'[kis]\nrest_url = "{rest_url}"\nws_url = "{ws_url}"\n{budgets}'
        self.settings = make_settings(directory, conf)
        self.clock = clock
        # ctl is the one who hears trades, events and heartbeats alike.
        self.listener = Party("ctl", self.settings)
        self.telegram = Party("telegram", self.settings)
        self._watches = open_store("telegram", self.settings)
        with self._watches.begin() as connection:
            connection.execute(insert(people).values(_person()))

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

    @asynccontextmanager
    async def life(self, **changes: object) -> AsyncIterator[Actor[FeedConfig]]:
        """Let the feed live as long as the block, with *changes* to its configuration, and stop as on SIGTERM."""
        log = structlog.get_logger()
        ports = ZmqPorts(Address("feed"), self.settings, self.clock, random.getrandbits(60), log)
        actor = Actor(
            address=Address("feed"),
            config=msgspec.convert({**QUICK, **changes}, FeedConfig),
            settings=self.settings,
            secrets=make_secrets(kis_app_key="SIMULATED-APP-KEY", kis_app_secret="SIMULATED-APP-SECRET"),
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
            async with living(self.listener, self.telegram):
                yield actor
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
        """The names of the events that the listener heard, in order."""
        return [event.name for event in self._events()]

    def details_of(self, name: str) -> dict[str, str]:
        """Return the details of the last event *name*."""
        return [event.details for event in self._events() if event.name == name][-1]

    def states(self) -> set[str]:
        """Return the states that the feed's heartbeats showed."""
        beats = (received.message for received in self.listener.received)
        return {beat.state.value for beat in beats if isinstance(beat, Heartbeat) and beat.actor == "feed"}

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until *condition* holds; looked at whenever the listener has heard something."""
        await self.listener.until(lambda _received: condition())

    async def until_trades_of(self, *symbols: str) -> None:
        """Wait until a trade of each of *symbols* has come that had not come before."""
        seen = len(self.listener.received)
        await self.listener.until(lambda received: set(symbols) <= _symbols(received[seen:]))

    def _events(self) -> list[Event]:
        said = (received.message for received in self.listener.received)
        return [event for event in said if isinstance(event, Event)]


def _symbols(received: Iterable[Received]) -> set[str]:
    batches = (one.message for one in received)
    return {trade.symbol for batch in batches if isinstance(batch, Trades) for trade in batch.trades}


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
