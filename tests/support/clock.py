"""A clock that a test moves by hand."""

import asyncio
import heapq
from datetime import datetime, timedelta

from protocol.moments import to_ns

__all__ = ["FakeClock"]


class FakeClock:
    """Time stands still until `move`; whoever sleeps wakes when it has moved past their moment, in order."""

    speed = 1.0

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._monotonic = 1_000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._tickets = 0

    def now(self) -> datetime:
        """Return the moment to which the test has moved."""
        return self._now

    def now_ns(self) -> int:
        """Return that moment as UTC epoch nanoseconds."""
        return to_ns(self._now)

    def monotonic(self) -> float:
        """Return seconds that only `move` and `step` add to."""
        return self._monotonic

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved by *seconds*."""
        self._tickets += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._monotonic + seconds, self._tickets, future))
        await future

    async def move(self, seconds: float) -> None:
        """Let *seconds* pass: each sleeper wakes at its own moment, and has its turn before time goes on."""
        end = self._monotonic + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            moment, _, future = heapq.heappop(self._sleepers)
            self._step_to(moment)
            if not future.done():
                future.set_result(None)
            await settle()
        self._step_to(end)
        await settle()

    def step(self, seconds: float) -> None:
        """Let *seconds* pass where nobody sleeps: for code that is not asynchronous."""
        self._step_to(self._monotonic + seconds)

    def _step_to(self, monotonic: float) -> None:
        self._now += timedelta(seconds=max(0.0, monotonic - self._monotonic))
        self._monotonic = max(self._monotonic, monotonic)


async def settle(turns: int = 10) -> None:
    """Give every task that can run a few turns of the event loop."""
    for _ in range(turns):
        await asyncio.sleep(0)
