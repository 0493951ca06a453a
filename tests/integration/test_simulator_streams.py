"""The simulated KIS's other streams: NXT, both venues, evenings, American trades, market status, own orders."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from Crypto.Cipher import AES
from Crypto.Util.Padding import unpad
from websockets.asyncio.client import ClientConnection

from simulator.config import SimulatorConfig, SymbolProfile
from simulator.world import Simulator
from tests.support import kis_client as kis

SAMSUNG, LEVERAGE = "005930", "122630"
QUICK = {"trades_per_second": 400.0, "records_per_frame_most": 1}
EVENING = "2026-10-06T16:00:00+09:00"


def symbols() -> list[SymbolProfile]:
    """Return the demo's symbols, of which NXT lists one share."""
    return [msgspec.structs.replace(profile, nxt=profile.code == SAMSUNG) for profile in SimulatorConfig().symbols]


def play(directory: Path, story: Callable[[Simulator, ClientConnection, str], Awaitable[None]], **changes: Any) -> None:  # noqa: ANN401 - as in the configuration
    """Run *story* in a world of its own, with a connection and an approval key."""

    async def tell() -> None:
        async with kis.world(directory, **({"symbols": symbols()} | QUICK | changes)) as simulator:
            key = await kis.approval_key(simulator)
            async with kis.socket(simulator) as connection:
                await asyncio.wait_for(story(simulator, connection, key), timeout=20)

    asyncio.run(tell())


async def next_text(connection: ClientConnection, start: str) -> str:
    """Return the next message that begins with *start*."""
    while not (text := str(await connection.recv())).startswith(start):
        pass
    return text


@pytest.mark.parametrize(
    ("start", "market_class", "session"),
    [
        ("2025-11-28T08:00:00+09:00", "1", "pre_market"),
        ("2025-11-28T09:01:00+09:00", "2", "regular"),
        ("2025-11-28T15:40:00+09:00", "3", "after_hours"),
    ],
)
def test_nxt_trades_in_its_own_hours(tmp_path: Path, start: str, market_class: str, session: str) -> None:
    """Before, during and after KRX, with the same base price and a volume of its own."""

    async def story(_simulator: Simulator, connection: ClientConnection, key: str) -> None:
        assert await kis.subscribe(connection, key, SAMSUNG, tr_id="H0NXCNT0") == ["OPSP0000"]
        found = [record for frame in await kis.frames(connection, 5) for record in kis.records(frame)]
        assert {(record[0], record[46]) for record in found} == {(SAMSUNG, market_class)}
        assert {int(record[2]) - int(record[4]) for record in found} == {103_500}

    play(tmp_path, story, start=start)
    lines = [json.loads(line) for line in (tmp_path / "trades.jsonl").read_text(encoding="utf-8").splitlines()]
    got = [line for line in lines if line["connection"]]
    assert {(line["venue"], line["session"]) for line in got} == {("NXT", session)}


def test_what_nxt_does_not_list_is_confirmed_and_silent(tmp_path: Path) -> None:
    """Five symbols in six: a client that trusts the confirmation waits for ever."""

    async def story(_simulator: Simulator, connection: ClientConnection, key: str) -> None:
        for tr_id in ("H0NXCNT0", "H0UNCNT0"):
            assert await kis.subscribe(connection, key, LEVERAGE, tr_id=tr_id) == ["OPSP0000"]
        await kis.subscribe(connection, key, LEVERAGE)
        heads = {frame.split("|")[1] for frame in await kis.frames(connection, 20)}
        assert heads == {"H0STCNT0"}

    play(tmp_path, story)


def test_the_unified_feed_adds_both_venues(tmp_path: Path) -> None:
    """Its volumes are larger than either's and its open may be NXT's of eight o'clock."""

    async def story(simulator: Simulator, connection: ClientConnection, key: str) -> None:
        await kis.subscribe(connection, key, SAMSUNG, tr_id="H0UNCNT0")
        totals = [int(record[13]) for frame in await kis.frames(connection, 60) for record in kis.records(frame)]
        venues = [simulator.exchange.instruments[name].day for name in (SAMSUNG, f"{SAMSUNG}@NXT")]
        assert totals == sorted(totals)
        assert all(day is not None and day.volume > 0 for day in venues)

    play(tmp_path, story, start="2025-11-28T09:01:00+09:00")


def test_krx_trades_shares_in_the_evening_since_september_2026(tmp_path: Path) -> None:
    """Class 3 on the same stream; funds are left out, and the day's close stays that of half past three."""

    async def story(simulator: Simulator, connection: ClientConnection, key: str) -> None:
        await kis.subscribe(connection, key, SAMSUNG, LEVERAGE)
        found = [record for frame in await kis.frames(connection, 20) for record in kis.records(frame)]
        assert {(record[0], record[46], record[34]) for record in found} == {(SAMSUNG, "3", "30")}
        instrument = simulator.exchange.instruments[SAMSUNG]
        assert instrument.day is not None
        assert instrument.bar() == instrument.day.bar

    play(tmp_path, story, start=EVENING)


def test_american_trades_come_live(tmp_path: Path) -> None:
    """Twenty-six fields, a change without its sign, and an MTYP that says nothing."""

    async def story(_simulator: Simulator, connection: ClientConnection, key: str) -> None:
        assert await kis.subscribe(connection, key, "DAMSSOXL", tr_id="HDFSCNT0") == ["OPSP0000"]
        found = [record for frame in await kis.frames(connection, 60) for record in kis.records(frame)]
        assert {len(record) for record in found} == {26}
        assert {tuple(record[:3]) for record in found} == {("DAMSSOXL", "SOXL", "4")}
        for record in found:
            signed = float(record[13]) * {"2": 1, "3": 0, "5": -1}[record[12]]
            assert float(record[11]) - signed == pytest.approx(41.27)
        assert (found[0][4], found[0][5][:4], found[0][6], found[0][7][:4]) == ("20251128", "1000", "20251129", "0000")
        assert {record[25] for record in found} == {"1", "2"}

    play(tmp_path, story, start="2025-11-29T00:00:00+09:00")


async def status(connection: ClientConnection) -> dict[str, str]:
    """Return the next market status: halted, reason, code of the market, interrupted."""
    (fields,) = kis.records(await next_text(connection, "0|H0STMKO0"))
    assert len(fields) == 11
    return {"symbol": fields[0], "halted": fields[1], "reason": fields[2], "market": fields[3], "vi": fields[8]}


@pytest.mark.parametrize(
    ("fault", "sign", "on", "off"),
    [
        ({"fault": "vi", "symbol": SAMSUNG}, "vi", "Y", "N"),
        ({"fault": "halt", "symbol": SAMSUNG}, "halted", "Y", "N"),
        ({"fault": "circuit_breaker"}, "market", "174", "175"),
        ({"fault": "circuit_breaker", "codes": ["AF8", "AF1"]}, "market", "AF8", "AF1"),
    ],
)
def test_an_event_stops_the_trades_and_ends_in_a_cross(
    tmp_path: Path, fault: dict[str, Any], sign: str, on: str, off: str
) -> None:
    """No trades is then right; the cross behind it may jump through several targets at once."""

    async def story(simulator: Simulator, connection: ClientConnection, key: str) -> None:
        await kis.subscribe(connection, key, SAMSUNG, tr_id="H0STMKO0")
        await kis.subscribe(connection, key, SAMSUNG)
        await kis.frames(connection, 3)
        await kis.fault(simulator, seconds=60, sigma=-2.5, **fault)
        assert (await status(connection))[sign] == on
        texts = [await next_text(connection, "0|") for _ in range(2)]
        first = next(text for text in texts if "H0STCNT0" in text)
        cross = next(record for record in kis.records(first) if not record[21])
        assert int(cross[2]) < 103_500 * (1 - 0.01893)
        if "H0STMKO0" in texts[0]:
            assert f"^{off}^" in texts[0]

    play(tmp_path, story, start="2025-11-28T10:00:00+09:00", speed=60.0)
    lines = [json.loads(line) for line in (tmp_path / "trades.jsonl").read_text(encoding="utf-8").splitlines()]
    times = [line["written_at"] for line in lines if line["symbol"] == SAMSUNG and line["venue"] == "KRX"]
    assert max(after - before for before, after in pairwise(times)) > 50e9


def test_a_moved_price_stands_at_its_limit(tmp_path: Path) -> None:
    """At the limit a price is reached and cannot be bought: the sign is 4, and KIS says so."""

    async def story(simulator: Simulator, connection: ClientConnection, key: str) -> None:
        await kis.subscribe(connection, key, SAMSUNG)
        await kis.fault(simulator, fault="move", symbol=SAMSUNG, sigma=-30)
        await kis.frames_until_now(connection, simulator, SAMSUNG)
        found = [record for frame in await kis.frames(connection, 20) for record in kis.records(frame)]
        assert min((record[2], record[3]) for record in found) == ("72500", "4")
        answer = await kis.fault(simulator, fault="move", symbol="999999", sigma=1)
        assert "expected a symbol" in answer["error"]

    play(tmp_path, story)


def opened(frame: str, cipher: dict[str, str]) -> list[str]:
    """Return the fields of an encrypted frame."""
    flag, _, count, text = frame.split("|", 3)
    assert (flag, count) == ("1", "001")
    plain = AES.new(cipher["key"].encode(), AES.MODE_CBC, cipher["iv"].encode()).decrypt(base64.b64decode(text))
    return unpad(plain, 16).decode().split("^")


@pytest.mark.parametrize(
    ("tr_id", "fill", "width", "price"),
    [
        ("H0STCNI0", {"symbol": SAMSUNG, "price": 101_500, "quantity": 7}, 26, "000101500"),
        ("H0STCNI9", {"symbol": SAMSUNG, "price": 101_500, "quantity": 7, "fields": 23}, 23, "000101500"),
        ("H0GSCNI0", {"symbol": "SOXL", "price": 39.12, "quantity": 7, "side": "sell"}, 25, "000391200"),
    ],
)
def test_a_filled_order_is_told_encrypted(
    tmp_path: Path, tr_id: str, fill: dict[str, Any], width: int, price: str
) -> None:
    """The owner alone can read it, with the key of his confirmation."""

    async def story(simulator: Simulator, connection: ClientConnection, key: str) -> None:
        await connection.send(kis.request(key, "simulated", tr_id=tr_id))
        answer = json.loads(await connection.recv())
        assert answer["header"]["encrypt"] == "Y"
        await kis.fault(simulator, fault="fill", **fill)
        fields = opened(await next_text(connection, "1|"), answer["body"]["output"])
        place = 7 if tr_id.startswith("H0GS") else 8
        assert len(fields) == width
        assert (fields[place], int(fields[place + 1]), fields[place + 2]) == (fill["symbol"], 7, price)

    play(tmp_path, story)


def test_a_wrong_hts_id_is_refused_without_naming_the_request(tmp_path: Path) -> None:
    """As was seen: a text that names htsid, and `(null)` for the TR."""

    async def story(_simulator: Simulator, connection: ClientConnection, key: str) -> None:
        await connection.send(kis.request(key, "another", tr_id="H0STCNI0"))
        answer = json.loads(await connection.recv())
        assert answer["header"]["tr_id"] == "(null)"
        assert "htsid" in answer["body"]["msg1"]

    play(tmp_path, story)
