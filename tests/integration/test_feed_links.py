"""Two app keys and more symbols than one session carries: every symbol's trades or polled prices go on."""

from pathlib import Path

import pytest

from actors.runtime.config import AppKey, Secret
from protocol.messages import Origin
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.actor import make_secrets
from tests.support.feed import FeedAtWork
from tests.support.ordeal import Budgets, Ordeal, Story, endure, order

OTHER = "ANOTHER-APP-KEY"
SECRETS = make_secrets(
    [AppKey("second", Secret(OTHER), Secret(kis.APP_SECRET))], kis_app_key=kis.APP_KEY, kis_app_secret=kis.APP_SECRET
)
SYMBOLS = 70
LIMIT = 41
QUICK = {"move_after_s": 1.0, "poll_after_s": 0.5, "poll_interval_s": 0.5, "refused_retry_s": 60.0}


def play(directory: Path, story: Story, budgets: Budgets) -> Ordeal:
    """Return what became of *story* in a world with 70 symbols and two app keys."""
    return endure(
        directory,
        story,
        budgets,
        symbols=(),
        conf="calls_per_second = { feed = 12.0 }\n",
        symbols_generated=SYMBOLS,
        trades_per_second=700.0,
        more_app_keys=[OTHER],
    )


def watched(feed: FeedAtWork, simulator: Simulator) -> list[str]:
    """Let 70 of the world's Korean symbols be watched; return them in the order in which feed deals them out."""
    korean = [code for code, each in simulator.exchange.instruments.items() if each.venue == "KRX"]
    feed.watch(*korean[-SYMBOLS:])
    return sorted(korean[-SYMBOLS:])


async def rows(feed: FeedAtWork) -> list[dict[str, object]]:
    """Return what feed tells the operator of its streams."""
    streams: list[dict[str, object]] = (await feed.ask("subscriptions"))["streams"]
    return streams


def asked_for(feed: FeedAtWork, began: int) -> set[str]:
    """Return the symbols of which another source than a stream has told since so many trades had been published."""
    return {trade.symbol for trade in feed.published[began:] if trade.origin is not Origin.PRINT}


@pytest.mark.parametrize("how", ["refused", "stolen"])
def test_one_of_two_app_keys_is_lost_half_way_and_every_symbol_goes_on(tmp_path: Path, how: str) -> None:
    """What one session carries is 41 of 70; the other 29 are asked for, within what KIS allows."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        symbols = watched(feed, simulator)
        if how == "refused":
            # The second link asks for every other symbol; half of its way, KIS takes its app key no more.
            order(simulator, fault="answer", code="OPSP9994", tr_key=symbols[41], times=1)
        async with feed.life(SECRETS, **QUICK):
            if how == "stolen":
                await feed.until_trades_of(*symbols)
                order(simulator, fault="steal_slot", app_key=OTHER, seconds=3600)
            await feed.until(lambda: bool({"app_key_refused", "feed_lost"} & set(feed.events)))
            streams = await rows(feed)
            while sum(row["link"] == "main" and row["standing"] == "confirmed" for row in streams) < LIMIT or (
                sum(bool(row["polled"]) for row in streams) < SYMBOLS - LIMIT
            ):
                await feed.until_prices_of(symbols[0])
                streams = await rows(feed)
            began = len(feed.published)
            await feed.until_prices_of(*symbols)
            # A stream may change its place with another meanwhile; what has none is always asked for: its price, or
            # its minutes while its link may come back.
            await feed.until(lambda: len(asked_for(feed, began)) >= SYMBOLS - LIMIT)

    after = play(tmp_path, story, Budgets(connects=8, approvals=1, tokens=1))

    # Between two questions a price may cross and come back: whether an alert is lost is not judged here.
    assert after.spoilt_trades() == []
    assert (after.approvals, after.tokens) == (2, 1)
    assert after.connects == 2 if how == "refused" else 2 < after.connects <= 9


def test_a_lost_app_key_that_is_back_carries_what_was_polled(tmp_path: Path) -> None:
    """The other program has ended; nothing of the first link moves for it."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        symbols = watched(feed, simulator)
        order(simulator, fault="steal_slot", app_key=OTHER, seconds=9)
        async with feed.life(SECRETS, **QUICK):
            await feed.until(lambda: "feed_lost" in feed.events)
            on_main: set[object] = set()
            while on_main != set(symbols[:LIMIT]):
                await feed.until_prices_of(symbols[0])
                on_main = {row["symbol"] for row in await rows(feed) if row["link"] == "main"}
            await feed.until(lambda: "feed_recovered" in feed.events)
            streams = await rows(feed)
            while any(row["standing"] != "confirmed" or row["polled"] for row in streams):
                await feed.until_prices_of(symbols[0])
                streams = await rows(feed)
            assert {row["symbol"] for row in streams if row["link"] == "main"} == on_main

    play(tmp_path, story, Budgets(connects=30, approvals=1, tokens=1))
