"""What the simulated KIS answers about minutes, instruments and days: with it a client fills its holes."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simulator.config import SimulatorConfig
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.kis_rest import DAILY, OF_LEVERAGE, Caller

TODAY = ("/uapi/domestic-stock/v1/quotations/inquire-time-itemchartprice", "FHKST03010200")
ANY_DAY = ("/uapi/domestic-stock/v1/quotations/inquire-time-dailychartprice", "FHKST03010230")
US = ("/uapi/overseas-price/v1/quotations/inquire-time-itemchartprice", "HHDFS76950200")
RECORD = ("/uapi/domestic-stock/v1/quotations/search-stock-info", "CTPF1002R")
DAYS = ("/uapi/domestic-stock/v1/quotations/chk-holiday", "CTCA0903R")
PRICE = ("/uapi/domestic-stock/v1/quotations/inquire-price", "FHKST01010100")


def play(directory: Path, story: Callable[[Simulator, Caller], Awaitable[None]], **changes: Any) -> None:  # noqa: ANN401 - as in the configuration
    """Run *story* in a world of its own, with a caller that has a token."""

    async def tell() -> None:
        async with kis.world(directory, **({"trades_per_second": 200.0} | changes)) as simulator:
            caller = Caller(simulator, await kis.headers(simulator, ""))
            await asyncio.wait_for(story(simulator, caller), timeout=20)

    asyncio.run(tell())


async def until(simulator: Simulator, clock: str) -> None:
    """Wait until the world's clock says *clock*, HH:MM, in UTC."""
    hours, minutes = map(int, clock.split(":"))
    left = simulator.clock.now().replace(hour=hours, minute=minutes, second=1) - simulator.clock.now()
    await asyncio.sleep(left.total_seconds() / simulator.clock.speed)


def minutes_in(directory: Path, symbol: str) -> dict[int, list[dict[str, Any]]]:
    """Return the journal's trades of *symbol* by minute, epoch."""
    found: dict[int, list[dict[str, Any]]] = {}
    for line in (directory / "trades.jsonl").read_text(encoding="utf-8").splitlines():
        trade = json.loads(line)
        if trade["symbol"] == symbol:
            found.setdefault(trade["traded_at_ns"] // 60_000_000_000, []).append(trade)
    return found


def test_a_minutes_bar_is_exactly_its_trades(tmp_path: Path) -> None:
    """A crossing that was missed must be in the bar of its minute, or it is lost for good."""
    rows: list[dict[str, str]] = []

    async def story(simulator: Simulator, caller: Caller) -> None:
        await until(simulator, "00:06")
        _, answer = await caller.ask(TODAY, {**OF_LEVERAGE, "FID_INPUT_HOUR_1": "090400", "FID_PW_DATA_INCU_YN": "Y"})
        rows.extend(answer["output2"])

    play(tmp_path, story, speed=120.0)

    assert [row["stck_cntg_hour"] for row in rows] == ["090400", "090300", "090200", "090100", "090000"]
    trades = minutes_in(tmp_path, "122630")
    for row, minute in zip(rows, sorted(trades)[4::-1], strict=True):
        prices = [trade["price"] for trade in trades[minute]]
        told = [int(row[name]) for name in ("stck_oprc", "stck_hgpr", "stck_lwpr", "stck_prpr", "cntg_vol")]
        volume = sum(trade["volume"] for trade in trades[minute])
        assert told == [prices[0], max(prices), min(prices), prices[-1], volume]


def test_an_hour_in_the_future_is_filled_with_the_current_price(tmp_path: Path) -> None:
    """Thirty rows of nothing: a client that asks for the close gets no minute of the past."""

    async def story(simulator: Simulator, caller: Caller) -> None:
        await until(simulator, "00:02")
        _, answer = await caller.ask(TODAY, {**OF_LEVERAGE, "FID_INPUT_HOUR_1": "153000"})
        assert [len(answer["output2"]), answer["output2"][0]["stck_cntg_hour"]] == [30, "153000"]
        assert {row["cntg_vol"] for row in answer["output2"]} == {"0"}

    play(tmp_path, story, speed=60.0)


def test_any_day_that_was_lived_can_be_asked_for_even_after_a_restart(tmp_path: Path) -> None:
    """A hole may have begun yesterday, and the simulator may have been killed since."""
    first: list[dict[str, str]] = []
    query = {**OF_LEVERAGE, "FID_INPUT_HOUR_1": "090200", "FID_INPUT_DATE_1": "20251128"}

    async def story(simulator: Simulator, caller: Caller) -> None:
        await until(simulator, "00:04")
        _, answer = await caller.ask(ANY_DAY, query)
        first.extend(answer["output2"])

    async def again(_simulator: Simulator, caller: Caller) -> None:
        _, answer = await caller.ask(ANY_DAY, query)
        assert answer["output2"] == first
        _, answer = await caller.ask(ANY_DAY, {**query, "FID_INPUT_DATE_1": "20251127"})
        assert answer["output2"] == []

    play(tmp_path, story, speed=120.0, token_once_a_minute=False)
    assert len(first) == 3
    play(tmp_path, again, speed=120.0, token_once_a_minute=False)


def test_american_minutes_have_both_clocks_and_pages(tmp_path: Path) -> None:
    """The poller's ranges abut by them."""

    async def story(simulator: Simulator, caller: Caller) -> None:
        await until(simulator, "14:37")
        query = {"AUTH": "", "EXCD": "AMS", "SYMB": "SOXL", "NMIN": "1", "PINC": "0", "NEXT": "", "NREC": "2"}
        _, answer = await caller.ask(US, query)
        assert answer["output2"][0]["xhms"] in {"093600", "093700"}
        _, answer = await caller.ask(US, {**query, "NEXT": "1", "KEYB": "20251128093500"})
        first = answer["output2"]
        assert [row["xhms"] for row in first] == ["093500", "093400"]
        assert [row["khms"] for row in first] == ["233500", "233400"]
        assert answer["output1"]["next"] == "1"
        assert (answer["output1"]["stim"], answer["output1"]["sktm"]) == ("093000", "233000")
        _, answer = await caller.ask(US, {**query, "NEXT": "1", "KEYB": "20251128093300"})
        assert [row["xhms"] for row in answer["output2"]] == ["093300", "093200"]
        _, answer = await caller.ask(US, {**query, "NMIN": "5", "NREC": "120", "KEYB": "20251128093559"})
        assert [row["xhms"] for row in answer["output2"]] == ["093500", "093000"]
        assert (await caller.ask(US, {**query, "NREC": "many"}))[1]["msg_cd"] == "OPSQ2001"

    play(tmp_path, story, start="2025-11-28T23:30:00+09:00", speed=120.0)


def test_the_record_of_a_stock_says_whether_nxt_lists_it(tmp_path: Path) -> None:
    """Only for these a second registration is worth its place."""
    symbols = [msgspec.structs.replace(each, nxt=each.code == "005930") for each in SimulatorConfig().symbols]

    async def story(_simulator: Simulator, caller: Caller) -> None:
        answers = [
            (await caller.ask(RECORD, {"PRDT_TYPE_CD": "300", "PDNO": code}))[1]["output"]
            for code in ("005930", "122630", "999999")
        ]
        assert [answer.get("cptt_trad_tr_psbl_yn") for answer in answers] == ["Y", "N", None]
        assert [answer["prdt_abrv_name"] for answer in answers] == ["삼성전자", "KODEX 레버리지", ""]

    play(tmp_path, story, symbols=symbols)


def test_open_days_are_told_from_a_day_on(tmp_path: Path) -> None:
    """Christmas and the last day of the year are closed, the day between is not."""

    async def story(_simulator: Simulator, caller: Caller) -> None:
        _, answer = await caller.ask(DAYS, {"BASS_DT": "20251224", "CTX_AREA_NK": "", "CTX_AREA_FK": ""})
        found = {row["bass_dt"]: row["opnd_yn"] for row in answer["output"]}
        assert [found[f"202512{day}"] for day in (24, 25, 26, 27, 30, 31)] == ["Y", "N", "Y", "N", "Y", "N"]
        assert answer["output"][0]["wday_dvsn_cd"] == "04"  # Wednesday

    play(tmp_path, story)


def test_empty_rows_end_an_answer_when_ordered(tmp_path: Path) -> None:
    """They were seen at the end of a range and have no date."""

    async def story(simulator: Simulator, caller: Caller) -> None:
        query = {**OF_LEVERAGE, "FID_INPUT_DATE_1": "20251120", "FID_INPUT_DATE_2": "20251127"}
        query |= {"FID_PERIOD_DIV_CODE": "D", "FID_ORG_ADJ_PRC": "0"}
        await kis.fault(simulator, fault="empty_rows", count=3)
        _, answer = await caller.ask(DAILY, query)
        assert [bool(row) for row in answer["output2"]] == [True] * 6 + [False] * 3

    play(tmp_path, story)


@pytest.mark.parametrize(("adjusted", "yesterday"), [("0", 72_665), ("1", 145_330)])
def test_a_base_price_that_was_set_anew_shows_in_the_bars(tmp_path: Path, adjusted: str, yesterday: int) -> None:
    """Yesterday's raw close is then wrong as a reference, and the adjusted one right."""
    first = msgspec.structs.replace(SimulatorConfig().symbols[0], base_ratio=0.5, flng_cls_code="01")

    async def story(simulator: Simulator, caller: Caller) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, "122630")
            await kis.frames(connection, 1)
        query = {**OF_LEVERAGE, "FID_INPUT_DATE_1": "20251125", "FID_INPUT_DATE_2": "20251128"}
        _, answer = await caller.ask(DAILY, query | {"FID_PERIOD_DIV_CODE": "D", "FID_ORG_ADJ_PRC": adjusted})
        today, before, *_ = answer["output2"]
        assert (today["flng_cls_code"], today["prtt_rate"], today["revl_issu_reas"]) == ("01", "0.50", "01")
        assert (before["flng_cls_code"], before["prtt_rate"]) == ("00", "0.00")
        assert int(before["stck_clpr"]) == yesterday
        assert int(today["stck_clpr"]) - int(today["prdy_vrss"]) == 72_665
        _, answer = await caller.ask(PRICE, OF_LEVERAGE)
        assert answer["output"]["stck_sdpr"] == "72665"

    play(tmp_path, story, symbols=[first])


def test_an_interruption_shows_in_the_price(tmp_path: Path) -> None:
    """Without a stream of market status REST is where a client sees it."""

    async def story(simulator: Simulator, caller: Caller) -> None:
        await kis.fault(simulator, fault="vi", symbol="122630", seconds=600)
        _, answer = await caller.ask(PRICE, OF_LEVERAGE)
        assert (answer["output"]["vi_cls_code"], answer["output"]["temp_stop_yn"]) == ("Y", "N")
        await kis.fault(simulator, fault="halt", symbol="122630", seconds=600)
        _, answer = await caller.ask(PRICE, OF_LEVERAGE)
        assert (answer["output"]["vi_cls_code"], answer["output"]["temp_stop_yn"]) == ("N", "Y")

    play(tmp_path, story)
