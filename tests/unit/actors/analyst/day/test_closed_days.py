"""The line on a day on which a market stays closed."""

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import update

from actors.analyst.config import AnalystConfig
from actors.analyst.day.closed_days import ClosedDayLines
from actors.market.schedule import Schedule, Step
from actors.runtime.store import open_store
from protocol.letters import Letter, MarketClosed
from protocol.messages import Market
from protocol.tables.telegram import people
from tests.support.actor import make_actor, make_settings
from tests.support.calendar import calendar, lay_out_closed_days
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.market import NINE
from tests.support.ports import FakePorts
from tests.support.watching import write_watches

CHUSEOK = date(2026, 9, 25)


def told(directory: Path, market: Market, on: date, *, wanted: bool = True) -> list[Letter]:
    """Return what Anna, who watches a Korean stock, is told on a closed day."""
    settings = make_settings(directory)
    lay_out(settings, "telegram")
    lay_out_closed_days(settings)
    write_watches(settings, [("005930", "삼성전자", "KRX")])
    engine = open_store("telegram", settings)
    with engine.begin() as connection:
        connection.execute(update(people).values(tells_closed_days=wanted))
    engine.dispose()
    actor = make_actor("analyst", AnalystConfig(), settings, ports=FakePorts(), clock=FakeClock(NINE))
    [step] = Schedule(calendar(), AnalystConfig().day).steps_on(market, on)
    assert step.step is Step.CLOSED
    return asyncio.run(ClosedDayLines(actor, calendar()).write(step))


def test_who_wants_it_is_told_what_day_it_is_and_when_it_goes_on(tmp_path: Path) -> None:
    """Three days of Chuseok end with a weekend."""
    [letter] = told(tmp_path, Market.KRX, CHUSEOK)

    assert (letter.id, letter.person_id) == ("analyst:closed:KRX:2026-09-25:1", 1)
    assert letter.matter == MarketClosed(
        market=Market.KRX,
        closed_on=CHUSEOK,
        names={"ko": "추석", "en": "Chuseok"},
        next_opens_at=datetime(2026, 9, 28, 0, 0, tzinfo=UTC),
    )


def test_of_a_closed_day_nobody_is_told_who_did_not_ask_or_has_nothing_there(tmp_path: Path) -> None:
    """Nothing is said on a holiday to who did not ask for it, nor of a market in which one has nothing."""
    for name in ("silent", "elsewhere"):
        (tmp_path / name).mkdir()

    assert told(tmp_path / "silent", Market.KRX, CHUSEOK, wanted=False) == []
    assert told(tmp_path / "elsewhere", Market.US, date(2026, 11, 26)) == []
