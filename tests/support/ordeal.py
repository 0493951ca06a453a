"""A feed under a KIS that goes wrong: the real shell over real sockets, judged by what the simulated KIS noted.

after = endure(directory, story)     a world and a feed of their own; *story* lets things happen
after.connects, after.approvals      how often KIS was troubled: `Budgets` says how often it may be, and no refill
                                     more fails any ordeal
after.mistakes()                     trades that were published wrong, made up or lost; none, if all is well
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sized
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec
from msgspec import Struct

from actors.runtime.clock import Clock, WorldClock, read_world_clock
from protocol.messages import Origin, Trade
from protocol.moments import from_ns
from simulator.faults import parse_fault
from simulator.journal import ConnectionLine, RequestLine, TradeLine
from simulator.judgement.checker import details_of
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.feed import FeedAtWork
from tests.support.judged import verdict_of

__all__ = ["SYMBOLS", "Budgets", "Ordeal", "Story", "endure", "order"]

SYMBOLS = ("000660", "005930", "122630", "498400")
"""What is watched, in the order in which feed asks for it."""
PATIENCE_S = 40.0
BUSY: dict[str, object] = {"trades_per_second": 300.0}

Story = Callable[[FeedAtWork, Simulator], Awaitable[None]]
LineT = TypeVar("LineT")
_Key = tuple[str, str, str, int]


class Before(Protocol):
    """What stands where feed looks for KIS's WebSocket."""

    def before(self, url: str) -> AbstractAsyncContextManager[str]:
        """Stand before the simulated one at *url* as long as the block; yield where."""


class Budgets(Struct, frozen=True, kw_only=True):
    """How often KIS may be troubled in one ordeal: feed is given no more, and nothing is refilled."""

    connects: int = 1
    approvals: int = 1
    tokens: int = 1

    def conf(self) -> str:
        """Return the lines of the table `[kis]`."""
        names = {"connects": self.connects, "approval_keys": self.approvals, "access_tokens": self.tokens}
        return "".join(f"{name} = {{ burst = {burst}, refill_s = 86400 }}\n" for name, burst in names.items())

    def assert_kept(self, after: "Ordeal", app_keys: int) -> None:
        """Hold that KIS was troubled no more often than so many *app_keys* may."""
        spent = (after.connects, after.approvals, after.tokens)
        most = tuple(burst * app_keys for burst in (self.connects, self.approvals, self.tokens))
        assert all(count <= limit for count, limit in zip(spent, most, strict=True)), f"{spent} of {most}"


class SwiftClock:
    """A clock on which everything takes a fraction of its time."""

    def __init__(self, clock: Clock, speed: int) -> None:
        self._clock = clock
        self._began_ns, self._began_s = clock.now_ns(), clock.monotonic()
        self.speed = clock.speed
        self._times = speed

    def now_ns(self) -> int:
        """Return the moment, which lies so many times as far from the beginning."""
        return self._began_ns + int((self._clock.now_ns() - self._began_ns) * self._times)

    def now(self) -> datetime:
        """Return the moment."""
        return from_ns(self.now_ns())

    def monotonic(self) -> float:
        """Return seconds, which go by so many times as fast."""
        return self._began_s + (self._clock.monotonic() - self._began_s) * self._times

    async def sleep(self, seconds: float) -> None:
        """Wait for a fraction of *seconds*."""
        await self._clock.sleep(seconds / self._times)


class Ordeal:
    """What became of it."""

    def __init__(self, feed: FeedAtWork, world: Path) -> None:
        self.feed = feed
        self._world = world

    @property
    def connects(self) -> int:
        """How often the WebSocket was opened."""
        return sum(line.event == "opened" for line in self.connections())

    @property
    def approvals(self) -> int:
        """How often an approval key was asked for."""
        return self.calls("/oauth2/Approval")

    @property
    def tokens(self) -> int:
        """How often an access token was asked for."""
        return self.calls("/oauth2/tokenP")

    def calls(self, path: str) -> int:
        """Return how many REST calls had a path that ends with *path*."""
        return sum(line.path.endswith(path) for line in _read(self._world / "requests.jsonl", RequestLine))

    def requests_for(self, tr_key: str, event: str) -> int:
        """Return how many requests for *tr_key* ended in *event*: `confirmed`, `refused`."""
        return sum(line.event == event and line.tr_key == tr_key for line in self.connections())

    def connections(self) -> list[ConnectionLine]:
        """Return what KIS noted of its sessions."""
        return _read(self._world / "connections.jsonl", ConnectionLine)

    def mistakes(self) -> list[str]:
        """Return what is wrong with the published trades, and with the alerts that they lead to, by the checker."""
        heard = {_key(trade) for trade in self.feed.published if trade.origin is Origin.PRINT}
        lines = _read(self._world / "trades.jsonl", TradeLine)
        last = {line.symbol: line.written_at for line in lines if _key_of(line) in heard}
        verdict = verdict_of(self.feed.published, self._world, min(last.values(), default=0))
        return self.spoilt_trades() + ([] if verdict.is_clean else details_of(verdict))

    def spoilt_trades(self) -> list[str]:
        """Return what is wrong with the published trades, by KIS's journal.

        A stream's trades must have been published without a hole; only its last ones may be missing, which a hard end
        keeps from who reads, or which wait for their minute bars when the story ends.
        """
        lines = _read(self._world / "trades.jsonl", TradeLine)
        noted = {_key_of(line): line for line in lines}
        published = [trade for trade in self.feed.published if trade.origin is Origin.PRINT]
        told = [problem for trade in published if (problem := _problem(trade, noted))]
        return told + _lost(lines, {_key(trade) for trade in published})


def endure(
    directory: Path,
    story: Story,
    budgets: Budgets | None = None,
    *,
    symbols: Iterable[str] = SYMBOLS,
    live: bool = False,
    conf: str = "",
    swift: int = 1,
    door: Before | None = None,
    **world: object,
) -> Ordeal:
    """Tell *story* with a feed of its own in a world of its own, and return what became of it.

    Args:
        directory: for both.
        story: what happens; it lets the feed live as it likes.
        budgets: how often KIS may be troubled; as little as a world without faults needs, if not told.
        symbols: what is watched.
        conf: more lines of the table `[kis]`.
        live: whether the budgets are those that are meant for the real KIS.
        swift: how many times as fast time goes by for feed alone.
        door: what feed finds where KIS's WebSocket is.
        world: changes to the simulator's configuration.
    """

    async def tell() -> Ordeal:
        async with kis.world(directory / "world", "test", **{**BUSY, **world}) as simulator, AsyncExitStack() as stack:
            world_time = read_world_clock(directory / "world" / "clock.json")
            assert world_time is not None
            ws_url = await stack.enter_async_context(door.before(simulator.ws_url)) if door else simulator.ws_url
            clock = SwiftClock(WorldClock(world_time), swift)
            allowed = "" if live else (budgets or Budgets()).conf()
            feed = FeedAtWork(directory, simulator.rest_url, ws_url, clock, allowed + conf)
            feed.watch(*symbols)
            async with feed.neighbours():
                await asyncio.wait_for(story(feed, simulator), timeout=PATIENCE_S)
        return Ordeal(feed, directory / "world")

    after = asyncio.run(tell())
    if not live:
        more = world.get("more_app_keys", ())
        assert isinstance(more, Sized)
        (budgets or Budgets()).assert_kept(after, 1 + len(more))
    return after


def order(simulator: Simulator, **fault: object) -> None:
    """Let the simulated KIS play a fault, now."""
    assert simulator.player.order(parse_fault(msgspec.json.encode(fault)))


def _key(trade: Trade) -> _Key:
    return trade.symbol, trade.venue.value, trade.session_date.isoformat(), trade.cumulative_volume


def _key_of(line: TradeLine) -> _Key:
    return line.symbol, line.venue, line.session_date, line.cumulative_volume


def _problem(trade: Trade, noted: dict[_Key, TradeLine]) -> str:
    line = noted.get(_key(trade))
    if line is None:
        return f"never was: {trade}"
    said = (trade.price, trade.volume, trade.day_low, trade.traded_at_ns, trade.day_low_at_ns)
    true = (line.price, line.volume, line.day_low, line.traded_at_ns, line.day_low_at_ns)
    is_right = said == true and abs(trade.base_price - line.base_price) < 1e-9
    return "" if is_right else f"expected {line}, found {trade} at {from_ns(trade.traded_at_ns)}"


def _lost(lines: Iterable[TradeLine], heard: set[_Key]) -> list[str]:
    by_stream: dict[tuple[int, str], list[TradeLine]] = {}
    for line in lines:
        if line.connection is not None:
            by_stream.setdefault((line.connection, line.symbol), []).append(line)
    lost = []
    for sent in by_stream.values():
        last = max((place for place, line in enumerate(sent) if _key_of(line) in heard), default=0)
        lost += [f"lost: {line}" for line in sent[:last] if _key_of(line) not in heard]
    return lost


def _read(path: Path, kind: type[LineT]) -> list[LineT]:
    return [msgspec.json.decode(line, type=kind) for line in path.read_bytes().splitlines()] if path.exists() else []
