"""The console as it is switched on; what it writes is held by `integration/actors/test_channels.py`."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from actors.telegram.channels.channel import Message
from actors.telegram.channels.console.client import ConsoleChannel, open_console
from actors.telegram.channels.console.config import ConsoleConfig
from actors.telegram.channels.outcomes import Sent
from tests.support.clock import FakeClock

NOW = datetime(2025, 11, 28, 5, 32, 15, tzinfo=UTC)


def test_without_a_path_there_is_none(tmp_path: Path) -> None:
    """Nobody wants a file that he did not ask for."""
    assert open_console(ConsoleConfig(), tmp_path, FakeClock(NOW)) is None


def test_it_lies_below_the_folder_of_the_installation_and_calls_people_by_name(tmp_path: Path) -> None:
    """As every other path of conf/ does."""
    console = open_console(ConsoleConfig(path="messages.txt"), tmp_path, FakeClock(NOW))

    assert console is not None
    assert console.new_address("Anna") == console.link("Anna") == "Anna"
    assert console.open().bring(Message(address="Anna", text="text")) == Sent()
    assert (tmp_path / "messages.txt").exists()


def test_a_dash_is_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    """Which supervisord keeps."""
    console = open_console(ConsoleConfig(path="-"), Path("no such folder"), FakeClock(NOW))

    assert console is not None
    assert isinstance(console.open(), ConsoleChannel)
    assert console.open().bring(Message(address="Anna", text="text")) == Sent()
    assert capfd.readouterr().out == "── 2025-11-28T05:32:15Z 🔕 Anna\ntext\n\n"
