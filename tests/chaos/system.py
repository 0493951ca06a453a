"""The whole system in a folder of its own, with a world outside that goes on whatever is killed.

The layout is a checkout made of links; `run/`, `data/` and `logs/` are the folder's own. The simulator is ours, not
supervisord's, so that the market does not stop when supervisord is killed.
"""

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from actors.market.sessions import SEOUL
from actors.runtime.clock import WorldClock, read_world_clock
from actors.runtime.config import Settings, load_settings
from actors.runtime.errors import ActorError
from actors.runtime.supervisor import Supervisor
from actors.runtime.visitor import Visitor
from protocol.topology import ACTORS, Address
from simulator.config import SimulatorConfig
from simulator.market.profiles import profiles_of
from tests.chaos.people import NEIGHBOUR, TOPICS, seat

__all__ = ["FIRST_CHAT", "PEOPLE", "SEEN_S", "Failure", "System", "World", "running_system", "wait_for"]

ROOT = Path(__file__).parents[2]
LINKED = ("actors", "protocol", "simulator")
PATIENCE_S = 60.0
NS = 1_000_000_000
SEEN_S = 3.0
"""For so long everything is seen between two holes, real seconds: those that touch are one, which hides what is due."""
PEOPLE = 3
FIRST_CHAT = 1001
OF_NEIGHBOUR = 10
"""So many symbols are watched by whoever is reached by ntfy alone."""


class Failure(Exception):  # noqa: N818 - it states a fact
    """The system did not do in time what it must."""


class World(Struct, frozen=True, kw_only=True):
    """What happens outside during a campaign."""

    seed: int = 1
    symbols: int = 40
    trades_per_second: float = 2_000.0
    speed: float = 20.0
    """World seconds in a real second; a rest of five minutes is then fifteen seconds."""
    slot_busy_s: float = 0.0
    data_silence_s: float = 60.0
    """After how many real seconds without a trade feed gives a session up."""
    retry_cap_s: float = 15.0
    """The longest pause between two connects, real seconds."""
    poll_after_s: float = 10.0
    """After how many real seconds a lost stream is followed over REST."""


class System:
    """One checkout, one supervisord, one world."""

    def __init__(self, directory: Path, world: World) -> None:
        self.directory = directory
        self.world = world
        self._simulator: subprocess.Popen[bytes] | None = None
        self._supervisord: subprocess.Popen[bytes] | None = None
        self._ports = _free_ports(4)
        self.settings = self._lay_out()
        self.simulator_config = self.settings.table("simulator", SimulatorConfig)
        self._profiles = [profile for profile in profiles_of(self.simulator_config) if profile.venue == "KRX"]
        self.symbols = [profile.code for profile in self._profiles]
        self._visitor = Visitor(self.settings)
        self.ready_at_ns = 0
        """From which moment of the world on everybody was watched."""

    # -- life ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        """Start the world and the system, and wait until every symbol has targets and a subscription."""
        try:
            self._begin()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _begin(self) -> None:
        self._simulator = self._start([sys.executable, "-m", "simulator"], "simulator.out")
        wait_for("the world clock", (self.settings.run_dir / "clock.json").exists)
        clock = read_world_clock(self.settings.run_dir / "clock.json")
        if clock is None:
            message = "expected a world clock of this boot, found another"
            raise Failure(message)
        self.clock = WorldClock(clock)
        seat(self.settings, self.simulator_config, self._profiles, _day_of(self.now_ns()), self.now_ns())
        self.start_supervisord()
        wait_for("all actors to run", self.all_run)
        wait_for("targets of every symbol", lambda: self._count("analyst", "targets") >= len(self.symbols))
        wait_for("trades of every symbol", lambda: len(self.ask("evaluator", "prices")) >= len(self.symbols))
        self._take_in_a_neighbour()
        wait_for("evaluator to know every target", lambda: all(map(self._is_waited_for, self.symbols)))
        self.ready_at_ns = self.now_ns()
        # What was not seen before anybody watched must not run into what the first blow hides.
        time.sleep(SEEN_S)

    def __exit__(self, *_error: object) -> None:
        """End what was started here, and only that."""
        with contextlib.suppress(ActorError):
            self._visitor.__exit__(None, None, None)
        for process in (self._supervisord, self._simulator):
            if process and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(PATIENCE_S)
                process.kill()
                process.wait()

    def start_supervisord(self) -> None:
        """Start supervisord as `make run` does."""
        command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(self.directory / "supervisord.conf")]
        self._supervisord = self._start(command, "supervisord.out")

    def kill_supervisord(self) -> None:
        """SIGKILL supervisord; its actors die with it."""
        if self._supervisord:
            self._supervisord.kill()
            self._supervisord.wait()

    def _take_in_a_neighbour(self) -> None:
        """Let somebody in who is not on Telegram, as `sigmactl people add` and `sigmactl add` do."""
        self.ask("telegram", "add_person", name=NEIGHBOUR, channel="ntfy", address=TOPICS[NEIGHBOUR])
        for symbol in self.symbols[:OF_NEIGHBOUR]:
            # Whoever asks while analyst still reads the master files is told to try again.
            wait_for(
                f"{symbol} to be watched by {NEIGHBOUR}",
                lambda: self.ask("telegram", "add", symbol=symbol, person=NEIGHBOUR),  # noqa: B023 - waited for here
            )

    # -- looking ------------------------------------------------------------------------------------------------

    def now_ns(self) -> int:
        """Return the world's moment."""
        return self.clock.now_ns()

    def pid_of(self, actor: str) -> int:
        """Return the actor's process id, from its lock; 0 before its first life."""
        try:
            found: int = json.loads((self.settings.run_dir / f"{actor}-1.lock").read_bytes())["pid"]
        except (OSError, ValueError):
            return 0
        return found

    def runs(self, actor: str) -> int:
        """Return the process id of an actor that answers and says that it runs; 0 while it does not."""
        try:
            status = self._visitor.ask(Address(actor), "status", timeout_s=0.3)
        except ActorError:
            return 0
        return int(str(status["pid"])) if status["state"] == "running" else 0

    def all_run(self) -> bool:
        """Whether every actor runs."""
        return all(self.runs(actor) for actor in ACTORS)

    def ask(self, actor: str, command: str, **arguments: object) -> dict[str, object]:
        """Return an actor's answer, nothing if it gives none."""
        try:
            return self._visitor.ask(Address(actor), command, arguments, timeout_s=2.0)
        except ActorError:
            return {}

    def processes(self) -> Supervisor:
        """Return the way to supervisord."""
        return Supervisor(self.settings.run_dir / "supervisor.sock")

    def _is_waited_for(self, symbol: str) -> bool:
        """Whether evaluator knows what everybody's rules for *symbol* wait for."""
        rules = msgspec.convert(self.ask("evaluator", "rules", symbol=symbol).get("rules", []), list[dict[str, object]])
        people = PEOPLE + (symbol in self.symbols[:OF_NEIGHBOUR])
        return len({rule["person"] for rule in rules}) == people and all(
            rule["threshold"] is not None or rule["stage"] == "expired" for rule in rules
        )

    def undelivered(self) -> int:
        """Return how many alerts are decided and not yet accepted as a text, by each way to their people."""
        places = "SELECT id FROM people WHERE chat_id != 0 UNION ALL SELECT person_id FROM addresses"
        ways = Counter(person_id for (person_id,) in self._rows("telegram", places))
        decided = self._rows(
            "evaluator", "SELECT person_id, COUNT(*) FROM alerts WHERE person_id > 0 GROUP BY person_id"
        )
        done = self._count(
            "telegram",
            "deliveries WHERE source = 'alerts' AND kind = 'text' AND state IN ('sent', 'dead') AND person_id > 0",
        )
        return sum(count * ways[person_id] for person_id, count in decided) - done

    def _count(self, writer: str, of: str) -> int:
        found = self._rows(writer, f"SELECT COUNT(*) FROM {of}")  # noqa: S608 - our own words
        return found[0][0] if found else 0

    def _rows(self, writer: str, query: str) -> list[tuple[int, ...]]:
        path = self.settings.data_dir / f"{writer}.db"
        try:
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                return connection.execute(query).fetchall()
        except sqlite3.OperationalError:
            return []

    # -- making -------------------------------------------------------------------------------------------------

    def _start(self, command: list[str], output: str) -> "subprocess.Popen[bytes]":
        with (self.directory / "logs" / output).open("ab") as file:
            return subprocess.Popen(
                command,
                cwd=self.directory,
                env={**os.environ, "SIGMABELL_CONF": str(self.settings.path), "SIGMABELL_LIFE": "chaos"},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def _lay_out(self) -> Settings:
        for name in LINKED:
            (self.directory / name).symlink_to(ROOT / name)
        (self.directory / ".venv").symlink_to(sys.prefix)
        for name in ("conf", "run", "data", "logs"):
            (self.directory / name).mkdir(mode=0o700)
        text = (ROOT / "supervisord.conf").read_text(encoding="utf-8")
        # Its section ends where the next one begins.
        without = re.sub(r"\[program:simulator\].*?(?=^\[)", "", text, flags=re.DOTALL | re.MULTILINE)
        (self.directory / "supervisord.conf").write_text(without, encoding="utf-8")
        path = self.directory / "conf" / "sigmabell.toml"
        path.write_text(self._conf([]), encoding="utf-8")
        profiles = profiles_of(load_settings(path).table("simulator", SimulatorConfig))
        watches = [
            f'{{ symbol = "{profile.code}", name = "{profile.name}", venue = "KRX" }}'
            for profile in profiles
            if profile.venue == "KRX"
        ]
        path.write_text(self._conf(watches), encoding="utf-8")
        return load_settings(path)

    def _conf(self, watches: list[str]) -> str:
        rest, stream, telegram, ntfy = self._ports
        world = self.world
        chats = range(FIRST_CHAT, FIRST_CHAT + PEOPLE)
        watched = ", ".join(watches)
        people = "\n".join(
            f'[[telegram.people]]\nname = "{chat}"\nuser_id = {chat}\nchat_id = {chat}\nwatches = [{watched}]\n'
            f"addresses = {{ {_address_of(str(chat))} }}\n"
            for chat in chats
        )
        phones = ", ".join(f'{{ chat_id = {chat}, name = "{chat}" }}' for chat in chats)
        return f"""
[sigmabell]
clock = "world"

[simulator]
enabled = true
rest_port = {rest}
ws_port = {stream}
telegram_port = {telegram}
ntfy = true
ntfy_port = {ntfy}
seed = {world.seed}
speed = {world.speed}
symbols = []
symbols_generated = {world.symbols}
trades_per_second = {world.trades_per_second}
records_per_frame_most = 4
rest_calls_per_second = 1000
token_once_a_minute = false
slot_busy_s = {world.slot_busy_s}
people = [{phones}]

[kis]
rest_url = "http://127.0.0.1:{rest}"
ws_url = "ws://127.0.0.1:{stream}"
masters_url = "http://127.0.0.1:{rest}/common/master"
calls_per_second = {{ feed = 100.0, us_poller = 50.0, analyst = 500.0 }}
connects = {{ burst = 400, refill_s = 1.0 }}
approval_keys = {{ burst = 400, refill_s = 1.0 }}
access_tokens = {{ burst = 400, refill_s = 1.0 }}

[feed]
data_silence_s = {world.data_silence_s}
retry_cap_s = {world.retry_cap_s}
poll_after_s = {world.poll_after_s}

[telegram]
api_url = "http://127.0.0.1:{telegram}"
{people}

[telegram.channels.ntfy]
url = "http://127.0.0.1:{ntfy}"
messages_per_s = 100.0
burst = 1000.0
"""


def _address_of(name: str) -> str:
    return f'ntfy = "{TOPICS[name]}"' if name in TOPICS else ""


def wait_for(what: str, condition: Callable[[], object], patience_s: float = PATIENCE_S) -> float:
    """Wait until *condition* holds and return for how many seconds that took.

    Raises:
        Failure: it did not hold within *patience_s*.
    """
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > patience_s:
            message = f"expected {what} within {patience_s:g} s, found none"
            raise Failure(message)
        time.sleep(0.02)
    return time.monotonic() - began


def _day_of(at_ns: int) -> date:
    """Return the day in Seoul."""
    return datetime.fromtimestamp(at_ns // NS, SEOUL).date()


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextlib.contextmanager
def running_system(directory: Path, world: World) -> Iterator[System]:
    """Run the whole system in *directory* for the length of a `with`."""
    with System(directory, world) as system:
        yield system
