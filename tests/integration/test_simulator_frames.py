"""The simulated KIS drops, doubles and reorders frames, and the journal says what nobody could see."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from simulator.world import Simulator
from tests.support import kis_client as kis

LEVERAGE = "122630"
QUICK = {"trades_per_second": 400.0, "records_per_frame_most": 1}


def play(directory: Path, story: Callable[[Simulator], Awaitable[None]], **changes: Any) -> None:  # noqa: ANN401 - as in the configuration
    """Run *story* in a world of its own."""

    async def tell() -> None:
        async with kis.world(directory, **(QUICK | changes)) as simulator:
            await asyncio.wait_for(story(simulator), timeout=20)

    asyncio.run(tell())


async def volumes(simulator: Simulator, count: int, **fault: object) -> list[tuple[int, int]]:
    """Return volume and cumulative volume of the next trades of one symbol, of which *fault* strikes some."""
    key = await kis.approval_key(simulator)
    async with kis.socket(simulator) as connection:
        await kis.subscribe(connection, key, LEVERAGE)
        frames = await kis.frames(connection, 3)
        await kis.fault(simulator, **fault)
        frames += await kis.frames_until_now(connection, simulator, LEVERAGE) + await kis.frames(connection, count)
    return [(int(record[12]), int(record[13])) for frame in frames for record in kis.records(frame)]


def unseen(directory: Path) -> list[dict[str, Any]]:
    """Return the trades of the journal that were kept from who listened."""
    lines = (directory / "trades.jsonl").read_text(encoding="utf-8").splitlines()
    return [line for line in map(json.loads, lines) if line["unseen"]]


def test_a_gap_shows_in_the_cumulative_volume_and_in_the_journal(tmp_path: Path) -> None:
    """What a client must notice inside a living session, and what the checker must know it could not see."""
    found: list[tuple[int, int]] = []

    async def story(simulator: Simulator) -> None:
        found.extend(await volumes(simulator, 60, fault="gap", frames=5))

    play(tmp_path, story)

    missed = sum(after[1] - before[1] - after[0] for before, after in pairwise(found))
    hidden = unseen(tmp_path)
    assert {line["unseen"] for line in hidden} == {"gap"}
    assert len(hidden) == 5
    assert sum(line["volume"] for line in hidden) == missed
    assert {line["connection"] for line in hidden} == {None}


def test_a_gap_can_be_of_one_symbol_and_last_for_a_time(tmp_path: Path) -> None:
    """The other symbols tell nothing of it."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE, "005930")
            await kis.fault(simulator, fault="gap", seconds=30, symbols=[LEVERAGE])
            await kis.frames_until_now(connection, simulator, "005930")  # what was on its way
            symbols = {kis.records(frame)[0][0] for frame in await kis.frames(connection, 40)}
        assert symbols == {"005930"}

    play(tmp_path, story)
    assert {line["symbol"] for line in unseen(tmp_path)} == {LEVERAGE}


def test_a_key_can_go_deaf_until_it_is_registered_anew(tmp_path: Path) -> None:
    """KIS confirms, the others trade, and one symbol brings nothing: a second request for it changes nothing."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE, "005930")
            await kis.fault(simulator, fault="deaf", tr_key=LEVERAGE)
            await kis.frames_until_now(connection, simulator, "005930")  # what was on its way
            assert await kis.subscribe(connection, key, LEVERAGE) == ["OPSP0002"]
            assert {kis.records(frame)[0][0] for frame in await kis.frames(connection, 40)} == {"005930"}
            await connection.send(kis.request(key, LEVERAGE, tr_type="2"))
            assert "OPSP0000" in await kis.subscribe(connection, key, LEVERAGE, LEVERAGE)
            await kis.frames_until_now(connection, simulator, LEVERAGE)

    play(tmp_path, story)
    assert {(line["symbol"], line["unseen"]) for line in unseen(tmp_path)} == {(LEVERAGE, "deaf")}


def test_frames_come_twice_when_that_is_asked_for(tmp_path: Path) -> None:
    """A trade that is counted twice would bend every volume."""
    found: list[tuple[int, int]] = []

    async def story(simulator: Simulator) -> None:
        found.extend(await volumes(simulator, 40, fault="duplicate", frames=3))

    play(tmp_path, story)

    assert sum(before == after for before, after in pairwise(found)) == 3
    assert unseen(tmp_path) == []


def test_frames_come_in_another_order(tmp_path: Path) -> None:
    """Old news must not look like a fall of the cumulative volume that never was."""
    found: list[tuple[int, int]] = []

    async def story(simulator: Simulator) -> None:
        found.extend(await volumes(simulator, 40, fault="reorder", frames=4))

    play(tmp_path, story)

    totals = [total for _, total in found]
    assert totals != sorted(totals)
    assert len(set(totals)) == len(totals)
    place = next(place for place, (before, after) in enumerate(pairwise(totals)) if after < before)
    assert totals[place : place + 4] == sorted(totals[place : place + 4], reverse=True)


def test_old_frames_come_again_after_a_reconnect(tmp_path: Path) -> None:
    """What was alerted in the last session is not alerted again in this one."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            before = await kis.frames(connection, 30)
        await kis.fault(simulator, fault="duplicate", frames=20, when="registered")
        async with kis.socket(simulator) as connection:
            await connection.send(kis.request(key, LEVERAGE))
            after = await kis.frames(connection, 21)
        assert set(after) & set(before)
        totals = [int(kis.records(frame)[0][13]) for frame in after]
        assert totals[:20] == sorted(totals[:20])

    play(tmp_path, story)


def test_what_a_muted_session_does_not_get_is_marked(tmp_path: Path) -> None:
    """It was registered and looked alive: the checker must not take those trades for seen."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            await kis.fault(simulator, fault="drop", how="mute")
            await asyncio.sleep(0.2)
            await kis.fault(simulator, fault="unmute")
            await kis.frames(connection, 1)

    play(tmp_path, story)
    assert {line["unseen"] for line in unseen(tmp_path)} == {"mute"}


def is_odd(text: str) -> bool:
    """Tell whether *text* is no frame of one record with 47 fields."""
    return len(text.split("|", 3)[-1].split("^")) != 47 or "|x" in text


@pytest.mark.parametrize(
    ("how", "sign"), [("half_width", "0|H0STCNT0|001|"), ("small_count", "0|H0STCNT0|001|"), ("no_count", "|x")]
)
def test_more_frames_that_cannot_be_read(tmp_path: Path, how: str, sign: str) -> None:
    """Too narrow, twice as wide as it says, and a count that is none; instead of the good one they leave a gap."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            await kis.fault(simulator, fault="corrupt", how=how, instead=True)
            texts = [str(await connection.recv())]
            while not is_odd(texts[-1]):
                texts.append(str(await connection.recv()))
            texts += [str(await connection.recv()) for _ in range(20)]
        odd = [text for text in texts if is_odd(text)]
        assert len(odd) == 1
        assert sign in odd[0]

    play(tmp_path, story)
    assert [line["unseen"] for line in unseen(tmp_path)] == ["spoilt"]
