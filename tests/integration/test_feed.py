"""The feed over real sockets, between the simulated KIS and somebody who listens."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from actors.runtime.clock import WorldClock, read_world_clock
from simulator.faults import Fault
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.feed import GENEROUS, FeedAtWork

LEVERAGE, SAMSUNG = "122630", "005930"
BUSY = {"trades_per_second": 400.0}

Story = Callable[[FeedAtWork, Simulator], Awaitable[None]]


def play(directory: Path, story: Story, budgets: str = GENEROUS, **changes: object) -> FeedAtWork:
    """Run *story* with a feed of its own in a world of its own; return what was heard."""

    async def tell() -> FeedAtWork:
        async with kis.world(directory / "world", **{**BUSY, **changes}) as simulator:
            world_time = read_world_clock(directory / "world" / "clock.json")
            assert world_time is not None
            feed = FeedAtWork(directory, simulator.rest_url, simulator.ws_url, WorldClock(world_time), budgets)
            feed.watch(LEVERAGE, SAMSUNG)
            await asyncio.wait_for(story(feed, simulator), timeout=30)
            return feed

    return asyncio.run(tell())


def test_trades_of_the_watch_list_flow(tmp_path: Path) -> None:
    """The purpose of the actor: what people watch comes in, and nothing else."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(LEVERAGE, SAMSUNG)

    feed = play(tmp_path, story)

    assert {trade.symbol for trade in feed.trades} == {LEVERAGE, SAMSUNG}
    assert feed.events == ["feed_connected"]
