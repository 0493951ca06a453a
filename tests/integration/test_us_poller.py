"""us_poller over real sockets: prices from the simulated KIS, its token from a real feed, trades to who subscribes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

from actors.runtime.clock import WorldClock, read_world_clock
from actors.us_poller.config import UsPollerConfig
from actors.us_poller.shell import run
from protocol.messages import Heartbeat, Origin, Session, State, Venue
from simulator.faults import parse_fault
from simulator.journal import PollLine
from simulator.judgement.evidence import read_lines
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.calendar import lay_out_closed_days
from tests.support.feed import GENEROUS, FeedAtWork
from tests.support.shells import at_work

REFUSED = b'{"fault": "answer", "code": "OPSP0007", "tr_key": "DAMSSOXL", "times": 1000}'

Scene = Callable[[FeedAtWork, Simulator], Awaitable[None]]

SWIFT = GENEROUS + "retry_first_s = 0.05\nretry_cap_s = 0.1\n[kis.calls_per_second]\nus_poller = 200.0\n"
IN_SESSION = "2025-11-26T23:45:00+09:00"
"""A quarter past the open in New York."""


def play(directory: Path, scene: Scene, start: str = IN_SESSION) -> FeedAtWork:
    """Act out *scene* beside a living feed and us_poller."""

    async def tell() -> FeedAtWork:
        async with kis.world(directory / "world", rest_calls_per_second=1_000, start=start) as simulator:
            world_time = read_world_clock(directory / "world" / "clock.json")
            assert world_time is not None
            clock = WorldClock(world_time)
            house = FeedAtWork(directory, simulator.rest_url, simulator.ws_url, clock, SWIFT)
            house.watch("SOXL", venue=Venue.AMEX)
            # What KIS refuses to stream is what is polled.
            assert simulator.player.order(parse_fault(REFUSED))
            lay_out_closed_days(house.settings)
            config = UsPollerConfig(interval_s=0.1)
            async with house.neighbours(), house.life(), at_work("us_poller", run, config, house.settings, clock):
                await asyncio.wait_for(scene(house, simulator), timeout=40)
            return house

    return asyncio.run(tell())


def states(house: FeedAtWork) -> list[State]:
    """Return what us_poller's heartbeats said so far, "not yet" if there was none."""
    beats = [beat for beat in house.listener.messages(Heartbeat) if isinstance(beat, Heartbeat)]
    return [beat.state for beat in beats if beat.actor == "us_poller"] or [State.STARTING]


def polls(directory: Path) -> list[PollLine]:
    """Return every price that the simulated KIS has answered."""
    path = directory / "world" / "polls.jsonl"
    return read_lines(path, PollLine) if path.exists() else []


def test_every_trade_is_a_price_that_kis_answered(tmp_path: Path) -> None:
    """What the evaluator decides on must be what the exchange said: price, base price, volume and date."""

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await house.until(lambda: len(house.trades) >= 3)

    published = play(tmp_path, scene).trades
    trades = [trade for trade in published if trade.origin is Origin.QUOTE]

    assert {trade.price for trade in published if trade.origin is Origin.HIGH} <= {
        poll.day_high for poll in polls(tmp_path)
    }
    answered = {(poll.price, poll.cumulative_volume): poll for poll in polls(tmp_path)}
    for trade in trades:
        poll = answered[trade.price, trade.cumulative_volume]
        assert abs(trade.base_price - poll.base_price) < 1e-9
        assert abs(trade.traded_at_ns - poll.world_ns) < 2e9
    assert {(trade.symbol, trade.venue, trade.session) for trade in trades} == {("SOXL", Venue.AMEX, Session.REGULAR)}
    assert {trade.session_date for trade in trades} == {date(2025, 11, 26)}
    volumes = [trade.cumulative_volume for trade in trades]
    assert [trade.volume for trade in trades[1:]] == [after - before for before, after in pairwise(volumes)]


def test_outside_us_hours_it_runs_and_asks_nothing(tmp_path: Path) -> None:
    """Nine in the morning in Seoul: the calls belong to the others."""

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await house.until(lambda: states(house)[-1] is State.RUNNING)

    play(tmp_path, scene, start="2025-11-28T09:00:00+09:00")

    assert polls(tmp_path) == []


def test_an_outage_of_kis_is_waited_out(tmp_path: Path) -> None:
    """Gateway errors for a while: degraded, then trades again, and nobody had to do anything."""

    async def scene(house: FeedAtWork, simulator: Simulator) -> None:
        await house.until(lambda: bool(house.trades))
        down = '{"fault": "rest", "path": "quotations/price-detail", "status": 502, "times": 24}'
        assert simulator.player.order(parse_fault(down))
        await house.until(lambda: State.DEGRADED in states(house))
        seen = len(house.trades)
        await house.until(lambda: len(house.trades) > seen and states(house)[-1] is State.RUNNING)

    play(tmp_path, scene)
