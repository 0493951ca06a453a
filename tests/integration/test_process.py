"""The life of an actor's process, in real processes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import zmq

from actors.runtime.lock import running_conf
from tests.support.actor import make_settings

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20.0


@pytest.fixture
def processes() -> Iterator[list["subprocess.Popen[str]"]]:
    """Hold the processes that a test starts, and end them."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        process.kill()
        process.communicate()


def start(directory: Path, *arguments: str) -> "subprocess.Popen[str]":
    """Start evaluator, the actor that needs nothing of the outside world."""
    make_settings(directory)
    return subprocess.Popen(
        [sys.executable, "-m", "actors.evaluator", *arguments],
        cwd=ROOT,
        env={**os.environ, "SIGMABELL_CONF": str(directory / "conf" / "sigmabell.toml")},
        stderr=subprocess.PIPE,
        text=True,
    )


def status_of(directory: Path, address: str = "evaluator-1") -> dict[str, object]:
    """Ask evaluator how it is, as soon as it is there."""
    with zmq.Context() as context, context.socket(zmq.REQ) as socket:
        socket.set(zmq.RCVTIMEO, int(PATIENCE_S * 1_000))
        socket.set(zmq.LINGER, 0)
        socket.connect(f"ipc://{directory}/run/{address}.control")
        socket.send(b'{"command": "status"}')
        result: dict[str, object] = msgspec.json.decode(socket.recv())["result"]
        return result


def test_an_actor_lives_alone_answers_and_stops_when_told(
    tmp_path: Path, processes: list["subprocess.Popen[str]"]
) -> None:
    """No other actor need be there for it to start."""
    processes.append(start(tmp_path))

    assert status_of(tmp_path)["pid"] == processes[0].pid
    assert running_conf(tmp_path / "run") == tmp_path / "conf" / "sigmabell.toml"
    processes[0].send_signal(signal.SIGTERM)

    assert processes[0].wait(PATIENCE_S) == 0
    assert running_conf(tmp_path / "run") is None
    assert '"event":"actor_stopped"' in (tmp_path / "logs" / "evaluator-1.log").read_text(encoding="utf-8")


def test_a_second_copy_ends_with_75_and_leaves_the_first_alone(
    tmp_path: Path, processes: list["subprocess.Popen[str]"]
) -> None:
    """Its bind would succeed and steal the first one's traffic in silence."""
    processes.append(start(tmp_path))
    status_of(tmp_path)
    processes.append(start(tmp_path))

    assert processes[1].wait(PATIENCE_S) == 75
    assert status_of(tmp_path)["pid"] == processes[0].pid


def test_an_actor_is_the_instance_that_it_was_told_to_be(
    tmp_path: Path, processes: list["subprocess.Popen[str]"]
) -> None:
    """Copies of an actor live side by side: lock, sockets and log bear the instance's name."""
    processes.append(start(tmp_path, "--instance", "2"))

    assert status_of(tmp_path, "evaluator-2")["pid"] == processes[0].pid
    assert (tmp_path / "run" / "evaluator-2.lock").exists()


def test_a_command_line_that_is_not_understood_ends_with_78_and_says_what_was_expected(
    tmp_path: Path, processes: list["subprocess.Popen[str]"]
) -> None:
    """A typing error in supervisord's configuration waits for the operator, too."""
    processes.append(start(tmp_path, "--instnace", "2"))
    _, error = processes[0].communicate(timeout=PATIENCE_S)

    assert processes[0].returncode == 78
    assert error == "evaluator-1: configuration error: expected no argument but --instance NAME, found --instnace 2\n"


@pytest.mark.parametrize("conf", ["[evaluator]\nrest = 1\n", "[evaluator\n", "[evaluator]\nrest_s = -1.0\n"])
def test_a_configuration_error_ends_with_78_and_one_line_that_names_the_file(
    tmp_path: Path, processes: list["subprocess.Popen[str]"], conf: str
) -> None:
    """It waits for the operator, who must see what to mend."""
    make_settings(tmp_path)
    (tmp_path / "conf" / "sigmabell.toml").write_text(conf, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "actors.evaluator"],
        cwd=ROOT,
        env={**os.environ, "SIGMABELL_CONF": str(tmp_path / "conf" / "sigmabell.toml")},
        stderr=subprocess.PIPE,
        text=True,
    )
    processes.append(process)
    _, error = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 78
    assert error.count("\n") == 1
    assert "conf/sigmabell.toml" in error


def test_an_actor_dies_with_its_parent(tmp_path: Path, processes: list["subprocess.Popen[str]"]) -> None:
    """A supervisord that was killed must not leave a second set behind."""
    make_settings(tmp_path)
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys; subprocess.Popen([sys.executable, '-m', 'actors.evaluator']); input()",
        ],
        cwd=ROOT,
        env={**os.environ, "SIGMABELL_CONF": str(tmp_path / "conf" / "sigmabell.toml")},
        stdin=subprocess.PIPE,
        text=True,
    )
    processes.append(parent)
    pid = status_of(tmp_path)["pid"]
    parent.kill()
    parent.wait(PATIENCE_S)

    successor = start(tmp_path)
    processes.append(successor)
    # The lock is free only once the orphan is gone: the successor would end with 75 otherwise.
    assert status_of(tmp_path)["pid"] == successor.pid != pid


def test_what_an_actor_makes_is_for_its_user_alone(tmp_path: Path, processes: list["subprocess.Popen[str]"]) -> None:
    """Sockets, databases and logs hold what a family watches, and keys."""
    processes.append(start(tmp_path))
    status_of(tmp_path)

    made = [path for folder in ("run", "data", "logs") for path in (tmp_path / folder).iterdir()]
    assert made
    assert [path for path in made if path.stat().st_mode & 0o077] == []
