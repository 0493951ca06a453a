"""The watchdog at work on a real supervisord: what hangs is killed, what was given up lives again."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from actors.runtime.clock import SystemClock
from actors.runtime.config import Settings
from actors.runtime.errors import CommandRefused, Unanswered
from actors.runtime.supervisor import SOCKET_NAME, Supervisor
from tests.support.supervised import PATIENCE_S, STUCK, process_of, supervised

LOOK_S = 0.1
CONF = """
[watchdog]
look_s = 0.1
silence_s = 1.0
start_grace_s = 2.0
revive_first_s = 0.5
own_limit_s = 4.0
"""
CRASHES = "raise SystemExit(1)"
REFUSES = 'import sys; sys.exit("chart-1: configuration error: conf: found nonsense")'
PROGRAMS = {"watchdog": "actors.watchdog", "feed": STUCK, "analyst": CRASHES, "chart": REFUSES}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Give one supervisord to all tests of this module: each looks at another program."""
    with supervised(tmp_path_factory.mktemp("house"), CONF, PROGRAMS) as settings:
        yield settings


def until(condition: Callable[[], bool]) -> None:
    """Look again and again until *condition* holds."""
    clock = SystemClock()
    deadline = clock.monotonic() + PATIENCE_S
    while not condition():
        assert clock.monotonic() < deadline, "it did not come to pass"
        asyncio.run(clock.sleep(LOOK_S))


def log_of(settings: Settings) -> str:
    """Return what watchdog has logged."""
    path = settings.logs_dir / "watchdog-1.log"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_what_never_beats_is_killed_and_started_again(settings: Settings) -> None:
    """To supervisord it runs perfectly well."""
    pids: set[int] = set()

    def has_had_two_lives() -> bool:
        process = process_of(settings, "feed")
        if process and process.pid:
            pids.add(process.pid)
        return len(pids) > 1

    until(has_had_two_lives)

    assert '"program":"feed","silent_s"' in log_of(settings)


def test_what_supervisord_gave_up_is_started_again_and_again(settings: Settings) -> None:
    """FATAL is not final: the network may come back any minute."""
    until(lambda: log_of(settings).count('"program":"analyst","event":"actor_revived"') >= 2)


def test_a_configuration_error_is_told_once_and_not_started(settings: Settings) -> None:
    """Supervisord has forgotten the exit code by then; the last words tell."""
    until(lambda: '"event":"configuration_refused"' in log_of(settings))
    until(lambda: log_of(settings).count("actor_revived") >= 3)

    assert log_of(settings).count('"event":"configuration_refused"') == 1
    assert '"program":"chart","event":"actor_revived"' not in log_of(settings)


def test_a_watchdog_that_is_stopped_is_replaced_by_the_kernel_and_supervisord(settings: Settings) -> None:
    """Nobody watches the watchdog but its own timer in the kernel."""
    until(lambda: '"state":"running"' in log_of(settings))
    before = process_of(settings, "watchdog")
    assert before is not None

    os.kill(before.pid, signal.SIGSTOP)

    until(lambda: log_of(settings).count('"event":"actor_started"') >= 2)


def test_what_supervisord_refuses_and_what_is_not_there_are_told_apart(settings: Settings) -> None:
    """One is an answer, after the other the watchdog says that it is degraded."""
    until(lambda: process_of(settings, "feed") is not None)

    with pytest.raises(CommandRefused, match="BAD_NAME"):
        Supervisor(settings.run_dir / SOCKET_NAME).start("nobody")
    with pytest.raises(Unanswered, match="does not run"):
        Supervisor(settings.run_dir / "another.sock").processes()


def test_a_socket_that_says_nothing_is_left_in_time(tmp_path: Path) -> None:
    """A stopped supervisord still accepts: the kernel does that for it."""
    path = str(tmp_path / "mute.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        with pytest.raises(Unanswered, match="TimeoutError"):
            Supervisor(Path(path), timeout_s=0.1).processes()
