"""Analyst over real sockets: bars from the simulated KIS, its token from a real feed, targets to who subscribes."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image

from actors.analyst.config import AnalystConfig
from actors.analyst.guide import buy_line
from actors.analyst.shell import run
from actors.chart.client import AnalystClient
from actors.chart.config import ChartConfig
from actors.chart.day import Minutes
from actors.chart.shell import run as draw
from actors.market.almanac import Almanac
from actors.market.config import MarketConfig
from actors.runtime.clock import SystemClock, WorldClock, read_world_clock
from actors.runtime.errors import CommandRefused
from protocol.messages import Heartbeat, State, Targets, Venue
from simulator.config import SimulatorConfig
from simulator.faults import parse_fault
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.calendar import lay_out_closed_days
from tests.support.charts import ALERT
from tests.support.command_line import Printed, sigmactl
from tests.support.databases import lay_out
from tests.support.feed import GENEROUS, FeedAtWork
from tests.support.shells import at_work

Scene = Callable[[FeedAtWork, Simulator], Awaitable[None]]

SWIFT = GENEROUS + "retry_first_s = 0.05\nretry_cap_s = 0.1\n[kis.calls_per_second]\nanalyst = 200.0\n"
CONFIG = AnalystConfig(retry_first_s=0.05, retry_most_s=0.1)


def play(
    directory: Path,
    scene: Scene,
    symbol: str = "122630",
    venue: Venue = Venue.KRX,
    *,
    fault: str = "",
    patience_s: float = 40.0,
    **settings: Any,  # noqa: ANN401 - as many types as settings
) -> list[Targets]:
    """Act out *scene* beside a living feed and analyst, while somebody watches *symbol*; return the targets told.

    A *fault* is there from the beginning; *settings* are the world's.
    """

    async def tell() -> list[Targets]:
        world = kis.world(directory / "world", rest_calls_per_second=1_000, token_once_a_minute=False, **settings)
        async with world as simulator:
            world_time = read_world_clock(directory / "world" / "clock.json")
            assert world_time is not None
            clock = WorldClock(world_time)
            house = FeedAtWork(directory, simulator.rest_url, simulator.ws_url, clock, SWIFT)
            lay_out(house.settings, "analyst")
            lay_out_closed_days(house.settings)
            house.watch(symbol, venue=venue)
            if fault:
                assert simulator.player.order(parse_fault(fault))
            async with house.neighbours(), house.life(), at_work("analyst", run, CONFIG, house.settings, clock):
                await asyncio.wait_for(scene(house, simulator), timeout=patience_s)
            # What a master file has renamed is told a second time.
            return list({(told.symbol, told.computed_at): told for told in heard(house)}.values())

    return asyncio.run(tell())


async def until_targets_of(house: FeedAtWork, *symbols: str) -> None:
    """Wait until targets of *symbols* have been heard."""
    await house.until(lambda: set(symbols) <= {targets.symbol for targets in heard(house)})


def heard(house: FeedAtWork) -> list[Targets]:
    """Return the targets that were heard so far."""
    return [message for message in house.listener.messages(Targets) if isinstance(message, Targets)]


def states(house: FeedAtWork) -> list[State]:
    """Return what analyst's heartbeats said so far, "not yet" if there was none."""
    beats = [beat for beat in house.listener.messages(Heartbeat) if isinstance(beat, Heartbeat)]
    return [beat.state for beat in beats if beat.actor == "analyst"] or [State.STARTING]


def test_the_example_in_the_readme_comes_out_to_the_won(tmp_path: Path) -> None:
    """Base 72,665 and σ 1.417 %, from bars of the simulated KIS, a hundred a page, today's unfinished one left out."""

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await until_targets_of(house, "122630")

    (targets,) = play(tmp_path, scene)

    assert (targets.session_date, targets.bars_until) == (date(2025, 11, 28), date(2025, 11, 27))
    assert targets.base_price == 72_665
    assert round(targets.sigma, 5) == 0.01417
    assert buy_line(targets, 1) == "1차 매수: 71,635원 (1.42% 하락)"
    assert buy_line(targets, 2) == "2차 매수: 70,606원 (2.83% 하락)"


def test_us_targets_are_for_new_yorks_date_in_dollars(tmp_path: Path) -> None:
    """Friday nine in Seoul is Thanksgiving evening in New York: the next session is Friday's, the last Wednesday's."""

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await until_targets_of(house, "SOXL")

    (targets,) = play(tmp_path, scene, "SOXL", Venue.AMEX)

    assert (targets.session_date, targets.bars_until) == (date(2025, 11, 28), date(2025, 11, 26))
    assert targets.base_price == 41.27
    assert round(targets.sigma, 5) == 0.06184


def test_an_outage_of_kis_is_waited_out(tmp_path: Path) -> None:
    """Gateway errors for a while: degraded, then the targets, and nobody had to do anything."""
    down = '{"fault": "rest", "path": "inquire-daily-itemchartprice", "status": 502, "times": 24}'

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await house.until(lambda: State.DEGRADED in states(house))
        await until_targets_of(house, "005930")
        await house.until(lambda: states(house)[-1] is State.RUNNING)

    assert [targets.base_price for targets in play(tmp_path, scene, "005930", fault=down)] == [103_500]


def test_a_symbol_is_found_by_its_code_and_an_outage_is_told_apart(tmp_path: Path) -> None:
    """What /add asks: the name in Hangul, the exchange of a US symbol, and a plain no."""

    async def scene(house: FeedAtWork, simulator: Simulator) -> None:
        ports = house.listener.ports
        await house.until(lambda: states(house)[-1] is State.RUNNING)
        samsung = await ports.ask("analyst", "find", symbol="005930")
        assert (samsung["name"], samsung["venue"]) == ("삼성전자", "KRX")
        assert (await ports.ask("analyst", "find", symbol="soxl"))["venue"] == "AMEX"
        for unknown in ("999999", "NONE"):
            with pytest.raises(CommandRefused, match="not listed"):
                await ports.ask("analyst", "find", symbol=unknown)
        assert simulator.player.order(parse_fault('{"fault": "rest", "status": 502, "times": 100}'))
        assert list(await ports.ask("analyst", "find", symbol="999999")) == ["unreachable"]

    play(tmp_path, scene)


def test_the_bars_on_disk_are_what_chart_is_told(tmp_path: Path) -> None:
    """More than a year of them passes the control socket whole, as chart's own client reads it."""

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await until_targets_of(house, "122630")
        bars = await AnalystClient(house.listener.ports).daily_bars("122630", date(2024, 5, 27))
        assert len(bars) > 350
        assert bars == sorted(bars, key=lambda bar: bar.session_date)
        assert bars[-1].session_date == date(2025, 11, 27)

    play(tmp_path, scene)


def test_a_token_that_kis_has_forgotten_is_renewed_by_feed(tmp_path: Path) -> None:
    """Feed alone asks for tokens, once a minute at most (here a minute is half a second); the others wait and go on."""

    async def scene(house: FeedAtWork, simulator: Simulator) -> None:
        await until_targets_of(house, "122630")
        assert simulator.player.order(parse_fault('{"fault": "forget_tokens"}'))
        house.watch("122630", "005930")
        house.telegram_beats(watches=1)
        await until_targets_of(house, "005930")

    told = play(tmp_path, scene, speed=100.0)

    assert [targets.symbol for targets in told] == ["122630", "005930"]


def test_the_master_files_bring_names_kinds_and_keys(tmp_path: Path) -> None:
    """What /add 삼성전자 asks, and the Korean name of a US stock that was watched before the files had been read."""

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await house.until(lambda: any("반도체" in targets.name for targets in heard(house)))
        ports = house.listener.ports
        found = await ports.ask("analyst", "find", words="ㅅㅅㅈㅈ")
        assert found["certain"]
        assert [row["symbol"] for row in found["candidates"]] == ["005930", "005935"]  # type: ignore[attr-defined]
        apple = await ports.ask("analyst", "find", symbol="AAPL")
        assert (apple["name"], apple["kind"], apple["key"]) == ("애플", "share", "DNASAAPL")
        assert await ports.ask("analyst", "find", words="없는종목이름") == {"candidates": [], "certain": False}

    assert play(tmp_path, scene, "SOXL", Venue.AMEX)[-1].name == "디렉시온 반도체 3배 ETF"


def test_master_files_that_cannot_be_had_harm_no_targets(tmp_path: Path) -> None:
    """No alert depends on a name."""
    gone = '{"fault": "rest", "path": ".zip", "status": 502, "times": 1000}'

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await until_targets_of(house, "122630")
        assert list(await house.listener.ports.ask("analyst", "find", words="삼성전자")) == ["unreachable"]
        await house.until(lambda: states(house)[-1] is State.RUNNING)

    assert [targets.symbol for targets in play(tmp_path, scene, fault=gone)] == ["122630"]


def test_master_files_are_asked_for_again_until_they_come(tmp_path: Path) -> None:
    """Nobody should have to restart anything because KIS was away at eight."""
    late = '{"fault": "rest", "path": ".zip", "status": 502, "times": 12}'

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await house.until(lambda: any("반도체" in targets.name for targets in heard(house)))

    assert play(tmp_path, scene, "SOXL", Venue.AMEX, fault=late)[-1].name.startswith("디렉시온")


@pytest.mark.timeout(120)
def test_sigmactl_back_tests_what_nobody_watches(tmp_path: Path) -> None:
    """Two years of pages from the simulated KIS, for people and for programs, and a refusal in words."""
    printed: list[Printed] = []

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        async def typed(*words: str) -> Printed:
            return await asyncio.to_thread(sigmactl, house.settings, "backtest", *words)

        one_year = ("498400", "--years", "1")
        printed.extend([await typed(*one_year), await typed(*one_year, "--json"), await typed("499999")])

    play(tmp_path, scene, patience_s=100)

    people, programs, nonsense = printed
    assert (people.code, programs.code, nonsense.code) == (0, 0, 1)
    assert people.out.startswith("498400 KODEX 200타겟위클리커버드콜: ")
    assert [line.split()[0] for line in people.out.splitlines()[2:5]] == ["level", "1σ", "2σ"]
    assert len([line for line in people.out.splitlines() if line.startswith("any day ")]) == 3
    assert "0.015% to buy, 0.015% to sell" in people.out
    assert programs.json["last"] == "2025-11-27"
    assert 230 < programs.json["sessions"] < 260
    assert "found 499999" in nonsense.err


def test_a_day_that_kis_alone_knows_to_be_closed_is_closed_for_us(tmp_path: Path) -> None:
    """A temporary holiday next Monday: the actors that run follow, and no library had to be renewed."""

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        almanac = Almanac(MarketConfig(), house.settings.data_dir)
        await until_targets_of(house, "122630")

        def is_known() -> bool:
            almanac.look()
            return almanac.asked_at is not None

        await house.until(is_known)
        assert almanac.calendar.next_session_date(Venue.KRX, date(2025, 11, 28)) == date(2025, 12, 2)

    play(tmp_path, scene, closed_days={"KRX": ["2025-12-01"]})


def test_the_minutes_of_the_day_come_from_kis(tmp_path: Path) -> None:
    """The picture of a day is drawn from what KIS tells of it."""
    told: list[Minutes] = []

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await until_targets_of(house, "122630")
        wanted = msgspec.structs.replace(ALERT, traded_at=datetime(2025, 11, 28, tzinfo=UTC))
        told.append(await AnalystClient(house.listener.ports).minutes(wanted))

    play(tmp_path, scene)

    assert told[0].closes_at - told[0].opens_at == timedelta(hours=6, minutes=30)
    assert [minute.begins_at for minute in told[0].minutes[:1]] in ([], [told[0].opens_at])


@pytest.mark.timeout(120)
def test_sigmactl_has_a_back_test_and_chart_draws_it(tmp_path: Path) -> None:
    """From the command line through analyst, chart and its child to a file; what is wrong is said."""
    picture = tmp_path / "picture.png"
    printed: list[Printed] = []

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        async def typed(path: Path) -> Printed:
            words = ("backtest", "122630", "--years", "0.5", "--plot", str(path))
            return await asyncio.to_thread(sigmactl, house.settings, *words)

        printed.append(await typed(picture))
        async with at_work("chart", draw, ChartConfig(), house.settings, SystemClock()):
            printed.extend([await typed(picture), await typed(tmp_path / "no" / "folder")])

    play(tmp_path, scene, patience_s=100)

    alone, drawn, nowhere = printed
    assert (alone.code, drawn.code, nowhere.code) == (1, 0, 1)
    # There is no supervisord in this test, and so nobody who could start chart.
    assert "nothing runs here" in alone.err
    assert "No such file" in nowhere.err
    with Image.open(picture) as image:
        assert image.size == (1000, 600)


@pytest.mark.parametrize(
    ("day", "notes", "obstacle"),
    [
        ({"flng_cls_code": "02"}, ["ex-dividend"], ""),
        ({"flng_cls_code": "01", "base_ratio": 0.5}, ["ex-rights"], ""),
        ({"marks": "YNY"}, ["was-halted", "administrative"], ""),
        ({"marks": "NYN"}, [], "liquidation"),
    ],
    ids=["ex-dividend", "rights", "halted", "sold off"],
)
def test_what_the_master_file_says_of_the_day_reaches_the_targets(
    tmp_path: Path, day: dict[str, Any], notes: list[str], obstacle: str
) -> None:
    """An alert names it; and what is sold off before it is delisted has no target, whatever its past."""
    unusual = msgspec.structs.replace(SimulatorConfig().symbols[0], **day)

    async def scene(house: FeedAtWork, _simulator: Simulator) -> None:
        await house.until(lambda: any(told.kind for told in heard(house)))

    told = play(tmp_path, scene, symbols=[unusual])[-1]

    assert (told.kind, told.notes, told.obstacle) == ("etf", notes, obstacle)
    assert (told.base_price, bool(told.sigma)) == (72_665, not obstacle)
