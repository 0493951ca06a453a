"""FinanceDataReader as it is, in its child process, while the sites behind it behave as they do.

Everything but the sites is real: the library, its addresses, TLS, the pipes, the deadline.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest

from actors.fdr.client import FdrClient
from actors.fdr.worker import Row
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Venue
from tests.support.upstreams import CUT, HANG, UNREACHABLE, Page, Upstreams, playing_upstreams

FIRST, LAST = date(2025, 11, 24), date(2025, 11, 28)
PATIENCE_S = 60.0
MAINTENANCE = "<html><head><title>서비스 점검</title></head><body>점검 중입니다.</body></html>"
OPENS = (1764081000, 1764167400, 1764340200)
"""14:30 UTC of Tuesday, Wednesday and Friday: Thursday is Thanksgiving."""

pytestmark = pytest.mark.timeout(180)


def naver(*rows: str) -> Page:
    """Return Naver's page with *rows*: date, open, high, low, close, volume."""
    lines = "\n".join(f'<item data="{row}" />' for row in rows)
    return Page(f'<?xml version="1.0" ?><protocol><chartdata symbol="005930" count="9">{lines}</chartdata></protocol>')


def yahoo(**changes: object) -> Page:
    """Return Yahoo's answer of three days, with *changes* of its columns."""
    quote = {
        "open": [10.0, 11.0, 12.0],
        "high": [10.5, 11.5, 12.5],
        "low": [9.5, 10.5, 11.5],
        "close": [10.2, 11.2, 12.2],
        "volume": [100, 200, 300],
    } | changes
    adjusted = [{"adjclose": [10.0, 11.0, 12.0]}]
    result = {"timestamp": OPENS, "indicators": {"quote": [quote], "adjclose": adjusted}}
    return Page(json.dumps({"chart": {"result": [result], "error": None}}))


MONDAY = "20251124|100|110|95|105|1000"
TUESDAY = "20251125|105|112|101|108|1200"
WEDNESDAY = "20251126|108|109|99|100|1500"


def play(
    directory: Path, monkeypatch: pytest.MonkeyPatch, scene: Callable[[FdrClient, Upstreams], Awaitable[None]]
) -> None:
    """Act out *scene* with a client whose child asks the played sites."""

    async def run() -> None:
        async with playing_upstreams(directory, monkeypatch) as upstreams:
            client = FdrClient(PATIENCE_S, idle_s=600.0)
            try:
                await scene(client, upstreams)
            finally:
                await client.close()

    asyncio.run(run())


async def days_of(client: FdrClient, symbol: str, venue: Venue) -> list[int] | str:
    """Return the days of the rows that came, or why none did."""
    try:
        return [row.session_date.day for row in await client.rows(symbol, venue, FIRST, LAST)]
    except TemporaryFailure as failure:
        return str(failure)


KOREAN = {
    "a good answer": (naver(MONDAY, TUESDAY, WEDNESDAY), [24, 25, 26]),
    "a suspended day": (naver(MONDAY, "20251125|0|0|0|105|0", WEDNESDAY), [24, 26]),
    "a hole": (naver(MONDAY, "20251125|105|112||108|1200", WEDNESDAY), [24, 26]),
    "a hole in the volume alone": (naver(MONDAY, "20251125|105|112|101|108|"), [24, 25]),
    "other days than asked for": (naver("20251121|1|1|1|1|1", MONDAY, "20251201|1|1|1|1|1"), [24]),
    "an unknown symbol": (naver(), "found none: an outage, or no such symbol"),
    "an error page": (Page(MAINTENANCE, status=500), "found none: an outage, or no such symbol"),
    "maintenance": (Page(MAINTENANCE), "found none: an outage, or no such symbol"),
    "nothing at all": (Page(""), "found none: an outage, or no such symbol"),
    "damaged numbers": (naver("20251124|100|110|95|?|1000"), "ValueError"),
    "a damaged date": (naver("2025-11-xx|100|110|95|105|1000"), "ValueError"),
    "a connection that breaks": (CUT, "ChunkedEncodingError"),
    "no way to the site": (UNREACHABLE, "ProxyError"),
}


def test_whatever_naver_does_it_is_days_of_trading_or_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An outage taken for "no history" throws a year of bars away; a day of zeros is the largest fall of the year."""

    async def scene(client: FdrClient, upstreams: Upstreams) -> None:
        for case, (page, expected) in KOREAN.items():
            upstreams.page = page
            found = await days_of(client, "005930", Venue.KRX)
            assert expected in found if isinstance(expected, str) else expected == found, case
        upstreams.page = naver(MONDAY)
        assert await client.rows("005930", Venue.KRX, FIRST, LAST) == [Row(FIRST, 100.0, 110.0, 95.0, 105.0, 1000.0)]
        host_and_path = "fchart.stock.naver.com/sise.nhn?timeframe=day&count=6000&requestType=0&symbol=005930"
        assert set(upstreams.asked) == {host_and_path}

    play(tmp_path, monkeypatch, scene)

    printed = capfd.readouterr()
    assert printed.out == ""
    assert '"005930" invalid symbol or has no data' in printed.err


AMERICAN = {
    "a good answer": (yahoo(), [25, 26, 28]),
    "a hole": (yahoo(close=[10.2, None, 12.2]), [25, 28]),
    "a halted day": (yahoo(open=[0.0, 11.0, 12.0]), [26, 28]),
    "no such symbol": (Page('{"chart": {"result": null, "error": {"code": "Not Found"}}}', status=404), "HTTPError"),
    "too many questions": (Page("Too Many Requests", status=429), "HTTPError"),
    "an error page": (Page(MAINTENANCE, status=503), "HTTPError"),
    "a page of consent": (Page(MAINTENANCE), "JSONDecodeError"),
    "no result": (Page('{"chart": {"result": null, "error": null}}'), "TypeError"),
    "an empty result": (Page('{"chart": {"result": [{"indicators": {"quote": [{}]}}]}}'), "KeyError"),
    "ragged columns": (yahoo(close=[10.2, 11.2]), "ValueError"),
    "words for numbers": (yahoo(close=["a", "b", "c"]), "ValueError"),
    "another document": (Page("[1, 2]"), "TypeError"),
    "no way to the site": (UNREACHABLE, "ProxyError"),
}


def test_whatever_yahoo_does_it_is_days_of_trading_or_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What breaks three calls deep in the library is told, and the child goes on."""

    async def scene(client: FdrClient, upstreams: Upstreams) -> None:
        for case, (page, expected) in AMERICAN.items():
            upstreams.page = page
            found = await days_of(client, "TQQQ", Venue.NASDAQ)
            assert expected in found if isinstance(expected, str) else expected == found, f"{case}: {found}"
        upstreams.page = yahoo()
        assert len(await client.rows("TQQQ", Venue.NASDAQ, FIRST, LAST)) == 3
        assert all(asked.startswith("query2.finance.yahoo.com/v8/finance/chart/TQQQ?") for asked in upstreams.asked)

    play(tmp_path, monkeypatch, scene)


def test_a_site_that_hangs_costs_one_deadline_and_the_next_question_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library has no time-outs: without ours one silent socket would be the end of all targets."""

    async def scene(client: FdrClient, upstreams: Upstreams) -> None:
        upstreams.page = naver(MONDAY)
        assert await days_of(client, "005930", Venue.KRX) == [24]
        upstreams.page = HANG
        # The child has loaded the library by now, so that this is the site's silence and nothing else.
        client._deadline_s = 2.0
        assert "within 2 s" in str(await days_of(client, "005930", Venue.KRX))
        assert len(upstreams.asked) == 2
        client._deadline_s = PATIENCE_S
        upstreams.page = naver(MONDAY, TUESDAY)
        assert await days_of(client, "005930", Venue.KRX) == [24, 25]

    play(tmp_path, monkeypatch, scene)
