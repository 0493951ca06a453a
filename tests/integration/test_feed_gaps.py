"""What feed has not seen: found, filled with minute bars in order, and told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from protocol.messages import Origin, Trade
from simulator.journal import TradeLine
from simulator.world import Simulator
from tests.support.feed import FeedAtWork
from tests.support.ordeal import SYMBOLS, Budgets, Ordeal, endure, order

LEVERAGE = "122630"
MINUTE_NS = 60 * 1_000_000_000
FAST = 60.0
"""World seconds in a real one: a hole of some seconds hides whole minutes."""


def journal(directory: Path, symbol: str) -> list[TradeLine]:
    """Return what really happened to *symbol*."""
    decode = msgspec.json.Decoder(TradeLine).decode
    lines = (directory / "world" / "trades.jsonl").read_bytes().splitlines()
    return [line for text in lines if (line := decode(text)).symbol == symbol]


def lowest_by_minute(trades: list[Any]) -> dict[int, float]:
    """Return the lowest price of each minute."""
    lows: dict[int, float] = {}
    for trade in trades:
        minute = trade.traded_at_ns // MINUTE_NS
        lows[minute] = min(trade.price, lows.get(minute, trade.price))
    return lows


def assert_whole(after: Ordeal, directory: Path, *, last_life: int = 0) -> list[Trade]:
    """Hold that what was published of the one symbol is in order and knows each minute's low; return its bars.

    Args:
        after: what became of the story.
        directory: its own.
        last_life: how many trades the lives before the last have published.
    """
    published = [trade for trade in after.feed.published if trade.symbol == LEVERAGE]
    of_last_life = [trade for trade in after.feed.published[last_life:] if trade.symbol == LEVERAGE]
    minutes = [trade.traded_at_ns // MINUTE_NS for trade in of_last_life]
    assert minutes == sorted(minutes)
    known, true = lowest_by_minute(published), lowest_by_minute(journal(directory, LEVERAGE))
    first, last = published[0].traded_at_ns // MINUTE_NS, minutes[-1]
    assert {minute: low for minute, low in known.items() if first < minute < last} == {
        minute: low for minute, low in true.items() if first < minute < last
    }
    return [trade for trade in published if trade.origin is Origin.BAR]


async def until_repaired(feed: FeedAtWork, count: int = 1) -> None:
    """Wait until so many gaps have been repaired, and trades flow again."""
    await feed.until(lambda: feed.gap_events.count("gap_repaired") >= count)
    await feed.until_trades_of(*SYMBOLS)


def test_a_connection_that_was_cut_leaves_no_minute_unknown(tmp_path: Path) -> None:
    """Nothing is replayed by KIS; what was traded meanwhile comes from its minute bars, before anything newer."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(gap_margin_s=0.0):
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="refuse", seconds=3)
            order(simulator, fault="drop", how="rst")
            await until_repaired(feed)
            told = await feed.ask("gaps")
            (gap,) = told["gaps"]
            assert (gap["cause"], gap["outcome"], gap["symbols"]) == ("the link was lost", "repaired", sorted(SYMBOLS))
            assert gap["minutes"] > 0
            assert told["blind"] == []

    after = endure(tmp_path, story, Budgets(connects=50), speed=FAST)

    assert assert_whole(after, tmp_path)
    assert "gap_unrepaired" not in after.feed.gap_events


def test_frames_lost_inside_a_connection_are_found_by_the_volume(tmp_path: Path) -> None:
    """The link lives, PINGPONG lives, trades flow: nothing else tells."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(late_frames_s=0.3, gap_margin_s=0.0):
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="gap", seconds=2.5, symbols=[LEVERAGE])
            await until_repaired(feed)
            (gap,) = (await feed.ask("gaps"))["gaps"]
            assert (gap["symbols"], gap["outcome"]) == ([LEVERAGE], "repaired")
            unseen = [line for line in journal(tmp_path, LEVERAGE) if line.unseen == "gap"]
            assert gap["shares"] == sum(line.volume for line in unseen) > 0

    after = endure(tmp_path, story, speed=FAST)

    assert assert_whole(after, tmp_path)
    assert after.connects == 1


def test_a_stream_that_has_gone_deaf_is_registered_anew_and_its_minutes_are_filled(tmp_path: Path) -> None:
    """Confirmed, and the others trade: one question for its price tells it from a quiet symbol, and no reconnect."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(symbol_silence_s=2.0, symbol_silence_times=2.0, late_frames_s=0.5, gap_margin_s=0.0):
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="deaf", tr_key=LEVERAGE)
            await until_repaired(feed)
            (gap,) = (await feed.ask("gaps"))["gaps"]
            assert (gap["symbols"], gap["outcome"]) == ([LEVERAGE], "repaired")
            assert gap["cause"] == "the stream brought nothing while the symbol traded"

    after = endure(tmp_path, story, speed=FAST)

    assert assert_whole(after, tmp_path)
    assert after.feed.events == ["feed_connected", "stream_deaf"]
    assert after.feed.details_of("stream_deaf")["symbol"] == LEVERAGE
    assert (after.connects, after.calls("inquire-price"), after.requests_for(LEVERAGE, "confirmed")) == (1, 1, 2)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "reorder", "frames": 5, "hold_s": 0.5},
        {"fault": "duplicate", "frames": 5},
    ],
)
def test_frames_out_of_order_and_frames_that_come_twice_are_no_gap(tmp_path: Path, fault: dict[str, Any]) -> None:
    """Each trade goes on once, in the order of its volume, and nobody is asked for anything."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(gap_margin_s=0.0):
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, **fault)
            for _ in range(5):
                await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story)

    for symbol in SYMBOLS:
        volumes = [trade.cumulative_volume for trade in after.feed.published if trade.symbol == symbol]
        assert volumes == sorted(set(volumes))
    assert after.mistakes() == []
    assert after.feed.gap_events == []


def test_what_happened_while_feed_was_dead_is_made_good_by_its_next_life(tmp_path: Path) -> None:
    """Until when everything flowed lies on disk, to the second, which is a minute here: its bars come again."""
    lives = []

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life(gap_margin_s=0.0):
            await feed.until_trades_of(*SYMBOLS)
            await feed.until(_beats(feed, 3))
        lives.append(len(feed.published))
        await feed.clock.sleep(4 * 60 / FAST)
        async with feed.life(gap_margin_s=0.0):
            await until_repaired(feed)

    after = endure(tmp_path, story, Budgets(connects=2), speed=FAST)

    assert assert_whole(after, tmp_path, last_life=lives[-1])
    assert after.feed.details_of("gap_found")["cause"] == "feed was not running"


def test_a_symbol_whose_minutes_do_not_come_flows_on_and_the_gap_is_told(tmp_path: Path) -> None:
    """REST may be down as well: held trades are let go in the end."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(hold_s=1.0):
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="rest", path="inquire-time-itemchartprice", code="EGW00201", times=1000)
            order(simulator, fault="drop", how="rst")
            await feed.until(lambda: "gap_unrepaired" in feed.gap_events)
            await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story, Budgets(connects=2))

    assert after.feed.gap_events == ["gap_found", "gap_unrepaired"]
    assert after.mistakes() == []


def _beats(feed: FeedAtWork, more: int) -> Callable[[], bool]:
    seen = len(feed.beats())
    return lambda: len(feed.beats()) >= seen + more
