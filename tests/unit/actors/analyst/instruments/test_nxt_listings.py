"""Which watched stocks NXT lists, learnt once a day."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, select

from actors.analyst.config import AnalystConfig
from actors.analyst.core import Watched
from actors.analyst.instruments.catalogue import Catalogue
from actors.analyst.instruments.nxt_listings import NxtListings
from actors.kis.masters import Listing
from actors.runtime.errors import TemporaryFailure
from actors.runtime.store import open_store
from protocol.messages import Venue
from protocol.tables.analyst import instruments
from tests.support.actor import make_actor, make_settings
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.ports import FakePorts

MORNING = datetime(2026, 11, 26, 23, 0, tzinfo=UTC)
SAMSUNG = Watched(symbol="005930", name="삼성전자", venue=Venue.KRX)
LEVERAGE = Watched(symbol="122630", name="KODEX 레버리지", venue=Venue.KRX)
TQQQ = Watched(symbol="TQQQ", name="TQQQ", venue=Venue.NASDAQ)
WATCHED = [SAMSUNG, LEVERAGE, TQQQ]


class Records:
    """KIS's records, of which 005930's alone says that NXT lists it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.is_away = False

    async def is_on_nxt(self, symbol: str) -> bool | None:
        """Return what the record says."""
        self.asked.append(symbol)
        if self.is_away:
            message = "expected an answer, found none"
            raise TemporaryFailure(message)
        return symbol == SAMSUNG.symbol


class Desk:
    """Analyst's catalogue with two stocks, and whoever asks about them."""

    def __init__(self, directory: Path) -> None:
        settings = make_settings(directory)
        lay_out(settings, "analyst")
        self.engine = open_store("analyst", settings)
        self.catalogue = Catalogue(self.engine)
        self.clock = FakeClock(MORNING)
        self.records = Records()
        rows = [{"symbol": each.symbol, "name": each.name, "venue": "KRX", "checked_at_ns": 0} for each in WATCHED[:2]]
        with self.engine.begin() as connection:
            connection.execute(insert(instruments), rows)
        actor = make_actor("analyst", AnalystConfig(), settings, ports=FakePorts(), clock=self.clock)
        self.listings = NxtListings(actor, self.catalogue, self.records)

    async def turn(self, times: int = 5) -> None:
        """Let the work loop come round a few times."""
        for _ in range(times):
            self.listings.look(WATCHED)
            for _ in range(5):
                await asyncio.sleep(0)

    def known(self) -> dict[str, bool | None]:
        """Return what the catalogue says."""
        with self.engine.connect() as connection:
            rows = connection.execute(select(instruments.c.symbol, instruments.c.is_on_nxt))
            return {row.symbol: row.is_on_nxt for row in rows}


def test_every_watched_korean_stock_is_asked_for_once_a_day(tmp_path: Path) -> None:
    """NXT adds and drops stocks; and one call a stock and day is what that is worth."""
    desk = Desk(tmp_path)

    async def story() -> None:
        await desk.turn()
        assert desk.records.asked == ["005930", "122630"]
        desk.clock.step(timedelta(days=1).total_seconds())
        await desk.turn()

    asyncio.run(story())

    assert desk.records.asked == ["005930", "122630"] * 2
    assert desk.known() == {"005930": True, "122630": False}


def test_a_failure_is_tried_again_later_and_not_at_once(tmp_path: Path) -> None:
    """KIS that is down must not be hammered for a thing that harms nobody."""
    desk = Desk(tmp_path)

    async def story() -> None:
        desk.records.is_away = True
        await desk.turn()
        assert len(desk.records.asked) == 1
        desk.records.is_away = False
        desk.clock.step(AnalystConfig().retry_most_s)
        await desk.turn()

    asyncio.run(story())

    assert desk.known() == {"005930": True, "122630": False}


def test_the_master_files_of_the_next_day_do_not_forget_it(tmp_path: Path) -> None:
    """They tell nothing of NXT."""
    desk = Desk(tmp_path)
    asyncio.run(desk.turn())
    listing = Listing(symbol="005930", name="삼성전자", venue=Venue.KRX, kind="share", key="005930", base_price=1.0)

    desk.catalogue.keep_listings("kospi_code.mst", [listing], MORNING)

    assert desk.known()["005930"]


def test_without_a_source_nobody_is_asked(tmp_path: Path) -> None:
    """FinanceDataReader knows nothing of NXT."""
    desk = Desk(tmp_path)
    desk.listings = NxtListings(desk.listings._actor, desk.catalogue, None)

    asyncio.run(desk.turn())

    assert desk.known() == {"005930": None, "122630": None}
