"""The feed over real sockets, between the simulated KIS and somebody who listens."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from actors.kis.credentials import ACCESS_TOKEN, read_credential
from actors.runtime.clock import WorldClock, read_world_clock
from actors.runtime.errors import CommandRefused, ConfigError
from protocol.moments import from_ns, to_ns
from simulator.faults import parse_fault
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.actor import make_secrets
from tests.support.feed import GENEROUS, FeedAtWork

LEVERAGE, SAMSUNG = "122630", "005930"
BUSY = {"trades_per_second": 400.0}

Story = Callable[[FeedAtWork, Simulator], Awaitable[None]]


def play(directory: Path, story: Story, budgets: str = GENEROUS, **changes: object) -> FeedAtWork:
    """Run *story* with a feed of its own in a world of its own; return what was heard."""

    async def tell() -> FeedAtWork:
        async with kis.world(directory / "world", "test", **{**BUSY, **changes}) as simulator:
            world_time = read_world_clock(directory / "world" / "clock.json")
            assert world_time is not None
            feed = FeedAtWork(directory, simulator.rest_url, simulator.ws_url, WorldClock(world_time), budgets)
            feed.watch(LEVERAGE, SAMSUNG)
            async with feed.neighbours():
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


def fault(simulator: Simulator, text: str) -> None:
    """Let the simulator play the fault in *text*, now."""
    assert simulator.player.order(parse_fault(text.encode()))


def test_a_forgotten_approval_key_is_replaced_once(tmp_path: Path) -> None:
    """OPSP0011: the kept key is worthless, a new one helps, and asking for keys in a loop gets the app key blocked."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(LEVERAGE, SAMSUNG)
        fault(simulator, '{"fault": "forget_approval_key"}')
        async with feed.life():
            await feed.until_trades_of(LEVERAGE, SAMSUNG)

    feed = play(tmp_path, story)

    assert feed.events == ["feed_connected", "feed_lost", "feed_recovered"]
    assert "approval key" in feed.details_of("feed_lost")["reason"]
    assert calls(tmp_path, "/oauth2/Approval") == 2


def test_a_restart_uses_the_kept_approval_key(tmp_path: Path) -> None:
    """Keys are budgeted: a crash loop must not eat the allowance."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        for _ in range(3):
            async with feed.life():
                await feed.until_trades_of(LEVERAGE)

    play(tmp_path, story)

    assert calls(tmp_path, "/oauth2/Approval") == 1


def test_connects_stay_within_their_budget_over_restarts(tmp_path: Path) -> None:
    """KIS blocks who connects in a loop, and supervisord restarts a crashing feed every second."""
    budgets = "connects = { burst = 2, refill_s = 3600 }\n"

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        for _ in range(2):
            async with feed.life():
                await feed.until_trades_of(LEVERAGE)
        async with feed.life():
            await feed.until(lambda: "budget_spent" in feed.events)

    play(tmp_path, story, budgets)

    opened = [line for line in lines(tmp_path, "connections.jsonl") if line["event"] == "opened"]
    assert len(opened) == 2


def test_a_changed_watch_list_is_followed(tmp_path: Path) -> None:
    """A symbol added on the phone must not wait for a restart."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(LEVERAGE, SAMSUNG)
            feed.watch(SAMSUNG, "000660")
            feed.announce_watches(SAMSUNG, "000660")
            await feed.until_trades_of("000660")
            answer = await feed.ask("subscriptions")
            assert {stream["symbol"]: stream["standing"] for stream in answer["streams"]} == {
                SAMSUNG: "confirmed",
                "000660": "confirmed",
            }

    play(tmp_path, story)


def test_a_missed_announcement_shows_in_the_heartbeat(tmp_path: Path) -> None:
    """PUB may lose a message: without the number in the heartbeat the new symbol would stay unwatched."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        feed.watch()
        async with feed.life():
            await feed.until(lambda: "running" in feed.states())
            feed.watch(LEVERAGE)
            feed.telegram_beats(watches=1)
            await feed.until_trades_of(LEVERAGE)

    play(tmp_path, story)


def test_the_operator_gets_a_new_connection_on_request(tmp_path: Path) -> None:
    """`sigmactl feed reconnect` is the remedy in the README."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(LEVERAGE)
            assert await feed.ask("reconnect") == {"links": [{"link": "main", "was": "connected", "now": "closing"}]}
            await feed.until(lambda: "feed_recovered" in feed.events)
            await feed.until_trades_of(LEVERAGE)

    play(tmp_path, story)


def test_a_rehearsal_goes_out_as_a_trade_of_its_own_symbol(tmp_path: Path) -> None:
    """What is asked for leaves like any other trade, numbered and recorded; for whom, its symbol says."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(LEVERAGE)
            answer = await feed.ask("rehearse", person=7)
            await feed.until(lambda: any(trade.symbol == "test-7" for trade in feed.trades))
            assert [trade.traded_at_ns for trade in feed.trades if trade.symbol == "test-7"] == [answer["traded_at_ns"]]
            # An alert tells its moment to the microsecond, and is looked for by this one.
            assert answer["traded_at_ns"] == to_ns(from_ns(int(str(answer["traded_at_ns"]))))
            for wrong in (-1, "Anna", True, 1.0, 10**18):
                with pytest.raises(CommandRefused, match=r'expected arguments such as \{"person": 1\}'):
                    await feed.ask("rehearse", person=wrong)

    play(tmp_path, story)


def test_others_get_one_token_through_the_store(tmp_path: Path) -> None:
    """KIS issues one token a minute and sends the owner a message for each: all actors share it."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            answers = await asyncio.gather(
                *(feed.ask("token", reason=reason) for reason in ("missing", "missing", "expired"))
            )
            assert len({str(answer) for answer in answers}) == 1
            with pytest.raises(CommandRefused, match=r'\{"reason": "missing"\}.*found \{\}'):
                await feed.ask("token")
            for wrong in ("because", ["because"]):
                with pytest.raises(CommandRefused, match="because"):
                    await feed.ask("token", reason=wrong)
                with pytest.raises(CommandRefused, match=r"expected a link of main, found .*because"):
                    await feed.ask("forget_key", link=wrong)
            token = read_credential(feed.settings, kis.APP_KEY, ACCESS_TOKEN)
            assert token is not None
            assert token.value not in str(answers)

    play(tmp_path, story)

    assert calls(tmp_path, "/oauth2/tokenP") == 1


def test_a_symbol_too_many_is_refused_and_the_others_go_on(tmp_path: Path) -> None:
    """The 42nd registration: the session lives, and KIS is not asked again and again."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        feed.watch(LEVERAGE, SAMSUNG, "000660")
        async with feed.life(poll_after_s=0.5):
            await feed.until(lambda: "subscription_refused" in feed.events)
            await feed.until_trades_of("000660", SAMSUNG)
            await feed.until_trades_of("000660", SAMSUNG)
            standings = {row["symbol"]: row["standing"] for row in (await feed.ask("subscriptions"))["streams"]}
            assert standings == {"000660": "confirmed", SAMSUNG: "confirmed", LEVERAGE: "wanted"}
            await feed.until_prices_of(LEVERAGE)

    feed = play(tmp_path, story, max_registrations=2)

    assert feed.details_of("subscription_refused")["symbol"] == LEVERAGE
    assert len([line for line in lines(tmp_path, "connections.jsonl") if line["event"] == "refused"]) == 1


def test_a_gateway_that_is_down_is_weather(tmp_path: Path) -> None:
    """Without an approval key there is no connection, but there will be."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        fault(simulator, '{"fault": "rest", "path": "/Approval", "status": 502, "times": 2}')
        fault(simulator, '{"fault": "rest", "path": "/Approval", "cut": true}')
        async with feed.life():
            await feed.until_trades_of(LEVERAGE)

    assert play(tmp_path, story).events == ["feed_lost", "feed_recovered"]


def test_a_wrong_secret_waits_for_the_operator(tmp_path: Path) -> None:
    """Trying on would get the address blocked; the process ends with exit code 78."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        with pytest.raises(ConfigError, match="EGW00105"):
            async with feed.life(make_secrets(kis_app_key=kis.APP_KEY)) as run:
                await asyncio.wait([run])

    play(tmp_path, story)


def calls(directory: Path, path: str) -> int:
    """Return how often the simulated KIS was called at *path*."""
    return sum(line["path"] == path for line in lines(directory, "requests.jsonl"))


def lines(directory: Path, name: str) -> list[dict[str, object]]:
    """Return the JSON lines of the simulator's journal *name*."""
    path = directory / "world" / name
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
