"""However a connection to KIS ends, or fails to begin: feed is back by itself, and has knocked no more than it may."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from actors.feed.config import FeedConfig
from actors.kis.config import KisConfig
from actors.market.sessions import SEOUL
from actors.runtime.errors import CommandRefused
from simulator.world import Simulator
from tests.support.door import Door
from tests.support.feed import FeedAtWork
from tests.support.ordeal import SYMBOLS, Budgets, Story, endure, order

CODES = (1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 3000, 4000, 4999)
SWIFT = 600
"""How many times as fast an hour goes by for feed, in which it would otherwise be tried for as long."""
AN_HOUR_S = 3600.0


def suffering(*faults: dict[str, Any], silence_s: float = 25.0) -> Story:
    """Return the story of trades that flow, *faults* that strike one after another, and trades that flow again."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(link_silence_s=silence_s, data_silence_s=silence_s):
            await feed.until_trades_of(*SYMBOLS)
            for fault in faults:
                lost = feed.events.count("feed_lost")
                order(simulator, **fault)
                await feed.until(lambda seen=lost: feed.events.count("feed_recovered") > seen)  # type: ignore[misc]
                await feed.until_trades_of(*SYMBOLS)

    return story


@pytest.mark.parametrize("code", CODES)
def test_a_close_with_any_code_is_followed_by_one_new_connection(tmp_path: Path, code: int) -> None:
    """The code is for the log: KIS closes with what it likes, and the key is good all the same."""
    after = endure(tmp_path, suffering({"fault": "drop", "how": "clean", "code": code}), Budgets(connects=2))

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (2, 1)
    told = after.feed.details_of("feed_lost")["reason"]
    assert f"code {code}" in told or (code in {1005, 1006, 1015} and told)


@pytest.mark.parametrize("how", ["eof", "rst"])
def test_an_end_without_a_word_is_followed_by_one_new_connection(tmp_path: Path, how: str) -> None:
    """1006 is KIS's normal way to cut; the public samples end there for good."""
    after = endure(tmp_path, suffering({"fault": "drop", "how": how}), Budgets(connects=2))

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (2, 1)


@pytest.mark.parametrize(
    ("how", "expected"), [("half_open", "no frame for 1 s"), ("mute", "no trade for 1 s while the market is open")]
)
def test_a_connection_that_brings_nothing_is_replaced(tmp_path: Path, how: str, expected: str) -> None:
    """An open socket, even one whose PINGPONG lives, looks like a quiet market to whoever has no clock."""
    story = suffering({"fault": "drop", "how": how}, silence_s=1.0)

    after = endure(tmp_path, story, Budgets(connects=2), pingpong_after_s=0.2)

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (2, 1)
    assert after.feed.details_of("feed_lost")["reason"] == expected


def test_an_idle_connection_lives_on_while_it_answers_pingpong(tmp_path: Path) -> None:
    """Unanswered, KIS cuts; a reconnect for nothing would be one for every quiet hour."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="drop", how="mute")
            beats = len(feed.beats())
            await feed.until(lambda: len(feed.beats()) > beats + 2)
            order(simulator, fault="unmute")
            await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story, pingpong_after_s=0.1, pingpong_cut_s=0.4)

    assert after.mistakes() == []
    assert (after.connects, after.feed.events) == (1, ["feed_connected"])


def test_one_loss_after_another_is_made_good_within_the_budget(tmp_path: Path) -> None:
    """A bad hour: each cut is a loss, each loss is made good, no key is asked for."""
    cuts: list[dict[str, Any]] = [{"fault": "drop", "how": how} for how in ("rst", "clean", "eof", "rst")]

    after = endure(tmp_path, suffering(*cuts), Budgets(connects=5))

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (5, 1)


def test_a_server_that_refuses_connections_is_tried_until_it_takes_them(tmp_path: Path) -> None:
    """KIS's own pause in the small hours; it is told once, not for each try."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life():
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="refuse", seconds=2.2)
            order(simulator, fault="drop", how="rst")
            await feed.until(lambda: "feed_recovered" in feed.events)
            await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story, Budgets(connects=50))

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (2, 1)
    assert "degraded" in after.feed.states()
    assert after.feed.events == ["feed_connected", "feed_lost", "feed_recovered"]


@pytest.mark.parametrize("second_session", ["refuse", "takeover"])
def test_a_session_that_was_stolen_comes_back_when_the_thief_has_gone(tmp_path: Path, second_session: str) -> None:
    """The owner's other program takes the one slot: wait, say so in plain words, and do not fight with keys."""
    story = suffering({"fault": "steal_slot", "seconds": 0.6})

    after = endure(tmp_path, story, Budgets(connects=8), second_session=second_session)

    assert after.mistakes() == []
    assert after.approvals == 1
    if second_session == "refuse":
        assert "another program uses our KIS app key" in after.feed.details_of("feed_recovered")["after"]


@pytest.mark.parametrize("close_when_in_use", [False, True])
def test_a_slot_that_stays_taken_after_an_unclean_end_is_knocked_at_seldom(
    tmp_path: Path, *, close_when_in_use: bool
) -> None:
    """Each knock keeps the zombie alive, and so many of them make the key invalid: silence is what helps."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, fault="slot_busy", seconds=0.5)
        async with feed.life(slot_wait_s=0.6):
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="drop", how="rst")
            await feed.until_trades_of(*SYMBOLS)

    after = endure(
        tmp_path,
        story,
        Budgets(connects=3),
        close_when_in_use=close_when_in_use,
        slot_busy_renewed=True,
        tries_until_invalid=3,
    )

    assert after.mistakes() == []
    assert after.connects <= 3
    assert after.approvals == 1


def patient() -> dict[str, Any]:
    """Return the settings that are meant for the real KIS, but for the silence that a slow test could be taken for.

    Nor is anything polled: a price that is asked for has the moment of feed's clock, which is not the market's here.
    """
    changes = dict.fromkeys(("link_silence_s", "data_silence_s", "symbol_silence_s", "poll_after_s"), 2 * AN_HOUR_S)
    return msgspec.to_builtins(FeedConfig()) | changes  # type: ignore[no-any-return]


def test_an_hour_at_a_shut_door_costs_no_more_connects_than_the_budget_has(tmp_path: Path) -> None:
    """An hour with the settings for the real KIS, which blocks who connects in a loop."""
    door = Door()

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life(**patient()):
            await feed.until_trades_of(*SYMBOLS)
            door.is_shut = True
            began = feed.clock.monotonic()
            await feed.ask("reconnect")
            await feed.until(lambda: feed.clock.monotonic() - began >= AN_HOUR_S)
            spent = door.knocks
            budget = KisConfig().connects
            assert spent <= budget.burst + (feed.clock.monotonic() - began) / budget.refill_s + 1
            assert spent > AN_HOUR_S / (4 * budget.refill_s)
            door.is_shut = False
            await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story, live=True, swift=SWIFT, door=door)

    assert after.mistakes() == []
    assert after.approvals == 1
    assert after.feed.events.count("feed_lost") == 1


def test_twenty_lives_in_a_row_spend_no_more_than_the_budgets(tmp_path: Path) -> None:
    """A crash loop in which each life wants another key, a connection and a token: what was spent lies on disk."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, fault="rest", path="/tokenP", status=500, code="EGW00301", times=1000)
        for _ in range(20):
            order(simulator, fault="forget_approval_key")
            before = len(feed.events)
            async with feed.life():
                with pytest.raises(CommandRefused):
                    await feed.ask("token", reason="missing")
                while not {"feed_connected", "feed_recovered", "budget_spent"} & set(feed.events[before:]):
                    await feed.ask("subscriptions")

    after = endure(tmp_path, story, Budgets(connects=4, approvals=3, tokens=2))

    assert (after.connects, after.approvals, after.tokens) == (4, 3, 2)
    assert after.feed.events[-1] == "budget_spent"


def test_an_hour_in_which_another_program_has_the_slot_is_spent_in_silence(tmp_path: Path) -> None:
    """Thirty seconds, then one, then two minutes between two knocks, with one key and one letter to the operator."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(**patient()):
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="steal_slot", seconds=AN_HOUR_S / SWIFT)
            await feed.until(lambda: "feed_recovered" in feed.events)
            await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story, live=True, swift=SWIFT)

    longest_s = FeedConfig().slot_wait_cap_s
    assert after.mistakes() == []
    assert AN_HOUR_S / (2 * longest_s) < after.connects <= AN_HOUR_S / longest_s + 5
    assert after.approvals == 1
    assert after.feed.events == ["feed_connected", "feed_lost", "letter_written", "feed_recovered"]


def test_after_the_last_session_the_link_is_closed_properly_and_nothing_is_wrong(tmp_path: Path) -> None:
    """KIS wants to be unsubscribed and closed; the night needs no connection, and the operator no warning."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            await feed.until(lambda: "feed_slept" in feed.events)
            heard = len(feed.beats())
            await feed.until(lambda: len(feed.beats()) > heard + 2)
            assert (await feed.ask("subscriptions"))["links"] == [
                {"link": "main", "phase": "nothing to watch", "trouble": ""}
            ]

    after = endure(tmp_path, story, start="2025-11-28T15:32:50+09:00")

    assert after.feed.events == ["feed_connected", "feed_slept"]
    assert after.feed.beats()[-1].reason == ""
    assert sum(line.event == "released" for line in after.connections()) == len(SYMBOLS)
    assert after.connects == 1


def test_shortly_before_the_session_the_link_is_opened_and_not_before(tmp_path: Path) -> None:
    """A whole night of reconnects is what gets an address blocked."""

    async def story(feed: FeedAtWork, _simulator: Simulator) -> None:
        async with feed.life():
            await feed.until(lambda: "running" in feed.states())
            assert feed.events == []
            await feed.until(lambda: "feed_connected" in feed.events)
            assert feed.clock.now().astimezone(SEOUL).strftime("%H:%M") >= "08:50"

    assert endure(tmp_path, story, start="2025-11-28T08:49:52+09:00").connects == 1
