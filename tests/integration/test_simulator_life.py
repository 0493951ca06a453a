"""The simulator's lives: a restart goes on, a new supervisord begins the next day, a signal ends it in good order."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import CannotPlay
from simulator.lives import begin_life
from simulator.state import read_state
from tests.support import kis_client as kis

RATE: dict[str, Any] = {"trades_per_second": 500.0}


def live(directory: Path, seconds: float, life: str = "test", **changes: Any) -> str:  # noqa: ANN401 - configuration
    """Let a world go on for real *seconds*; return the world's moment at its end."""

    async def tell() -> str:
        async with kis.world(directory, life=life, **changes) as simulator:
            await asyncio.sleep(seconds)
            return simulator.clock.now().isoformat()

    return asyncio.run(tell())


def trades(directory: Path) -> list[dict[str, Any]]:
    """Return what the journal says about trades."""
    return [json.loads(line) for line in (directory / "trades.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_restart_makes_the_very_trades_that_would_have_been_made(tmp_path: Path) -> None:
    """A simulator that dies is no event of the market: no trade twice, none left out, none changed."""
    for _ in range(3):
        live(tmp_path / "killed", 0.4, **RATE)
    live(tmp_path / "whole", 1.5, **RATE)

    def facts(name: str) -> list[tuple[object, ...]]:
        return [(line["index"], line["symbol"], line["price"], line["volume"]) for line in trades(tmp_path / name)]

    killed, whole = facts("killed"), facts("whole")
    assert [fact[0] for fact in killed] == list(range(1, len(killed) + 1))
    common = min(len(killed), len(whole))
    assert common > 400
    assert killed[:common] == whole[:common]


def test_a_killed_simulator_writes_no_trade_twice(tmp_path: Path) -> None:
    """Killed between two looks at the state it makes some trades again, and must know that it has written them."""
    live(tmp_path, 0.5, **RATE)
    state = (tmp_path / "state.json").read_bytes()
    live(tmp_path, 0.5, **RATE)
    (tmp_path / "state.json").write_bytes(state)
    with (tmp_path / "trades.jsonl").open("ab") as journal:
        journal.write(b'{"index":99999,"sym')
    live(tmp_path, 0.2, **RATE)

    whole = [line for line in (tmp_path / "trades.jsonl").read_bytes().splitlines() if line.endswith(b"}")]
    indices = [json.loads(line)["index"] for line in whole]
    assert indices == list(range(1, len(indices) + 1))


def test_a_new_supervisord_finds_the_next_trading_day(tmp_path: Path) -> None:
    """Each demo begins at nine with fresh alerts, and yesterday's close is the base price."""
    assert live(tmp_path, 0.1, life="first", **RATE).startswith("2025-11-28T00:00:")
    assert live(tmp_path, 0.1, life="first", **RATE).startswith("2025-11-28T00:00:")
    assert live(tmp_path, 0.1, life="second", **RATE).startswith("2025-12-01T00:00:")

    found = read_state(tmp_path / "state.json")
    bars = begin_life(kis.config(**RATE), found, "second", Path()).exchange.history(
        "122630", trades_date(tmp_path), trades_date(tmp_path).replace(day=1, month=11)
    )
    by_date = {str(bar.session_date): bar.close for bar in bars}
    assert by_date["2025-11-27"] == 72_665
    bases = {line["base_price"] for line in trades(tmp_path) if line["session_date"] == "2025-12-01"}
    assert by_date["2025-11-28"] in bases


def trades_date(directory: Path) -> date:
    """Return the session date that the state says was used last."""
    found = read_state(directory / "state.json")
    assert found is not None
    return found.last_date


def test_another_start_is_another_world(tmp_path: Path) -> None:
    """Whoever changes `start` wants that day, not the one after the old world's."""
    live(tmp_path, 0.05, life="first")
    assert live(tmp_path, 0.05, life="second", start="2026-03-03T09:00:00+09:00").startswith("2026-03-03T00:00:")


def test_the_next_life_of_a_recording_plays_its_next_date(tmp_path: Path) -> None:
    """One date at a time, in the order of the file."""
    recording = "tests/recordings/frames-sample.txt"
    days = [live(tmp_path, 0.05, life=life, recording=recording)[:10] for life in ("1", "1", "2", "3")]
    assert days == ["2026-06-08", "2026-06-08", "2026-09-16", "2025-12-04"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": "2025-11-28T09:00:00"}, "ISO instant with offset"),
        ({"start": "tomorrow"}, "ISO instant with offset"),
        ({"recording": "README.md"}, "expected"),
        ({"recording": "no/such/file"}, "readable recording"),
        ({"recording": "tests/recordings/frames-sample.txt", "recording_date": "2020-01-02"}, "2026-06-08"),
        ({"recording": "tests/recordings/frames-sample.txt", "recording_date": "x"}, "ISO date"),
        ({"faults": "no/such/file"}, "script of faults"),
        ({"telegram_faults": "no/such/file"}, "Telegram's faults"),
    ],
)
def test_what_cannot_be_played_is_refused(tmp_path: Path, changes: dict[str, str], message: str) -> None:
    """A wrong file must not become a world without faults or without trades."""
    with pytest.raises(CannotPlay, match=message):
        live(tmp_path, 0.0, **changes)


def start(directory: Path, settings: str) -> subprocess.Popen[str]:
    """Start the simulator's program with *settings* below `[simulator]`."""
    (directory / "conf").mkdir()
    path = directory / "conf" / "sigmabell.toml"
    path.write_text(f"[simulator]\nrest_port = 0\nws_port = 0\ntelegram_port = 0\n{settings}\n", encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-m", "simulator"],
        env={**os.environ, "SIGMABELL_CONF": str(path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_program_ends_at_once_where_it_is_not_enabled(tmp_path: Path) -> None:
    """The same supervisord.conf runs demo and live."""
    program = start(tmp_path, "enabled = false")
    program.communicate(timeout=20)
    assert program.returncode == 0


@pytest.mark.parametrize("settings", ["enabled = true\nno_such_key = 1", 'enabled = true\nstart = "nine"'])
def test_a_wrong_configuration_waits_for_the_operator(tmp_path: Path, settings: str) -> None:
    """Exit code 78 is not restarted, and the text says what is wrong."""
    program = start(tmp_path, settings)
    _, errors = program.communicate(timeout=20)
    assert program.returncode == 78
    assert "expected" in errors or "unknown field" in errors


def test_sigterm_ends_the_program_and_takes_the_clock_away(tmp_path: Path) -> None:
    """Who starts next must wait for the next world's time, not read the last one's."""
    program = start(tmp_path, "enabled = true")
    assert program.stdout is not None
    assert program.stdout.readline().startswith("simulator: http://127.0.0.1:")
    clock = tmp_path / "run" / "clock.json"
    assert set(json.loads(clock.read_bytes())) == {"monotonic_ns", "world_ns", "speed", "life"}
    program.send_signal(signal.SIGTERM)
    program.communicate(timeout=20)
    assert program.returncode == 0
    assert not clock.exists()
    assert (tmp_path / "run").stat().st_mode & 0o077 == 0
