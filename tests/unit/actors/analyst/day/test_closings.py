"""What came of a day and of a week, out of evaluator's alerts and prices, our bars, and feed's gaps."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from actors.analyst.bars.history import Bar
from actors.analyst.config import AnalystConfig
from actors.analyst.day.closings import Closings
from actors.analyst.store import AnalystStore
from actors.market.schedule import Schedule, Step
from actors.runtime.database_file import path_of
from actors.runtime.errors import CommandRefused
from actors.runtime.letters import Letters
from actors.runtime.store import open_store
from protocol.letters import DayClosed, Letter, WeekClosed
from protocol.messages import Market, Venue
from protocol.moments import to_ns
from protocol.tables import analyst
from tests.support.actor import make_actor, make_settings
from tests.support.alerts import TRADED_AT, alert, decide
from tests.support.calendar import calendar
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.market import DAY, NINE
from tests.support.ports import FakePorts
from tests.support.watching import write_watches

CLOSE = NINE + timedelta(hours=6, minutes=30)


class Office:
    """Where closing lines are written, and those who are asked."""

    def __init__(self, directory: Path) -> None:
        self.settings = make_settings(directory)
        lay_out(self.settings, "analyst", "telegram", "evaluator")
        write_watches(
            self.settings,
            [("122630", "KODEX 레버리지", "KRX"), ("005930", "삼성전자", "KRX"), ("TQQQ", "TQQQ", "NASDAQ")],
        )
        self.engine = open_store("analyst", self.settings)
        self.store = AnalystStore(self.engine)
        self.ports = FakePorts()
        self.ports.answers["feed", "gaps"] = lambda: {"gaps": []}
        self.is_ripe = True
        self.clock = FakeClock(NINE)
        actor = make_actor("analyst", AnalystConfig(), self.settings, ports=self.ports, clock=self.clock)
        letters = Letters(actor, self.engine, analyst.letters)
        self.closings = Closings(actor, self.store, calendar(), letters, lambda _: self.is_ripe)

    def tell_prices(self, **traded_at: datetime) -> None:
        """Let evaluator know a last trade at 71,200 of each symbol, written `s122630`."""
        answer: dict[str, object] = {
            symbol[1:]: {"price": 71_200.0, "traded_at": at.isoformat()} for symbol, at in traded_at.items()
        }
        self.ports.answers["evaluator", "prices"] = lambda: answer

    def write(self, step: Step, market: Market = Market.KRX, on: date = DAY) -> list[Letter]:
        """Return what that step of that day tells, at the close or later."""
        self._wait_until(CLOSE)
        steps = Schedule(calendar(), AnalystConfig().day).steps_on(market, on)
        found = next(each for each in steps if each.step is step)
        write = self.closings.write_week if step is Step.WEEK else self.closings.write_day
        return asyncio.run(write(found))

    def week_at(self, at: datetime, person: int = 1) -> list[WeekClosed]:
        """Return what *person* is told who asks at that moment how the week goes."""
        self._wait_until(at)
        answer = asyncio.run(self.closings.answer_week({"person": person}))
        with self.engine.connect() as connection:
            rows = connection.execute(select(analyst.letters.c.body, analyst.letters.c.person_id)).all()
        weeks = msgspec.convert(answer["weeks"], list[WeekClosed])
        assert [msgspec.json.decode(row.body, type=WeekClosed) for row in rows][-len(weeks) :] == weeks
        assert {row.person_id for row in rows} == {person}
        return weeks

    def _wait_until(self, at: datetime) -> None:
        self.clock.step(max(0.0, (at - self.clock.now()).total_seconds()))

    def day(self) -> DayClosed:
        """Return what is told of the example's day."""
        (letter,) = self.write(Step.CLOSING)
        assert (letter.id, letter.person_id) == ("analyst:closing:KRX:2025-11-28:1", 1)
        assert isinstance(letter.matter, DayClosed)
        return letter.matter


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return an office in which person 1 watches two Korean symbols and a US one."""
    office = Office(tmp_path)
    yield office
    office.engine.dispose()


def test_a_day_tells_each_level_once_with_its_first_moment_and_the_price_now(office: Office) -> None:
    """Three alerts of a price that hovers are one line."""
    office.tell_prices(s122630=CLOSE)
    again = TRADED_AT + timedelta(minutes=5)
    decide(
        office.settings,
        alert(1),
        alert(2, traded_at=again, price=70_500.0),
        alert(1, level=1.0),
        alert(1, person_id=2),
        alert(1, symbol="TQQQ", venue=Venue.NASDAQ),
        alert(1, symbol="005930", session_date=date(2025, 11, 27)),
    )

    fired = office.day().fired

    assert [(each.symbol, each.level, each.times, each.price) for each in fired] == [
        ("122630", 2.0, 2, 70_600.0),
        ("122630", 1.0, 1, 70_600.0),
    ]
    assert (fired[0].reached_at, fired[0].price_now) == (TRADED_AT, 71_200.0)


def test_a_quiet_day_knows_whether_prices_came_until_the_end(office: Office) -> None:
    """A stream that fell silent at noon must not be called a quiet day that went well."""
    office.tell_prices(s122630=CLOSE - timedelta(seconds=20), s005930=CLOSE - timedelta(hours=3), sTQQQ=CLOSE)
    day = office.day()
    assert (day.watched, day.fired, day.is_whole) == (2, [], True)
    assert day.last_traded_at == CLOSE - timedelta(seconds=20)

    office.tell_prices(s122630=CLOSE - timedelta(hours=3))
    assert not office.day().is_whole

    office.tell_prices(s122630=CLOSE - timedelta(days=1))
    assert (office.day().last_traded_at, office.day().is_whole) == (None, False)

    del office.ports.answers["evaluator", "prices"]
    assert office.day().last_traded_at is None


def test_what_is_watched_since_the_evening_is_none_of_the_days(office: Office) -> None:
    """Who starts after the close was told that no trade of the day had been seen, as if something were wrong."""
    watched = [("122630", "KODEX 레버리지", "KRX")]
    write_watches(office.settings, watched, since_ns=to_ns(CLOSE))
    assert office.write(Step.CLOSING) == []

    write_watches(office.settings, watched, since_ns=to_ns(CLOSE - timedelta(minutes=1)))
    assert office.day().watched == 1


def test_what_could_not_be_made_good_today_is_named(office: Office) -> None:
    """Yesterday's holes were told yesterday, and repaired ones are none."""

    def gap(symbol: str, outcome: str, start: datetime = NINE) -> dict[str, object]:
        return {"start": start.isoformat(), "symbols": [symbol], "outcome": outcome}

    gaps = [gap("122630", "repaired"), gap("005930", "unrepaired"), gap("122630", "unrepaired", NINE - timedelta(1))]
    office.ports.answers["feed", "gaps"] = lambda: {"gaps": gaps}
    assert office.day().unseen == ["삼성전자"]

    del office.ports.answers["feed", "gaps"]
    assert office.day().unseen == []


def test_while_nobody_can_read_the_alerts_no_day_is_called_quiet(office: Office) -> None:
    """Evaluator may be bringing its database up to date just then."""
    path_of("evaluator", office.settings).unlink()

    assert office.write(Step.CLOSING) == []
    assert office.write(Step.WEEK) == []


def keep_closes(office: Office, symbol: str, closes: dict[str, float]) -> None:
    """Let the store hold these closes by date."""
    bars = [
        Bar(session_date=date.fromisoformat(on), open=close, high=close, low=close, close=close, volume=1)
        for on, close in closes.items()
    ]
    office.store.keep_bars(symbol, bars, "test")


def test_a_week_is_measured_from_the_last_close_before_it(office: Office) -> None:
    """Monday's own fall belongs to the week."""
    keep_closes(office, "122630", {"2025-11-21": 100_000.0, "2025-11-24": 95_000.0, "2025-11-28": 90_000.0})
    keep_closes(office, "005930", {"2025-11-27": 100_000.0})
    decide(
        office.settings,
        alert(1, session_date=date(2025, 11, 24)),
        alert(1),
        alert(1, session_date=date(2025, 11, 21)),
        alert(1, person_id=2),
    )

    (letter,) = office.write(Step.WEEK)

    assert letter.id == "analyst:week:KRX:2025-11-28:1"
    assert isinstance(letter.matter, WeekClosed)
    assert (letter.matter.first, letter.matter.last) == (date(2025, 11, 24), DAY)
    by_symbol = {line.symbol: (line.close, line.change, line.alerts) for line in letter.matter.lines}
    assert by_symbol == {"122630": (90_000.0, pytest.approx(-0.1), 2), "005930": (None, None, 0)}


def test_a_week_waits_for_the_bars_of_its_last_session(office: Office) -> None:
    """At the moment itself they may just be on their way."""
    office.is_ripe = False

    assert office.write(Step.WEEK) == []


def test_a_market_of_which_somebody_watches_nothing_is_not_told(office: Office) -> None:
    """Who has only Korean stocks need not hear of New York."""
    write_watches(office.settings, [("122630", "KODEX 레버리지", "KRX")])

    assert office.write(Step.CLOSING, Market.US) == []
    assert office.write(Step.WEEK, Market.US) == []


def test_the_week_so_far_ends_with_the_price_of_now(office: Office) -> None:
    """Whoever asks on Friday noon asks for no close; where nothing traded today, yesterday's is the last."""
    keep_closes(office, "122630", {"2025-11-21": 100_000.0, "2025-11-27": 90_000.0})
    keep_closes(office, "005930", {"2025-11-21": 100_000.0, "2025-11-27": 90_000.0})
    decide(office.settings, alert(1, session_date=date(2025, 11, 24)), alert(1, person_id=2))
    noon = NINE + timedelta(hours=3)
    office.tell_prices(s122630=noon, s005930=noon - timedelta(days=1))

    korea, us = office.week_at(noon)

    assert (korea.first, korea.last, korea.so_far) == (date(2025, 11, 24), DAY, True)
    by_symbol = {line.symbol: (line.close, round(line.change or 0.0, 6), line.alerts) for line in korea.lines}
    assert by_symbol == {"122630": (71_200.0, -0.288, 1), "005930": (90_000.0, -0.1, 0)}
    assert (us.market, us.last, us.so_far) == (Market.US, date(2025, 11, 26), True)


def test_a_week_is_over_with_its_last_close_and_not_before(office: Office) -> None:
    """On Friday evening nobody should read that it goes on. The US half day after Thanksgiving ends at 18:00 UTC."""
    us_close = datetime(2025, 11, 28, 18, tzinfo=UTC)

    over = [
        [week.so_far for week in office.week_at(at)]
        for at in (CLOSE - timedelta(minutes=1), CLOSE, us_close - timedelta(minutes=1), us_close)
    ]

    assert over == [[True, True], [False, True], [False, True], [False, False]]


@pytest.mark.parametrize("days", [1, 2, 3])
def test_until_the_next_week_has_begun_it_is_the_last_one(office: Office, days: int) -> None:
    """At the weekend, and on Monday over breakfast; its closes are known by then."""
    keep_closes(office, "122630", {"2025-11-21": 100_000.0, "2025-11-28": 90_000.0})

    korea = office.week_at(NINE + timedelta(days=days, minutes=-1))[0]

    assert (korea.first, korea.last, korea.so_far) == (date(2025, 11, 24), DAY, False)
    assert {line.symbol: line.close for line in korea.lines} == {"122630": 90_000.0, "005930": None}


def test_a_week_is_asked_for_by_somebody_who_is_there_while_alerts_can_be_read(office: Office) -> None:
    """A week without alerts is not what nobody can tell."""
    with pytest.raises(CommandRefused, match="expected one of 1"):
        office.week_at(CLOSE, person=9)
    path_of("evaluator", office.settings).unlink()
    with pytest.raises(CommandRefused, match="none readable yet"):
        office.week_at(CLOSE)
