"""The chart actor with its real child process."""

import asyncio
import contextlib
import io
import os
from pathlib import Path

import pytest
from PIL import Image

from actors.chart.config import ChartConfig
from actors.chart.shell import run
from protocol.messages import Message, Picture
from tests.support.actor import make_actor, make_settings
from tests.support.charts import ALERT, a_year_of_bars, bar_rows
from tests.support.clock import FakeClock
from tests.support.ports import FakePorts


class ChartPorts(FakePorts):
    """Tells when a picture has been sent."""

    def __init__(self) -> None:
        super().__init__()
        self.picture_sent = asyncio.Event()

    def send(self, message: Message) -> None:
        """Keep the picture."""
        super().send(message)
        self.picture_sent.set()


def children() -> set[str]:
    """Return the processes that this one has started."""
    return set(Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="ascii").split())


@pytest.mark.timeout(120)
def test_a_wish_becomes_a_picture_and_the_child_ends_with_the_actor(tmp_path: Path) -> None:
    """From the doorbell to the PNG, as on a machine without Korean fonts."""

    async def play() -> Picture:
        ports = ChartPorts()
        ports.answers["analyst", "bars"] = lambda **_: {"bars": bar_rows(a_year_of_bars())}
        clock = FakeClock(ALERT.traded_at)
        actor = make_actor("chart", ChartConfig(), make_settings(tmp_path), ports=ports, clock=clock)
        ports.deliver(ALERT)
        life = asyncio.create_task(run(actor))
        await ports.picture_sent.wait()
        ports.stop()
        with contextlib.suppress(asyncio.CancelledError):
            await life
        [picture] = ports.sent
        assert isinstance(picture, Picture)
        return picture

    before = children()
    picture = asyncio.run(play())

    assert picture.error == ""
    assert Image.open(io.BytesIO(picture.png)).size == (1000, 600)
    assert children() <= before
