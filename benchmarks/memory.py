"""What the whole demo occupies: everything under supervisord, once an alert and its picture have arrived.

The checkout's code is copied into a directory of its own, with ports of its own, so that a system that runs from the
checkout is not disturbed. A process's figure is its PSS: what it shares is divided by those who share it. The simulator
plays the world and does not count.
"""

import compileall
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import msgspec
from msgspec import Struct

from actors.runtime.config import load_settings
from benchmarks.measurement import Measurement, at_most
from benchmarks.processes import ROOT, descendants, pss_mb, stop

__all__ = ["NoAlert", "measure"]

COPIED = ("actors", "protocol", "simulator", "conf", "supervisord.conf")
MARKS = {"feed": at_most(50), "evaluator": at_most(50), "telegram": at_most(50)}
MARK_IN_ALL = at_most(300)
SIMULATOR = "simulator"
PATIENCE_S = 120.0
SETTLE_S = 3.0
POLL_S = 0.2


class NoAlert(Exception):  # noqa: N818 - it states a fact
    """The demo brought no alert with a picture in time."""


class _Line(Struct):
    """What we read of a line in telegram.jsonl (`docs/ledger.md`)."""

    method: str
    accepted: bool


_lines = msgspec.json.Decoder(_Line)


def measure(rounds: int, directory: Path) -> list[Measurement]:
    """Start the demo, wait for an alert and its picture, and weigh every process *rounds* times, a second apart.

    Raises:
        NoAlert: none came; the logs in *directory* say why.
    """
    home = directory / "demo"
    _furnish(home)
    supervisor = subprocess.Popen(
        [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(home / "supervisord.conf")],
        cwd=home,
        stdout=subprocess.DEVNULL,
    )
    try:
        took_s = _wait_for_picture(home)
        time.sleep(SETTLE_S)
        weighings = []
        for _ in range(rounds):
            weighings.append(_weigh(supervisor.pid))
            time.sleep(1.0)
    finally:
        stop(supervisor)
    return [*_measurements(weighings), _measurement("first alert with its picture", "after the start", "s", [took_s])]


def _measurements(weighings: list[dict[str, float]]) -> list[Measurement]:
    names = sorted({name for weighing in weighings for name in weighing})
    each = [
        Measurement(
            part="memory",
            case=name,
            quantity="PSS",
            unit="MB",
            ours=[weighing[name] for weighing in weighings if name in weighing],
            mark=MARKS.get(name),
        )
        for name in names
    ]
    in_all = [sum(weighing.values()) for weighing in weighings]
    return [*each, Measurement(part="memory", case="in all", quantity="PSS", unit="MB", ours=in_all, mark=MARK_IN_ALL)]


def _measurement(case: str, quantity: str, unit: str, ours: list[float]) -> Measurement:
    return Measurement(part="memory", case=case, quantity=quantity, unit=unit, ours=ours)


def _furnish(home: Path) -> None:
    """Make *home* a checkout as `make install` leaves it, with ports that are free."""
    home.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, home / name)
    # As after the first start: a process that has just compiled its modules is larger than it will ever be again.
    compileall.compile_dir(home, quiet=1, optimize=2)
    (home / ".venv").symlink_to(sys.prefix)
    for name in ("run", "logs", "data"):
        (home / name).mkdir(mode=0o700)
    conf = home / "conf" / "sigmabell.toml"
    text = conf.read_text(encoding="utf-8")
    for key, port in zip(("rest_port", "ws_port", "telegram_port"), _free_ports(3), strict=True):
        found = re.search(rf"(?m)^#?{key} = ([0-9]+)$", text)
        if found is None:
            message = f"{conf}: expected {key}, found none"
            raise NoAlert(message)
        text = text.replace(f"127.0.0.1:{found[1]}", f"127.0.0.1:{port}").replace(found[0], f"{key} = {port}")
    conf.write_text(text, encoding="utf-8")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def _wait_for_picture(home: Path) -> float:
    """Return after how many seconds both an alert's text and its picture were accepted."""
    began = time.monotonic()
    log = load_settings(home / "conf" / "sigmabell.toml").data_dir / "simulator" / "telegram.jsonl"
    while time.monotonic() - began < PATIENCE_S:
        if log.exists() and {"sendMessage", "sendPhoto"} <= _accepted(log):
            return time.monotonic() - began
        time.sleep(POLL_S)
    message = f"expected an alert with its picture within {PATIENCE_S:g} s; see {home / 'logs'}"
    raise NoAlert(message)


def _accepted(log: Path) -> set[str]:
    whole = [text for text in log.read_bytes().splitlines(keepends=True) if text.endswith(b"\n")]
    return {line.method for line in map(_lines.decode, whole) if line.accepted}


def _weigh(supervisor: int) -> dict[str, float]:
    """Return the PSS of supervisord and of all below it but the simulator, by name, megabytes."""
    found = {"supervisord": pss_mb(supervisor)}
    for pid in descendants(supervisor):
        name = _name_of(pid)
        if name != SIMULATOR:
            found[name] = found.get(name, 0.0) + pss_mb(pid)
    return found


def _name_of(pid: int) -> str:
    """Return `feed` of `python -m actors.feed`, `chart.worker` of its worker."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    module = words[words.index("-m") + 1] if "-m" in words else words[0]
    return module.removeprefix("actors.")
