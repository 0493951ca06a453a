"""Whatever KIS answers on the WebSocket, in whatever shape: feed does what the table of codes says, within its budgets.

Each code comes to four requests, in each shape of header that an answer was seen to have; what is right afterwards
follows from `actors.kis.codes`, so a code that is added there is tried here.
"""

import asyncio
from pathlib import Path

import pytest

from actors.kis.codes import REACTIONS, Reaction
from actors.runtime.errors import ConfigError
from protocol.messages import Origin
from simulator.world import Simulator
from tests.support.feed import FeedAtWork
from tests.support.ordeal import SYMBOLS, Budgets, Story, endure, order

SHAPES = dict(zip(SYMBOLS, ("as_kis", "full", "null", "none"), strict=True))
"""How the answer to the request for each symbol names it."""
FOREVER = 1_000
RETRY_S = 0.3


def codes(*reactions: Reaction) -> list[str]:
    """Return the codes of the WebSocket that make us do one of these."""
    return [code for code, reaction in REACTIONS.items() if code.startswith("OPSP") and reaction in reactions]


def test_whatever_a_code_makes_us_do_is_tried_here() -> None:
    """A code of the WebSocket with a reaction that no test below is about would be tried by nobody."""
    tried = {
        Reaction.CONFIRMED,
        Reaction.RETRY_LATER,
        Reaction.GONE,
        Reaction.STOP_STREAM,
        Reaction.NO_ROOM,
        Reaction.NEW_KEY,
        Reaction.WAIT_FOR_SLOT,
        Reaction.STOP,
    }

    assert set(codes(*tried)) == {code for code in REACTIONS if code.startswith("OPSP")}


def answering(code: str, *, times: int = 1, effect: bool = False) -> Story:
    """Return the story of four requests that are answered *code*, each so many *times*, and are granted at last."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        for symbol, shape in SHAPES.items():
            order(simulator, fault="answer", code=code, tr_key=symbol, header=shape, times=times, effect=effect)
        async with feed.life(refused_retry_s=RETRY_S):
            await feed.until_trades_of(*SYMBOLS)

    return story


@pytest.mark.parametrize("code", codes(Reaction.CONFIRMED))
def test_a_stream_that_kis_says_it_has_is_taken_for_registered(tmp_path: Path, code: str) -> None:
    """OPSP0002, already in subscribe, calls itself an error, and is none."""
    after = endure(tmp_path, answering(code, effect=True))

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 1)
    assert [after.requests_for(symbol, "confirmed") for symbol in SYMBOLS] == [1, 1, 1, 1]


@pytest.mark.parametrize("code", codes(Reaction.RETRY_LATER, Reaction.GONE))
def test_a_stream_that_kis_refuses_for_now_is_asked_for_again(tmp_path: Path, code: str) -> None:
    """KIS's own trouble passes; an answer that fits no request of ours must not leave a symbol unwatched for ever."""
    after = endure(tmp_path, answering(code, times=2))

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 1)


def test_a_code_that_nobody_knows_is_a_refusal_for_now(tmp_path: Path) -> None:
    """KIS adds codes without a word; to stop at one would end the service for a hiccup."""
    assert "OPSP1234" not in REACTIONS

    assert endure(tmp_path, answering("OPSP1234")).mistakes() == []


@pytest.mark.parametrize("code", codes(Reaction.STOP_STREAM, Reaction.NO_ROOM))
def test_a_stream_that_kis_will_not_give_is_left_alone_and_the_others_go_on(tmp_path: Path, code: str) -> None:
    """Our error, an unknown symbol, no room: asking again and again gets the app key blocked."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        for symbol, shape in list(SHAPES.items())[1:]:
            order(simulator, fault="answer", code=code, tr_key=symbol, header=shape, times=FOREVER)
        async with feed.life(refused_retry_s=RETRY_S):
            await feed.until_trades_of(SYMBOLS[0])
            await feed.until(lambda: len(feed.beats()) > 3)
            await feed.until_trades_of(SYMBOLS[0])

    after = endure(tmp_path, story)

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 1)
    # After the first "no room" nobody knocks for another stream.
    asked = 1 if REACTIONS[code] is Reaction.NO_ROOM else 3
    assert sum(line.event == "pretended" for line in after.connections()) == asked
    streamed = {trade.symbol for trade in after.feed.published if trade.origin is Origin.PRINT}
    assert streamed == {SYMBOLS[0]}


@pytest.mark.parametrize("code", codes(Reaction.NEW_KEY))
def test_a_key_that_kis_does_not_know_is_replaced_once_each_time(tmp_path: Path, code: str) -> None:
    """The kept key is worthless; one new key helps, and more of them at once would be hammering."""
    after = endure(tmp_path, answering(code), Budgets(connects=5, approvals=5))

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (5, 5)


@pytest.mark.parametrize("code", codes(Reaction.WAIT_FOR_SLOT))
def test_a_slot_that_is_taken_is_waited_for_with_the_same_key(tmp_path: Path, code: str) -> None:
    """Eight tries in a burst with one key made it invalid, and a new key never helped."""
    after = endure(tmp_path, answering(code), Budgets(connects=5))

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (5, 1)
    assert "another program uses our KIS app key" in after.feed.details_of("feed_recovered")["after"]


@pytest.mark.parametrize("shape", SHAPES.values())
@pytest.mark.parametrize("code", codes(Reaction.STOP))
def test_an_app_key_that_kis_will_not_take_waits_for_the_operator(tmp_path: Path, code: str, shape: str) -> None:
    """Whoever tries on gets the address blocked, too: the process ends with exit code 78, which nobody restarts."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, fault="answer", code=code, header=shape, times=FOREVER)
        with pytest.raises(ConfigError, match=code):
            async with feed.life() as run:
                await asyncio.wait([run])

    after = endure(tmp_path, story)

    assert (after.connects, after.approvals) == (1, 1)


def test_streams_that_are_confirmed_and_bring_nothing_are_asked_for_on_a_new_connection(tmp_path: Path) -> None:
    """SUBSCRIBE SUCCESS promises no data: only the clock on trades finds out, and only a reconnect helped."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, fault="answer", code="OPSP0000", times=len(SYMBOLS))
        async with feed.life(data_silence_s=1.0):
            await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story, Budgets(connects=2))

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (2, 1)
    assert "no trade for 1 s" in after.feed.details_of("feed_recovered")["after"]


def test_a_stream_that_stays_empty_however_often_it_is_confirmed_is_followed_otherwise(tmp_path: Path) -> None:
    """Whatever KIS has against this symbol: its watchers wait for what was traded, not for its stream."""
    mute = SYMBOLS[0]

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, fault="answer", code="OPSP0000", tr_key=mute, times=FOREVER)
        async with feed.life(
            symbol_silence_s=1.0, symbol_silence_times=1.0, late_frames_s=0.5, poll_after_s=0.5, poll_interval_s=0.5
        ):
            await feed.until_prices_of(*SYMBOLS)
            (row,) = [row for row in (await feed.ask("subscriptions"))["streams"] if row["symbol"] == mute]
            assert row["polled"]
            assert row["reason"] == "confirmed, and brings nothing while the symbol trades"
            # The pause before the next registration doubles.
            await feed.until_prices_of(*SYMBOLS)

    after = endure(tmp_path, story)

    assert after.mistakes() == []
    assert {trade.origin for trade in after.feed.published if trade.symbol == mute} == {Origin.BAR, Origin.HIGH}
    assert after.connects == 1


@pytest.mark.parametrize("effect", [True, False])
@pytest.mark.parametrize("times", [1, 2])
def test_a_request_that_is_not_answered_is_repeated_once_and_then_left_for_a_while(
    tmp_path: Path, times: int, *, effect: bool
) -> None:
    """An answer may be lost on its way, the request, too: what was done without an answer is done all the same."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        for symbol in SYMBOLS[:2]:
            order(simulator, fault="no_ack", tr_key=symbol, times=times, effect=effect)
        async with feed.life(answer_timeout_s=0.2, refused_retry_s=RETRY_S):
            await feed.until_trades_of(*SYMBOLS)
            standings = await feed.standings()
            while set(standings.values()) != {"confirmed"}:
                await feed.until_trades_of(SYMBOLS[0])
                standings = await feed.standings()

    after = endure(tmp_path, story)

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 1)


@pytest.mark.parametrize("how", ["doubled", "reversed"])
def test_answers_that_come_twice_or_in_another_order_confuse_nobody(tmp_path: Path, how: str) -> None:
    """KIS's answers cross; each names its stream, and only that stream is confirmed by it."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        order(simulator, fault="acks", how=how, times=2, hold_s=0.3)
        async with feed.life(answer_timeout_s=0.5, refused_retry_s=RETRY_S):
            await feed.until_trades_of(*SYMBOLS)
            assert set((await feed.standings()).values()) == {"confirmed"}

    after = endure(tmp_path, story)

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 1)


@pytest.mark.parametrize("code", [*codes(Reaction.RETRY_LATER)[:1], "OPSP0000", "OPSP0002", "OPSP0008", "OPSP8992"])
def test_a_stream_that_nobody_wants_any_more_can_be_wanted_again_whatever_kis_said(tmp_path: Path, code: str) -> None:
    """Removed and added again on the phone: the answer to the unsubscribing must not leave it dead for ever."""

    async def story(feed: FeedAtWork, simulator: Simulator) -> None:
        async with feed.life(refused_retry_s=RETRY_S):
            await feed.until_trades_of(*SYMBOLS)
            order(simulator, fault="answer", code=code, tr_key=SYMBOLS[0], header="full", effect=True)
            feed.watch(*SYMBOLS[1:])
            feed.announce_watches(*SYMBOLS[1:])
            await feed.until(lambda: f"H0STCNT0 {SYMBOLS[0]}" not in str(simulator.describe()["registrations"]))
            feed.watch(*SYMBOLS)
            feed.announce_watches(*SYMBOLS)
            await feed.until_trades_of(*SYMBOLS)

    after = endure(tmp_path, story)

    assert after.mistakes() == []
    assert (after.connects, after.approvals) == (1, 1)
