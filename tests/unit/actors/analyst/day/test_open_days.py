"""KIS's own word on Korea's trading days: asked once a day, and it wins."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

from structlog.testing import capture_logs

from actors.analyst.config import AnalystConfig
from actors.analyst.day.open_days import OpenDays, disagreements
from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.runtime.errors import TemporaryFailure
from protocol.messages import Venue
from tests.support.actor import make_actor, make_settings
from tests.support.calendar import calendar, lay_out_closed_days
from tests.support.clock import FakeClock
from tests.support.market import DAY, NINE
from tests.support.ports import FakePorts

TUESDAY = date(2025, 12, 2)


class Broker:
    """Says what the test put there."""

    def __init__(self, is_open: dict[date, bool]) -> None:
        self.is_open = is_open
        self.is_down = False
        self.asked: list[date] = []

    async def open_days(self, first: date) -> dict[date, bool]:
        """Return it, or fail."""
        self.asked.append(first)
        if self.is_down:
            message = "expected an answer, found none"
            raise TemporaryFailure(message)
        return self.is_open


class Desk:
    """One life of the question, with what was told."""

    def __init__(self, directory: Path, broker: Broker | None) -> None:
        settings = make_settings(directory)
        lay_out_closed_days(settings)
        self.clock = FakeClock(NINE)
        actor = make_actor("analyst", AnalystConfig(), settings, ports=FakePorts(), clock=self.clock)
        self.almanac = Almanac(MarketConfig(), settings.data_dir)
        self.told: list[dict[date, bool]] = []
        self.question = OpenDays(actor, self.almanac, broker, self.told.append)

    async def turn(self, hours: float = 0.0) -> None:
        """Let time pass, and what is due be done."""
        self.clock.step(timedelta(hours=hours).total_seconds())
        for _ in range(2):
            self.question.look()
            for _ in range(3):
                await asyncio.sleep(0)


def test_what_kis_says_otherwise_is_told_once_and_wins(tmp_path: Path) -> None:
    """Alerts follow the broker who would fill the order."""
    broker = Broker({DAY: True, TUESDAY: False})
    desk = Desk(tmp_path, broker)

    async def scene() -> None:
        await desk.turn()
        await desk.turn(hours=24)

    asyncio.run(scene())

    assert desk.told == [{TUESDAY: False}]
    assert not desk.almanac.calendar.is_trading_day(Venue.KRX, TUESDAY)
    assert broker.asked == [DAY, DAY + timedelta(days=1)]


def test_it_is_asked_once_a_day_whatever_restarts(tmp_path: Path) -> None:
    """KIS asks for one call a day."""
    broker = Broker({DAY: True})

    async def scene() -> None:
        for _ in range(3):
            await Desk(tmp_path, broker).turn(hours=1)

    asyncio.run(scene())

    assert len(broker.asked) == 1


def test_an_outage_is_waited_out_and_said_once(tmp_path: Path) -> None:
    """The lists serve meanwhile."""
    broker = Broker({TUESDAY: False})
    broker.is_down = True
    desk = Desk(tmp_path, broker)

    async def scene() -> None:
        await desk.turn()
        await desk.turn(hours=1)
        broker.is_down = False
        await desk.turn(hours=1)

    with capture_logs() as lines:
        asyncio.run(scene())

    assert [line["event"] for line in lines] == ["open_days_delayed"]
    assert desk.told == [{TUESDAY: False}]


def test_without_keys_nobody_is_asked(tmp_path: Path) -> None:
    """FinanceDataReader needs no key and knows no days."""
    desk = Desk(tmp_path, None)

    asyncio.run(desk.turn())

    assert desk.almanac.asked_at is None


def test_a_weekend_on_which_korea_trades_is_a_disagreement() -> None:
    """It has happened, for tests of systems; nobody's list would know."""
    saturday = date(2025, 11, 29)

    assert disagreements(calendar(), {DAY: True, saturday: True}) == {saturday: True}
