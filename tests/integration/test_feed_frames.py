"""Whatever comes as a frame: what was traded is published as it was, once, and nothing that was not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from protocol.messages import Origin, Trade
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.feed import FeedAtWork
from tests.support.ordeal import SYMBOLS, Budgets, endure, order

RECORDING = Path(__file__).parents[1] / "recordings" / "frames-sample.txt"
SPOILT = (
    "garbage_text",
    "garbage_binary",
    "truncated",
    "half_width",
    "lying_count",
    "small_count",
    "no_count",
    "invalid_utf8",
    "null_price",
    "negative",
)


@pytest.mark.parametrize("instead", [False, True])
@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_frame_is_counted_and_the_trades_around_it_arrive(tmp_path: Path, how: str, *, instead: bool) -> None:
    """A strict library closes at invalid UTF-8; a careless parser publishes a price that never was."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="corrupt", how=how, instead=instead)
            while not (await feed.ask("subscriptions"))["rejected"]:
                await feed.until_trades_of(SYMBOLS[0])
            await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story)

    assert after.mistakes() == []
    assert (after.connects, after.approvals, after.feed.events) == (1, 1, ["feed_connected"])


def test_records_grow_and_shrink_while_the_connection_lasts(tmp_path: Path) -> None:
    """KIS appended a field on a Monday; strict clients have dropped every trade since."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life():
            for width in (46, 47, 48, 46):
                order(simulator, fault="fields", count=width)
                await feed.until_trades_of(*SYMBOLS)
                await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story)

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 1)


@pytest.mark.parametrize("width", [46, 47, 48])
def test_every_record_of_a_frame_of_many_is_published(tmp_path: Path, width: int) -> None:
    """Whoever reads the first record alone misses the market order that eats the book, where the price falls."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, fault="records_per_frame", least=1, most=20)
        async with feed.life():
            await feed.until(lambda: len(feed.published) > 600)

    after = endure(tmp_path, story, fields=width, trades_per_second=1_000.0)

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 1)


def test_frames_in_another_order_are_read_all_the_same(tmp_path: Path) -> None:
    """Two servers behind one address: what comes late is not lost."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="reorder", frames=12, hold_s=0.5)
            for _ in range(3):
                await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story)

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 1)


@pytest.mark.parametrize("when", ["at_once", "registered"])
def test_frames_that_come_twice_are_published_once(tmp_path: Path, when: str) -> None:
    """The same symbol, date and cumulative volume is the same trade: KIS repeats frames after a new registration."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="duplicate", when=when, frames=5)
            await feed.ask("reconnect")
            await feed.until(lambda: "feed_recovered" in feed.events)
            for _ in range(2):
                await feed.until_trades_of(*SYMBOLS)
            assert (await feed.ask("gaps"))["repeats"] > 0

    after = endure(tmp_path, story, Budgets(connects=2))

    prints = [trade for trade in after.feed.published if trade.origin is Origin.PRINT]
    for symbol in SYMBOLS:
        volumes = [trade.cumulative_volume for trade in prints if trade.symbol == symbol]
        assert volumes == sorted(set(volumes))
    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (2, 1)


class RecordedKis:
    """Says to each request what KIS says to the first, and then everything that it was once recorded to say."""

    @asynccontextmanager
    async def before(self, _url: str) -> AsyncIterator[str]:
        """Listen as long as the block; yield where."""
        async with serve(self._talk, "127.0.0.1", 0, ping_interval=None) as server:
            yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _talk(self, connection: ServerConnection) -> None:
        await connection.recv()
        recorded = (line for line in RECORDING.read_text(encoding="ascii").splitlines() if not line.startswith("#"))
        for line in sorted(recorded, key=_date_of):
            await connection.send(line)
        await connection.wait_closed()


def recorded_trades() -> set[tuple[str, float, int, int]]:
    """Return the recorded trades as symbol, price, volume and cumulative volume, split as KIS documents it."""
    found = set()
    for line in RECORDING.read_text(encoding="ascii").splitlines():
        if line.startswith(("0|H0STCNT0|", "0|HDFSCNT0|")):
            places = (0, 2, 12, 13) if "H0STCNT0" in line else (1, 11, 19, 20)
            for record in kis.records(line):
                symbol, price, volume, cumulative = (record[place] for place in places)
                found.add((symbol, float(price), int(volume), int(cumulative)))
    return found


def test_what_the_real_kis_was_recorded_to_say_comes_out_as_the_trades_it_was(tmp_path: Path) -> None:
    """Frames of 46 and 47 fields, American trades, a market status, an answer, PINGPONG: as they really came."""
    expected = recorded_trades()
    assert {symbol for symbol, *_ in expected} == {"005930", "AAPL", "SPY"}

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            await feed.until(lambda: len(feed.published) >= len(expected))
            assert (await feed.ask("subscriptions"))["rejected"] == {}

    after = endure(tmp_path, story, symbols=["005930"], door=RecordedKis())

    assert {_told(trade) for trade in after.feed.published} == expected


def _date_of(line: str) -> str:
    """Return the session date of a recorded line, empty where it has none: days follow one another."""
    place = next((place for tr_id, place in (("H0STCNT0", 33), ("HDFSCNT0", 3)) if f"|{tr_id}|" in line), None)
    return kis.records(line)[0][place] if place is not None else ""


def _told(trade: Trade) -> tuple[str, float, int, int]:
    return trade.symbol, trade.price, trade.volume, trade.cumulative_volume
