"""The simulated KIS over real sockets: what a client of the real one has been seen to meet."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from simulator.world import Simulator
from tests.support import kis_client as kis

LEVERAGE = "122630"
QUICK = {"trades_per_second": 400.0}
RECORDING = "tests/recordings/frames-sample.txt"


def play(directory: Path, story: Callable[[Simulator], Awaitable[None]], **changes: Any) -> None:  # noqa: ANN401 - as in the configuration
    """Run *story* in a world of its own."""

    async def tell() -> None:
        async with kis.world(directory, **changes) as simulator:
            await asyncio.wait_for(story(simulator), timeout=20)

    asyncio.run(tell())


async def listen(connection: ClientConnection) -> None:
    """Receive until the connection ends."""
    while True:
        await connection.recv()


def lines(path: Path) -> list[dict[str, object]]:
    """Return the JSON lines of *path*."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("path", ["", "/tryitout", "/tryitout/H0STCNT0"])
def test_trades_follow_the_confirmation(tmp_path: Path, path: str) -> None:
    """The way of every client: a key, a socket, a request, an answer with iv and key, then frames."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator, path) as connection:
            await connection.send(kis.request(key, LEVERAGE))
            answer = json.loads(await connection.recv())
            (frame,) = await kis.frames(connection, 1)

        assert answer["header"] == {"tr_id": "H0STCNT0", "tr_key": LEVERAGE, "encrypt": "N"}
        assert [len(answer["body"]["output"][name]) for name in ("iv", "key")] == [16, 32]
        assert {record[0] for record in kis.records(frame)} == {LEVERAGE}
        assert {len(record) for record in kis.records(frame)} == {47}

    play(tmp_path, story, **QUICK)


def test_there_is_no_socket_at_another_path(tmp_path: Path) -> None:
    """A wrong address must not look like a silent market."""

    async def story(simulator: Simulator) -> None:
        with pytest.raises(InvalidStatus):
            await kis.socket(simulator, "/elsewhere").__aenter__()

    play(tmp_path, story)


def test_what_was_sent_stands_in_the_journal(tmp_path: Path) -> None:
    """The checker trusts the journal: every record that a client got is a line of it, with the same numbers."""
    received: list[list[str]] = []

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE, "005930")
            for frame in await kis.frames(connection, 60):
                received.extend(kis.records(frame))

    play(tmp_path, story, **QUICK)

    sent = [line for line in lines(tmp_path / "trades.jsonl") if line["connection"] == 1]
    told = [
        (line["symbol"], line["price"], line["volume"], line["cumulative_volume"], line["day_low"]) for line in sent
    ]
    got = [(record[0], int(record[2]), int(record[12]), int(record[13]), int(record[9])) for record in received]
    assert [entry for entry in told if entry in set(got)] == got
    assert all(int(record[2]) - int(record[4]) == 72_665 for record in received if record[0] == LEVERAGE)


def test_each_trade_steps_the_cumulative_volume_by_itself(tmp_path: Path) -> None:
    """A client measures what it lost by these steps, so without loss they must be exact."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            got = [record for frame in await kis.frames(connection, 40) for record in kis.records(frame)]

        for before, after in pairwise(got):
            assert int(after[13]) - int(before[13]) == int(after[12])
            assert int(after[14]) - int(before[14]) == int(after[12]) * int(after[2])

    play(tmp_path, story, **QUICK)


def test_fields_and_records_change_while_it_runs(tmp_path: Path) -> None:
    """KIS appended a field on a Monday morning; a client that lives must live through it."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            for count in (46, 48, 47):
                await kis.fault(simulator, fault="fields", count=count)
                # What was on its way when the fault was ordered is as it was before.
                *_, last = await kis.frames_until_now(connection, simulator, LEVERAGE)
                assert {len(record) for record in kis.records(last)} == {count}
            await kis.fault(simulator, fault="records_per_frame", least=20, most=20)
            *_, last = await kis.frames_until_now(connection, simulator, LEVERAGE)
            assert last.startswith("0|H0STCNT0|020|")

    play(tmp_path, story, **QUICK)


def test_registration_42_is_refused_and_the_others_live_on(tmp_path: Path) -> None:
    """The limit is learnt from this refusal, so it must be the one of KIS."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        codes = [code for code, found in simulator.exchange.instruments.items() if found.profile.venue == "KRX"]
        async with kis.socket(simulator) as connection:
            answers = await kis.subscribe(connection, key, *codes[:42])
            await kis.frames(connection, 1)

        assert answers == ["OPSP0000"] * 41 + ["OPSP0008"]

    play(tmp_path, story, symbols_generated=38, **QUICK)


def test_a_second_session_of_an_appkey_is_refused_until_the_first_has_gone(tmp_path: Path) -> None:
    """One appkey, one session: the operator's other program must be told from a bug of ours."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as first:
            assert await kis.subscribe(first, key, LEVERAGE) == ["OPSP0000"]
            async with kis.socket(simulator) as second:
                assert await kis.subscribe(second, key, LEVERAGE) == ["OPSP8996"]
        async with kis.socket(simulator) as third:
            assert await kis.subscribe(third, key, LEVERAGE) == ["OPSP0000"]

    play(tmp_path, story)


def test_a_slot_stays_taken_after_an_unclean_end(tmp_path: Path) -> None:
    """The zombie session: the most common reason why a restarted client gets no data."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as first:
            await kis.subscribe(first, key, LEVERAGE)
            await kis.fault(simulator, fault="drop", how="rst")
        async with kis.socket(simulator) as second:
            assert await kis.subscribe(second, key, LEVERAGE) == ["OPSP8996"]

    play(tmp_path, story, slot_busy_s=3600.0)


def test_a_takeover_ends_the_first_session(tmp_path: Path) -> None:
    """The other behaviour that was seen: the newcomer wins and the first is cut."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as first, kis.socket(simulator) as second:
            await kis.subscribe(first, key, LEVERAGE)
            assert await kis.subscribe(second, key, LEVERAGE) == ["OPSP0000"]
            with pytest.raises(ConnectionClosed):
                await listen(first)

    play(tmp_path, story, second_session="takeover")


def test_a_forgotten_approval_key_is_refused_while_its_session_goes_on(tmp_path: Path) -> None:
    """KIS looks at the key only when somebody subscribes."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            await kis.fault(simulator, fault="forget_approval_key")
            await kis.frames(connection, 3)
            assert await kis.subscribe(connection, key, "005930") == ["OPSP0011"]
            assert await kis.subscribe(connection, await kis.approval_key(simulator), "005930") == ["OPSP0000"]

    play(tmp_path, story, **QUICK)


@pytest.mark.parametrize("answer", ["echo", "pong"])
def test_both_answers_to_a_pingpong_keep_a_silent_session(tmp_path: Path, answer: str) -> None:
    """Clients do either, and both have lived on the real service."""

    async def story(simulator: Simulator) -> None:
        async with kis.socket(simulator) as connection:
            for _ in range(4):
                text = str(await connection.recv())
                assert json.loads(text)["header"]["tr_id"] == "PINGPONG"
                await (connection.send(text) if answer == "echo" else connection.pong(text))

    play(tmp_path, story, pingpong_after_s=0.2, pingpong_cut_s=0.4)


def test_an_unanswered_pingpong_cuts_the_session_without_a_close_frame(tmp_path: Path) -> None:
    """1006 is the normal way to be cut by KIS."""

    async def story(simulator: Simulator) -> None:
        async with kis.socket(simulator) as connection:
            with pytest.raises(ConnectionClosed) as end:
                await listen(connection)
        assert end.value.rcvd is None

    play(tmp_path, story, pingpong_after_s=0.1, pingpong_cut_s=0.3)


def test_no_pingpong_comes_while_trades_do(tmp_path: Path) -> None:
    """Its absence proves nothing, and a client that waits for it is wrong."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE, "005930", "000660", "498400")
            texts = [str(await connection.recv()) for _ in range(200)]
        assert not [text for text in texts if "PINGPONG" in text]

    play(tmp_path, story, pingpong_after_s=0.3, **QUICK)


@pytest.mark.parametrize(("how", "code"), [("clean", 1001), ("eof", None), ("rst", None)])
def test_a_session_is_dropped_as_ordered(tmp_path: Path, how: str, code: int | None) -> None:
    """Each way to lose a connection takes another path through a client."""

    async def story(simulator: Simulator) -> None:
        async with kis.socket(simulator) as connection:
            await kis.fault(simulator, fault="drop", how=how)
            with pytest.raises(ConnectionClosed) as end:
                await connection.recv()
        assert (end.value.rcvd.code if end.value.rcvd else None) == code
        assert isinstance(end.value.__cause__, ConnectionResetError) == (how == "rst")

    play(tmp_path, story)


async def _until_silent_or_three_pings(connection: ClientConnection) -> list[str]:
    texts: list[str] = []
    while len([text for text in texts if "PINGPONG" in text]) < 3:
        try:
            texts.append(str(await asyncio.wait_for(connection.recv(), 0.8)))
        except TimeoutError:
            break
    return texts


@pytest.mark.parametrize("how", ["half_open", "mute"])
def test_a_useless_session_looks_open_and_brings_no_trade(tmp_path: Path, how: str) -> None:
    """Only a watch on the data finds it; a muted one still answers PINGPONG."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            await kis.fault(simulator, fault="drop", how=how)
            texts = await _until_silent_or_three_pings(connection)
        assert bool([text for text in texts if "PINGPONG" in text]) == (how == "mute")
        # What was on its way may still arrive; then nothing, or nothing but pings.
        last_trade = max((place for place, text in enumerate(texts) if text.startswith("0|")), default=-1)
        assert len(texts) - 1 - last_trade == (3 if how == "mute" else 0)

    play(tmp_path, story, pingpong_after_s=0.1, **QUICK)


async def _until_connected(simulator: Simulator) -> None:
    while True:
        try:
            async with kis.socket(simulator):
                return
        except OSError:
            await asyncio.sleep(0.05)


def test_connections_are_refused_for_as_long_as_ordered(tmp_path: Path) -> None:
    """A client must wait and come back by itself."""

    async def story(simulator: Simulator) -> None:
        await kis.fault(simulator, fault="refuse", seconds=1.5)
        with pytest.raises(OSError, match="Connect call failed"):
            await kis.socket(simulator).__aenter__()
        await _until_connected(simulator)

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("how", "sign"),
    [
        ("garbage_text", "쓰레기"),
        ("truncated", "0|H0STCNT0|"),
        ("lying_count", "0|H0STCNT0|002|"),
        ("null_price", "^(null)^"),
        ("negative", "^-1^"),
    ],
)
def test_a_spoilt_frame_comes_before_the_good_one(tmp_path: Path, how: str, sign: str) -> None:
    """Nothing is lost by it for a client that steps over it, and nothing may be believed."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            await kis.fault(simulator, fault="corrupt", how=how, at_trade=simulator.exchange.next_index + 20)
            texts = [str(await connection.recv()) for _ in range(60)]
        widths = [len(text.split("|", 3)[-1].split("^")) for text in texts]
        marks = ("^(null)^", "^-1^", "|002|")
        pairs = zip(texts, widths, strict=True)
        odd = [text for text, width in pairs if width != 47 or any(mark in text for mark in marks)]
        assert len(odd) == 1
        assert sign in odd[0]

    play(tmp_path, story, records_per_frame_most=1, **QUICK)


def test_text_that_is_not_utf8_ends_a_strict_client_with_1007(tmp_path: Path) -> None:
    """KIS has sent such bytes, and strict libraries close."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            await kis.fault(simulator, fault="corrupt", how="invalid_utf8")
            with pytest.raises(ConnectionClosed) as end:
                await listen(connection)
        assert end.value.sent is not None
        assert end.value.sent.code == 1007

    play(tmp_path, story, **QUICK)


def test_a_fault_strikes_at_its_number(tmp_path: Path) -> None:
    """A failed run is repeated by its script alone, so a fault is tied to an event and not to a second."""
    script = tmp_path / "faults.jsonl"
    script.write_text(
        '# the second session forgets the key\n{"at_connection": 2, "fault": "forget_approval_key"}\n'
        '{"at_request": 1, "fault": "rest", "status": 503, "path": "/oauth2/Approval"}\n'
        '{"at_trade": 300, "fault": "drop", "how": "rst"}\n',
        encoding="utf-8",
    )

    async def story(simulator: Simulator) -> None:
        with pytest.raises(aiohttp.ContentTypeError):
            await kis.approval_key(simulator)
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, LEVERAGE)
            with pytest.raises(ConnectionClosed):
                await listen(connection)
        async with kis.socket(simulator) as connection:
            assert await kis.subscribe(connection, key, LEVERAGE) == ["OPSP0011"]

    play(tmp_path / "world", story, faults=str(script), **QUICK)

    played = {line["fault"]["fault"]: line for line in lines(tmp_path / "world" / "faults.jsonl")}  # type: ignore[index]
    assert list(played) == ["rest", "drop", "forget_approval_key"]
    assert played["drop"]["next_trade"] in range(300, 304)
    to_client = [line["index"] for line in lines(tmp_path / "world" / "trades.jsonl") if line["connection"] == 1]
    assert max(map(int, map(str, to_client))) < 300


def test_an_order_that_is_none_is_answered(tmp_path: Path) -> None:
    """A typing error in a test must not look like a world without faults."""

    async def story(simulator: Simulator) -> None:
        assert "expected a fault" in (await kis.fault(simulator, fault="explode"))["error"]
        assert "expected a session date" in (await kis.fault(simulator, fault="replay", date="2025-11-28"))["error"]

    play(tmp_path, story)


def test_recorded_frames_come_out_as_they_were_recorded(tmp_path: Path) -> None:
    """The real input, date by date, with the world's clock at the first frame."""
    recorded = [line for line in Path(RECORDING).read_text(encoding="utf-8").splitlines() if line.startswith("0|H0ST")]
    recorded = [line for line in recorded if "H0STCNT0" in line]
    by_date: dict[str, list[str]] = {}
    for line in recorded:
        by_date.setdefault(kis.records(line)[0][33], []).append(line)
    assert len(by_date) == 5

    async def story(simulator: Simulator) -> None:
        for number, (day, expected) in enumerate(by_date.items()):
            if number:
                await kis.fault(simulator, fault="replay", date=f"{day[:4]}-{day[4:6]}-{day[6:]}")
            key = await kis.approval_key(simulator)  # the last one's day is over
            async with kis.socket(simulator) as connection:
                await kis.subscribe(connection, key, "005930")
                assert await kis.frames(connection, len(expected)) == expected
            assert f"{simulator.clock.now():%Y%m%d}" == day

    play(tmp_path, story, recording=RECORDING, speed=400.0)

    told = lines(tmp_path / "trades.jsonl")
    fields = [record for line in recorded for record in kis.records(line)]
    assert [line["index"] for line in told] == list(range(1, len(fields) + 1))
    assert [line["price"] for line in told] == [int(record[2]) for record in fields]
    assert [line["base_price"] for line in told] == [int(record[2]) - int(record[4]) for record in fields]
    assert [line["day_low"] for line in told] == [int(record[9]) for record in fields]
    assert [line["cumulative_volume"] for line in told] == [int(record[13]) for record in fields]


def test_a_recorded_us_frame_is_played_to_who_registers_for_it(tmp_path: Path) -> None:
    """US frames have another width and an unsigned change."""

    async def story(simulator: Simulator) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, "DAMSSPY", tr_id="HDFSCNT0")
            (frame,) = await kis.frames(connection, 1)
        assert len(kis.records(frame)[0]) == 26

    play(tmp_path, story, recording=RECORDING, recording_date="2026-07-10")

    assert [(line["symbol"], line["base_price"]) for line in lines(tmp_path / "trades.jsonl")] == [("SPY", 751.71)]
