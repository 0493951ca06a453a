"""The other streams over real sockets: NXT, market status and own fills at home, US prices and who tells them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, update

from actors.runtime.clock import WorldClock, read_world_clock
from actors.runtime.store import open_reader, open_store
from actors.us_poller.config import UsPollerConfig
from actors.us_poller.shell import run as poll
from protocol.letters import THE_OPERATOR
from protocol.messages import MarketStatus, Origin, Session, Trade, Trades, Venue
from protocol.tables.feed import letters
from protocol.tables.telegram import people
from simulator.config import SimulatorConfig
from simulator.faults import parse_fault
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.feed import GENEROUS, FeedAtWork
from tests.support.shells import at_work

SAMSUNG, LEVERAGE = "005930", "122630"
SWIFT = GENEROUS + "retry_first_s = 0.05\nretry_cap_s = 0.1\n[kis.calls_per_second]\nus_poller = 200.0\n"
US_HOURS = "2025-11-26T23:45:00+09:00"
EVENING = "2026-10-06T16:00:00+09:00"

Story = Callable[[FeedAtWork, Simulator], Awaitable[None]]


def play(directory: Path, story: Story, *watched: tuple[str, Venue], sessions: str = "", **world: object) -> FeedAtWork:
    """Run *story* in a world of its own, in which one person watches *watched* and has chosen *sessions*."""
    symbols = [msgspec.structs.replace(each, nxt=each.code == SAMSUNG) for each in SimulatorConfig().symbols]
    changes = {"symbols": symbols, "trades_per_second": 400.0, "rest_calls_per_second": 1_000, **world}

    async def tell() -> FeedAtWork:
        async with kis.world(directory / "world", "test", **changes) as simulator:
            world_time = read_world_clock(directory / "world" / "clock.json")
            assert world_time is not None
            house = FeedAtWork(directory, simulator.rest_url, simulator.ws_url, WorldClock(world_time), SWIFT)
            for symbol, venue in watched:
                house.watch(symbol, venue=venue)
            if sessions:
                with open_store("telegram", house.settings).begin() as connection:
                    connection.execute(update(people).values(sessions=sessions))
            async with house.neighbours():
                await asyncio.wait_for(story(house, simulator), timeout=40)
            return house

    return asyncio.run(tell())


def order(simulator: Simulator, text: str) -> None:
    """Let the simulator play the fault in *text*, now."""
    assert simulator.player.order(parse_fault(text.encode()))


def test_nxt_flows_for_who_chose_it(tmp_path: Path) -> None:
    """Nobody pays for it with a registration who does not want it."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            await feed.until(lambda: {trade.venue for trade in feed.trades} == {Venue.KRX, Venue.NXT})

    start = "2025-11-28T10:00:00+09:00"
    feed = play(tmp_path, story, (SAMSUNG, Venue.KRX), sessions="krx-regular nxt", start=start)

    assert {trade.symbol for trade in feed.trades} == {SAMSUNG}


def test_an_evening_on_krx_is_told_as_the_evening(tmp_path: Path) -> None:
    """Whether it may alert is decided by that word."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(SAMSUNG)

    feed = play(tmp_path, story, (SAMSUNG, Venue.KRX), sessions="krx-regular krx-after", start=EVENING)

    assert {trade.session for trade in feed.trades} == {Session.AFTER_HOURS}


def test_an_interruption_is_told_when_it_begins_and_when_it_ends(tmp_path: Path) -> None:
    """The alert of the cross behind it must say why its price jumped."""

    def notes(feed: FeedAtWork) -> list[list[str]]:
        told = feed.listener.messages(MarketStatus)
        return [status.notes for status in told if isinstance(status, MarketStatus)]

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(market_status=True):
            await feed.until_trades_of(SAMSUNG)
            while (await feed.ask("subscriptions"))["streams"][-1]["standing"] != "confirmed":
                await feed.until_trades_of(SAMSUNG)
            # Only the one of trades brings prices.
            streams = (await feed.ask("subscriptions"))["streams"]
            assert [(each["tr_id"], each["of_trades"]) for each in streams] == [("H0STCNT0", True), ("H0STMKO0", False)]
            order(simulator, f'{{"fault": "vi", "symbol": "{SAMSUNG}", "seconds": 60}}')
            await feed.until(lambda: len(notes(feed)) >= 2)

    start = "2025-11-28T10:00:00+09:00"
    feed = play(tmp_path, story, (SAMSUNG, Venue.KRX), start=start, speed=60.0)

    assert notes(feed)[:2] == [["vi"], []]


@pytest.mark.parametrize(
    ("user_id", "paper", "width", "person"),
    [(0, False, 26, THE_OPERATOR), (1001, True, 23, 1)],
    ids=["operator", "owner on paper"],
)
def test_a_filled_order_becomes_a_letter_to_its_owner(
    tmp_path: Path,
    user_id: int,
    paper: bool,  # noqa: FBT001 - a parameter
    width: int,
    person: int,
) -> None:
    """Encrypted on the way, told once, and to nobody else."""

    def written(feed: FeedAtWork) -> list[tuple[object, ...]]:
        reader = open_reader("feed", feed.settings)
        assert reader is not None
        with reader.connect() as connection:
            rows = [tuple(row) for row in connection.execute(select(letters.c.person_id, letters.c.body))]
        reader.dispose()
        return rows

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(hts_id="simulated", fills_user_id=user_id, paper=paper):
            await feed.until_trades_of(SAMSUNG)
            fill = f'"symbol": "{SAMSUNG}", "price": 101500, "quantity": 7, "fields": {width}'
            order(simulator, f'{{"fault": "fill", {fill}}}')
            await feed.until(lambda: bool(written(feed)))

    feed = play(tmp_path, story, (SAMSUNG, Venue.KRX))

    [(reader, body)] = written(feed)
    assert reader == person
    assert '"quantity":7,"price":101500.0' in str(body)
    assert "simulated" not in str([trade.symbol for trade in feed.trades])


def told_by(feed: FeedAtWork, sender: str) -> list[Trade]:
    """Return the trades that *sender* has published."""
    messages = (one.message for one in feed.listener.received if one.sender == sender)
    return [trade for message in messages if isinstance(message, Trades) for trade in message.trades]


def test_us_prices_change_hands_when_the_feed_dies_and_when_it_is_back(tmp_path: Path) -> None:
    """Streamed, then polled within seconds, then streamed again; and no polled price is told beside a streamed one."""
    before: list[Trade] = []

    def taken_over(feed: FeedAtWork) -> list[Trade]:
        polled = [trade for trade in told_by(feed, "us_poller-1") if trade.received_at_ns > before[-1].received_at_ns]
        # A high between two looks is told as of the earlier one, which may have been before the feed died.
        return [trade for trade in polled if trade.origin is Origin.QUOTE]

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        config = UsPollerConfig(interval_s=0.5)
        async with at_work("us_poller", poll, config, feed.settings, feed.clock):
            async with feed.life():
                await feed.until(lambda: len(told_by(feed, "feed-1")) >= 20)
            before.extend(told_by(feed, "feed-1"))
            await feed.until(lambda: len(taken_over(feed)) >= 3)
            async with feed.life():
                count = len(told_by(feed, "feed-1"))
                await feed.until(lambda: len(told_by(feed, "feed-1")) >= count + 20)

    feed = play(tmp_path, story, ("SOXL", Venue.AMEX), start=US_HOURS)

    assert {trade.origin for trade in told_by(feed, "us_poller-1")} - {Origin.HIGH} == {Origin.QUOTE}
    assert {trade.origin for trade in told_by(feed, "feed-1")} <= set(Origin) - {Origin.QUOTE}
    assert taken_over(feed)[0].cumulative_volume >= before[-1].cumulative_volume


def test_what_kis_refuses_to_stream_is_polled(tmp_path: Path) -> None:
    """A refusal must not leave a symbol unwatched."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, '{"fault": "answer", "code": "OPSP8993", "tr_key": "DAMSSOXL", "times": 1000}')
        config = UsPollerConfig(interval_s=0.5)
        async with at_work("us_poller", poll, config, feed.settings, feed.clock), feed.life():
            await feed.until(lambda: len(told_by(feed, "us_poller-1")) >= 2)
            [row] = (await feed.ask("subscriptions"))["streams"]
            assert (row["symbol"], row["key"]) == ("SOXL", "DAMSSOXL")

    feed = play(tmp_path, story, ("SOXL", Venue.AMEX), start=US_HOURS)

    assert told_by(feed, "feed-1") == []
