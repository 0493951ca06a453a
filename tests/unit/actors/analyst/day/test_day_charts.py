"""The picture of a day that somebody asks for: of which day it is, and from what it is made."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from actors.analyst.bars.history import Bar
from actors.analyst.config import AnalystConfig
from actors.analyst.core import Watched
from actors.analyst.day.day_charts import DayCharts
from actors.analyst.store import AnalystStore
from actors.runtime.errors import CommandRefused
from actors.runtime.letters import Letters
from actors.runtime.store import open_store
from protocol.letters import DayChart
from protocol.messages import Venue
from protocol.tables import analyst
from tests.support.actor import make_actor, make_settings
from tests.support.calendar import calendar
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.market import DAY, NINE, targets
from tests.support.ports import FakePorts

WATCHED = {"122630": Watched(symbol="122630", name="레버리지", venue=Venue.KRX)}
THURSDAY = date(2025, 11, 27)


class Office:
    """Where such pictures are ordered, at a moment."""

    def __init__(self, directory: Path) -> None:
        settings = make_settings(directory)
        lay_out(settings, "analyst")
        self.engine = open_store("analyst", settings)
        self.store = AnalystStore(self.engine)
        self.clock = FakeClock(NINE - timedelta(days=1))
        actor = make_actor("analyst", AnalystConfig(), settings, ports=FakePorts(), clock=self.clock)
        self.charts = DayCharts(actor, self.store, calendar(), Letters(actor, self.engine, analyst.letters))

    def asked_at(self, at: datetime, symbol: str = "122630") -> DayChart:
        """Return what is written when person 7 asks at that moment."""
        self.clock.step((at - self.clock.now()).total_seconds())
        answer = self.charts.answer({"person": 7, "symbol": symbol}, WATCHED)
        with self.engine.connect() as connection:
            row = connection.execute(select(analyst.letters).order_by(analyst.letters.c.position.desc())).first()
        assert row is not None
        assert row.person_id == 7
        matter = msgspec.json.decode(row.body, type=DayChart)
        assert answer == {"session_date": matter.session_date.isoformat()}
        return matter


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return an office that knows the targets of Friday, and Wednesday's close."""
    office = Office(tmp_path)
    office.store.keep_targets(targets())
    bar = Bar(session_date=date(2025, 11, 26), open=1.0, high=1.0, low=1.0, close=99_000.0, volume=1)
    office.store.keep_bars("122630", [bar], "test")
    yield office
    office.engine.dispose()


@pytest.mark.parametrize("hours", [0, 3, 10, 14, 24, 48])
def test_from_the_open_until_the_next_it_is_that_day(office: Office, hours: int) -> None:
    """On Saturday one still wants to see how Friday went."""
    day = office.asked_at(NINE + timedelta(hours=hours))

    assert (day.session_date, day.opens_at) == (DAY, NINE)
    assert (day.base_price, day.sigma) == (targets().base_price, targets().sigma)


def test_before_the_open_it_is_the_session_before(office: Office) -> None:
    """At eight in the morning today is an empty sheet. Without targets of that day there are no lines."""
    day = office.asked_at(NINE - timedelta(hours=1))

    assert day.session_date == THURSDAY
    assert day.opens_at == datetime(2025, 11, 27, 0, 0, tzinfo=UTC)
    assert (day.base_price, day.sigma, day.name) == (99_000.0, 0.0, "레버리지")


@pytest.mark.parametrize(
    "arguments",
    [
        {"person": 7, "symbol": "005930"},
        {"person": 0, "symbol": "122630"},
        {"person": 2**63, "symbol": "122630"},
        {"symbol": "122630"},
        {},
    ],
)
def test_what_cannot_be_drawn_is_refused(office: Office, arguments: dict[str, object]) -> None:
    """A letter that announces a picture which never comes would be a lie."""
    with pytest.raises(CommandRefused):
        office.charts.answer(arguments, WATCHED)
