"""KIS's REST calls for an actor: its token, its pace, what it tries again and what it gives up."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import delete, insert

from actors.kis.client import KisClient
from actors.kis.credentials import ACCESS_TOKEN, fingerprint
from actors.kis.daily_bars import Bars
from actors.kis.errors import UnknownSymbol
from actors.kis.rest import Call
from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused, ConfigError, TemporaryFailure
from actors.runtime.store import open_store
from protocol.messages import Venue
from protocol.moments import to_ns
from protocol.tables.feed import credentials
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.ports import FakePorts

NOW = datetime(2025, 11, 28, tzinfo=UTC)
DAY = timedelta(days=1)
PRICE = {"stck_prpr": "70600", "prdy_vrss": "-2065", "stck_sdpr": "72665", "acml_vol": "9", "stck_lwpr": "70500"}
GOOD = json.dumps({"rt_cd": "0", "output": PRICE}).encode()
EXPIRED = b'{"rt_cd":"1","msg_cd":"EGW00123","msg1":"expired"}'
BUSY = b'{"rt_cd":"1","msg_cd":"EGW00201","msg1":"too many"}'

ResultT = TypeVar("ResultT")


class Gateway:
    """A KIS that answers what a test puts in, and notes what it was asked."""

    def __init__(self, *answers: bytes | TemporaryFailure, otherwise: Callable[[Call], bytes] = lambda _: GOOD) -> None:
        self._answers = list(answers)
        self._otherwise = otherwise
        self.tokens: list[str] = []
        self.calls: list[Call] = []

    def get(self, call: Call, access_token: str) -> bytes:
        """Answer *call*."""
        self.tokens.append(access_token)
        self.calls.append(call)
        answer = self._answers.pop(0) if self._answers else self._otherwise(call)
        if isinstance(answer, TemporaryFailure):
            raise answer
        return answer

    def close(self) -> None:
        """Have nothing to let go of."""


class Feed:
    """The feed that renews tokens when it is asked."""

    def __init__(self, settings: Settings) -> None:
        lay_out(settings, "feed")
        self._store = open_store("feed", settings)
        self.reasons: list[str] = []
        self.refusal = ""

    def answer(self, reason: str) -> dict[str, object]:
        """Answer the command `token`."""
        self.reasons.append(reason)
        if self.refusal:
            raise CommandRefused(self.refusal)
        self.issue(f"token-{len(self.reasons)}")
        return {}

    def issue(self, token: str, lives: timedelta = DAY) -> None:
        """Put a token into the database."""
        row = {"app_key_hash": fingerprint("test"), "kind": ACCESS_TOKEN, "value": token}
        with self._store.begin() as connection:
            connection.execute(delete(credentials))
            moments = {"issued_at_ns": to_ns(NOW - DAY / 2), "expires_at_ns": to_ns(NOW + lives)}
            connection.execute(insert(credentials).values(**row, **moments))

    def close(self) -> None:
        """Let go of the database."""
        self._store.dispose()


class Desk:
    """A client with all that it stands between."""

    def __init__(self, directory: Path, gateway: Gateway) -> None:
        self.settings = make_settings(directory)
        self.feed = Feed(self.settings)
        self.ports = FakePorts()
        self.ports.answers[("feed", "token")] = self.feed.answer
        self.clock = FakeClock(NOW)
        self.gateway = gateway

    def run(self, call: Callable[[KisClient], Coroutine[None, None, ResultT]]) -> ResultT:
        """Return what *call* gets; time passes as fast as it wants."""

        async def act() -> ResultT:
            actor = make_actor("analyst", None, self.settings, ports=self.ports, clock=self.clock)
            client = KisClient(actor, self.gateway)
            task = asyncio.create_task(call(client))
            try:
                while not task.done():
                    await self.clock.move(0.01)
                return await task
            finally:
                client.close()
                self.feed.close()

        return asyncio.run(act())

    def price(self) -> float:
        """Return the price of Samsung."""
        return self.run(lambda client: client.price("005930", Venue.KRX)).price


def test_without_a_token_feed_is_asked_for_one(tmp_path: Path) -> None:
    """Feed alone speaks to KIS about tokens."""
    desk = Desk(tmp_path, Gateway())

    assert desk.price() == 70_600
    assert (desk.feed.reasons, desk.gateway.tokens) == (["missing"], ["token-1"])


def test_a_kept_token_is_used(tmp_path: Path) -> None:
    """No question, no issue, no message to the account's owner."""
    desk = Desk(tmp_path, Gateway())
    desk.feed.issue("kept")

    desk.price()

    assert (desk.feed.reasons, desk.gateway.tokens) == ([], ["kept"])


def test_a_token_that_is_over_is_renewed_before_it_is_tried(tmp_path: Path) -> None:
    """A refusal would cost a call."""
    desk = Desk(tmp_path, Gateway())
    desk.feed.issue("old", lives=timedelta(0))

    desk.price()

    assert desk.gateway.tokens == ["token-1"]


def test_a_token_that_kis_refuses_is_renewed_and_the_call_repeated(tmp_path: Path) -> None:
    """EGW00123 comes as HTTP 500 and looks like an outage to whoever reads the status."""
    desk = Desk(tmp_path, Gateway(EXPIRED))
    desk.feed.issue("revoked")

    assert desk.price() == 70_600
    assert (desk.feed.reasons, desk.gateway.tokens) == (["expired"], ["revoked", "token-1"])


def test_a_token_that_somebody_has_just_renewed_is_taken_without_asking(tmp_path: Path) -> None:
    """Two actors learn of the same expiry."""
    gateway = Gateway()
    desk = Desk(tmp_path, gateway)
    desk.feed.issue("revoked")

    def answer(_call: Call) -> bytes:
        if gateway.tokens[-1] == "revoked":
            desk.feed.issue("new")
            return EXPIRED
        return GOOD

    gateway._otherwise = answer
    desk.price()

    assert (desk.feed.reasons, gateway.tokens) == ([], ["revoked", "new"])


@pytest.mark.parametrize("trouble", [BUSY, b"{}", TemporaryFailure("no route")])
def test_trouble_that_passes_is_waited_out(tmp_path: Path, trouble: bytes | TemporaryFailure) -> None:
    """Too many calls, half an answer, no network: the next try may do."""
    desk = Desk(tmp_path, Gateway(trouble, trouble))
    desk.feed.issue("kept")

    assert desk.price() == 70_600
    assert len(desk.gateway.calls) == 3


def test_trouble_that_stays_ends_after_some_tries(tmp_path: Path) -> None:
    """The caller has its own clock, and another source perhaps."""
    desk = Desk(tmp_path, Gateway(otherwise=lambda _: BUSY))
    desk.feed.issue("kept")

    with pytest.raises(TemporaryFailure, match="EGW00201"):
        desk.price()
    assert len(desk.gateway.calls) == 4


def test_a_wrong_app_key_stops(tmp_path: Path) -> None:
    """Only the operator can help."""
    desk = Desk(tmp_path, Gateway(b'{"rt_cd":"1","msg_cd":"EGW00103","msg1":"app key"}'))
    desk.feed.issue("kept")

    with pytest.raises(ConfigError):
        desk.price()


def test_a_call_that_is_not_permitted_is_given_up_and_others_go_on(tmp_path: Path) -> None:
    """An app key without US prices must not cost the Korean ones; and asking again at once changes no permission."""
    desk = Desk(tmp_path, Gateway(b'{"rt_cd":"1","msg_cd":"EGW00206","msg1":"no permission"}'))
    desk.feed.issue("kept")

    async def both(client: KisClient) -> float:
        with pytest.raises(TemporaryFailure, match="permits our app key no such call") as refusal:
            await client.price("TQQQ", Venue.NASDAQ)
        assert refusal.value.retry_after_s == 600.0
        return (await client.price("005930", Venue.KRX)).price

    assert desk.run(both) == 70_600
    assert len(desk.gateway.calls) == 2


def test_an_unknown_symbol_is_told_as_such(tmp_path: Path) -> None:
    """It must not look like an outage, and trying again would not make it exist."""
    desk = Desk(tmp_path, Gateway(b'{"rt_cd":"0","output":{"stck_prpr":"0"}}'))
    desk.feed.issue("kept")

    with pytest.raises(UnknownSymbol):
        desk.price()
    assert len(desk.gateway.calls) == 1


@pytest.mark.parametrize("answers", [True, False])
def test_a_feed_that_has_no_token_is_trouble_that_passes(tmp_path: Path, *, answers: bool) -> None:
    """Its budget is spent, or it is just being restarted."""
    desk = Desk(tmp_path, Gateway())
    desk.feed.refusal = "budget spent"
    if not answers:
        desk.ports.answers.clear()

    with pytest.raises(TemporaryFailure, match="access token"):
        desk.price()


def test_calls_keep_their_pace(tmp_path: Path) -> None:
    """KIS counts the calls of every second over all actors."""
    desk = Desk(tmp_path, Gateway())
    desk.feed.issue("kept")

    async def eleven(client: KisClient) -> None:
        await asyncio.gather(*(client.price("005930", Venue.KRX) for _ in range(11)))

    before = desk.clock.monotonic()
    desk.run(eleven)

    assert desk.clock.monotonic() - before >= 10 / 5 - 0.01


@pytest.mark.parametrize("venue", [Venue.KRX, Venue.NASDAQ])
def test_a_year_of_bars_comes_page_by_page(tmp_path: Path, venue: Venue) -> None:
    """KIS gives a hundred at a time; the end moves to the day before the oldest."""
    first, last = date(2024, 11, 28), date(2025, 11, 28)
    desk = Desk(tmp_path, Gateway(otherwise=hundred_days))
    desk.feed.issue("kept")

    bars = desk.run(lambda client: client.daily_bars("005930", venue, first, last))

    days = [bar.session_date for bar in bars.bars]
    assert days == [first + number * DAY for number in range(366)]
    assert len(desk.gateway.calls) == 4


def test_a_symbol_without_bars_has_none(tmp_path: Path) -> None:
    """The question ends, whatever the range."""
    desk = Desk(tmp_path, Gateway(otherwise=lambda _: b'{"rt_cd":"0","output2":[]}'))
    desk.feed.issue("kept")

    bars = desk.run(lambda client: client.daily_bars("005930", Venue.KRX, date(2000, 1, 1), date(2025, 11, 28)))

    assert bars == Bars("", [])
    assert len(desk.gateway.calls) == 1


def hundred_days(call: Call) -> bytes:
    """Answer with the hundred days that end where *call* asks, newest first; every day trades."""
    newest = datetime.strptime(call.params.get("FID_INPUT_DATE_2") or call.params["BYMD"], "%Y%m%d").date()  # noqa: DTZ007
    floor = call.params.get("FID_INPUT_DATE_1", "00000000")
    days = [f"{newest - number * DAY:%Y%m%d}" for number in range(100)]
    korean = {"stck_clpr": "10", "stck_oprc": "10", "stck_hgpr": "10", "stck_lwpr": "10", "acml_vol": "1"}
    us = {"clos": "10", "open": "10", "high": "10", "low": "10", "tvol": "1"}
    rows = [{"stck_bsop_date": day, "xymd": day, **korean, **us} for day in days if day >= floor]
    return json.dumps({"rt_cd": "0", "output2": rows}).encode()


def test_minutes_are_paged_back_to_the_first_that_was_asked_for(tmp_path: Path) -> None:
    """KIS answers thirty rows of today at a time, whatever was asked for; a hole may be longer."""
    traded = [9 * 60 + minute for minute in range(75)]

    def answer(call: Call) -> bytes:
        hour = call.params["FID_INPUT_HOUR_1"]
        until = int(hour[:2]) * 60 + int(hour[2:4])
        minutes = [minute for minute in traded if minute <= until][::-1][:30]
        rows = [
            {"stck_bsop_date": "20251128", "stck_cntg_hour": f"{minute // 60:02}{minute % 60:02}00", "cntg_vol": "5"}
            | dict.fromkeys(("stck_oprc", "stck_hgpr", "stck_lwpr", "stck_prpr"), "71000")
            for minute in minutes
        ]
        return json.dumps(
            {"rt_cd": "0", "output1": {"stck_prpr": "71000", "prdy_vrss": "-1665"}, "output2": rows}
        ).encode()

    gateway = Gateway(otherwise=answer)
    first, last = NOW + timedelta(minutes=5, seconds=30), NOW + timedelta(minutes=70)

    found = Desk(tmp_path, gateway).run(lambda client: client.minutes("122630", Venue.KRX, first, last))

    begins = [to_ns(NOW + timedelta(minutes=minute)) for minute in range(5, 71)]
    assert [bar.begins_ns for bar in found.bars] == begins
    assert found.base_price == 72_665
    assert [call.params["FID_INPUT_HOUR_1"] for call in gateway.calls] == ["101000", "094000", "091000"]
    assert {call.tr_id for call in gateway.calls} == {"FHKST03010200"}


def test_minutes_of_another_day_are_asked_for_by_its_date(tmp_path: Path) -> None:
    """The call for today knows no other day."""
    empty = json.dumps({"rt_cd": "0", "output1": {}, "output2": []}).encode()
    gateway = Gateway(otherwise=lambda _: empty)
    yesterday = NOW - DAY

    found = Desk(tmp_path, gateway).run(lambda client: client.minutes("122630", Venue.KRX, yesterday, yesterday))

    assert found.bars == []
    assert [call.tr_id for call in gateway.calls] == ["FHKST03010230"]
