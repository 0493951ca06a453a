"""Whatever code KIS's gateway refuses with, over real sockets: keys, tokens and prices come as soon as they can be had.

Keys and tokens are asked for by a living feed; prices by the client of analyst and us_poller, which reads feed's token
from its database and asks it for another where KIS wants one.
"""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from actors.kis.client import KisClient
from actors.kis.codes import REACTIONS, Reaction
from actors.runtime.errors import CommandRefused, ConfigError, TemporaryFailure
from protocol.messages import Venue
from simulator.world import Simulator
from tests.support.feed import FeedAtWork
from tests.support.ordeal import SYMBOLS, Budgets, Story, endure, order
from tests.support.shells import Idle, at_work, idle

STATUSES = (200, 403, 500)
FOREVER = 1_000
A_MINUTE_S = 61.0
QUICK = "retry_first_s = 0.02\nretry_cap_s = 0.05\n"


class Wish(NamedTuple):
    """Whose call for a price: of what, and how its path ends."""

    caller: str
    symbol: str
    venue: Venue
    path: str


WISHES = [
    Wish("analyst", "005930", Venue.KRX, "inquire-price"),
    Wish("us_poller", "SOXL", Venue.AMEX, "quotations/price"),
]


def codes(*reactions: Reaction) -> list[str]:
    """Return the gateway's codes that make us do one of these, and one that nobody knows if it is among them."""
    known = [code for code, reaction in REACTIONS.items() if code.startswith("EGW") and reaction in reactions]
    return [*known, "EGW99999"] if Reaction.RETRY_LATER in reactions else known


HARMLESS = codes(*(reaction for reaction in Reaction if reaction is not Reaction.STOP))


@pytest.mark.parametrize("code", HARMLESS)
def test_an_approval_key_that_is_refused_is_asked_for_again_within_its_budget(tmp_path: Path, code: str) -> None:
    """KIS's own trouble: the connection comes as soon as KIS gives the key, and nobody hammers for it."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        for status in STATUSES:
            order(simulator, fault="rest", path="/Approval", status=status, code=code)
        async with feed.life():
            await feed.until_trades_of(*SYMBOLS)

    # EGW00133 asks for a minute each time, which goes by in a second here.
    after = endure(tmp_path, story, Budgets(approvals=4), swift=200 if code == "EGW00133" else 1)

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 4)
    assert after.feed.events == ["feed_lost", "feed_recovered"]


@pytest.mark.parametrize("code", codes(Reaction.STOP))
def test_an_app_key_that_the_gateway_will_not_take_waits_for_the_operator(tmp_path: Path, code: str) -> None:
    """Only he can help, and asking on would get the address blocked: exit code 78, after one request."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, fault="rest", path="/Approval", status=403, code=code, times=FOREVER)
        with pytest.raises(ConfigError, match=code):
            async with feed.life() as run:
                await asyncio.wait([run])

    after = endure(tmp_path, story)

    assert (after.connects, after.approvals) == (0, 1)


@pytest.mark.parametrize("code", [*HARMLESS, *codes(Reaction.STOP)])
def test_a_token_that_is_refused_is_told_to_who_asked_and_costs_no_trade(tmp_path: Path, code: str) -> None:
    """Tokens are for REST: the stream goes on, and the next who asks may ask KIS again, within the budget."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, fault="rest", path="/tokenP", status=403, code=code)
        async with feed.life():
            await feed.until_trades_of(*SYMBOLS)
            with pytest.raises(CommandRefused, match=code):
                await feed.ask("token", reason="missing")
            assert "expires_at" in await feed.ask("token", reason="missing")
            await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story, Budgets(tokens=2))

    assert after.mistakes() == []
    assert (after.connects, after.approvals, after.tokens) == (1, 1, 2)


def asking(wish: Wish, expected: type[Exception] | None, *faults: dict[str, Any]) -> Story:
    """Return the story of somebody who wants a price under *faults*, and gets it or the *expected* error."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(), at_work(wish.caller, idle, Idle(), feed.settings, feed.clock) as actor:
            await feed.until_trades_of(*SYMBOLS)
            client = KisClient(actor)
            for fault in faults:
                order(simulator, fault="rest", **fault)
            if expected is None:
                assert (await client.price(wish.symbol, wish.venue)).price > 0
            else:
                with pytest.raises(expected):
                    await client.price(wish.symbol, wish.venue)
            client.close()
            await feed.until_trades_of(*SYMBOLS)

    return story


@pytest.mark.parametrize("code", codes(Reaction.RETRY_LATER, Reaction.WAIT_A_MINUTE))
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.caller)
def test_a_price_that_is_refused_for_now_is_asked_for_again(tmp_path: Path, wish: Wish, code: str) -> None:
    """Too many calls a second, a gateway that timed out: refused as HTTP 200, 403 and 500 alike."""
    faults = ({"path": wish.path, "status": status, "code": code} for status in STATUSES)

    after = endure(tmp_path, asking(wish, None, *faults), conf=QUICK)

    assert after.mistakes() == []
    assert (after.connects, after.approvals, after.tokens) == (1, 1, 1)


@pytest.mark.parametrize("code", codes(Reaction.NEW_TOKEN))
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.caller)
def test_a_token_that_kis_no_longer_takes_is_not_asked_for_twice_a_minute(
    tmp_path: Path, wish: Wish, code: str
) -> None:
    """The token is a moment old: KIS would refuse another one, so the call alone is tried again."""
    fault = {"path": wish.path, "status": 500, "code": code}

    after = endure(tmp_path, asking(wish, None, fault), conf=QUICK)

    assert after.mistakes() == []
    assert (after.connects, after.approvals, after.tokens) == (1, 1, 1)


@pytest.mark.parametrize("code", codes(Reaction.NOT_PERMITTED, Reaction.STOP))
@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.caller)
def test_a_price_that_kis_will_not_tell_is_given_up_at_once(tmp_path: Path, wish: Wish, code: str) -> None:
    """No permission, no such app key: it is said, and the call is not made again."""
    stops = REACTIONS[code] is Reaction.STOP
    fault = {"path": wish.path, "status": 500, "code": code, "times": FOREVER}
    story = asking(wish, ConfigError if stops else TemporaryFailure, fault)

    after = endure(tmp_path, story, conf=QUICK)

    assert after.mistakes() == []
    assert after.calls(wish.path) == 1
    assert (after.connects, after.approvals, after.tokens) == (1, 1, 1)


def test_a_token_that_has_expired_is_renewed_once_for_all_who_ask(tmp_path: Path) -> None:
    """Each issue sends the account's owner a message, and a minute must lie between two."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(), at_work("analyst", idle, Idle(), feed.settings, feed.clock) as actor:
            clients = [KisClient(actor), KisClient(actor), KisClient(actor)]
            assert (await clients[0].price("005930", Venue.KRX)).price > 0
            issued_s = feed.clock.monotonic()
            await feed.until(lambda: feed.clock.monotonic() - issued_s > A_MINUTE_S)
            order(simulator, fault="forget_tokens")
            prices = await asyncio.gather(*(client.price("005930", Venue.KRX) for client in clients))
            assert all(price.price > 0 for price in prices)
            for client in clients:
                client.close()

    after = endure(tmp_path, story, Budgets(tokens=2), conf=QUICK, swift=60, token_once_a_minute=False)

    assert after.tokens == 2
