"""The daily reports: everybody's own, the day's and those that are asked for."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from actors.analyst.bars.history import Bar
from actors.analyst.config import AnalystConfig
from actors.analyst.day.reports import Reports
from actors.analyst.store import AnalystStore
from actors.market.schedule import DayStep, Schedule, Step
from actors.runtime.errors import CommandRefused
from actors.runtime.letters import Letters
from actors.runtime.store import open_store
from protocol.letters import DailyReport, Letter, ReportLine
from protocol.messages import Market, Venue
from protocol.tables import analyst, telegram
from tests.support.actor import make_actor, make_settings
from tests.support.calendar import calendar
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.market import DAY, NINE, targets
from tests.support.ports import FakePorts
from tests.support.watching import write_watches

BEFORE = date(2025, 11, 27)
LEVERAGE = ("122630", "KODEX 레버리지", "KRX")
TQQQ = ("TQQQ", "ProShares UltraPro QQQ", "NASDAQ")


class Office:
    """Where reports are written: the databases, and the hand that writes."""

    def __init__(self, directory: Path) -> None:
        self.settings = make_settings(directory)
        lay_out(self.settings, "analyst", "telegram")
        self.engine = open_store("analyst", self.settings)
        self.store = AnalystStore(self.engine)
        self.ports = FakePorts()
        self.is_ripe = True
        clock = self.clock = FakeClock(NINE - timedelta(minutes=10))
        actor = make_actor("analyst", AnalystConfig(), self.settings, ports=self.ports, clock=clock)
        letters = Letters(actor, self.engine, analyst.letters)
        self.reports = Reports(actor, self.store, calendar(), letters, lambda _: self.is_ripe)

    def keep_closes(self, symbol: str, *closes: float, until: date = BEFORE) -> None:
        """Let the store hold days with these closes, the last of *until*."""
        days = [until - timedelta(days=number) for number in reversed(range(len(closes)))]
        bars = [
            Bar(session_date=on, open=close, high=close, low=close, close=close, volume=1)
            for on, close in zip(days, closes, strict=True)
        ]
        self.store.keep_bars(symbol, bars, "test")

    def add_rules(self, *levels: float, symbol: str = "122630", active: bool = True, kind: str = "sigma") -> None:
        """Let person 1 wait at these levels."""
        rows = [
            {"id": f"1-{symbol}-{level:g}", "version": 1, "person_id": 1, "symbol": symbol, "level": level}
            | {"active": active, "since_ns": 0, "kind": kind}
            for level in levels
        ]
        with open_store("telegram", self.settings).begin() as connection:
            connection.execute(insert(telegram.rules), rows)

    def write(self, market: Market = Market.KRX, on: date = DAY) -> list[Letter]:
        """Return what the report of that day tells."""
        plan = next(plan for plan in AnalystConfig().day if (plan.market, plan.step) == (market, Step.REPORT))
        step: DayStep = next(Schedule(calendar(), [plan]).steps_on(market, on))
        return asyncio.run(self.reports.write(step))

    def letters_on_disk(self) -> list[str]:
        """Return the ids of what is written."""
        with self.engine.connect() as connection:
            return list(connection.execute(select(analyst.letters.c.id)).scalars())


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Return an office in which person 1 watches a Korean and a US symbol, ten minutes before the open in Seoul."""
    office = Office(tmp_path)
    write_watches(office.settings, [LEVERAGE, TQQQ])
    office.add_rules(1.0, 2.0)
    yield office
    office.engine.dispose()


def only_line(letters: list[Letter]) -> ReportLine:
    """Return the one line of the one report."""
    (letter,) = letters
    assert isinstance(letter.matter, DailyReport)
    (line,) = letter.matter.lines
    return line


def test_a_report_says_of_each_symbol_of_its_market_where_it_closed_and_what_is_waited_for(office: Office) -> None:
    """The numbers that somebody writes an order by before the open."""
    office.keep_closes("122630", 98_000.0, 100_000.0)
    office.store.keep_targets(targets(kind="etf", notes=["ex-dividend"]))

    (letter,) = office.write()

    assert (letter.id, letter.person_id) == ("analyst:report:KRX:2025-11-28:1:1", 1)
    assert letter.matter == DailyReport(
        market=Market.KRX,
        session_date=DAY,
        opens_at=NINE,
        page=1,
        pages=1,
        lines=[
            ReportLine(
                symbol="122630",
                name="KODEX 레버리지",
                venue=Venue.KRX,
                levels=[1.0, 2.0],
                close=100_000.0,
                closed_on=BEFORE,
                change=100_000 / 98_000 - 1,
                has_targets=True,
                base_price=100_000.0,
                sigma=0.01,
                kind="etf",
                returns=240,
                notes=["ex-dividend"],
            )
        ],
    )


def test_the_unfinished_day_and_targets_of_another_day_are_no_part_of_it(office: Office) -> None:
    """Asked for at noon, the report is still the one of the morning."""
    office.keep_closes("122630", 98_000.0, 100_000.0, 90_000.0, until=DAY)
    office.store.keep_targets(targets(session_date=BEFORE))

    line = only_line(office.write())

    assert (line.closed_on, line.close, line.has_targets) == (BEFORE, 100_000.0, False)


def test_without_bars_and_targets_the_symbol_is_there_all_the_same(office: Office) -> None:
    """Who watches it should see that something is missing."""
    line = only_line(office.write(Market.US))

    assert (line.symbol, line.closed_on, line.change, line.has_targets) == ("TQQQ", None, None, False)


def test_rules_that_were_taken_away_are_not_waited_for(office: Office) -> None:
    """A price that nobody watches is no price to buy at."""
    office.add_rules(3.0, active=False)
    office.store.keep_targets(targets())

    assert only_line(office.write()).levels == [1.0, 2.0]


def test_a_price_that_somebody_waits_for_is_no_level(office: Office) -> None:
    """70,000σ below the base price lies nowhere."""
    office.add_rules(70_000.0, kind="price")
    office.store.keep_targets(targets())

    assert only_line(office.write()).levels == [1.0, 2.0]


def test_a_report_waits_for_targets_that_are_being_made(office: Office) -> None:
    """Just started in the middle of the morning, analyst has none for a moment."""
    office.is_ripe = False
    assert office.write() == []

    office.is_ripe = True
    assert len(office.write()) == 1


def test_a_long_list_has_pages_of_ten(office: Office) -> None:
    """As many as fit on a sheet and into a message."""
    write_watches(office.settings, [(f"{number:06}", f"종목 {number}", "KRX") for number in range(25)])

    matters = [letter.matter for letter in office.write()]
    assert [
        (matter.page, matter.pages, len(matter.lines)) for matter in matters if isinstance(matter, DailyReport)
    ] == [(1, 3, 10), (2, 3, 10), (3, 3, 5)]


def test_whoever_watches_nothing_is_told_nothing(office: Office) -> None:
    """An empty report is noise."""
    write_watches(office.settings, [TQQQ])

    assert office.write() == []


def test_a_report_that_is_asked_for_comes_for_both_markets_and_never_counts_as_the_days(office: Office) -> None:
    """/today after 08:50 must not be taken for a repeat, nor spoil the one of the day."""
    answer = asyncio.run(office.reports.answer({"person": "Anna"}))

    assert (answer["person"], answer["sent"]) == ("Anna", True)
    ids = office.letters_on_disk()
    assert [each.rpartition(":")[0] for each in ids] == [
        "analyst:report:KRX:2025-11-28:1:1",
        "analyst:report:US:2025-11-28:1:1",
    ]
    assert office.write()[0].id not in ids


def test_the_operator_may_look_at_a_report_without_sending_it(office: Office) -> None:
    """`sigmactl report` shows what the family will read."""
    answer = asyncio.run(office.reports.answer({"send": False}))

    assert len(answer["reports"]) == 2  # type: ignore[arg-type]
    assert office.letters_on_disk() == []


def test_a_report_that_is_asked_for_after_the_open_knows_that(office: Office) -> None:
    """At noon in Seoul New York has not opened yet."""
    early = asyncio.run(office.reports.answer({"send": False}))
    office.clock.step(3 * 3_600)
    late = asyncio.run(office.reports.answer({"send": False}))
    office.clock.step(4 * 3_600)
    over = asyncio.run(office.reports.answer({"send": False}))

    found = [[(each["has_opened"], each["has_closed"]) for each in told["reports"]] for told in (early, late, over)]  # type: ignore[attr-defined]
    assert found[:2] == [[(False, False), (False, False)], [(True, False), (False, False)]]
    assert found[2][0] == (True, True)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [({"person": "Bertha"}, "1 Anna; found Bertha"), ({"persons": 1}, "persons"), ({"person": 2}, "found 2")],
)
def test_whoever_is_not_known_is_refused(office: Office, arguments: dict[str, object], found: str) -> None:
    """A name with a typo must not be the operator's report."""
    with pytest.raises(CommandRefused, match=found):
        asyncio.run(office.reports.answer(arguments))


def test_whoever_was_removed_is_nobody_any_more(office: Office) -> None:
    """`sigmactl report` would offer a stranger by his name, and take what it wrote for told."""
    with open_store("telegram", office.settings).begin() as connection:
        connection.execute(update(telegram.people).values(role=telegram.GONE))

    assert office.write() == []
    with pytest.raises(CommandRefused, match="expected one of nobody; found Anna"):
        asyncio.run(office.reports.answer({"person": "Anna"}))


def test_without_telegrams_database_there_is_nobody(tmp_path: Path) -> None:
    """Any start order works."""
    office = Office(tmp_path)
    (office.settings.data_dir / "telegram.db").unlink()

    assert office.write() == []
