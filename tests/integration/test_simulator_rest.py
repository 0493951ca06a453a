"""The simulated KIS REST service over real sockets: keys, headers, limits, errors, quotations."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.kis_rest import DAILY, OF_LEVERAGE, Caller

PRICE = ("/uapi/domestic-stock/v1/quotations/inquire-price", "FHKST01010100")
PRICES = ("/uapi/domestic-stock/v1/quotations/intstock-multprice", "FHKST11300006")
US_PRICE = ("/uapi/overseas-price/v1/quotations/price", "HHDFS00000300")
US_DAILY = ("/uapi/overseas-price/v1/quotations/dailyprice", "HHDFS76240000")


def play(directory: Path, story: Callable[[Simulator, Caller], Awaitable[None]], **changes: Any) -> None:  # noqa: ANN401
    """Run *story* in a world of its own, with a caller that has a token."""

    async def tell() -> None:
        async with kis.world(directory, **changes) as simulator:
            caller = Caller(simulator, await kis.headers(simulator, ""))
            await asyncio.wait_for(story(simulator, caller), timeout=20)

    asyncio.run(tell())


async def post(simulator: Simulator, path: str, **body: str) -> tuple[int, dict[str, Any]]:
    """Return status and body of the answer to a POST."""
    async with aiohttp.ClientSession() as http, http.post(simulator.rest_url + path, json=body) as answer:
        return answer.status, await answer.json()


def test_a_year_of_bars_has_the_sigma_and_the_close_of_the_readmes_example(tmp_path: Path) -> None:
    """Base 72,665 and σ 1.417 % make 71,635 and 70,606, whichever day the reader lets the year begin with."""

    async def story(_simulator: Simulator, caller: Caller) -> None:
        for shift in range(-3, 4):
            rows = await caller.days(date(2024, 11, 27) + timedelta(days=shift), date(2025, 11, 27))
            closes = [int(row["stck_clpr"]) for row in rows]
            sigma = statistics.stdev(newer / older - 1 for newer, older in pairwise(closes))
            assert closes[0] == 72_665
            assert len(closes) > 235
            assert round(100 * sigma, 3) == 1.417
            assert [round(72_665 * (1 - level * sigma)) for level in (1, 2)] == [71_635, 70_606]

    play(tmp_path, story, rest_calls_per_second=100)


def test_pages_abut_and_every_row_follows_from_the_one_before(tmp_path: Path) -> None:
    """A year takes three pages; a hole or a double between them would bend σ."""

    async def story(_simulator: Simulator, caller: Caller) -> None:
        rows = await caller.days(date(2023, 11, 27), date(2025, 11, 27))
        dates = [row["stck_bsop_date"] for row in rows]
        assert dates == sorted(set(dates), reverse=True)
        assert len(rows) > 480
        for newer, older in pairwise(rows):
            assert int(newer["stck_clpr"]) - int(older["stck_clpr"]) == int(newer["prdy_vrss"])
            assert int(newer["stck_lwpr"]) <= int(newer["stck_oprc"]) <= int(newer["stck_hgpr"])

    play(tmp_path, story)


def test_todays_unfinished_bar_comes_first_while_the_market_is_open(tmp_path: Path) -> None:
    """A client that takes it into σ slides its targets all day long."""

    async def story(simulator: Simulator, caller: Caller) -> None:
        key = await kis.approval_key(simulator)
        async with kis.socket(simulator) as connection:
            await kis.subscribe(connection, key, "122630")
            await kis.frames(connection, 1)
        rows = await caller.days(date(2025, 11, 20), date(2025, 11, 28))
        assert [row["stck_bsop_date"] for row in rows[:2]] == ["20251128", "20251127"]
        _, answer = await caller.ask(PRICE, OF_LEVERAGE)
        assert answer["output"]["stck_sdpr"] == "72665"
        assert answer["output"]["aspr_unit"] == "5"

    play(tmp_path, story, trades_per_second=300.0)


def test_thirty_prices_come_at_once(tmp_path: Path) -> None:
    """The cheapest way to fill a gap; unknown codes are left out."""

    async def story(_simulator: Simulator, caller: Caller) -> None:
        codes = ["122630", "005930", "999999"]
        query = {f"FID_INPUT_ISCD_{place}": code for place, code in enumerate(codes, start=1)}
        _, answer = await caller.ask(PRICES, query)
        assert [row["inter2_sdpr"] for row in answer["output"]] == ["72665", "103500"]

    play(tmp_path, story)


def test_us_prices_and_bars_come_as_kis_sends_them(tmp_path: Path) -> None:
    """DIFF has no sign of its own, and before the first trade the sign is 0 and the rate has a blank in front."""

    async def story(simulator: Simulator, caller: Caller) -> None:
        _, answer = await caller.ask(US_PRICE, {"AUTH": "", "EXCD": "AMS", "SYMB": "SOXL"})
        assert answer["output"]["base"] == "41.2700"
        assert (answer["output"]["sign"], answer["output"]["rate"]) == ("0", " 0.00")
        query = {"AUTH": "", "EXCD": "NAS", "SYMB": "TQQQ", "GUBN": "0", "BYMD": "", "MODP": "1"}
        _, answer = await caller.ask(US_DAILY, query)
        assert answer["output1"]["nrec"] == "100"
        first, second = answer["output2"][:2]
        assert first["xymd"] == "20251126"  # the 27th was Thanksgiving
        assert first["clos"] == "53.9400"
        change = float(first["clos"]) - float(second["clos"])
        assert float(first["diff"]) == pytest.approx(abs(change))
        assert simulator.exchange.instruments["SOXL"].profile.venue == "AMEX"

    play(tmp_path, story)
    assert '"symbol":"SOXL"' in (tmp_path / "polls.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("call", "query", "field"),
    [
        (PRICE, {**OF_LEVERAGE, "FID_INPUT_ISCD": "999999"}, "stck_sdpr"),
        (US_PRICE, {"AUTH": "", "EXCD": "NAS", "SYMB": "SOXL"}, "last"),
    ],
)
def test_an_unknown_symbol_is_no_error_but_empty(
    tmp_path: Path, call: tuple[str, str], query: dict[str, str], field: str
) -> None:
    """That is how KIS says it, and a client that believes the zero has a price of nothing."""

    async def story(_simulator: Simulator, caller: Caller) -> None:
        status, answer = await caller.ask(call, query)
        assert (status, answer["rt_cd"]) == (200, "0")
        assert answer["output"][field] in {"", "0"}

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"appkey": "OTHER"}, "EGW00103"),
        ({"appsecret": "OTHER"}, "EGW00105"),
        ({"authorization": "Bearer of nothing"}, "EGW00121"),
        ({"authorization": ""}, "EGW00121"),
    ],
)
def test_wrong_headers_are_refused_with_kis_codes(tmp_path: Path, change: dict[str, str], code: str) -> None:
    """A business error is HTTP 500 with a body that says what it is."""

    async def story(_simulator: Simulator, caller: Caller) -> None:
        caller.headers |= change
        status, answer = await caller.ask(PRICE, OF_LEVERAGE)
        assert (status, answer["rt_cd"], answer["msg_cd"]) == (500, "1", code)

    play(tmp_path, story)


def test_a_wrong_call_or_field_is_refused(tmp_path: Path) -> None:
    """A client with a typing error must not get an empty answer."""

    async def story(_simulator: Simulator, caller: Caller) -> None:
        _, answer = await caller.ask((PRICE[0], "FHKST99999999"), OF_LEVERAGE)
        assert answer["msg_cd"] == "EGW00203"
        _, answer = await caller.ask(DAILY, {**OF_LEVERAGE, "FID_INPUT_DATE_1": "yesterday"})
        assert answer["msg_cd"] == "OPSQ2001"

    play(tmp_path, story)


def test_a_token_asked_for_twice_in_a_minute_is_refused(tmp_path: Path) -> None:
    """A client that restarts in a loop runs into this, so tokens must be kept."""

    async def story(simulator: Simulator, _: Caller) -> None:
        body = {"grant_type": "client_credentials", "appkey": kis.APP_KEY, "appsecret": kis.APP_SECRET}
        status, answer = await post(simulator, "/oauth2/tokenP", **body)
        assert (status, answer["error_code"]) == (403, "EGW00133")

    play(tmp_path, story)


def test_a_token_asked_for_again_within_six_hours_is_the_same(tmp_path: Path) -> None:
    """Each new one sends the owner a message; KIS spares him that."""

    async def story(simulator: Simulator, caller: Caller) -> None:
        again = await kis.headers(simulator, "")
        assert again["authorization"] == caller.headers["authorization"]

    play(tmp_path, story, token_once_a_minute=False)


def test_an_expired_token_is_told_from_an_unknown_one(tmp_path: Path) -> None:
    """EGW00123 means one new token and a repeat, EGW00121 the same; neither means to stop."""

    async def story(simulator: Simulator, caller: Caller) -> None:
        await kis.fault(simulator, fault="forget_tokens")
        status, answer = await caller.ask(PRICE, OF_LEVERAGE)
        assert (status, answer["msg_cd"]) == (500, "EGW00123")

    play(tmp_path, story)


def test_too_many_calls_a_second_are_refused(tmp_path: Path) -> None:
    """The budget is shared by all actors, and whoever breaks it breaks it for all."""

    async def story(_simulator: Simulator, caller: Caller) -> None:
        answers = [(await caller.ask(PRICE, OF_LEVERAGE))[1] for _ in range(4)]
        assert [answer["msg_cd"] for answer in answers] == ["MCA00000"] * 3 + ["EGW00201"]

    play(tmp_path, story, rest_calls_per_second=3)


@pytest.mark.parametrize(("field", "code"), [("appkey", "EGW00103"), ("secretkey", "EGW00105")])
def test_wrong_keys_get_no_approval(tmp_path: Path, field: str, code: str) -> None:
    """`sigmactl init` tells the operator by this answer which of the two is wrong."""

    async def story(simulator: Simulator, _: Caller) -> None:
        body = {"grant_type": "client_credentials", "appkey": kis.APP_KEY, "secretkey": kis.APP_SECRET}
        status, answer = await post(simulator, "/oauth2/Approval", **{**body, field: "wrong"})
        assert (status, answer["error_code"]) == (403, code)

    play(tmp_path, story)


def test_ordered_errors_strike_as_often_as_ordered(tmp_path: Path) -> None:
    """Each kind of failing takes another path through a client: KIS's error, a gateway's page, a delay, a cut."""

    async def story(simulator: Simulator, caller: Caller) -> None:
        await kis.fault(simulator, fault="rest", path="/inquire-price", status=500, code="EGW00301", times=2)
        answers = [(await caller.ask(PRICE, OF_LEVERAGE))[1]["msg_cd"] for _ in range(3)]
        assert answers == ["EGW00301", "EGW00301", "MCA00000"]

        await kis.fault(simulator, fault="rest", status=502)
        with pytest.raises(aiohttp.ContentTypeError):
            await caller.ask(PRICE, OF_LEVERAGE)

        await kis.fault(simulator, fault="rest", delay_s=0.3)
        began = time.monotonic()
        assert (await caller.ask(PRICE, OF_LEVERAGE))[0] == 200
        assert time.monotonic() - began >= 0.3

        await kis.fault(simulator, fault="rest", cut=True, times=2)  # aiohttp itself tries once more
        with pytest.raises(aiohttp.ClientError):
            await caller.ask(PRICE, OF_LEVERAGE)

        await kis.fault(simulator, fault="refuse", what="rest", seconds=60)
        with pytest.raises(aiohttp.ClientError):
            await caller.ask(PRICE, OF_LEVERAGE)

    play(tmp_path, story)
