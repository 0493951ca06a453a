"""KIS clients that we did not write, against the simulated KIS.

Each connects, subscribes and prints what it has understood; every line must be what the simulator's journal says it
sent. A simulator that only our own client understands would prove nothing.

    .venv-conformance/bin/python tests/conformance/clients/with_….py    one process a client
"""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from simulator.config import SimulatorConfig
from simulator.faults import Fault, Fill, Vi
from simulator.world import Simulator
from tests.support import kis_client as kis

__all__ = ["check"]

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-conformance" / "bin" / "python"
CLIENTS = Path(__file__).parent / "clients"
# KIS's own lengths, which python-kis checks.
APP_KEY, APP_SECRET = "P" * 36, "S" * 180
PATIENCE = timedelta(seconds=30)


class Case(Struct, frozen=True, kw_only=True):
    """One client, what it subscribes to, and how often each TR must be heard."""

    client: str
    registrations: tuple[str, ...]
    wanted: dict[str, int]
    world: dict[str, Any]
    faults: tuple[Fault, ...] = ()
    """Ordered when trades have come."""


CASES = (
    Case(
        client="with_python_kis",
        registrations=("H0STCNT0=005930", "H0STCNT0=122630"),
        wanted={"H0STCNT0": 200},
        world={"fields": 46},
    ),
    Case(
        client="with_mojito",
        registrations=("H0STCNT0=005930", "H0STCNT0=122630", "H0STCNI0=simulated"),
        wanted={"H0STCNT0": 200, "H0STCNI0": 1},
        world={"fields": 46, "records_per_frame_most": 20},
        faults=(Fill(symbol="005930", quantity=7, price=101_500, fields=23),),
    ),
    Case(
        client="with_kis_trader",
        registrations=(
            "H0STCNT0=005930",
            "H0STCNT0=122630",
            "H0NXCNT0=005930",
            "H0STMKO0=122630",
            "H0STCNI0=simulated",
        ),
        wanted={"H0STCNT0": 200, "H0NXCNT0": 50, "H0STMKO0": 1, "H0STCNI0": 1},
        world={"start": "2026-09-16T09:05:00+09:00"},
        faults=(Vi(symbol="122630"), Fill(symbol="005930", quantity=7, price=101_500)),
    ),
    Case(
        client="with_kis_trader",
        registrations=("HDFSCNT0=DAMSSOXL", "HDFSCNT0=DNASTQQQ"),
        wanted={"HDFSCNT0": 200},
        world={"start": "2025-11-29T00:00:00+09:00"},
    ),
)


def check() -> Iterator[tuple[str, str]]:
    """Let every client hear the simulator; yield its name, and what went wrong, if anything did."""
    for case in CASES:
        with tempfile.TemporaryDirectory() as directory:
            problem = asyncio.run(_hear(case, Path(directory)))
        yield f"{case.client.removeprefix('with_')} {' '.join(case.registrations)}: {case.wanted}", problem


async def _hear(case: Case, directory: Path) -> str:
    """Return what went wrong; empty if nothing did."""
    symbols = [msgspec.structs.replace(each, nxt=each.code == "005930") for each in SimulatorConfig().symbols]
    changes: dict[str, Any] = {
        "app_key": APP_KEY,
        "app_secret": APP_SECRET,
        "symbols": symbols,
        "trades_per_second": 400.0,
    }
    async with kis.world(directory, **(changes | case.world)) as simulator:
        arguments = [simulator.rest_url, simulator.ws_url, APP_KEY, APP_SECRET, *case.registrations]
        child = await asyncio.create_subprocess_exec(
            str(PYTHON), str(CLIENTS / f"{case.client}.py"), *arguments, stdout=asyncio.subprocess.PIPE
        )
        try:
            heard = await _listen(child, case, lambda: _order(simulator, case))
        finally:
            if child.returncode is None:
                child.kill()
            await child.wait()
    return _problem(case, heard, directory)


async def _listen(child: asyncio.subprocess.Process, case: Case, on_trades: Callable[[], None]) -> list[dict[str, Any]]:
    """Return what the client printed until it has heard enough, or for as long as patience lasts."""
    assert child.stdout is not None
    heard: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            while any(counts.get(tr_id, 0) < wanted for tr_id, wanted in case.wanted.items()):
                line = await child.stdout.readline()
                if not line:
                    return heard
                if not line.startswith(b"{"):
                    continue  # the client's own log
                heard.append(json.loads(line))
                counts[heard[-1]["tr_id"]] = counts.get(heard[-1]["tr_id"], 0) + 1
                if len(heard) == 20:
                    on_trades()
    except TimeoutError:
        pass
    return heard


def _order(simulator: Simulator, case: Case) -> None:
    for fault in case.faults:
        simulator.player.order(fault)


def _problem(case: Case, heard: list[dict[str, Any]], directory: Path) -> str:
    counts = {tr_id: sum(line["tr_id"] == tr_id for line in heard) for tr_id in case.wanted}
    if any(counts[tr_id] < wanted for tr_id, wanted in case.wanted.items()):
        return f"expected {case.wanted}, heard {counts}"
    lines = [json.loads(line) for line in (directory / "trades.jsonl").read_text(encoding="utf-8").splitlines()]
    sent = {(line["symbol"], line["cumulative_volume"]): line for line in lines if line["connection"]}
    for told in heard:
        if "CNT0" not in told["tr_id"]:
            continue
        true = sent.get((told["symbol"], told["cumulative_volume"]))
        if true is None or any(abs(told[name] - true[name]) > 1e-6 for name in ("price", "base_price")):
            return f"understood {told}, sent {true}"
    notices = [told for told in heard if "CNI" in told["tr_id"]]
    if any((told["symbol"], told["quantity"], told["price"]) != ("005930", 7, 101_500) for told in notices):
        return f"understood {notices}"
    statuses = [told for told in heard if "MKO" in told["tr_id"]]
    if any((told["symbol"], told["vi"]) not in {("122630", "Y"), ("122630", "N")} for told in statuses):
        return f"understood {statuses}"
    return ""
