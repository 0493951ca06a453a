"""Of which installation the operator speaks."""

import argparse
from pathlib import Path

import pytest

from actors.ctl.installation import find_settings, find_supervisor
from actors.runtime.config import CONF_VARIABLE
from actors.runtime.errors import CommandRefused
from tests.support.actor import leave_lock, make_settings


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a checkout in a new terminal, and return its live configuration, which shares run/ with the demo's."""
    make_settings(tmp_path, '[sigmabell]\ndata_dir = "data/demo"\n')
    path = tmp_path / "conf" / "live.toml"
    path.touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(CONF_VARIABLE, raising=False)
    return path


def test_what_runs_here_is_what_is_spoken_of(live: Path) -> None:
    """In a new terminal the live actors were asked, and the demo's alerts were shown beside what they said."""
    assert find_settings(argparse.Namespace()).data_dir == live.parents[1] / "data" / "demo"
    leave_lock(live.parents[1] / "run", live)

    assert find_settings(argparse.Namespace()).data_dir == live.parents[1] / "data"


def test_what_was_named_is_meant_whatever_runs(live: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its data may be read, and nobody else's actors are told to restart for it."""
    leave_lock(live.parents[1] / "run", live)
    monkeypatch.setenv(CONF_VARIABLE, "conf/sigmabell.toml")
    by_option = find_settings(argparse.Namespace(conf="conf/sigmabell.toml"))

    assert by_option.data_dir == find_settings(argparse.Namespace()).data_dir == live.parents[1] / "data" / "demo"
    with pytest.raises(CommandRefused, match=r"expected .* with conf/sigmabell.toml, found .*/conf/live.toml"):
        find_supervisor(by_option)
