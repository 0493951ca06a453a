"""The simulated KIS answers wrongly, twice, in the wrong order or not at all, and lets others have the slot."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from simulator.kis.answers import Code
from simulator.world import Simulator
from tests.support import kis_client as kis

LEVERAGE = "122630"
QUICK = {"trades_per_second": 400.0}


def play(directory: Path, story: Callable[[Simulator], Awaitable[None]], **changes: Any) -> None:  # noqa: ANN401 - as in the configuration
    """Run *story* in a world of its own."""

    async def tell() -> None:
        async with kis.world(directory, **changes) as simulator:
            await asyncio.wait_for(story(simulator), timeout=20)

    asyncio.run(tell())


async def answers(connection: ClientConnection, count: int) -> list[dict[str, Any]]:
    """Return the next *count* answers; frames in between are dropped."""
    found: list[dict[str, Any]] = []
    while len(found) < count:
        text = str(await connection.recv())
        if text.startswith("{"):
            found.append(json.loads(text))
    return found


def test_every_code_can_be_the_answer_to_the_next_requests(tmp_path: Path) -> None:
    """A client's table of reactions is tried code by code, over a real socket."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            for code in [code.msg_cd for code in Code] + ["OPSP1234"]:
                await kis.fault(simulator, fault="answer", code=code)
                assert await kis.subscribe(connection, key, LEVERAGE) == [code]
            assert await kis.subscribe(connection, key, LEVERAGE) == ["OPSP0000"]

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("header", "tr_id"), [("full", "H0STCNT0"), ("null", "(null)"), ("none", None), ("as_kis", "H0STCNT0")]
)
def test_an_ordered_answer_names_its_request_as_ordered(tmp_path: Path, header: str, tr_id: str | None) -> None:
    """Some errors come without a header, and no client may wait for it."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.fault(simulator, fault="answer", code="OPSP9993", header=header, tr_key=LEVERAGE)
            assert await kis.subscribe(connection, key, "005930") == ["OPSP0000"]  # not the one that it is about
            await connection.send(kis.request(key, LEVERAGE))
            (answer,) = await answers(connection, 1)
        assert answer.get("header", {}).get("tr_id") == tr_id

    play(tmp_path, story)


def test_what_is_confirmed_may_stay_empty(tmp_path: Path) -> None:
    """SUBSCRIBE SUCCESS promises no data: wrong but well-formed codes are confirmed, too."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.fault(simulator, fault="answer", code="OPSP0000")
            assert await kis.subscribe(connection, key, LEVERAGE, "005930") == ["OPSP0000"] * 2
            found = {kis.records(frame)[0][0] for frame in await kis.frames(connection, 20)}
        assert found == {"005930"}

    play(tmp_path, story, **QUICK)
    assert '"pretended"' in (tmp_path / "connections.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("effect", [True, False])
def test_an_answer_can_be_withheld(tmp_path: Path, effect: bool) -> None:  # noqa: FBT001 - a table's column
    """Trades may flow without a word, or nothing happens: a client must ask again and not wait for ever."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.fault(simulator, fault="no_ack", effect=effect)
            await connection.send(kis.request(key, LEVERAGE))
            if effect:
                assert str(await connection.recv()).startswith("0|")
            assert await kis.subscribe(connection, key, LEVERAGE) == ["OPSP0002" if effect else "OPSP0000"]

    play(tmp_path, story, **QUICK)


def test_answers_come_twice_or_the_last_first(tmp_path: Path) -> None:
    """A pending request is matched by its header, never by its turn."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            for how, times, expected in (
                ("doubled", 1, [LEVERAGE, LEVERAGE, "005930"]),
                ("reversed", 2, ["005930", LEVERAGE]),
            ):
                await kis.fault(simulator, fault="acks", how=how, times=times)
                for code in (LEVERAGE, "005930"):
                    await connection.send(kis.request(key, code))
                found = await answers(connection, len(expected))
                assert [answer["header"]["tr_key"] for answer in found] == expected

    play(tmp_path, story)


def test_an_answer_is_not_held_back_for_ever(tmp_path: Path) -> None:
    """A client that asks for one thing at a time waits for this answer before it asks for the next."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        await kis.fault(simulator, fault="acks", how="reversed", times=5, hold_s=0.1)
        async with kis.socket(simulator) as connection:
            assert await kis.subscribe(connection, key, LEVERAGE) == ["OPSP0000"]

    play(tmp_path, story)


def test_another_program_takes_the_slot(tmp_path: Path) -> None:
    """The owner's other program: we are cut, and only patience brings us back."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            await kis.fault(simulator, fault="steal_slot", seconds=0.6)
            with pytest.raises(ConnectionClosed):
                await answers(connection, 1)
        async with kis.socket(simulator) as connection:
            assert await kis.subscribe(connection, key, LEVERAGE) == ["OPSP8996"]
            await asyncio.sleep(0.7)
            assert await kis.subscribe(connection, key, LEVERAGE) == ["OPSP0000"]

    play(tmp_path, story)


def test_who_is_refused_the_slot_can_be_closed(tmp_path: Path) -> None:
    """Whether the refused socket stays open was seen both ways."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as first, kis.socket(simulator) as second:
            await kis.subscribe(first, key, LEVERAGE)
            assert await kis.subscribe(second, key, LEVERAGE) == ["OPSP8996"]
            with pytest.raises(ConnectionClosed):
                await second.recv()

    play(tmp_path, story, close_when_in_use=True)


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000])
def test_a_session_is_closed_with_any_code(tmp_path: Path, code: int) -> None:
    """Whatever the number, the remedy is one: come back, with patience."""

    async def story(simulator: Simulator) -> None:
        async with kis.socket(simulator) as connection:
            await kis.fault(simulator, fault="drop", how="clean", code=code)
            with pytest.raises(ConnectionClosed) as end:
                await connection.recv()
        assert end.value.rcvd is not None
        assert end.value.rcvd.code == code

    play(tmp_path, story)


@pytest.mark.parametrize(("code", "told"), [(1004, None), (1005, 1005), (1006, None), (1015, None)])
def test_codes_that_nobody_may_send_are_sent_anyway(tmp_path: Path, code: int, told: int | None) -> None:
    """A close frame without a code, one with a forbidden code, and no frame at all."""

    async def story(simulator: Simulator) -> None:
        async with kis.socket(simulator) as connection:
            await kis.fault(simulator, fault="drop", how="clean", code=code)
            with pytest.raises(ConnectionClosed) as end:
                await connection.recv()
        assert (end.value.rcvd.code if end.value.rcvd else None) == told

    play(tmp_path, story)


def test_an_approval_key_asked_for_twice_in_a_second_is_refused(tmp_path: Path) -> None:
    """KIS issues one a second; a client that loops must notice."""

    async def story(simulator: Simulator) -> None:
        body = {"grant_type": "client_credentials", "appkey": kis.APP_KEY, "secretkey": kis.APP_SECRET}
        async with aiohttp.ClientSession() as http:
            statuses = []
            for _ in range(2):
                async with http.post(f"{simulator.rest_url}/oauth2/Approval", json=body) as answer:
                    statuses.append(answer.status)
        assert statuses == [200, 403]

    play(tmp_path, story, approval_once_a_second=True)
