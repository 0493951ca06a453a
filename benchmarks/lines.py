"""The whole line twice: our three actors, and the floor's three processes, started, watched and ended alike.

Ours live in a directory of their own, with a configuration of their own: forty people who watch one symbol each, their
targets in analyst's database, a world clock that stands at 10:00 of a trading day when they start. They cannot tell
that KIS and Telegram are ours. Both lines run in the environment that supervisord.conf gives the actors.
"""

import configparser
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import msgspec
import zmq
from sqlalchemy import insert
from supervisor.datatypes import dict_of_key_value_pairs

from actors.runtime.clock import WorldTime
from actors.runtime.config import Settings, load_settings
from actors.runtime.store import open_store
from benchmarks.processes import PATIENCE_S, ROOT, cpu_s, own_mb, start, stop
from benchmarks.records import BASE_PRICE, SESSION_DATE, SIGMA, SYMBOLS
from benchmarks.tally import Tally
from protocol.messages import ControlAnswer, ControlRequest
from protocol.tables import analyst

__all__ = ["Counter", "Line", "NotReady", "floor_line", "product_line"]

OURS, FLOOR = "/ours", "/floor"

REST_S = 0.5
LIFE = "benchmark"
"""Whose the world clock is."""
TEN_NS = 1_764_291_600_000_000_000
"""10:00 in Seoul on that day, UTC epoch nanoseconds."""
POLL_S = 0.02

CONF = """
[sigmabell]
clock = "world"
# When alerts were on disk is read from evaluator's log: all of a run's in one file.
log_file_mb = 100

[simulator]
enabled = true
app_key = "SIMULATED-APP-KEY"
app_secret = "SIMULATED-APP-SECRET"
bot_token = "1000000000:SIMULATED-BOT-TOKEN-0000000000000000"

[kis]
rest_url = "{http_url}"
ws_url = "{ws_url}"

[feed]
# Between two trials nothing is sent, for as long as the others are at it.
link_silence_s = 3600.0
data_silence_s = 3600.0
data_silence_cap_s = 3600.0

[evaluator]
rest_s = {rest_s}

[telegram]
api_url = "{http_url}"
levels = [1.0]
# Every alert by itself and at once: the sink has no limits, and it is the line that is measured.
chat_per_s = 1000.0
chat_burst = 1000.0
bot_per_s = 1000.0
group_from = 1000
# No chart runs here: what waits for a picture is soon given up.
picture_life_s = 1.0
people = [
{people}
]
"""
PERSON = (
    '{{ name = "{symbol}", user_id = {user_id}, chat_id = {user_id}, role = "member", '
    'watches = [ {{ symbol = "{symbol}", name = "종목", venue = "KRX" }} ] }},'
)


class NotReady(Exception):  # noqa: N818 - it states a fact
    """A line did not start in time."""


class Line:
    """Feed, evaluator and notifier, running between one WebSocket and one HTTP server."""

    def __init__(self, path: str) -> None:
        self.path = path
        """Under which the feed connects to the WebSocket."""
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def add(self, role: str, process: "subprocess.Popen[bytes]") -> None:
        """Take *process* as the line's `feed`, `evaluator` or `notifier`."""
        self._running[role] = process

    def cpu(self) -> dict[str, float]:
        """Return the CPU time of each process so far, by role, seconds."""
        return {role: cpu_s(process.pid) for role, process in self._running.items()}

    def weigh(self) -> dict[str, float]:
        """Return what each process has in memory that is its own, by role, megabytes."""
        return {role: own_mb(process.pid) for role, process in self._running.items()}

    def pause(self, role: str) -> None:
        """Let the process of *role* stand still."""
        self._running[role].send_signal(signal.SIGSTOP)

    def resume(self, role: str) -> None:
        """Let it go on."""
        self._running[role].send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End the processes, the feed first."""
        for process in self._running.values():
            stop(process)


class Counter(Protocol):
    """Who knows how many trades a line's evaluator has looked at since it started."""

    @property
    def count(self) -> int:
        """So many."""


@contextmanager
def product_line(directory: Path, ws_url: str, http_url: str, name: str = OURS) -> Iterator[tuple[Line, Counter]]:
    """Hold our actors, started in *directory*, with everything subscribed; *name* is the WebSocket's path.

    Raises:
        NotReady: that takes too long; their logs in *directory* say why.
    """
    line = Line(name)
    settings = _furnish(directory, ws_url + line.path, http_url)
    env = _supervised() | {"SIGMABELL_CONF": str(settings.path), "SIGMABELL_LIFE": LIFE}
    desk = _ControlDesk(settings)
    with ExitStack() as stack:
        stack.callback(desk.close)
        stack.callback(line.close)
        for role, actor in (("feed", "feed"), ("evaluator", "evaluator"), ("notifier", "telegram")):
            line.add(role, start(f"actors.{actor}", env=env))
        # US trades are not played, but evaluator waits for whoever would bring them: idle, and not weighed.
        stack.callback(stop, start("actors.us_poller", env=env))
        _wait_for("running actors", desk.is_everything_ready)
        yield line, desk


@contextmanager
def floor_line(directory: Path, ws_url: str, http_url: str) -> Iterator[tuple[Line, Counter]]:
    """Hold the floor's processes, whose files lie in *directory*."""
    line = Line(FLOOR)
    trades, alerts = f"ipc://{directory}/trades", f"ipc://{directory}/alerts"
    tally = directory / "tally"
    commands = {
        "feed": ("feed", ws_url + line.path, trades),
        "evaluator": ("evaluator", trades, alerts, str(directory / "alerts.db"), str(tally), f"{REST_S}"),
        "notifier": ("notifier", alerts, f"{http_url}/bot/sendMessage"),
    }
    with ExitStack() as stack:
        stack.callback(line.close)
        for role, (module, *arguments) in commands.items():
            line.add(role, start(f"benchmarks.floors.{module}", *arguments, env=_supervised()))
        yield line, Tally(tally)


class _ControlDesk:
    """Asks our actors by their control sockets, as anybody may."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()

    @property
    def count(self) -> int:
        """How many trades the evaluator has looked at since it started."""
        return msgspec.convert(self._ask("evaluator", "status")["progress"], int)

    def is_everything_ready(self) -> bool:
        """Whether every symbol is subscribed and every actor runs."""
        streams = msgspec.convert(self._ask("feed", "subscriptions")["streams"], list[dict[str, object]])
        confirmed = [stream for stream in streams if stream["standing"] == "confirmed"]
        states = [self._ask(actor, "status")["state"] for actor in ("evaluator", "telegram")]
        return len(confirmed) == len(SYMBOLS) and states == ["running", "running"]

    def close(self) -> None:
        """Ask no more."""
        self._context.destroy(linger=0)

    def _ask(self, actor: str, command: str) -> dict[str, object]:
        with self._context.socket(zmq.REQ) as socket:
            socket.set(zmq.LINGER, 0)
            socket.set(zmq.RCVTIMEO, int(PATIENCE_S * 1_000))
            socket.connect(f"ipc://{self._settings.run_dir}/{actor}-1.control")
            socket.send(msgspec.json.encode(ControlRequest(command=command)))
            try:
                return msgspec.json.decode(socket.recv(), type=ControlAnswer).result
            except zmq.Again:
                message = f"expected an answer of {actor}; see {self._settings.logs_dir}"
                raise NotReady(message) from None


def _wait_for(what: str, is_there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_there():
        if time.monotonic() > deadline:
            message = f"expected {what} within {PATIENCE_S:g} s"
            raise NotReady(message)
        time.sleep(POLL_S)


def _supervised() -> dict[str, str]:
    """Return the environment that supervisord.conf gives every process."""
    supervisord = configparser.RawConfigParser()
    supervisord.read(ROOT / "supervisord.conf", encoding="utf-8")
    return dict(dict_of_key_value_pairs(supervisord["supervisord"]["environment"]))


def _furnish(directory: Path, ws_url: str, http_url: str) -> Settings:
    """Write configuration, clock and targets, and return the settings."""
    people = "\n".join(
        "    " + PERSON.format(symbol=symbol, user_id=1001 + number) for number, symbol in enumerate(SYMBOLS)
    )
    path = directory / "conf" / "sigmabell.toml"
    path.parent.mkdir()
    path.write_text(
        CONF.format(http_url=http_url, ws_url=ws_url, rest_s=REST_S, people=people),
        encoding="utf-8",
    )
    settings = load_settings(path)
    for folder in (settings.run_dir, settings.data_dir, settings.logs_dir):
        folder.mkdir(mode=0o700)
    start_of_world = WorldTime(monotonic_ns=time.monotonic_ns(), world_ns=TEN_NS, speed=1.0, life=LIFE)
    (settings.run_dir / "clock.json").write_bytes(msgspec.json.encode(start_of_world))
    engine = open_store("analyst", settings)
    with engine.begin() as connection:
        connection.execute(insert(analyst.targets), [_target(symbol) for symbol in SYMBOLS])
    engine.dispose()
    return settings


def _target(symbol: str) -> dict[str, object]:
    return {
        "symbol": symbol,
        "session_date": SESSION_DATE,
        "name": "종목",
        "venue": "KRX",
        "base_price": float(BASE_PRICE),
        "sigma": SIGMA,
        "returns": 240,
        "bars_until": SESSION_DATE,
        "source": "benchmark",
        "computed_at_ns": TEN_NS,
    }
