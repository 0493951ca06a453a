"""us_poller between fake ports, a source in the test's hand, and telegram's real database."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from structlog.testing import capture_logs

from actors.market.looks import Quotation
from actors.market.sessions import SessionTimes
from actors.runtime.actor import Actor
from actors.runtime.errors import TemporaryFailure
from actors.us_poller.config import UsPollerConfig
from actors.us_poller.shell import run_with
from protocol.messages import Carried, Session, State, Trade, Trades, Venue, WatchListChanged
from tests.support.actor import make_actor, make_settings
from tests.support.calendar import lay_out_closed_days
from tests.support.clock import FakeClock
from tests.support.ports import FakePorts
from tests.support.watching import write_watches

SOXL, TQQQ, SAMSUNG = ("SOXL", "SOXL", "AMEX"), ("TQQQ", "TQQQ", "NASDAQ"), ("005930", "삼성전자", "KRX")
NOON = datetime(2025, 11, 26, 17, 0, tzinfo=UTC)
"""Wednesday, noon in New York."""


class FakePrices:
    """Every price falls a little with each question."""

    name = "fake"
    sessions = frozenset(Session)

    def __init__(self) -> None:
        self.asked: list[tuple[str, Venue, date]] = []
        self.is_down = False
        self.is_broken = False
        self.is_closed = False

    async def price(self, symbol: str, venue: Venue, session: SessionTimes) -> Quotation:
        """Return the next price."""
        self.asked.append((symbol, venue, session.session_date))
        if self.is_broken:
            raise ZeroDivisionError
        if self.is_down:
            message = "expected an answer, found none"
            raise TemporaryFailure(message)
        count = len(self.asked)
        return Quotation(price=40.0 - count / 100, base_price=41.27, cumulative_volume=1_000 * count)

    async def close(self) -> None:
        """Note that it was let go."""
        self.is_closed = True


class Booth:
    """us_poller and its surroundings."""

    def __init__(self, directory: Path) -> None:
        self.settings = make_settings(directory)
        lay_out_closed_days(self.settings)
        self.clock = FakeClock(NOON)
        self.source = FakePrices()
        self.ports = FakePorts()

    @asynccontextmanager
    async def life(self, *carried: str) -> AsyncIterator[Actor[UsPollerConfig]]:
        """Let us_poller live as long as the block, beside a feed that carries what it says, and stop as on SIGTERM."""
        actor = make_actor("us_poller", UsPollerConfig(), self.settings, ports=self.ports, clock=self.clock)
        task = asyncio.create_task(run_with(actor, self.source, interval_s=15.0))
        self.ports.deliver(Carried(symbols=list(carried)), sender="feed-1")
        try:
            yield actor
        finally:
            self.ports.stop()
            await task

    async def turn(self) -> None:
        """Let the work loop come round, and the questions that it begins be answered, a few times."""
        for _ in range(4):
            self.ports.wake()
            for _ in range(10):
                await asyncio.sleep(0)

    @property
    def trades(self) -> list[Trade]:
        """What was published."""
        return [trade for said in self.ports.published if isinstance(said, Trades) for trade in said.trades]


def play(directory: Path, scene: Callable[[Booth], Coroutine[Any, Any, None]]) -> Booth:
    """Act out *scene* in a booth of its own."""
    booth = Booth(directory)
    asyncio.run(scene(booth))
    return booth


def test_watched_us_symbols_are_asked_every_interval_with_their_venue(tmp_path: Path) -> None:
    """The purpose of the actor; KIS wants to know the exchange of each."""

    async def scene(booth: Booth) -> None:
        write_watches(booth.settings, [SOXL, TQQQ, SAMSUNG])
        async with booth.life() as actor:
            await booth.turn()
            assert actor.pulse({}).state is State.RUNNING
            booth.clock.step(14.0)
            await booth.turn()
            assert len(booth.source.asked) == 2
            booth.clock.step(1.0)
            await booth.turn()

    booth = play(tmp_path, scene)

    today = date(2025, 11, 26)
    assert booth.source.asked == [("SOXL", Venue.AMEX, today), ("TQQQ", Venue.NASDAQ, today)] * 2
    assert [(trade.symbol, trade.price) for trade in booth.trades] == [
        ("SOXL", 39.99),
        ("TQQQ", 39.98),
        ("SOXL", 39.97),
        ("TQQQ", 39.96),
    ]
    assert booth.source.is_closed


def test_outside_the_session_it_runs_and_asks_nothing(tmp_path: Path) -> None:
    """The whole Korean day long it has nothing to do, and that is no failure."""

    async def scene(booth: Booth) -> None:
        write_watches(booth.settings, [SOXL])
        booth.clock.step(timedelta(hours=5).total_seconds())
        async with booth.life() as actor:
            await booth.turn()
            assert actor.pulse({}).state is State.RUNNING

    assert play(tmp_path, scene).source.asked == []


def test_in_the_pre_market_it_asks_for_who_chose_that(tmp_path: Path) -> None:
    """The choice is a promise, and what no stream carries has only us."""

    async def scene(booth: Booth) -> None:
        write_watches(booth.settings, [SOXL], sessions="us-pre")
        booth.clock = FakeClock(NOON - timedelta(hours=4))
        async with booth.life():
            await booth.turn()

    assert [symbol for symbol, _, _ in play(tmp_path, scene).source.asked] == ["SOXL"]


def test_a_symbol_newly_watched_is_asked_at_once(tmp_path: Path) -> None:
    """It follows the watch list as the others do."""

    async def scene(booth: Booth) -> None:
        async with booth.life() as actor:
            await booth.turn()
            assert actor.pulse({}).state is State.STARTING
            write_watches(booth.settings, [SOXL])
            await booth.turn()
            write_watches(booth.settings, [TQQQ])
            booth.ports.deliver(WatchListChanged(symbols=["TQQQ"]))
            await booth.turn()
            write_watches(booth.settings, [("QQQ", "QQQ", "NASDAQ")])
            beat = msgspec.structs.replace(actor.pulse({"watches": 9}), actor="telegram")
            booth.ports.deliver(beat, sender="telegram-1")
            await booth.turn()

    assert [symbol for symbol, _, _ in play(tmp_path, scene).source.asked] == ["SOXL", "TQQQ", "QQQ"]


def test_a_source_that_is_down_degrades_until_it_is_back(tmp_path: Path) -> None:
    """The outside world is not a crash; the first failure is logged, not each."""

    async def scene(booth: Booth) -> None:
        write_watches(booth.settings, [SOXL])
        booth.source.is_down = True
        async with booth.life() as actor:
            for _ in range(3):
                await booth.turn()
                assert actor.pulse({}).state is State.DEGRADED
                booth.clock.step(15.0)
            assert "SOXL" in actor.pulse({}).reason
            booth.source.is_down = False
            await booth.turn()
            assert actor.pulse({}).state is State.RUNNING

    with capture_logs() as lines:
        booth = play(tmp_path, scene)

    assert len(booth.source.asked) == 4
    assert [line["event"] for line in lines].count("price_missed") == 1


@pytest.mark.parametrize("how", ["the session ends", "nobody watches"])
def test_a_failure_that_concerns_nobody_any_more_is_forgotten(tmp_path: Path, how: str) -> None:
    """Degraded all night over a price of yesterday would wake an operator for nothing."""

    async def scene(booth: Booth) -> None:
        write_watches(booth.settings, [SOXL])
        booth.source.is_down = True
        async with booth.life() as actor:
            await booth.turn()
            assert actor.pulse({}).state is State.DEGRADED
            if how == "the session ends":
                booth.clock.step(timedelta(hours=4).total_seconds())
            else:
                write_watches(booth.settings, [SAMSUNG])
                booth.ports.deliver(WatchListChanged(symbols=["005930"]))
            await booth.turn()
            assert actor.pulse({}).state is State.RUNNING

    play(tmp_path, scene)


def test_a_bug_while_asking_ends_the_actor(tmp_path: Path) -> None:
    """An error that only a task has seen would leave an actor that is alive and does nothing."""

    async def scene(booth: Booth) -> None:
        write_watches(booth.settings, [SOXL])
        booth.source.is_broken = True
        async with booth.life():
            await booth.turn()

    with pytest.raises(ZeroDivisionError):
        play(tmp_path, scene)


def test_what_a_stream_carries_is_left_to_it_and_taken_over_when_the_feed_falls_silent(tmp_path: Path) -> None:
    """Two sources of one price are two prices; none is a fall that nobody sees."""

    async def scene(booth: Booth) -> None:
        write_watches(booth.settings, [SOXL, TQQQ])
        async with booth.life("SOXL"):
            await booth.turn()
            assert {symbol for symbol, _, _ in booth.source.asked} == {"TQQQ"}
            with capture_logs() as logs:
                booth.clock.step(3.0)
                await booth.turn()
            assert next(line for line in logs if line["event"] == "symbols_taken_over")["symbols"] == "SOXL"
            assert "SOXL" not in {trade.symbol for trade in booth.trades}
            booth.clock.step(3.0)
            await booth.turn()
            assert [trade.symbol for trade in booth.trades].count("SOXL") == 1
            asked = len(booth.source.asked)
            booth.ports.deliver(Carried(symbols=["SOXL", "TQQQ"]), sender="feed-1")
            booth.clock.step(2.0)
            await booth.turn()
            assert len(booth.source.asked) == asked

    play(tmp_path, scene)


def test_after_the_start_the_feed_is_given_a_moment_to_say_what_it_carries(tmp_path: Path) -> None:
    """Every restart would otherwise poll what flows, and tell its prices twice."""

    async def scene(booth: Booth) -> None:
        write_watches(booth.settings, [SOXL])
        actor = make_actor("us_poller", UsPollerConfig(), booth.settings, ports=booth.ports, clock=booth.clock)
        task = asyncio.create_task(run_with(actor, booth.source, interval_s=15.0))
        await booth.turn()
        assert booth.source.asked == []
        booth.clock.step(3.0)
        await booth.turn()
        assert [symbol for symbol, _, _ in booth.source.asked] == ["SOXL"]
        assert len(booth.trades) == 1
        booth.ports.stop()
        await task

    play(tmp_path, scene)
