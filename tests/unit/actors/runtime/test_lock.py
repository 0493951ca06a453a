"""What an actor's lock file tells of its process; `integration/test_process.py` has real ones."""

import os
from pathlib import Path

import pytest

from actors.runtime.errors import CommandRefused
from actors.runtime.lock import refuse_stranger, running_conf
from tests.support.actor import leave_lock, make_settings

NO_PID = 2**22 + 1
"""Above the highest that Linux gives: source proc(5), pid_max."""


def test_the_lock_tells_with_which_configuration_its_process_runs(tmp_path: Path) -> None:
    """Two configurations may share a run directory: whoever asks there must know whom he speaks to."""
    settings = make_settings(tmp_path)
    leave_lock(settings.run_dir, settings.path)

    assert running_conf(settings.run_dir) == settings.path
    refuse_stranger(settings)


@pytest.mark.parametrize(("pid", "parent"), [(NO_PID, os.getppid()), (os.getpid(), NO_PID)], ids=["gone", "reused"])
def test_a_lock_that_was_left_behind_tells_nothing(tmp_path: Path, pid: int, parent: int) -> None:
    """After a loss of power its process has gone, and another may have the number."""
    leave_lock(tmp_path, Path("/elsewhere/conf/live.toml"), pid, parent)
    (tmp_path / "chart-1.lock").write_bytes(b"")

    assert running_conf(tmp_path) is None


def test_the_actors_of_another_configuration_are_not_spoken_to(tmp_path: Path) -> None:
    """They were asked as if they were ours, and answered beside what was read of our own data."""
    settings = make_settings(tmp_path)
    other = tmp_path / "conf" / "live.toml"
    leave_lock(settings.run_dir, other)

    with pytest.raises(CommandRefused, match=f"expected .* to run with {settings.path}, found {other}"):
        refuse_stranger(settings)
