"""The dead man's switch, in processes that may die."""

import signal
import subprocess
import sys

import pytest

from tests.support.house import ROOT

PATIENCE_S = 20.0
HOLD = "from actors.runtime.dead_man import DeadMansSwitch as D; import os, signal, time; d = D(1.5); d.hold(); "


def end_of(line: str) -> int:
    """Return how a process ends that holds a switch of 1.5 s and then goes on with *line*."""
    finished = subprocess.run([sys.executable, "-c", HOLD + line], cwd=ROOT, timeout=PATIENCE_S, check=False)
    return finished.returncode


@pytest.mark.parametrize(
    "line", ["os.kill(os.getpid(), signal.SIGSTOP)", "signal.pause()", "[0 for _ in iter(int, 1)]"]
)
def test_who_does_not_hold_it_is_killed_however_stuck(line: str) -> None:
    """Stopped, waiting for ever, or busy for ever: none of them can help itself."""
    assert end_of(line) == -signal.SIGKILL


@pytest.mark.parametrize("line", ["[(d.hold(), time.sleep(0.1)) for _ in range(20)]", "d.release(); time.sleep(1.8)"])
def test_who_holds_or_releases_it_lives_on(line: str) -> None:
    """A guard that kills the living is worse than none."""
    assert end_of(line) == 0
