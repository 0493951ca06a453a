"""A day that real actors lived through, over restarts and changes, is recorded, and decided again just the same."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from actors.ctl.__main__ import main
from actors.ctl.replay import Verdict, replay_day
from actors.evaluator.config import EvaluatorConfig
from actors.evaluator.shell import run as run_evaluator
from actors.runtime.clock import WorldClock, read_world_clock
from actors.runtime.config import Settings
from actors.runtime.recordings import read_entries, recorded_files, recordings_dir
from actors.runtime.store import open_store
from actors.us_poller.config import UsPollerConfig
from actors.us_poller.shell import run as run_us_poller
from protocol.messages import Alert, Venue
from protocol.recording import Arrived, Published, Record
from protocol.tables import analyst, evaluator, telegram
from simulator.config import DEMO_SYMBOLS
from tests.support import kis_client as kis
from tests.support.databases import lay_out
from tests.support.feed import GENEROUS, FeedAtWork
from tests.support.shells import at_work

DAY = date(2025, 11, 28)
MORNING = "2025-11-28T09:00:00+09:00"
NIGHT = "2025-11-28T23:45:00+09:00"
SWIFT = GENEROUS + "[kis.calls_per_second]\nus_poller = 200.0\n"
SPEED = 30.0


@asynccontextmanager
async def world(directory: Path, start: str) -> AsyncIterator[FeedAtWork]:
    """Yield the house in a world that begins at *start*; its databases and recordings outlive it."""
    place = directory / start[11:13]
    async with kis.world(place, start=start, speed=SPEED, rest_calls_per_second=1_000) as simulator:
        found = read_world_clock(place / "clock.json")
        assert found is not None
        directory.joinpath("house").mkdir(exist_ok=True)
        house = FeedAtWork(directory / "house", simulator.rest_url, simulator.ws_url, WorldClock(found), SWIFT)
        lay_out(house.settings, "evaluator", "analyst")
        async with house.neighbours():
            yield house


def write_targets(settings: Settings) -> None:
    """Let analyst have the targets of the demo's symbols."""
    rows = [
        {
            "symbol": profile.code,
            "session_date": DAY,
            "name": profile.name,
            "venue": profile.venue,
            "base_price": profile.base_price,
            "sigma": profile.sigma,
            "returns": 240,
            "bars_until": date(2025, 11, 27),
            "source": "test",
            "computed_at_ns": 0,
        }
        for profile in DEMO_SYMBOLS
    ]
    with open_store("analyst", settings).begin() as connection:
        connection.execute(insert(analyst.targets), rows)


def add_rule(house: FeedAtWork, symbol: str, level: float) -> None:
    """Let the one person wait for *symbol* at *level*, and say so."""
    row = {"id": f"1-{symbol}-{level:g}", "version": 1, "person_id": 1, "symbol": symbol, "level": level}
    with open_store("telegram", house.settings).begin() as connection:
        connection.execute(insert(telegram.rules), row | {"active": True, "since_ns": 0})
    house.announce_watches(symbol)


def remove_rule(house: FeedAtWork, rule_id: str) -> None:
    """Let a rule count no longer, and say so."""
    with open_store("telegram", house.settings).begin() as connection:
        connection.execute(update(telegram.rules).where(telegram.rules.c.id == rule_id).values(active=False))
    house.announce_watches()


def evaluating(house: FeedAtWork) -> AbstractAsyncContextManager[object]:
    """Return a life of evaluator to enter."""
    config = EvaluatorConfig(checkpoint_s=0.05, rest_s=30.0)
    return at_work("evaluator", run_evaluator, config, house.settings, house.clock)


async def rung(house: FeedAtWork, rule_id: str, times: int = 1) -> None:
    """Wait until so many more alerts of a rule have rung."""
    seen = len(house.telegram.received)
    await house.telegram.until(
        lambda received: (
            sum(isinstance(each.message, Alert) and each.message.rule_id == rule_id for each in received[seen:])
            >= times
        )
    )


def recorded(settings: Settings, writer: str) -> list[Record]:
    """Return what *writer* has recorded."""
    path = recorded_files(recordings_dir(settings), DAY)[writer]
    return [entry.record for entry in read_entries(path)]


async def morning(directory: Path) -> Settings:
    """Korea: evaluator and feed are started again, a rule comes and goes."""
    async with world(directory, MORNING) as house:
        write_targets(house.settings)
        house.watch("122630", "005930")
        add_rule(house, "122630", 1.0)
        async with house.life():
            async with evaluating(house):
                await rung(house, "1-122630-1")
                add_rule(house, "005930", 1.0)
                await rung(house, "1-005930-1")
            add_rule(house, "122630", 2.0)
            async with evaluating(house):
                await rung(house, "1-122630-2")
                remove_rule(house, "1-005930-1")
                await rung(house, "1-122630-1")
        async with evaluating(house), house.life():
            await rung(house, "1-122630-1")
        return house.settings


async def night(directory: Path) -> None:
    """New York: its prices are asked for."""
    async with world(directory, NIGHT) as house:
        house.watch("SOXL", venue=Venue.AMEX)
        add_rule(house, "SOXL", 1.0)
        config = UsPollerConfig(interval_s=0.1)
        poller = at_work("us_poller", run_us_poller, config, house.settings, house.clock)
        async with house.life(), evaluating(house), poller:
            await rung(house, "1-SOXL-1", times=2)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the installation after a day that is over."""
    directory = tmp_path_factory.mktemp("recorded")

    async def day() -> Settings:
        settings = await morning(directory)
        await night(directory)
        return settings

    return asyncio.run(day())


def told(settings: Settings) -> list[str]:
    """Return the ids of the alerts on record."""
    table = evaluator.alerts
    with open_store("evaluator", settings).connect() as connection:
        return list(connection.scalars(select(table.c.id).order_by(table.c.position)))


def test_a_recorded_day_is_decided_again_with_the_same_alerts(settings: Settings) -> None:
    """Over a restart of everybody, a rule that came, one that went, a Korean and an American session: ids included."""
    outcome = replay_day(settings, DAY)

    assert [row.id for row in outcome.rows] == told(settings)
    assert {row.verdict for row in outcome.rows} == {Verdict.SAME}
    assert {row.symbol for row in outcome.rows} == {"122630", "005930", "SOXL"}
    assert (outcome.unrecorded, outcome.torn_blocks) == (0, 0)
    # What came after evaluator had stopped it never read.
    assert 20 < outcome.messages <= len(published(settings, "feed-1")) + len(published(settings, "us_poller-1"))


def published(settings: Settings, writer: str) -> list[int]:
    """Return the numbers of the messages that *writer* has recorded."""
    numbers: list[int] = []
    for record in recorded(settings, writer):
        if isinstance(record, Published):
            numbers.append(record.number)
        elif isinstance(record, Arrived):
            numbers += range(record.first, record.first + len(record.counts))
    return numbers


def test_every_frame_is_recorded_as_it_came(settings: Settings) -> None:
    """Also the answers and what is not understood: whoever looks for a fault of ours needs all of it."""
    path = recorded_files(recordings_dir(settings), DAY)["feed-1"]
    frames = [frame for entry in read_entries(path) for frame in entry.frames]

    assert {frame[:11] for frame in frames} >= {b"0|H0STCNT0|", b'{"header":{'}
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_missing_and_what_is_new_is_told_and_the_exit_code_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    """An operator, and `make`, must see at once that a day would be decided otherwise today."""
    table = evaluator.alerts
    first, second, *_ = told(settings)
    assert main(["--conf", str(settings.path), "replay", str(DAY)]) == 0
    assert "different 0, missing 0, additional 0" in capsys.readouterr().out
    with open_store("evaluator", settings).begin() as connection:
        connection.execute(update(table).where(table.c.id == first).values(id="9-122630-1:1:2025-11-28:1"))
        connection.execute(update(table).where(table.c.id == second).values(price=1.0))

    assert main(["--conf", str(settings.path), "--json", "replay", str(DAY)]) == 1

    verdicts = {row["id"]: row["verdict"] for row in json.loads(capsys.readouterr().out)["alerts"]}
    assert verdicts[first] == "additional"
    assert verdicts[second] == "different"
    assert verdicts["9-122630-1:1:2025-11-28:1"] == "missing"


def test_a_day_that_was_not_recorded_is_refused(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to compare is not the same as nothing different."""
    assert main(["--conf", str(settings.path), "replay", "2025-11-27"]) == 1
    assert "expected 2025-11-27 to be recorded" in capsys.readouterr().err


def test_the_simulator_plays_a_recorded_day_at_any_speed(settings: Settings, tmp_path: Path) -> None:
    """The very frames, in their order, from the world's clock of that day on; REST answers with its base prices."""
    folder = recordings_dir(settings) / str(DAY)
    frames = [frame.decode() for entry in read_entries(folder / "feed-1.zst") for frame in entry.frames]
    wanted = [frame for frame in frames if frame.startswith("0|H0STCNT0|") and "|122630^" in frame]

    first_ns = next(each.at_ns for each in recorded(settings, "feed-1") if isinstance(each, Arrived))

    async def scene() -> tuple[list[str], int, float]:
        recorded_day = kis.world(tmp_path, recording=str(folder), speed=20.0)
        async with recorded_day as simulator, kis.socket(simulator) as connection:
            began_ns = simulator.clock.now_ns()
            await kis.subscribe(connection, await kis.approval_key(simulator), "122630")
            played = await kis.frames(connection, len(wanted))
            return played, began_ns, simulator.exchange.instruments["122630"].profile.base_price

    played, began_ns, base_price = asyncio.run(scene())

    assert played == wanted
    assert first_ns <= began_ns < first_ns + 3600e9
    assert base_price == 72_665


def test_a_recorded_file_is_decoded(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """What an operator looks into when he wonders what KIS sent."""
    path = recordings_dir(settings) / str(DAY) / "feed-1.zst"
    trades = (b"0|H0STCNT0|", b"0|HDFSCNT0|")
    sent = [frame for entry in read_entries(path) for frame in entry.frames if frame.startswith(trades)]

    assert main(["kis", "decode", str(path)]) == 0

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["symbol"] for row in rows} >= {"122630", "005930"}
    assert len(rows) == sum(int(frame.split(b"|", 3)[2]) for frame in sent)
