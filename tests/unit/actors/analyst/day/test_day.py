"""A year of both markets on a fake clock, with the real store: each step of each day once, whatever happens to us."""

import asyncio
import random
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from actors.analyst.config import AnalystConfig
from actors.analyst.day.day import Day
from actors.analyst.day.logbook import Logbook
from actors.market.schedule import DayStep, Schedule, Step, StepPlan
from actors.market.sessions import NEW_YORK, SEOUL
from actors.runtime.config import Settings
from actors.runtime.letters import Letters
from actors.runtime.store import open_store
from protocol.letters import THE_OPERATOR, AppKeyInUse, Letter
from protocol.messages import Market, Message
from protocol.tables import analyst
from tests.support.actor import make_actor, make_settings
from tests.support.calendar import calendar
from tests.support.clock import FakeClock
from tests.support.databases import lay_out
from tests.support.ports import FakePorts

pytestmark = pytest.mark.timeout(180)

YEAR = 2026
TABLE: dict[str, Any] = tomllib.loads(
    (Path(__file__).resolve().parents[4] / "recordings" / "trading-days.toml").read_text(encoding="utf-8")
)
PLANS = (
    StepPlan(market=Market.KRX, step=Step.REPORT, minutes=10),
    StepPlan(market=Market.KRX, step=Step.SELF_TEST, minutes=5),
    StepPlan(market=Market.KRX, step=Step.CLOSING, minutes=10),
    StepPlan(market=Market.KRX, step=Step.WEEK, minutes=300),
    StepPlan(market=Market.US, step=Step.REPORT, minutes=30),
    StepPlan(market=Market.US, step=Step.SELF_TEST, minutes=5),
    StepPlan(market=Market.US, step=Step.CLOSING, minutes=10, not_before=time(7)),
    StepPlan(market=Market.US, step=Step.WEEK, minutes=300),
)
LOOKS = {
    SEOUL: ("07:00", "08:50", "08:55", "09:50", "09:55", "12:00", "15:40", "16:40", "20:30", "21:30"),
    NEW_YORK: ("09:00", "09:25", "18:00", "21:00"),
}
"""When the work loop comes round on every day of the year: whenever a step of some day is due, and between."""
BEGIN, END = datetime(YEAR, 1, 1, tzinfo=UTC), datetime(YEAR + 1, 1, 1, tzinfo=UTC)


class Killed(Exception):  # noqa: N818 - it states a fact
    """The process is gone."""


class DeadlyPorts(FakePorts):
    """Ports at which the process may die just as it rings."""

    def __init__(self) -> None:
        super().__init__()
        self.is_deadly = False

    def send(self, message: Message) -> None:
        """Die instead of ringing, once, if that is to be."""
        if self.is_deadly:
            raise Killed
        super().send(message)


class House:
    """Analyst's database, and the lives that it outlasts; in each only the day is lived."""

    def __init__(self, settings: Settings) -> None:
        lay_out(settings, "analyst")
        self._settings = settings
        # Kept: another connection would cost more than the rest of a life, and see the same rows.
        self._engine = open_store("analyst", settings, durable=False)
        self.clock = FakeClock(BEGIN)
        self.kill_in = ""
        """Where the next life dies while it does a step: `before` or `after` it is written; nowhere if empty."""
        self.lives = 0
        self.written_at: list[tuple[DayStep, datetime]] = []
        """What each life wrote, with the moment; the same step twice is a repeat of work, not of letters."""
        self.begin()

    def begin(self) -> None:
        """Let a new process start on what is on disk."""
        self.lives += 1
        self.ports = DeadlyPorts()
        actor = make_actor("analyst", AnalystConfig(), self._settings, ports=self.ports, clock=self.clock)
        letters = Letters(actor, self._engine, analyst.letters)
        schedule = Schedule(calendar(), PLANS)
        self.day = Day(actor, schedule, Logbook(self._engine, letters), dict.fromkeys(Step, self._write))

    async def tick(self) -> None:
        """Let the work loop come round; whoever dies of it is started again and comes round, too."""
        for _ in range(2):
            try:
                self.day.look()
                for _ in range(4):
                    await asyncio.sleep(0)
                self.day.look()
            except Killed:
                await self.restart()
            else:
                return

    async def restart(self) -> None:
        """Let the process die where it is, and another begin."""
        await self.day.close()
        self.begin()

    async def _write(self, step: DayStep) -> list[Letter]:
        """Return a letter for two people; the process may die with it in its hand."""
        await asyncio.sleep(0)
        kill_in, self.kill_in = self.kill_in, ""
        if kill_in == "before":
            raise Killed
        self.ports.is_deadly = kill_in == "after"
        self.written_at.append((step, self.clock.now()))
        return [
            Letter(id=":".join(map(str, (*step.key, person))), person_id=person, matter=AppKeyInUse())
            for person in (THE_OPERATOR, 1)
        ]

    def rows(self) -> tuple[list[tuple[str, date, str, bool]], list[str]]:
        """Return the steps on disk, and the ids of all letters."""
        table = analyst.day_steps.c
        with self._engine.connect() as connection:
            steps = connection.execute(select(table.market, table.session_date, table.step, table.is_dropped))
            done = sorted((row.market, row.session_date, row.step, row.is_dropped) for row in steps)
            return done, sorted(connection.execute(select(analyst.letters.c.id)).scalars())


def moments_of_the_year() -> list[datetime]:
    """Return when the work loop comes round."""
    days = [BEGIN.date() + timedelta(days=number) for number in range((END - BEGIN).days + 1)]
    looks = {
        datetime.combine(on, time.fromisoformat(text), zone).astimezone(UTC)
        for zone, texts in LOOKS.items()
        for text in texts
        for on in days
    }
    return sorted({BEGIN} | {look for look in looks if BEGIN <= look < END})


def live(directory: Path, restarts: int, chance: random.Random) -> House:
    """Return a house that has lived through the year, restarted at so many random moments, some amid a step."""
    house = House(make_settings(directory))
    looks = moments_of_the_year()
    moments = Counter(chance.choice(looks) for _ in range(restarts))

    async def play() -> None:
        for look in looks:
            house.clock.step((look - house.clock.now()).total_seconds())
            for _ in range(moments[look]):
                house.kill_in = chance.choice(["", "before", "after"])
                await house.restart()
            await house.tick()

    with capture_logs():
        asyncio.run(play())
    return house


def trading_days(exchange: str) -> list[date]:
    """Return the days of the year that the exchange's own list has no closing for."""
    closed = {date.fromisoformat(f"{YEAR}-{day}") for day in TABLE[exchange]["closed"][str(YEAR)]}
    days = (date(YEAR, 1, 1) + timedelta(days=number) for number in range(365))
    return [on for on in days if on.weekday() <= 4 and on not in closed]


SATURDAY = 5


def wanted_steps() -> set[tuple[str, date, str]]:
    """Return what a year has, by the exchanges' own lists: three steps a day, one a week, one on a closed weekday."""
    wanted = set()
    for market, exchange in (("KRX", "krx"), ("US", "nyse")):
        days = trading_days(exchange)
        last_days = {on.isocalendar()[:2]: on for on in days}
        wanted |= {(market, on, step) for on in days for step in ("report", "self_test", "closing")}
        wanted |= {(market, on, "week") for on in last_days.values()}
        year = [date(YEAR, 1, 1) + timedelta(days=number) for number in range(365)]
        wanted |= {(market, on, "closed") for on in year if on.weekday() < SATURDAY and on not in days}
    return wanted


@pytest.fixture(scope="module")
def quiet_year(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Return a house in which nothing happened all year."""
    return live(tmp_path_factory.mktemp("quiet"), 0, random.Random(1))


def test_a_year_has_every_step_once_on_the_right_days(quiet_year: House) -> None:
    """Exam day, half days, changes of clocks, holidays at short notice: none is missed, none is invented."""
    done = {(market, on, step) for market, on, step, is_dropped in quiet_year.rows()[0] if not is_dropped}
    at_the_edges = {key for key in done ^ wanted_steps() if key[1] >= date(YEAR, 12, 31) or key[1] < date(YEAR, 1, 2)}

    assert done ^ wanted_steps() == at_the_edges
    assert len(done) > 1_500
    assert len(quiet_year.rows()[1]) == 2 * len(done)
    late = [(step, moment) for step, moment in quiet_year.written_at if moment != max(step.due_at, BEGIN)]
    assert late == []


def test_five_hundred_restarts_change_nothing(quiet_year: House, tmp_path: Path) -> None:
    """Killed between steps, before a step is written and right after it: neither skipped nor repeated."""
    restless = live(tmp_path, 500, random.Random(2))

    assert restless.lives > 500
    assert restless.rows() == quiet_year.rows()


async def _absent(house: House, until: datetime) -> None:
    house.clock.step((until - house.clock.now()).total_seconds())
    await house.restart()
    await house.tick()


def test_what_came_due_while_nobody_was_there_is_made_up_or_dropped(tmp_path: Path) -> None:
    """Back at eleven, the prices to buy at are of use, the self-test and yesterday's closing line are not."""
    house = House(make_settings(tmp_path))
    # 2026-11-17 03:00 and 2026-11-18 11:00 in Seoul.
    asyncio.run(_absent(house, datetime(YEAR, 11, 16, 18, tzinfo=UTC)))
    house.written_at.clear()
    asyncio.run(_absent(house, datetime(YEAR, 11, 18, 2, tzinfo=UTC)))

    told = [(step.market.value, step.session_date.day, step.step.value) for step, _ in house.written_at]
    assert told == [("US", 17, "closing"), ("KRX", 18, "report")]
    dropped = {(market, on.day, step) for market, on, step, is_dropped in house.rows()[0] if is_dropped and on.day > 16}
    assert dropped == {
        ("KRX", 17, "report"),
        ("KRX", 17, "self_test"),
        ("KRX", 17, "closing"),
        ("KRX", 18, "self_test"),
        ("US", 17, "report"),
        ("US", 17, "self_test"),
    }
    assert len(house.rows()[1]) == len(set(house.rows()[1]))
