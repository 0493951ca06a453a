"""Actors' real ports inside one test: one party an actor, and everything that it has received."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from msgspec.structs import replace

from actors.runtime.clock import SystemClock
from actors.runtime.config import Settings
from actors.runtime.ports import Received, ZmqPorts
from protocol.messages import Message, Trades
from protocol.topology import Address
from protocol.wire import Glances

__all__ = ["PATIENCE_S", "Party", "living", "publish_until_heard"]

PATIENCE_S = 20.0
"""How long a test waits for what must happen; it is never waited for in full unless the test fails."""


class Party:
    """One actor's ports, and everything that it has received; what it only glanced at is read whole."""

    def __init__(self, actor: str, settings: Settings, epoch: int = 1) -> None:
        self.ports = ZmqPorts(Address(actor), settings, SystemClock(), epoch, structlog.get_logger())
        self.received: list[Received] = []
        self.glanced = 0
        """How many messages it would only have glanced at."""
        self.wake_ups = 0
        """How often it was woken, whatever for."""
        self._changed = asyncio.Event()

    async def live(self) -> None:
        """Receive until stopped."""
        await self.ports.serve(self._take)

    def _take(self, batch: list[Received]) -> None:
        self.wake_ups += 1
        self.received += map(self._whole, batch)
        self._changed.set()

    async def until(self, condition: Callable[[list[Received]], bool], patience_s: float = PATIENCE_S) -> None:
        """Wait until what was received fulfils *condition*."""
        async with asyncio.timeout(patience_s):
            while not condition(self.received):
                self._changed.clear()
                await self._changed.wait()

    def messages(self, message_type: type) -> list[Message]:
        """Return the received messages of one type."""
        messages = (each.message for each in self.received if not isinstance(each.message, Glances))
        return [message for message in messages if isinstance(message, message_type)]

    def _whole(self, received: Received) -> Received:
        if not isinstance(received.message, Glances):
            return received
        self.glanced += 1
        return replace(received, message=Trades(trades=received.message.whole()))


@asynccontextmanager
async def living(*parties: Party) -> AsyncIterator[None]:
    """Let *parties* live until the end of the block."""
    for party in parties:
        party.ports.open()
    tasks = [asyncio.create_task(party.live()) for party in parties]
    try:
        yield
    finally:
        for party in parties:
            party.ports.stop()
        await asyncio.gather(*tasks)
        for party in parties:
            party.ports.close()


async def publish_until_heard(publisher: Party, subscriber: Party, message: Message) -> None:
    """Publish *message* again and again until the subscription stands: PUB/SUB joins late."""
    heard = asyncio.create_task(subscriber.until(lambda received: any(each.message == message for each in received)))
    while not heard.done():
        publisher.ports.publish(message)
        await asyncio.wait([heard], timeout=0.02)
    await heard
