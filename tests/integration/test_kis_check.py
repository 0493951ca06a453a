"""`sigmactl kis check` over real sockets: all well, and each thing that may be wrong, with its remedy."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from actors.runtime.clock import WorldClock, read_world_clock
from actors.runtime.config import Settings
from simulator.journal import ConnectionLine, RequestLine
from simulator.judgement.evidence import read_lines
from simulator.world import Simulator
from tests.support import kis_client as kis
from tests.support.actor import make_settings
from tests.support.calendar import lay_out_closed_days
from tests.support.command_line import Printed, sigmactl
from tests.support.feed import GENEROUS, FeedAtWork

Order = dict[str, object]

DEMO = '[sigmabell]\nclock = "world"\n[simulator]\nenabled = true\n'
NAMES = ["keys main", "token main", "price main", "approval key main", "websocket main"]
REST = ["clock", "calendar", "master files", "bot token"]


@asynccontextmanager
async def world(directory: Path) -> AsyncIterator[tuple[Simulator, Settings]]:
    """Yield a simulated world and the settings of a demo in it, in which no actor runs."""
    async with kis.world(directory / "world") as simulator:
        conf = f'{DEMO}[kis]\nrest_url = "{simulator.rest_url}"\nws_url = "{simulator.ws_url}"\n'
        conf += (
            f'masters_url = "{simulator.rest_url}/common/master"\n[telegram]\napi_url = "{simulator.telegram_url}"\n'
        )
        settings = make_settings(directory, conf)
        shutil.copy(directory / "world" / "clock.json", settings.run_dir)
        lay_out_closed_days(settings)
        yield simulator, settings


async def check(settings: Settings, *words: str) -> Printed:
    """Return what `sigmactl kis check` comes to."""
    return await asyncio.to_thread(sigmactl, settings, *words, "kis", "check")


def findings(printed: Printed) -> dict[str, dict[str, Any]]:
    """Return what was found, by name."""
    return {finding["name"]: finding for finding in printed.json}


def bad(printed: Printed) -> dict[str, str]:
    """Return the remedy of each thing that is wrong."""
    return {name: finding["remedy"] for name, finding in findings(printed).items() if not finding["ok"]}


def paths(directory: Path) -> list[str]:
    """Return the ends of the REST paths that were asked."""
    return [line.path.rpartition("/")[2] for line in read_lines(directory / "world" / "requests.jsonl", RequestLine)]


def steps(directory: Path) -> list[str]:
    """Return what happened to WebSocket sessions."""
    return [line.event for line in read_lines(directory / "world" / "connections.jsonl", ConnectionLine)]


def test_where_no_actor_runs_kis_and_telegram_are_asked_once_each(tmp_path: Path) -> None:
    """And nothing stays behind: the slot is free when feed starts."""

    async def scene() -> tuple[Printed, Printed]:
        async with world(tmp_path) as (_, settings):
            return await check(settings, "--json"), await check(settings)

    for_programs, for_people = asyncio.run(scene())

    assert list(findings(for_programs)) == NAMES + REST
    assert (for_programs.code, bad(for_programs)) == (0, {})
    assert " costs ₩" in findings(for_programs)["price main"]["found"]
    assert paths(tmp_path)[:3] == ["tokenP", "inquire-price", "Approval"]
    assert steps(tmp_path)[:3] == ["opened", "confirmed", "closed"]
    # A minute has not passed: the second token is refused, and the way out is to wait.
    assert for_people.code == 1
    assert "❌ token main" in for_people.out
    assert "→ run this again in a minute" in for_people.out
    assert "✅ websocket main" in for_people.out


WRONG: list[tuple[Order, list[str], str]] = [
    ({"fault": "rest", "path": "tokenP", "code": "EGW00103"}, ["token main", "price main"], "sigmactl init"),
    ({"fault": "rest", "path": "tokenP", "status": 502}, ["token main", "price main"], "is the internet there"),
    ({"fault": "rest", "path": "Approval", "code": "EGW00105"}, ["approval key main", "websocket main"], "init"),
    ({"fault": "rest", "path": "inquire-price", "code": "EGW00206"}, ["price main"], "apply for this API"),
    ({"fault": "rest", "path": "inquire-price", "cut": True}, ["price main"], "is the internet there"),
    ({"fault": "answer", "code": "OPSP8996"}, ["websocket main"], "another program uses this app key"),
    ({"fault": "answer", "code": "OPSP0011"}, ["websocket main"], "run this again"),
    ({"fault": "answer", "code": "OPSP0008"}, ["websocket main"], "another program has spent"),
    ({"fault": "answer", "code": "OPSP8992"}, ["websocket main"], "sigmactl find"),
    ({"fault": "no_ack"}, ["websocket main"], "is the internet there"),
    ({"fault": "refuse", "what": "websocket", "seconds": 60}, ["websocket main"], "is the internet there"),
    ({"fault": "rest", "path": "kospi_code.mst.zip", "status": 500}, ["master files"], "masters_url"),
]


@pytest.mark.parametrize(
    ("order", "names", "remedy"), WRONG, ids=lambda value: str(value) if isinstance(value, dict) else ""
)
def test_what_is_wrong_is_named_with_its_remedy_and_all_else_is_well(
    tmp_path: Path, order: Order, names: list[str], remedy: str
) -> None:
    """An operator who sees ❌ must know what to do next."""

    async def scene() -> Printed:
        async with world(tmp_path) as (simulator, settings):
            assert await kis.fault(simulator, **order) == {"played": True}
            return await check(settings, "--json")

    printed = asyncio.run(scene())

    assert printed.code == 1
    assert list(bad(printed)) == names
    assert remedy in bad(printed)[names[0]]
    assert "SIMULATED-APP" not in printed.out + printed.err


def test_a_bot_token_that_telegram_does_not_know_is_named(tmp_path: Path) -> None:
    """And not shown."""

    async def scene() -> Printed:
        async with world(tmp_path) as (simulator, settings), aiohttp.ClientSession() as http:
            fault = {"kind": "error", "method": "getMe", "status": 401, "description": "Unauthorized"}
            await http.post(f"{simulator.telegram_url}/simulator/fault", json=fault)
            return await check(settings, "--json")

    printed = asyncio.run(scene())

    assert list(bad(printed)) == ["bot token"]
    assert findings(printed)["bot token"]["found"].endswith("found Unauthorized")
    assert "1000000000:" not in printed.out


def test_without_keys_only_the_keys_are_named(tmp_path: Path) -> None:
    """Before `init` there is nothing to ask KIS with; the internet is not even tried."""
    urls = 'rest_url = "http://127.0.0.1:9"\nws_url = "ws://127.0.0.1:9"\nmasters_url = ""\n'
    settings = make_settings(tmp_path, f"[kis]\n{urls}")
    lay_out_closed_days(settings)

    printed = sigmactl(settings, "--json", "kis", "check")

    assert list(findings(printed)) == ["keys main", *REST]
    assert set(bad(printed)) == {"keys main", "clock", "bot token"}
    assert bad(printed)["keys main"].startswith("sigmactl init")


def with_feed(directory: Path, scene: Callable[[FeedAtWork, Simulator], Awaitable[Printed]]) -> Printed:
    """Act out *scene* beside a living feed whose symbols are confirmed."""

    async def tell() -> Printed:
        async with kis.world(directory / "world") as simulator:
            found = read_world_clock(directory / "world" / "clock.json")
            assert found is not None
            more = f'{GENEROUS}{DEMO}[telegram]\napi_url = "{simulator.telegram_url}"\n'
            house = FeedAtWork(directory, simulator.rest_url, simulator.ws_url, WorldClock(found), more)
            shutil.copy(directory / "world" / "clock.json", house.settings.run_dir)
            lay_out_closed_days(house.settings)
            house.watch("005930", "122630")
            async with house.neighbours(), house.life():
                await house.until_trades_of("005930", "122630")
                return await scene(house, simulator)

    return asyncio.run(tell())


def test_a_running_feed_is_asked_instead_of_kis(tmp_path: Path) -> None:
    """An app key has one session: a second socket would take the feed's prices away."""

    async def scene(house: FeedAtWork, _simulator: Simulator) -> Printed:
        return await check(house.settings, "--json")

    printed = with_feed(tmp_path, scene)

    assert (printed.code, bad(printed)) == (0, {})
    assert findings(printed)["websocket main"]["found"] == "feed: connected, 2 of 2 streams confirmed"
    assert steps(tmp_path).count("opened") == 1
    assert paths(tmp_path).count("tokenP") == 1
    assert paths(tmp_path).count("Approval") == 1


def test_what_feed_complains_of_is_named(tmp_path: Path) -> None:
    """It knows better than a second client would."""

    async def scene(house: FeedAtWork, simulator: Simulator) -> Printed:
        await kis.fault(simulator, fault="steal_slot", seconds=60)
        await house.until(lambda: any("another program" in beat.reason for beat in house.beats()))
        return await check(house.settings, "--json")

    printed = with_feed(tmp_path, scene)

    assert list(bad(printed)) == ["websocket main"]
    assert "another program" in findings(printed)["websocket main"]["found"]
